"""The parser of texts without errors: the automaton alone, with nothing kept for messages.

Most texts have no errors, and then nothing is needed of what ``parser.py`` does before each token
to be able to explain or mend. Where this one stops short, the text is parsed again by that one,
which has the last word.
"""

from __future__ import annotations

from typing import Any, Final

from interact.compiler.source import Span
from interact.compiler.surface.lalr import MAX_HEIGHT, kept_children, resolve
from interact.compiler.surface.tables import Tables
from interact.compiler.surface.token import RESERVED, Token, TokenStream

STOPPED: Final = object()


def parse_straight(
    tables: Tables, start: str, file: str, stream: TokenStream, builder: object
) -> Any:
    """Return the value of the start symbol; STOPPED at anything out of order."""
    if stream.problems:
        return STOPPED
    automaton = _Straight(tables, start, file, builder)
    for token in stream.tokens:
        terminal = automaton.terminal_of(token)
        if not terminal or not automaton.take(terminal, token):
            return STOPPED
    return automaton.values[-2]


class _Straight:
    """States, values and offsets as in ``Automaton``, reduced without looking ahead."""

    def __init__(self, tables: Tables, start: str, file: str, builder: object) -> None:
        self.tables, self.file = tables, file
        self.states, self.values, self.starts = [tables.starts[start]], list[Any]([None]), [0]
        self.end = 0
        self._rules = [(rule, getattr(builder, rule.build, None)) for rule in tables.productions]

    def terminal_of(self, token: Token) -> str | None:
        """Return what a token is here; None for a reserved word that cannot stand here."""
        kind = token.kind
        if kind == "NAME" and (word := self.tables.words.get(token.text)) is not None:
            if resolve(self.tables, self.states, word)[1]:
                return word
            return None if token.text in RESERVED else kind
        return kind

    def take(self, terminal: str, token: Token) -> bool:
        """Reduce, then shift; return whether that was possible."""
        states, actions = self.states, self.tables.actions
        gotos, renames = self.tables.gotos, self.tables.renames
        action = actions[states[-1]].get(terminal)
        while action is not None and action < 0:
            if (origin := renames[~action]) is not None:
                states[-1] = gotos[states[-2]][origin]
            else:
                self._reduce(~action)
            action = actions[states[-1]].get(terminal)
        if action is None:
            return False
        states.append(action)
        self.values.append(token)
        self.starts.append(token.start)
        self.end = token.end
        return len(states) <= MAX_HEIGHT

    def _reduce(self, number: int) -> None:
        (rule, build), states = self._rules[number], self.states
        height = len(states) - rule.length
        start = self.starts[height] if rule.length else self.end
        children = kept_children(rule, self.values, height)
        del states[height:], self.values[height:], self.starts[height:]
        states.append(self.tables.gotos[states[-1]][rule.origin])
        self.starts.append(start)
        if build is not None:
            self.values.append(build(Span(self.file, start, self.end), *children))
        else:
            self.values.append(children if rule.build else children[0])
