"""Why a customer is not in a segment: the condition that decided, another cell, or chance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from interact.compiler.core.decide import reaches
from interact.compiler.core.interpret import Frame, evaluate
from interact.compiler.core.nodes import And, Attr, Compare, Expr, InSegment, type_of, walk
from interact.compiler.core.print import print_value
from interact.compiler.core.program import Cell, Channel, Filter, Share
from interact.compiler.source import Span
from interact.stdlib.types import BOOL

_MOST = 4


@dataclass(frozen=True, slots=True)
class Deciding:
    """An expression that decided.

    Attributes:
        values: Of the attributes and segments that it reads, as literals.
        sides: The values of both sides of a comparison; empty for anything else.
    """

    span: Span
    values: dict[str, str]
    sides: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Absence:
    """Why a customer is not in a cell; ``deciding`` is the condition, if one decided."""

    cell: str
    because: str
    deciding: Deciding | None = None


def deciding(expr: Expr, frame: Frame) -> Deciding:
    """Return what an expression reads."""
    sides: tuple[str, ...] = ()
    if isinstance(expr, Compare):
        both = (expr.left, expr.right)
        sides = tuple(print_value(evaluate(side, frame), type_of(side)) for side in both)
    return Deciding(expr.span, values_read(expr, frame), sides)


def failing_part(condition: Expr, frame: Frame) -> tuple[Expr, str]:
    """Return the first part of a condition that is not true, and what it is instead."""
    parts = condition.args if isinstance(condition, And) else (condition,)
    for part in parts:
        truth = evaluate(part, frame)
        if truth is not True:
            return part, "null" if truth is None else "false"
    return condition, "null"


def values_read(expr: Expr, frame: Frame) -> dict[str, str]:
    """Return the attributes and segments that an expression reads, as literals."""
    found: dict[str, str] = {}
    for part in walk(expr):
        if isinstance(part, Attr):
            found[part.name] = print_value(evaluate(part, frame), part.type)
        elif isinstance(part, InSegment):
            found[part.name] = print_value(evaluate(part, frame), BOOL)
    return found


def absences(
    channel: Channel, segments: Sequence[int], member: Sequence[bool], frame: Frame
) -> tuple[Absence, ...]:
    """Return why a customer is in none of some segments, cell by cell.

    Args:
        member: Whether the customer is in each cell.
    """
    found = []
    for index in segments:
        segment = channel.segments[index]
        if not segment.cells:
            found.append(Absence(segment.name, "no event has put the customer there"))
        for cell in segment.cells:
            found += _chain(channel, cell, member, frame)
    return tuple(_different(found))[:_MOST]


def _different(found: list[Absence]) -> Iterator[Absence]:
    told = set[str]()
    for absence in found:
        if absence.cell not in told:
            told.add(absence.cell)
            yield absence


def _chain(channel: Channel, index: int, member: Sequence[bool], frame: Frame) -> Iterator[Absence]:
    """Yield why a customer is not in a cell, and in none that it starts from."""
    yield absence(channel, index, member, frame)
    if not reaches(channel.cells[index], member):
        for parent in channel.cells[index].parents:
            yield from _chain(channel, parent, member, frame)


def absence(channel: Channel, index: int, member: Sequence[bool], frame: Frame) -> Absence:
    """Return why a customer is not in a cell."""
    cell = channel.cells[index]
    if not reaches(cell, member):
        parents = " or ".join(dict.fromkeys(channel.cells[i].name for i in cell.parents))
        return Absence(cell.name, f"not in {parents}")
    test = cell.test
    if not isinstance(test, Filter):
        chosen = (c.name for c, is_in in zip(channel.cells, member, strict=True) if is_in)
        other = next((name for name in chosen if name in _beside(channel, cell)), "another cell")
        return Absence(cell.name, f"its sample chose {other}")
    before = next((i for i in test.unless if member[i]), None)
    if before is not None:
        return Absence(cell.name, f"already in {channel.cells[before].name}")
    if test.condition is None:
        return Absence(cell.name, "nobody is in it")
    part, truth = failing_part(test.condition, frame)
    return Absence(cell.name, f"is {truth}", deciding(part, frame))


def _beside(channel: Channel, cell: Cell) -> set[str]:
    """Return the names of the cells of a cell's sample."""
    return {
        other.name
        for other in channel.cells
        if isinstance(other.test, Share)
        and isinstance(cell.test, Share)
        and (other.flowchart, other.parents, other.test.draw)
        == (cell.flowchart, cell.parents, cell.test.draw)
    }
