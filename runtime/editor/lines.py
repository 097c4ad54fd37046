"""Places in a text as the protocol counts them: lines from 0, and code units in a line."""

from __future__ import annotations

import re
from bisect import bisect_right
from functools import cached_property

from lsprotocol import types as lsp

from interact.compiler.source import Span

_LINE_END = re.compile(r"\r\n|\n|\r")
_BYTES = {"utf-8": ("utf-8", 1), "utf-16": ("utf-16-le", 2)}


class Lines:
    """A text, whose places are counted in the units of an ``encoding``, UTF-16 unless agreed.

    >>> lines = Lines("a\\r\\n😀b")
    >>> lines.position(4), lines.offset(lsp.Position(1, 2))
    (1:2, 4)
    """

    def __init__(self, text: str, encoding: str = "utf-16") -> None:
        self.text = text
        self.encoding = encoding

    @cached_property
    def _starts(self) -> list[int]:
        return [0, *(end.end() for end in _LINE_END.finditer(self.text))]

    @cached_property
    def _is_plain(self) -> bool:
        return self.text.isascii() or self.encoding == "utf-32"

    def position(self, offset: int) -> lsp.Position:
        """Return the place of a character; the end of a line stands before what ends it."""
        line = bisect_right(self._starts, offset) - 1
        start = self._starts[line]
        return lsp.Position(line, self._units(self.text[start:offset]))

    def offset(self, position: lsp.Position) -> int:
        """Return the character at a place; one outside the text is brought to its nearest."""
        if position.line >= len(self._starts):
            return len(self.text)
        start = self._starts[position.line]
        last = position.line + 1 == len(self._starts)
        line = self.text[start : None if last else self._starts[position.line + 1]]
        line = line.rstrip("\r\n")
        if self._is_plain:
            return start + min(position.character, len(line))
        units = 0
        for index, char in enumerate(line):
            if units >= position.character:
                return start + index
            units += self._units(char)
        return start + len(line)

    def range(self, span: Span) -> lsp.Range:
        """Return the places that a span covers."""
        return lsp.Range(self.position(span.start), self.position(span.end))

    @property
    def whole(self) -> lsp.Range:
        """All of the text."""
        return lsp.Range(lsp.Position(0, 0), self.position(len(self.text)))

    def _units(self, text: str) -> int:
        if self._is_plain or text.isascii():
            return len(text)
        name, size = _BYTES[self.encoding]
        return len(text.encode(name, "surrogatepass")) // size
