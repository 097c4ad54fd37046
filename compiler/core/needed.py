"""What decisions depend on: the segments that rules ask for, and the cells these are made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from interact.compiler.core.nodes import InSegment, walk
from interact.compiler.core.program import Channel, Filter, Rule, Share
from interact.stdlib.records import record


@record
class Needed:
    """What the decisions of a zone depend on.

    Attributes:
        segments: Indices; ``cells`` are those that these are made of.
        has_chance: Whether any of it is by chance.
    """

    segments: frozenset[int]
    cells: frozenset[int]
    has_chance: bool


def needed_by(channel: Channel, zone: int) -> Needed:
    """Return what the decisions of a zone depend on."""
    rules = [rule for rule in channel.rules if rule.zone == zone and rule.enabled]
    segments = frozenset(
        i for rule in rules for i in (*segments_of(rule), *_barring(channel, rule))
    )
    cells = cells_of(channel, segments)
    has_chance = (
        channel.zones[zone].ties is not None
        or any(channel.selections[r.selection].seed for r in rules if r.selection is not None)
        or any(isinstance(channel.cells[i].test, Share) for i in cells)
    )
    return Needed(segments, cells, has_chance)


def segments_of(rule: Rule) -> Iterator[int]:
    """Yield the segments that a rule is for, and those that its expressions ask for."""
    yield from rule.segments
    for expr in (rule.condition, rule.score, rule.order):
        if expr is not None:
            yield from (part.index for part in walk(expr) if isinstance(part, InSegment))


def _barring(channel: Channel, rule: Rule) -> Iterator[int]:
    for bar in channel.bars:
        if rule.offer in bar.offers:
            yield from (p.index for p in walk(bar.condition) if isinstance(p, InSegment))


def cells_of(channel: Channel, segments: Iterable[int]) -> frozenset[int]:
    """Return the cells of segments with all that they are made of, which come earlier."""
    found = {index for segment in segments for index in channel.segments[segment].cells}
    for index in range(len(channel.cells) - 1, -1, -1):
        if index in found:
            cell = channel.cells[index]
            found.update(cell.parents)
            found.update(cell.test.unless if isinstance(cell.test, Filter) else ())
    return frozenset(found)
