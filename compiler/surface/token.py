"""Tokens, how they are laid out, and what is wrong with some of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import Final, NamedTuple

from interact.compiler.diagnostics.diagnostic import Code
from interact.stdlib.records import record

END: Final = "$END"
BROKEN: Final = "BROKEN"
RESERVED: Final = {
    *("and", "between", "distinct", "else", "false", "if", "in"),
    *("is", "like", "not", "null", "or", "then", "true"),
}
"""Words that are never names."""
_MARKS: Final = frozenset(("LBRACE", "RBRACE", "SEMICOLON"))


class Token(NamedTuple):
    """A lexeme: what kind it is, how it is written, from where to where (exclusive)."""

    kind: str
    text: str
    start: int
    end: int


@record
class Problem:
    """What is wrong at ``start`` to ``end``, to be reported when the parser comes to it."""

    code: Code
    start: int
    end: int
    values: Mapping[str, object] = field(default_factory=dict)


@record
class TokenStream:
    """All tokens of a text, the last one of kind END, and the problems by index of token."""

    text: str
    tokens: list[Token]
    problems: dict[int, Problem]
    _indents: dict[int, int] = field(default_factory=dict)

    def is_first_on_line(self, index: int) -> bool:
        """Return whether no other token stands before this one on its line."""
        start = self.tokens[index - 1].end if index else 0
        return index == 0 or "\n" in self.text[start : self.tokens[index].start]

    def begins_item(self, index: int) -> bool:
        """Return whether a token is where people begin an item: on a line, or after a mark."""
        is_after_mark = index > 0 and self.tokens[index - 1].kind in _MARKS
        return is_after_mark or self.is_first_on_line(index)

    def indent(self, index: int) -> int:
        """Return how far the line of a token is indented."""
        if (known := self._indents.get(index)) is not None:
            return known
        first = index
        while not self.is_first_on_line(first):
            first -= 1
        start = self.tokens[first].start
        return self._indents.setdefault(index, start - self.text.rfind("\n", 0, start) - 1)
