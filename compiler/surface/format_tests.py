"""The columns of cases: values stand under attributes, outcomes under what they are of."""

from __future__ import annotations

from typing import Final

from interact.compiler.surface.format_cell import Cell, Cells
from interact.compiler.surface.format_script import Script
from interact.compiler.surface.format_tree import Node

_FIRST_OUTCOME: Final = 1_000
"""The column of the first outcome, whatever the number of values."""


def case_cells(script: Script, item: Node) -> Cells:
    """Return the cells of a case, or of the head of cases."""
    cells = Cells()
    outcomes = 0
    for child in item.children:
        if script.tokens[child.first - 1].kind == "ARROW":
            cells.append(Cell(_FIRST_OUTCOME + outcomes, child.first - 1, child.last, [child]))
            outcomes += 1
        else:
            comma = script.tokens[child.last + 1].kind == "COMMA"
            cells.append(Cell(len(cells), child.first, child.last + comma, [child]))
    return cells


def expect_cells(item: Node) -> Cells:
    """Return the cells of an expectation: what is expected, then a cell for each clause."""
    (claim,) = item.children
    starts: dict[str, int] = {}
    for child in claim.children:
        starts.setdefault(child.kind, child.first - 1)
    places = [item.first, *starts.values()]
    if claim.last < item.last:
        places.append(claim.last + 1)
    ends = [*(place - 1 for place in places[1:]), item.last]
    return [
        Cell(column, first, last, [c for c in claim.children if first < c.first <= last])
        for column, (first, last) in enumerate(zip(places, ends, strict=True))
    ]


def is_expectation_with_clauses(item: Node) -> bool:
    """Return whether an item is laid out apart from its neighbours."""
    is_counted = item.kind == "expect" and item.children[0].last < item.last
    return item.kind == "expect" and (is_counted or bool(item.children[0].children))
