"""What may stand at a place, in the words of the language."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from interact.compiler.surface.lalr import Automaton
from interact.compiler.surface.token import END

NONTERMINALS: Final = {
    "primary": "an expression",
    "declaration": "a declaration such as `offer` or `strategy`",
    "clause": "a clause such as `score` or `when`",
    "rule": "a rule",
    "value": "the name of an attribute",
    "branch": "a branch",
    "share": "a share",
    "field": "an attribute",
    "attribute": "an attribute",
    "member": "a member",
    "enumeration_name": "the name of an enumeration",
    "member_name": "the name of a member",
    "cell": "a cell",
    "instance": "arguments in parentheses",
    "template_name": "the name of a template",
    "function_name": "the name of a function",
    "many": "a list of rows",
    "type": "a type",
    "percentage": "a percentage",
    "day": "a date such as `2026-01-31`",
    "constant_name": "the name of a constant",
    "audience_name": "the name of an audience",
    "offer_name": "the name of an offer",
    "alias_name": "another name for the offer",
    "list_name": "the name of a list",
    "limit_name": "a name for the limit",
    "spread": "a clause such as `from` or `per hour`",
    "shared": "a clause such as `of`, `from` or `per hour`",
    "offer_table_name": "the name of a table",
    "table_part": "a part such as `columns` or `score`",
    "channel_name": "the name of a channel",
    "zone_name": "the name of a zone",
    "point_name": "the name of a point",
    "flowchart_name": "the name of a flowchart",
    "step_name": "a name",
    "cell_name": "the name of a cell",
    "segment_name": "the name of a segment",
    "table_name": "the name of a table",
    "snapshot_field": "the name of an attribute",
    "strategy_name": "the name of a strategy",
    "event_name": "the name of an event",
    "pattern_name": "the name of a pattern",
    "attribute_name": "the name of an attribute",
    "derived_name": "the name of an attribute",
    "rows_name": "the name of rows",
    "given_name": "the name of an attribute or sample",
    "place_name": "the name of a point or zone",
    "outcome_name": "the name of an offer or segment",
    "stage": "a stage of arbitration",
    "case_value": "a value",
    "key_value": "a key",
    "counted": "`customers`",
    "anyone": "`customer`",
}
"""What a nonterminal is called; of several that a token can begin, the first one counts."""

_TERMINALS: Final = {
    END: "the end of the text",
    "NAME": "a name",
    "TEXT": "a text in double quotes",
    "INT": "a whole number",
    "FRACTION": "a fraction",
    "DATE": "a date such as `2026-01-31`",
    "TIMESTAMP": "a time such as `2026-01-31T12:30`",
    "IS_AT_LEAST": "`is at least`",
    "DURATION": "a length of time such as `30 days`",
}

_OPERATORS: Final = {
    *("OR", "AND", "EQ", "NE", "LT", "LE", "GT", "GE", "LIKE", "IN", "IS", "BETWEEN", "NOT"),
    *("PLUS", "MINUS", "TIMES", "DIVIDE", "PERCENT"),
}
_AFTER_NAME: Final = frozenset(("LPAR", "DOT"))
_SEPARATORS: Final = frozenset(("COMMA", "SEMICOLON"))
_MOST_AFTER_OPERAND = 3


def expected_terminals(automaton: Automaton) -> list[str]:
    """Return the terminals that can be shifted, in order of name."""
    actions = automaton.tables.actions[automaton.states[-1]]
    return [terminal for terminal in actions if automaton.accepts(terminal)]


def describe_expected(automaton: Automaton) -> str:
    """Return what may stand here, such as "a rule, `for` or `}`"."""
    terminals = expected_terminals(automaton)
    spelling = {name: text for text, name in automaton.tables.words.items()}
    spelling |= {name: text for text, name in automaton.tables.signs.items()}
    phrases: list[str] = []
    words: list[str] = []
    for terminal in _worth_saying(terminals):
        phrase = _nonterminal(automaton, terminal)
        if phrase or terminal in _TERMINALS:
            phrases.append(phrase or _TERMINALS[terminal])
        elif terminal in _OPERATORS and _is_after_operand(terminals):
            phrases.append("an operator")
        else:
            words.append(f"`{spelling[terminal]}`")
    words.sort(key=lambda word: (not word[1:2].isalpha(), word))
    different = list(dict.fromkeys(phrases + words))
    ends = len(different) > _MOST_AFTER_OPERAND or NONTERMINALS["declaration"] in different
    if "an operator" in different and ends:
        return "an operator or the end of the expression"
    return _join(different)


def _worth_saying(terminals: list[str]) -> list[str]:
    """Leave out separators and what only continues a name, unless nothing else is left."""
    dull = {"SEMICOLON", END}
    if _is_after_operand(terminals):
        dull |= _AFTER_NAME
    if set(terminals) >= _SEPARATORS:
        dull |= _SEPARATORS
    return [terminal for terminal in terminals if terminal not in dull] or terminals


def _is_after_operand(terminals: list[str]) -> bool:
    return "PLUS" in terminals


def _nonterminal(automaton: Automaton, terminal: str) -> str | None:
    """Return what the nonterminal is called that ``terminal`` would begin."""
    state, _ = automaton.resolve(terminal)
    gotos, first = automaton.tables.gotos[state], automaton.tables.first
    if "primary" in gotos and terminal in ("IF", "NOT", "MINUS"):
        return NONTERMINALS["primary"]
    for name, phrase in NONTERMINALS.items():
        if name in gotos and terminal in first[name]:
            return phrase
    return None


def _join(phrases: Iterable[str]) -> str:
    """Return "a, b or c"."""
    *others, last = phrases
    return f"{', '.join(others)} or {last}" if others else last
