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

    def run(self, tokens: list[Token]) -> bool:
        """Shift all tokens, each after its reductions; return whether that was possible."""
        states, actions, gotos = self.states, self.tables.actions, self.tables.gotos
        renames, words = self.tables.renames, self.tables.words
        for token in tokens:
            kind, text, start, end = token
            if kind == "NAME" and (word := words.get(text)) is not None:
                if resolve(self.tables, states, word)[1]:
                    kind = word
                elif text in RESERVED:
                    return False
            while (action := actions[states[-1]].get(kind)) is not None and action < 0:
                if (origin := renames[~action]) is not None:
                    states[-1] = gotos[states[-2]][origin]
                else:
                    self._reduce(~action)
            if action is None or len(states) > MAX_HEIGHT:
                return False
            states.append(action)
            self.values.append(token)
            self.starts.append(start)
            self.end = end
        return True

    def _reduce(self, number: int) -> None:
        (rule, build), states, values = self._rules[number], self.states, self.values
        height = len(states) - rule.length
        start = self.starts[height] if rule.length else self.end
        children = kept_children(rule, values, height)
        del states[height:], values[height:], self.starts[height:]
        states.append(self.tables.gotos[states[-1]][rule.origin])
        self.starts.append(start)
        if build is not None:
            values.append(build(Span(self.file, start, self.end), *children))
        else:
            values.append(children if rule.build else children[0])
