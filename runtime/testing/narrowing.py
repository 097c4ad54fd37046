"""The part of a channel that a test depends on, with the outcomes of samples that it gives.

A test needs to give what its own expectations depend on, and nothing else of a large project.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from interact.compiler.core.nodes import Const, InSegment, walk
from interact.compiler.core.program import Cell, Channel, Filter, Rule
from interact.compiler.core.tests import (
    Chosen,
    Expectation,
    Membership,
    SegmentsAre,
)
from interact.stdlib.types import BOOL

_NOBODY = Filter(Const(False, BOOL))


def with_outcomes(channel: Channel, chosen: Iterable[Chosen]) -> Channel:
    """Return a channel whose samples come out as a test gives them, whatever the hash."""
    outcomes = {index: is_in for choice in chosen for index, is_in in choice.cells}
    if not outcomes:
        return channel
    cells = tuple(
        replace(cell, test=Filter(None) if outcomes[i] else _NOBODY) if i in outcomes else cell
        for i, cell in enumerate(channel.cells)
    )
    return replace(channel, cells=cells)


def narrowed(channel: Channel, expectations: Iterable[Expectation]) -> Channel:
    """Return a channel with the rules of the zones that are expected something of.

    Cells that neither these nor the segments that are expected depend on are empty; every index
    but that of rules stays.
    """
    expectations = tuple(expectations)
    zones = {zone_of(e) for e in expectations}
    rules = tuple(rule for rule in channel.rules if rule.zone in zones)
    needed = needed_cells(channel, expectations)
    cells = tuple(
        cell if index in needed else _empty(cell) for index, cell in enumerate(channel.cells)
    )
    return replace(channel, cells=cells, rules=rules)


def zone_of(expectation: Expectation) -> int | None:
    """Return the zone that an expectation is about; None when it is about segments."""
    return getattr(expectation.claim, "zone", None)


def needed_cells(channel: Channel, expectations: Iterable[Expectation]) -> frozenset[int]:
    """Return the cells that expectations depend on."""
    segments: set[int] = set()
    for expectation in expectations:
        match expectation.claim:
            case SegmentsAre():
                return frozenset(range(len(channel.cells)))
            case Membership(segments=named):
                segments.update(named)
            case claim:
                here = (rule for rule in channel.rules if rule.zone == claim.zone)
                segments.update(i for rule in here for i in _segments_read(rule))
    return _closure(channel, (i for s in segments for i in channel.segments[s].cells))


def _segments_read(rule: Rule) -> Iterator[int]:
    """Yield the segments that a rule is for, and those that its expressions ask for."""
    yield from rule.segments
    for expr in (rule.condition, rule.score, rule.order):
        if expr is not None:
            yield from (part.index for part in walk(expr) if isinstance(part, InSegment))


def _closure(channel: Channel, start: Iterable[int]) -> frozenset[int]:
    """Return cells with all that they are made of; a cell reads only earlier ones."""
    found = set(start)
    for index in range(len(channel.cells) - 1, -1, -1):
        if index in found:
            cell = channel.cells[index]
            found.update(cell.parents)
            found.update(cell.test.unless if isinstance(cell.test, Filter) else ())
    return frozenset(found)


def _empty(cell: Cell) -> Cell:
    return replace(cell, test=_NOBODY)
