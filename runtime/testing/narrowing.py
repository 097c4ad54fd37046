"""The part of a channel that a test depends on, with the outcomes of samples that it gives.

A test needs to give what its own expectations depend on, and nothing else of a large project.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import replace

from interact.compiler.core.needed import cells_of, segments_of
from interact.compiler.core.nodes import Const
from interact.compiler.core.program import Cell, Channel, Filter
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


def narrowed(
    channel: Channel, expectations: Iterable[Expectation], segments: Collection[int] = ()
) -> Channel:
    """Return a channel with the rules of the zones that are expected something of.

    Cells that neither these nor the segments that are expected, or named, depend on are empty;
    every index but that of rules stays.
    """
    expectations = tuple(expectations)
    zones = {zone_of(e) for e in expectations}
    rules = tuple(rule for rule in channel.rules if rule.zone in zones)
    needed = needed_cells(channel, expectations) | cells_of(channel, segments)
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
                segments.update(i for rule in here for i in segments_of(rule))
    return cells_of(channel, segments)


def _empty(cell: Cell) -> Cell:
    return replace(cell, test=_NOBODY)
