"""Neighbouring items of one kind: aligned where the lines allow it, broken where they must."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

from interact.compiler.surface.format_cell import Cell, Cells
from interact.compiler.surface.format_cells import (
    BLOCK,
    cells_of,
    head_columns,
    inner,
    is_note,
)
from interact.compiler.surface.format_doc import BREAK, WIDTH, Align, Choice, Doc, lay_out
from interact.compiler.surface.format_expression import between, cell_doc, value_doc
from interact.compiler.surface.format_script import Script
from interact.compiler.surface.format_tree import Node

_WIDEST: Final = 40
"""A cell beyond this does not push its neighbours aside; it is just longer than they are."""

_CONTINUED = 2
"""How much further the rest of an item is indented when a comment cuts it anywhere."""

Widths: TypeAlias = Mapping[int, int]


@dataclass(frozen=True, slots=True)
class Row:
    """An item in its cells.

    Attributes:
        texts: The cells, each on one line.
        end: The separator behind the item.
        head: How many cells are on the first line when the item is broken.
        has_comments: Whether it must be broken, as there are comments inside.
    """

    item: Node
    cells: Cells
    texts: list[str]
    end: str
    head: int = 0
    has_comments: bool = False

    def gaps(self) -> list[str]:
        """Return what stands before each cell on a line."""
        return ["", *("  " if is_note(self.item, cell) else " " for cell in self.cells[1:])]

    def line(self, widths: Widths, count: int | None = None) -> str:
        """Return the first ``count`` cells, each in its column if that has a width."""
        at = {
            cell.column: (text, gap)
            for cell, text, gap in zip(self.cells[:count], self.texts, self.gaps(), strict=False)
        }
        last, line = max(at), ""
        for column in sorted({*at, *widths}):
            text, gap = at.get(column, ("", " "))
            if column <= last and (text or column in widths):
                line += gap + text.ljust(widths.get(column, 0))
        return line.rstrip() if count is None else line


def rows_as_lines(script: Script, rows: Sequence[Row], indent: int) -> list[list[str]]:
    """Return the lines of each row."""
    room = WIDTH - indent
    broken = [row.has_comments or not _fits(row, {}, room) for row in rows]
    widths = _alignment(rows, broken, room)
    if widths is None:
        widths = _widths(rows, broken, range(1))
        broken = [b or not _fits(row, widths, room) for row, b in zip(rows, broken, strict=True)]
    blank = " " * indent
    return [
        _broken(script, row, widths, indent) if is_broken else [blank + row.line(widths) + row.end]
        for row, is_broken in zip(rows, broken, strict=True)
    ]


def _fits(row: Row, widths: Widths, room: int) -> bool:
    return len(row.line(widths) + row.end) <= room


def _alignment(rows: Sequence[Row], broken: list[bool], room: int) -> Widths | None:
    """Return the widths of as many columns as can be aligned; None if not even the first can.

    Blocks on one line cannot be broken, and are then not aligned.
    """
    columns = sorted({cell.column for row in rows for cell in row.cells[:-1]})
    for count in range(len(columns), 0, -1):
        widths = _widths(rows, broken, columns[:count])
        whole = (row for row, is_broken in zip(rows, broken, strict=True) if not is_broken)
        if all(_fits(row, widths, room) for row in whole):
            return widths
    return None if columns and not any(row.item.brace for row in rows) else {}


def _widths(rows: Sequence[Row], broken: Sequence[bool], columns: Sequence[int]) -> Widths:
    """Return the width of each column, to which the last cell of a row does not count."""
    widths: dict[int, int] = {}
    for row, is_broken in zip(rows, broken, strict=True):
        count = row.head if is_broken else len(row.cells) - 1
        for cell, text in zip(row.cells[:count], row.texts, strict=False):
            if cell.column in columns and len(text) <= _WIDEST:
                widths[cell.column] = max(widths.get(cell.column, 0), len(text))
    return widths


def _broken(script: Script, row: Row, widths: Widths, indent: int) -> list[str]:
    """Return a row on several lines: clauses of rules below each other, other lines filled."""
    if row.item.kind == "function" and row.head and not row.has_comments:
        return _function(script, row, indent)
    line = BREAK if row.item.kind == "rule" else Choice()
    first, *rest = (_doc(script, cell) for cell in row.cells[row.head :])
    tail: list[Doc] = [first]
    for cell, doc in zip(row.cells[row.head + 1 :], rest, strict=True):
        tail += [between(script, cell.first, line), doc]
    blank = " " * indent
    if not row.head:
        return lay_out((*tail, row.end), blank, indent + _CONTINUED)
    head = f"{blank}{row.line(widths, row.head)} "
    return lay_out(Align((*tail, row.end)), head, indent + _CONTINUED)


def _function(script: Script, row: Row, indent: int) -> list[str]:
    """Return a function with its body below the signature."""
    body = row.cells[-1]
    head = " " * indent + row.line({}, row.head).rstrip()
    value = value_doc(script, body.first + 1, body.last, body.nodes)
    below = indent + _CONTINUED
    lines = lay_out((value, row.end), " " * below, below)
    return [f"{head} {script.texts[body.first]}", *lines]


def _doc(script: Script, cell: Cell) -> Doc:
    return cell_doc(script, cell.first, cell.last, cell.nodes)


def row_of(script: Script, item: Node, end: str) -> Row:
    """Return an item as a row, a block as the row of its head."""
    cells = cells_of(script, item)
    texts = [script.flat(cell.first, cell.last) for cell in cells]
    head, has_comments = _head(item, cells), script.has_comments(*inner(item))
    while has_comments and head and script.has_comments(item.first + 1, cells[head].first):
        head -= 1
    if item.kind == "rule" and head > 1:
        cells, texts = [cells[0], *cells[head:]], [" ".join(texts[:head]), *texts[head:]]
        head = 1
    return Row(item, cells, texts, end, head, has_comments)


def block_row(head: Row, text: str) -> Row:
    """Return the row of a block on one line, given that of its head."""
    block = Cell(BLOCK, head.item.brace, head.item.last)
    return Row(head.item, [*head.cells, block], [*head.texts, text], head.end)


def _head(item: Node, cells: Cells) -> int:
    """Return how many cells come first in the order of their columns, and belong there."""
    columns = head_columns(item)
    count = 0
    while count < len(cells) - 1 and cells[count].column < columns:
        if cells[count].column < cells[count - 1].column and count:
            break
        count += 1
    return count
