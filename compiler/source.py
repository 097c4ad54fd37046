"""Source texts and places in them."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import field
from itertools import accumulate

from interact.stdlib.records import record


@record
class SourceFile:
    """One ``*.interact`` text. ``name`` is what messages call it: a path as the user wrote it."""

    name: str
    text: str
    line_starts: tuple[int, ...] = field(default=(), compare=False, repr=False)

    def __post_init__(self) -> None:
        lengths = [len(line) + 1 for line in self.text.split("\n")]
        object.__setattr__(self, "line_starts", (0, *accumulate(lengths[:-1])))

    def position(self, offset: int) -> tuple[int, int]:
        """Return the 1-based line and column of a character offset."""
        line = bisect_right(self.line_starts, offset) - 1
        return line + 1, offset - self.line_starts[line] + 1

    def line(self, number: int) -> str:
        """Return line ``number`` (1-based) without its end."""
        start = self.line_starts[number - 1]
        end = self.text.find("\n", start)
        return self.text[start : end if end >= 0 else len(self.text)].rstrip("\r")


@record
class Span:
    """Characters ``start`` to ``end`` (exclusive) of the source called ``file``."""

    file: str
    start: int
    end: int

    def to(self, other: Span) -> Span:
        """Return the span from the start of this one to the end of ``other``."""
        return Span(self.file, self.start, max(self.end, other.end))


NOWHERE = Span("", 0, 0)
