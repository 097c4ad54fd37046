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
    return automaton.values[-2] if automaton.run(stream.tokens) else STOPPED


class _Straight:
    """States, values and offsets as in ``Automaton``, reduced without looking ahead."""

    def __init__(self, tables: Tables, start: str, file: str, builder: object) -> None:
        self.tables, self.file = tables, file
        self.states, self.values, self.starts = [tables.starts[start]], list[Any]([None]), [0]
        self.end = 0
        self._rules = [(rule, getattr(builder, rule.build, None)) for rule in tables.productions]
        self._passed = dict[tuple[int, int, str, str], int]()

    def run(self, tokens: list[Token]) -> bool:
        """Shift all tokens, each after its reductions; return whether that was possible."""
        states, actions, words = self.states, self.tables.actions, self.tables.words
        for token in tokens:
            kind, text, start, end = token
            if kind == "NAME" and (word := words.get(text)) is not None:
                kind = self._decided(word, kind)
                if kind != word and text in RESERVED:
                    return False
            while (action := actions[states[-1]].get(kind)) is not None and action < 0:
                self._follow(action, kind, kind)
            if action is None or len(states) > MAX_HEIGHT:
                return False
            states.append(action)
            self.values.append(token)
            self.starts.append(start)
            self.end = end
        return True

    def _decided(self, word: str, name: str) -> str:
        """Return what a word is, after the reductions that it causes whichever it is."""
        while True:
            row = self.tables.actions[self.states[-1]]
            if (action := row.get(word)) is None:
                return name
            if action >= 0 or name not in row:
                return word
            if row[name] != action:
                return word if resolve(self.tables, self.states, word)[1] else name
            self._follow(action, word, name)

    def _follow(self, action: int, terminal: str, other: str) -> None:
        """Reduce before a terminal, or before either of two that both cause this reduction."""
        states = self.states
        if self.tables.renames[~action] is None:
            self._reduce(~action)
            return
        key = (states[-2], states[-1], terminal, other)
        state = self._passed.get(key)
        states[-1] = self._passed_on(*key) if state is None else state

    def _passed_on(self, below: int, state: int, terminal: str, other: str) -> int:
        """Return the state after all productions in a row that pass the topmost symbol on."""
        key, gotos = (below, state, terminal, other), self.tables.gotos[below]
        while True:
            row = self.tables.actions[state]
            action = row.get(terminal)
            if action is None or action >= 0 or row.get(other) != action:
                break
            if (origin := self.tables.renames[~action]) is None:
                break
            state = gotos[origin]
        self._passed[key] = state
        return state

    def _reduce(self, number: int) -> None:
        (rule, build), states, values = self._rules[number], self.states, self.values
        length = rule.length
        height = len(states) - length
        start = self.starts[height] if length else self.end
        children = values[height:] if rule.keeps_all else kept_children(rule, values, height)
        del states[height:], values[height:], self.starts[height:]
        states.append(self.tables.gotos[states[-1]][rule.origin])
        self.starts.append(start)
        if build is not None:
            values.append(build(Span(self.file, start, self.end), *children))
        else:
            values.append(children if rule.build else children[0])
