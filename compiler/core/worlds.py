"""What samples can make of a customer: the draws of samples, with the segments that follow.

A hash of the key under a seed stands for a uniform draw; samples that have one seed have one draw.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from interact.compiler.core.decide import is_in, passes, reaches
from interact.compiler.core.hashes import Hashes
from interact.compiler.core.interpret import Frame
from interact.compiler.core.program import Channel, Share
from interact.stdlib.chance import BITS

MOST_WORLDS = 256
_WHOLE = 1 << BITS
Bounds = Mapping[str, Sequence[int]]
"""Where the shares of samples begin and end, by seed."""


class TooMany(Exception):
    """Chance has more outcomes than are gone through."""


@dataclass(slots=True)
class World:
    """A customer with draws of samples.

    Attributes:
        hashes: With those of the samples that the customer reaches.
        weight: The probability of this world.
        member: Whether the customer is in each cell, as far as that is known; False for cells that
            are not needed.
    """

    hashes: Hashes
    weight: float
    member: list[bool]


def worlds(
    channel: Channel,
    hashes: Hashes,
    frame: Frame,
    cells: Collection[int],
    segments: Collection[int],
) -> Mapping[tuple[bool, ...], World]:
    """Return the worlds of a customer by segments: whether the customer is in each.

    Args:
        cells: Those that are needed; ``segments`` are made of them. In others nobody is.

    Raises:
        TooMany: There are more than ``MOST_WORLDS`` before those of the same segments are merged.
    """
    bounds = {} if hashes.key is None else _bounds(channel, cells, frame.moment.today)
    found = [World(hashes, 1.0, [])]
    for index, cell in enumerate(channel.cells):
        if index in cells and isinstance(cell.test, Share):
            seed = cell.test.draw.on(frame.moment.today)
            found = [
                part
                for world in found
                for part in (
                    _parts(world, seed, bounds) if reaches(cell, world.member) else [world]
                )
            ]
        if len(found) > MOST_WORLDS:
            raise TooMany
        for world in found:
            member = world.member
            is_there = index in cells and reaches(cell, member)
            member.append(is_there and passes(cell, member, world.hashes, frame))
    return _merged(channel, found, segments, frame)


def _bounds(channel: Channel, cells: Iterable[int], today: int) -> Bounds:
    found: dict[str, set[int]] = {}
    for test in (channel.cells[i].test for i in cells):
        if isinstance(test, Share):
            bounds = found.setdefault(test.draw.on(today), {0, _WHOLE})
            bounds.update((test.low, test.high))
    return {seed: sorted(of_it) for seed, of_it in found.items()}


def _parts(world: World, seed: str, bounds: Bounds) -> Iterator[World]:
    """Yield a world for each share in which a draw can lie; the same one when it was drawn."""
    if seed in world.hashes.drawn or seed not in bounds:
        yield world
        return
    for low, high in itertools.pairwise(bounds[seed]):
        hashes = Hashes(world.hashes.key, {**world.hashes.drawn, seed: low})
        weight = world.weight * (high - low) / _WHOLE
        yield World(hashes, weight, list(world.member))


def _merged(
    channel: Channel, found: Iterable[World], segments: Collection[int], frame: Frame
) -> Mapping[tuple[bool, ...], World]:
    merged: dict[tuple[bool, ...], World] = {}
    for world in found:
        inside = tuple(
            number in segments and is_in(segment, world.member, frame)
            for number, segment in enumerate(channel.segments)
        )
        if inside in merged:
            merged[inside].weight += world.weight
        else:
            merged[inside] = world
    return merged
