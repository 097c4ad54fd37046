"""Source lines with a gutter and underlined places."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import accumulate, groupby

from interact.compiler.diagnostics.paint import Paint
from interact.compiler.source import SourceFile, Span

TAB = "    "
MAX_COLUMNS = 120
_LEAD = 30
_FORMAT_CHARS = ("Cc", "Cf", "Cs", "Zl", "Zp")


@dataclass(frozen=True, slots=True)
class Mark:
    """The characters ``start`` to ``end`` (0-based) of ``line`` (1-based) to underline."""

    line: int
    start: int
    end: int
    text: str
    is_primary: bool


def marks_of(source: SourceFile, span: Span, text: str, is_primary: bool) -> list[Mark]:
    """Return the mark of ``span``; of a span over several lines, one on its first and last."""
    first, column = source.position(span.start)
    last, end_column = source.position(max(span.start, span.end - 1))
    if first == last:
        return [Mark(first, column - 1, end_column, text, is_primary)]
    return [
        Mark(first, column - 1, len(source.line(first)), "from here", is_primary),
        Mark(last, _indent(source.line(last)), end_column, text or "to here", is_primary),
    ]


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def draw_excerpt(
    source: SourceFile, marks: Iterable[Mark], width: int, tone: str, paint: Paint
) -> Iterator[str]:
    """Yield the lines that hold ``marks``, each followed by its underlines."""
    bar = paint("gutter", "|")
    blank = f"{' ' * width} {bar}"
    yield blank
    previous = 0
    ordered = sorted(marks, key=lambda mark: (mark.line, mark.start))
    for number, on_line in groupby(ordered, key=lambda mark: mark.line):
        if previous and number > previous + 1:
            yield paint("gutter", "...")
        previous = number
        row = list(on_line)
        shown, cuts = _display(source.line(number), row[0].start)
        yield f"{paint('gutter', str(number).rjust(width))} {bar} {shown}".rstrip()
        for mark in row:
            yield f"{blank} {_underline(mark, cuts, tone, paint)}"


def _underline(mark: Mark, cuts: list[int], tone: str, paint: Paint) -> str:
    start, end = (cuts[min(place, len(cuts) - 1)] for place in (mark.start, mark.end))
    if mark.start >= len(cuts) - 1:  # the end of the line, or behind what is shown of it
        end = start + 1
    drawn = ("^" if mark.is_primary else "-") * max(1, end - start)
    label = f"{drawn} {mark.text}" if mark.text else drawn
    return " " * start + paint(tone if mark.is_primary else "note", label)


def _display(line: str, first_mark: int) -> tuple[str, list[int]]:
    """Return ``line`` as shown and, for every character and the end, its column there.

    A line longer than MAX_COLUMNS is cut to the part around character ``first_mark``.
    """
    low, high = 0, len(line)
    if high > MAX_COLUMNS:
        low = max(0, min(first_mark, high) - _LEAD)
        high = min(high, low + MAX_COLUMNS)
    pieces = [_piece(char) for char in line[low:high]]
    head, tail = "…" * (low > 0), "…" * (high < len(line))
    cuts = [*accumulate(map(_columns, pieces), initial=len(head))]
    before, after = [cuts[0]] * low, [cuts[-1]] * (len(line) - high)
    return head + "".join(pieces) + tail, before + cuts + after


def _piece(char: str) -> str:
    if char == "\t":
        return TAB
    return "�" if unicodedata.category(char) in _FORMAT_CHARS else char


def _columns(piece: str) -> int:
    """Return how many terminal columns ``piece`` takes."""
    if piece.isascii():
        return len(piece)
    if unicodedata.combining(piece):
        return 0
    return 2 if unicodedata.east_asian_width(piece) in "WF" else 1
