"""The columns of each kind of item: what stands under what in neighbouring lines."""

from __future__ import annotations

from typing import Final

from interact.compiler.surface.format_cell import Cell, Cells
from interact.compiler.surface.format_script import Script
from interact.compiler.surface.format_tests import (
    case_cells,
    expect_cells,
    is_expectation_with_clauses,
)
from interact.compiler.surface.format_tree import Node

BLOCK: Final = 12
"""The column of blocks that are on one line."""

_CLAUSES: Final = {
    **{"alias": 1, "disabled": 2, "pinned": 3, "take": 4, "values": 5},
    **{"score": 6, "using": 7, "when": 8, "at_most": 10, "alone": 10},
    **dict.fromkeys(("live", "live_from", "live_until", "live_for"), 9),
    **{"default": 2, "column": 3, "doc": 4},
}
"""The columns of the clauses of rules, and of the notes of fields."""

_HEADS: Final = {
    "field": 1,
    "key": 1,
    "attribute": 2,
    "constant": 2,
    "function": 1,
    "offer_list": 1,
    "rule": 5,
    "select": 2,
} | dict.fromkeys(("branch", "share", "derived", "segment", "point", "member", "snapshot_field"), 1)
ALIGNED: Final = frozenset(("constant", "function", "offer_list"))
"""Declarations that stand in neighbouring lines, and are then aligned, whatever their height."""

_FIRST_CELLS: Final = {
    "offer_list": 2,
    "branch": 1,
    "share": 1,
    "derived": 2,
    "segment": 2,
    "point": 2,
    "member": 1,
    "snapshot_field": 1,
}
_LIKE: Final = {
    **{"everyone": "segment_rules", "every_zone": "zone_rules"},
    **{"case_head": "case", "required_attribute": "attribute", "offer_query": "offer_list"},
    "columns": "row",
}


def kind_of(item: Node) -> str:
    """Return the kind of an item; those of one kind are aligned with each other."""
    if is_expectation_with_clauses(item):
        return f"{item.kind} {item.first}"
    return _LIKE.get(item.kind, item.kind)


def head_columns(item: Node) -> int:
    """Return how many columns stay together on the first line when an item is broken."""
    return _HEADS.get(item.kind, 0)


def inner(item: Node) -> tuple[int, int]:
    """Return the tokens of an item behind its first, to the brace of a block."""
    return item.first + 1, item.brace or item.last


def is_note(item: Node, cell: Cell) -> bool:
    """Return whether a cell documents a field, and is set off a little."""
    return item.kind in ("field", "key") and cell.column == _CLAUSES["doc"]


def cells_of(script: Script, item: Node) -> Cells:
    """Return the parts of an item, of a block those of its head, in canonical order.

    An item with comments inside keeps its order.
    """
    cells = _cells(script, item)
    if script.has_comments(*inner(item)):
        return cells
    return sorted(cells, key=lambda cell: cell.column)


def _cells(script: Script, item: Node) -> Cells:
    first, last = item.first, item.brace - 1 if item.brace else item.last
    if item.kind == "expect":
        return expect_cells(item)
    match kind_of(item):
        case "field":
            return _field(first, item)
        case "key" if not item.brace and len(item.children) == 1:
            return _field(first, item.children[0])
        case "attribute":
            type_ = item.children[0]
            name = Cell(0, first, type_.first - 1)
            value = Cell(2, type_.last + 1, last, item.children[1:])
            return [name, Cell(1, type_.first, type_.last), value]
        case "constant":
            return _constant(first, last, item)
        case "function":
            return _function(script, first, last, item)
        case "instance":
            return _instance(script, first, last, item)
        case "row" | "columns":
            return _row(script, first, last, item)
        case "rule":
            return [Cell(0, first, first), *map(_clause, item.children)]
        case "many":
            return [Cell(0, first, first + 2), *map(_clause, item.head)]
        case "case" | "case_head":
            return case_cells(script, item)
        case "offer" | "select":
            return _split(script, first, last, item.head)
        case kind if kind in _FIRST_CELLS:
            return _pair(first, first + _FIRST_CELLS[kind], last, item.head)
        case _:
            return [Cell(0, first, last, item.head)]


def _constant(first: int, last: int, item: Node) -> Cells:
    type_, value = item.children[:-1], item.children[-1:]
    if not type_:
        return [Cell(0, first, first + 1), Cell(2, first + 2, last, value)]
    name = Cell(0, first, type_[0].first - 1)
    return [name, Cell(1, type_[0].first, type_[0].last), Cell(2, type_[0].last + 1, last, value)]


def _function(script: Script, first: int, last: int, item: Node) -> Cells:
    """Return the signature of a function and its body."""
    *signature, body = item.children
    sign = body.first
    while script.tokens[sign].kind != "EQ":
        sign -= 1
    return [Cell(0, first, sign - 1, signature), Cell(1, sign, last, [body])]


def _row(script: Script, first: int, last: int, item: Node) -> Cells:
    """Return the word of a row of a table, its cells with the bars before them, its result."""
    starts = [first + 1]
    for index in range(first + 1, last + 1):
        word = script.tokens[index]
        if word.kind == "BAR" or (word.text == "then" and not _is_inside(item, index)):
            starts.append(index)
    ends = [*(start - 1 for start in starts[1:]), last]
    cells = [Cell(0, first, first)]
    for number, (start, end) in enumerate(zip(starts, ends, strict=True), start=1):
        nodes = [c for c in item.children if start <= c.first and c.last <= end]
        is_result = script.tokens[start].text == "then"
        cells.append(Cell(BLOCK - 1 if is_result else number, start, end, nodes))
    return cells


def _instance(script: Script, first: int, last: int, item: Node) -> Cells:
    """Return the arguments of a use, the name last."""
    alias = last if script.tokens[last].kind == "RPAR" else last - 1
    starts = [first]
    for index in range(first + 1, last + 1):
        is_argument = script.tokens[index - 1].kind == "COMMA" and not _is_inside(item, index - 1)
        if is_argument or (index == alias < last):
            starts.append(index)
    ends = [*(start - 1 for start in starts[1:]), last]
    cells = []
    for number, (start, end) in enumerate(zip(starts, ends, strict=True)):
        nodes = [c for c in item.children if start <= c.first and c.last <= end]
        is_alias = start == alias < last
        cells.append(Cell(BLOCK - 1 if is_alias else number, start, end, nodes))
    return cells


def _is_inside(item: Node, index: int) -> bool:
    return any(child.first <= index <= child.last for child in item.children)


def _field(first: int, field: Node) -> Cells:
    type_, *notes = field.children
    name = Cell(0, first, type_.first - 1)
    return [name, Cell(1, type_.first, type_.last), *map(_clause, notes)]


def _clause(node: Node) -> Cell:
    return Cell(_CLAUSES[node.kind], node.first, node.last, node.children)


def _pair(first: int, second: int, last: int, nodes: list[Node]) -> Cells:
    rest = [Cell(1, second, last, nodes)] if second <= last else []
    return [Cell(0, first, second - 1), *rest]


def _split(script: Script, first: int, last: int, nodes: list[Node]) -> Cells:
    """Return ``offer NAME`` and its title and audience, ``select NAME``, its source and test."""
    cells, place = [Cell(0, first, first + 1)], first + 2
    if place <= last and script.tokens[place].kind == "TEXT":
        cells.append(Cell(1, place, place))
        place += 1
    if place <= last and script.tokens[place].text in ("for", "of"):
        cells.append(Cell(2, place, place + 1))
        place += 2
    return [*cells, Cell(3, place, last, nodes)] if place <= last else cells
