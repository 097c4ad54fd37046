"""Make the LALR tables from the grammar: ``python -m interact.compiler.surface.build_tables``.

Lark reads and analyses the grammar; what the parser needs of the result is written as JSON
beside it. Run this after every change to ``grammar/interact.lark`` or ``grammar/malformed.toml``.
The result depends on nothing else: states are numbered in the order in which they are reached.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from lark import Lark
from lark.grammar import Rule
from lark.lexer import PatternStr
from lark.parsers.lalr_analysis import Reduce

from interact.compiler.surface.build_hints import build_hints
from interact.compiler.surface.tables import tables_from_json
from interact.compiler.surface.token import END
from interact.grammar import grammar_text, malformed_text

Json = dict[str, Any]
STARTS = ("module", "expression")


class GrammarConflict(Exception):
    """The grammar is not LALR(1)."""


def build_tables(grammar: str, malformed: str) -> Json:
    """Return the tables for a grammar, and the hints for the malformed programs.

    Raises:
        GrammarConflict: Some state has two actions for one terminal.
    """
    lark = _analyse(grammar)
    ends = set(lark.parser.parser._parse_table.end_states.values())
    rules = sorted(lark.rules, key=str)
    nonterminals = {rule.origin.name for rule in rules}
    states = _states(lark)
    actions, gotos = [], []
    for state in states:
        moves = _moves(states, rules, state)
        if state in ends:
            moves[END] = states[state][0]
        actions.append({name: moves[name] for name in sorted(moves.keys() - nonterminals)})
        gotos.append({name: moves[name] for name in sorted(moves.keys() & nonterminals)})
    data: Json = {
        **_terminals(lark),
        "starts": {start: number for number, start in enumerate(STARTS)},
        "productions": [_production(rule) for rule in rules],
        "first": _first(rules),
        "actions": actions,
        "gotos": gotos,
        "hints": {},
    }
    return {**data, "hints": build_hints(tables_from_json(data), malformed)}


def _analyse(grammar: str) -> Lark:
    """Run Lark; ``debug`` makes it warn of conflicts, which it would resolve in silence."""
    conflicts: list[str] = []
    handler = logging.Handler(logging.WARNING)
    handler.emit = lambda record: conflicts.append(record.getMessage())  # type: ignore[method-assign]
    logger = logging.getLogger("lark")
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.WARNING)
    try:
        lark = Lark(grammar, parser="lalr", start=list(STARTS), maybe_placeholders=True, debug=True)
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
    if conflicts:
        raise GrammarConflict("\n".join(conflicts))
    return lark


State = Any
"""A state as Lark has it: the set of its items."""


def _states(lark: Lark) -> dict[State, tuple[int, Mapping[str, Any]]]:
    """Return number and moves of each state, numbered breadth first from the start states."""
    table = lark.parser.parser._parse_table
    order = [table.start_states[start] for start in STARTS]
    found = {state: (number, table.states[state]) for number, state in enumerate(order)}
    for state in order:
        for _, (action, target) in sorted(table.states[state].items(), key=lambda move: move[0]):
            if action is not Reduce and target not in found:
                found[target] = (len(found), table.states[target])
                order.append(target)
    return found


def _moves(
    states: Mapping[State, tuple[int, Mapping[str, Any]]], rules: list[Rule], state: State
) -> dict[str, int]:
    """Return where ``state`` goes for each symbol: a state, or ``~rule`` for a reduction."""
    numbers = {rule: number for number, rule in enumerate(rules)}
    return {
        name: ~numbers[target] if action is Reduce else states[target][0]
        for name, (action, target) in states[state][1].items()
    }


def _terminals(lark: Lark) -> Json:
    """Return the terminals: words and signs by spelling, patterns in the order to try them."""
    fixed = {t.pattern.value: t.name for t in lark.terminals if isinstance(t.pattern, PatternStr)}
    ordered = sorted(lark.terminals, key=lambda terminal: (-terminal.priority, terminal.name))
    return {
        "words": {text: name for text, name in sorted(fixed.items()) if text.isalpha()},
        "signs": {text: name for text, name in sorted(fixed.items()) if not text.isalpha()},
        "patterns": {
            terminal.name: terminal.pattern.value
            for terminal in ordered
            if not isinstance(terminal.pattern, PatternStr)
            and terminal.name not in lark.ignore_tokens
        },
    }


def _production(rule: Rule) -> list[Any]:
    kept = _kept(rule)
    name = rule.alias or rule.origin.name
    if name.startswith("_"):
        build = "[]"
    elif rule.options.expand1 and not rule.alias:
        assert len(kept) == 1, f"{rule} passes on more than one child"
        build = ""
    else:
        build = name
    return [rule.origin.name, len(rule.expansion), build, kept]


def _kept(rule: Rule) -> list[int | None]:
    """Return the children that ``rule`` keeps, as ``tables.Production`` has them.

    ``empty_indices`` has True for each optional part left out and False for each symbol there.
    """
    kept: list[int | None] = []
    position = 0
    for is_missing in rule.options.empty_indices or [False] * len(rule.expansion):
        if is_missing:
            kept.append(None)
            continue
        symbol = rule.expansion[position]
        if not (symbol.is_term and symbol.filter_out):  # type: ignore[attr-defined]
            is_list = not symbol.is_term and symbol.name.startswith("_")
            kept.append(~position if is_list else position)
        position += 1
    return kept


def _first(rules: Iterable[Rule]) -> dict[str, list[str]]:
    """Return the terminals that can begin each nonterminal; no symbol but ``module`` is empty."""
    first: dict[str, set[str]] = {rule.origin.name: set() for rule in rules}
    is_growing = True
    while is_growing:
        is_growing = False
        for rule in (rule for rule in rules if rule.expansion):
            head = rule.expansion[0]
            new = {head.name} if head.is_term else first[head.name]
            is_growing |= not new <= first[rule.origin.name]
            first[rule.origin.name] |= new
    return {name: sorted(first[name]) for name in sorted(first) if not name.startswith("__")}


def table_json(data: Mapping[str, Any]) -> str:
    """Return the tables as JSON with one state, rule or terminal on a line."""
    parts = (f"{json.dumps(key)}: {_table(value)}" for key, value in data.items())
    return "{\n" + ",\n".join(parts) + "\n}\n"


def _table(value: Any) -> str:
    if isinstance(value, list):
        return "[\n" + ",\n".join(map(_line, value)) + "\n]"
    lines = (f"{_line(key)}: {_line(item)}" for key, item in value.items())
    return "{\n" + ",\n".join(lines) + "\n}"


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def main() -> None:
    """Write ``grammar/interact.json``."""
    target = Path(str(files("interact.grammar").joinpath("interact.json")))
    target.write_text(table_json(build_tables(grammar_text(), malformed_text())), encoding="utf-8")


if __name__ == "__main__":
    main()
