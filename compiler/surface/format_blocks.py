"""Blocks: items below each other, with the comments and blank lines that are theirs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final, TypeAlias

from interact.compiler.surface.format_cells import ALIGNED, kind_of
from interact.compiler.surface.format_doc import WIDTH
from interact.compiler.surface.format_gaps import Gap
from interact.compiler.surface.format_rows import Row, block_row, row_of, rows_as_lines
from interact.compiler.surface.format_script import Script
from interact.compiler.surface.format_tree import Node

_INDENT: Final = 2

Lines: TypeAlias = list[str]


@dataclass(frozen=True, slots=True)
class Piece:
    """An item as lines; ``behind`` is the comment at the end of the last."""

    item: Node
    lines: Lines
    behind: str


def module_lines(script: Script) -> Lines:
    """Return the lines of a file."""
    pieces = list(_pieces(script, script.tree.declarations, 0))
    lines = Lines()
    was_tall = False
    for piece in pieces:
        gap = script.gap(piece.item.first)
        is_tall = len(piece.lines) > 1 and piece.item.kind not in ALIGNED
        lines += [""] * bool(lines and (was_tall or is_tall) and not gap.has_blank)
        lines += _before(gap, 0, is_first=not lines) + piece.lines
        was_tall = is_tall
    return lines + _at_end(script.gap(len(script.tokens) - 1), 0, is_first=not lines)


def _body(script: Script, block: Node, indent: int) -> Lines:
    """Return what stands between the braces of a block."""
    lines = Lines()
    for piece in _pieces(script, block.items, indent):
        gap = script.gap(piece.item.first)
        lines += _before(gap, indent, is_first=not lines) + piece.lines
    return lines + _at_end(script.gap(block.last), indent, is_first=not lines)


def _before(gap: Gap, indent: int, *, is_first: bool) -> Lines:
    """Return the comments before an item, and blank lines but at the start of a block."""
    lines = _at_end(gap, indent, is_first=is_first)
    return lines + [""] * (gap.is_blank and not (is_first and not lines))


def _at_end(gap: Gap, indent: int, *, is_first: bool) -> Lines:
    lines = Lines()
    for is_blank, comment in gap.own:
        lines += [""] * (is_blank and not (is_first and not lines))
        lines.append(" " * indent + comment)
    return lines


# ------------------------------------------------------------------------------------------ items


def _pieces(script: Script, items: Sequence[Node], indent: int) -> Iterator[Piece]:
    """Yield the items of a block, those in a run aligned with each other."""
    for run in _runs(script, items, indent):
        if isinstance(run, Row):
            lines = _block(script, run, indent)
            yield from _with_comments([_piece(script, run, lines)])
        else:
            made = zip(run, rows_as_lines(script, run, indent), strict=True)
            yield from _with_comments([_piece(script, row, lines) for row, lines in made])


def _piece(script: Script, row: Row, lines: Lines) -> Piece:
    return Piece(row.item, lines, script.gap(script.after(row.item)).behind)


def _runs(script: Script, items: Sequence[Node], indent: int) -> Iterator[Row | list[Row]]:
    """Yield blocks of several lines, by their heads, and runs of other items of one kind."""
    run: list[Row] = []
    for item, follower in zip(items, [*items, None][1:], strict=True):
        row = row_of(script, item, script.separator(item, follower))
        whole = _on_one_line(script, row, indent) if item.brace else row
        if run and (whole is None or not _continues(script, run[-1], item)):
            yield run
            run = []
        if whole is None:
            yield row
        else:
            run.append(whole)
    if run:
        yield run


def _continues(script: Script, last: Row, item: Node) -> bool:
    is_alike = kind_of(item) == kind_of(last.item) and bool(item.brace) == bool(last.item.brace)
    return is_alike and not script.gap(item.first).has_blank


def _with_comments(pieces: list[Piece]) -> Iterator[Piece]:
    """Yield items with the comments behind them, aligned in neighbouring lines."""
    for is_alone, group in groupby(pieces, lambda p: len(p.lines) > 1 or not p.behind):
        near = list(group)
        width = max(len(piece.lines[-1]) for piece in near)
        fits = not is_alone and all(width + 2 + len(piece.behind) <= WIDTH for piece in near)
        for piece in near:
            *lines, last = piece.lines
            yield replace(piece, lines=[*lines, _remark(last, piece.behind, width if fits else 0)])


def _remark(line: str, comment: str, width: int) -> str:
    return f"{line:{width}}  {comment}" if comment else line


# ------------------------------------------------------------------------------------------ blocks


def _block(script: Script, head: Row, indent: int) -> Lines:
    """Return a block on several lines, or an empty one."""
    block = head.item
    body = _body(script, block, indent + _INDENT)
    behind = script.gap(block.brace + 1).behind
    is_empty = not body and not behind
    mark = Row(block, head.cells, head.texts, " {}" if is_empty else " {", 0, head.has_comments)
    *lines, last = rows_as_lines(script, [mark], indent)[0]
    end = [] if is_empty else [" " * indent + "}" + head.end]
    return [*lines, _remark(last, behind, 0), *body, *end]


def _on_one_line(script: Script, head: Row, indent: int) -> Row | None:
    """Return a block as a row if it was on one line, or is empty, and fits."""
    is_empty = not head.item.items and not script.has_comments(head.item.first + 1, head.item.last)
    if not is_empty and not script.is_on_one_line(head.item):
        return None
    row = block_row(head, _flat_block(script, head.item))
    return row if indent + len(row.line({})) <= WIDTH else None


def _flat_block(script: Script, block: Node) -> str:
    return (
        f"{{ {'; '.join(_flat(script, item) for item in block.items)} }}" if block.items else "{}"
    )


def _flat(script: Script, item: Node) -> str:
    head = row_of(script, item, "")
    return " ".join([*head.texts, *([_flat_block(script, item)] if item.brace else [])])
