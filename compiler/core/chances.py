"""What a decision could have been for one customer: outcomes of its chances, with their weights.

Every chance is a hash of the customer's key under a seed, and stands for a uniform draw of its own;
what has one seed is one draw. Three things read draws: samples, in which of their shares a draw
lies (``worlds``); selections by chance, which put offers in order by a draw for each; and ties by
chance (``equals``). An outcome is decided by the interpreter itself, with hashes that make it.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from interact.compiler.core.decide import Candidate, Standing
from interact.compiler.core.equals import Apart, orders
from interact.compiler.core.hashes import Hashes, hashes_of, seed_of_offer
from interact.compiler.core.interpret import Customer, Frame, Moment
from interact.compiler.core.needed import Needed
from interact.compiler.core.program import Channel, Program
from interact.compiler.core.worlds import TooMany as TooMany, worlds
from interact.stdlib.chance import BITS
from interact.stdlib.records import record

MOST = 64
"""Outcomes that are gone through; of more nothing is told."""
Drawn = Mapping[str, int]
"""Hashes by seed."""


@record
class Outcome:
    """What zones decide together when an outcome comes.

    Attributes:
        weight: Its probability.
        segments: Whether the customer is in each segment; False for those that nothing asks for.
        zones: The candidates that each zone keeps, best first.
        alike: Groups of offers (indices), by offer. In which order those of a group come is by
            chance alone, and this outcome stands for all orders.
    """

    weight: float
    segments: tuple[bool, ...]
    zones: Mapping[int, tuple[Candidate, ...]]
    alike: Mapping[int, frozenset[int]]


def outcomes(
    program: Program,
    channel: Channel,
    customer: Customer,
    moment: Moment,
    zones: Mapping[int, Needed],
    top: int,
    apart: Apart,
) -> list[Outcome]:
    """Return what zones could decide together; the weights are one in sum.

    Args:
        zones: With what they depend on.
        top: How many offers each keeps.
        apart: The orders of equals that it tells apart are gone through.

    Raises:
        TooMany: There are more than ``MOST``, or chances of several kinds share a seed.
    """
    hashes = hashes_of(program.audience_of(channel), customer)
    cells = frozenset[int]().union(*(needed.cells for needed in zones.values()))
    segments = frozenset[int]().union(*(needed.segments for needed in zones.values()))
    frame = Frame(customer, moment)
    found: list[Outcome] = []
    for inside, world in worlds(channel, hashes, frame, cells, segments).items():
        there = replace(frame, segments=inside)
        standings = [Standing(program, channel, zone, there) for zone in zones]
        picks = [{}] if hashes.key is None else selections(standings, world.hashes.drawn)
        for pick in picks:
            picked = Hashes(hashes.key, {**world.hashes.drawn, **pick})
            ordered = orders(standings, picked, top, apart)
            if len(found) + len(ordered.each) > MOST:
                raise TooMany
            for order in ordered.each:
                drawn = Hashes(hashes.key, {**picked.drawn, **order.drawn})
                kept = {s.zone: tuple(s.kept(drawn, top)) for s in standings}
                weight = world.weight * order.weight / len(picks)
                found.append(Outcome(weight, inside, kept, ordered.alike))
    return found


def selections(standings: Sequence[Standing], taken: Drawn) -> Sequence[Drawn]:
    """Return draws for each outcome of the selections by chance in zones, all as probable.

    Of the admitted offers of a selection every set of as many as go on is as probable as another.

    Raises:
        TooMany: There are more than ``MOST``, or their seeds are taken.
    """
    choices = [choice for standing in standings for choice in _choices(standing)]
    seeds = Counter(seed for offers, _ in choices for seed in offers)
    if seeds.keys() & taken.keys():
        raise TooMany
    if any(number > 1 for number in seeds.values()):
        return _in_all_orders(seeds)
    if math.prod(math.comb(len(offers), count) for offers, count in choices) > MOST:
        raise TooMany
    each = [list(itertools.combinations(offers, count)) for offers, count in choices]
    going = [frozenset(itertools.chain(*chosen)) for chosen in itertools.product(*each)]
    return [{seed: _hash(seed in first, i) for i, seed in enumerate(seeds)} for first in going]


def _choices(standing: Standing) -> Iterator[tuple[list[str], int]]:
    """Yield the seeds of offers among which a selection has to choose, and how many go on."""
    rules = [standing.channel.rules[index] for index in standing.going]
    for number, selection in enumerate(standing.channel.selections):
        offers = (rule.offer for rule in rules if rule.selection == number)
        found = (seed_of_offer(standing.program, selection, offer) for offer in offers)
        seeds = [seed for seed in found if seed is not None]
        if len(seeds) > selection.count:
            yield seeds, selection.count


def _in_all_orders(seeds: Mapping[str, int]) -> Sequence[Drawn]:
    """Return draws for the orders of offers that several selections, or rules of one, have."""
    if math.factorial(len(seeds)) > MOST:
        raise TooMany
    return [
        {seed: _hash(False, place) for place, seed in enumerate(order)}
        for order in itertools.permutations(seeds)
    ]


def _hash(is_first: bool, place: int) -> int:
    """Return another hash for each place, for the first ones above all others."""
    return (is_first << (BITS - 1)) + place + 1
