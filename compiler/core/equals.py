"""Orders of equals: what ties by chance can make of the candidates of zones.

Every order of equals is as probable as another. Rules that nothing tells apart are alike: one of
their orders stands for all, and each gets its part of what they get together.
"""

from __future__ import annotations

import itertools
import math
from collections import Counter
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from functools import lru_cache

from interact.compiler.core.decide import Candidate, Standing
from interact.compiler.core.hashes import Hashes
from interact.compiler.core.interpret import Frame
from interact.compiler.core.program import Rule
from interact.compiler.core.worlds import TooMany
from interact.stdlib.chance import hash_int
from interact.stdlib.ranking import shuffled, sort_key
from interact.stdlib.records import record

MOST_ORDERS = 64
_MOST_TRIES = 2_000
Apart = Callable[[Rule, Frame], Hashable]
"""Says how the offer of a rule differs from others for what is done with a decision."""
Kind = tuple[int, ...]
"""Rules (indices) that nothing tells apart."""


@record
class Group:
    """Equals by kind, of which only the ``first`` can have a place."""

    kinds: tuple[Kind, ...]
    first: int


@record
class Order:
    """An order of equals: hashes that make it, by seed, and its probability."""

    drawn: Mapping[str, int]
    weight: float


@record
class Orders:
    """Orders of equals.

    Attributes:
        alike: Groups of offers (indices), by offer: of a group one order stands for all.
    """

    each: Sequence[Order]
    alike: Mapping[int, frozenset[int]]


def orders(standings: Sequence[Standing], hashes: Hashes, top: int, apart: Apart) -> Orders:
    """Return the orders of the equals in zones of which ``top`` offers are kept at most.

    Raises:
        TooMany: There are more than ``MOST_ORDERS``, or ties share a seed with something else.
    """
    if hashes.key is None or all(s.channel.zones[s.zone].ties is None for s in standings):
        return Orders([Order({}, 1.0)], {})
    ranked = [standing.ranked(hashes)[0] for standing in standings]
    rules = standings[0].channel.rules
    offers = Counter(rules[c.rule].offer for of_zone in ranked for c in of_zone)
    alike: dict[int, frozenset[int]] = {}
    groups: dict[str, list[Group]] = {}
    for standing, of_zone in zip(standings, ranked, strict=True):
        seed = standing.channel.zones[standing.zone].ties
        if seed is None:
            continue
        for group in _equals(standing, of_zone, top, offers, apart):
            named = [frozenset(rules[i].offer for i in kind) for kind in group.kinds]
            alike |= {offer: kind for kind in named if len(kind) > 1 for offer in kind}
            groups.setdefault(seed, []).append(group)
    if groups.keys() & hashes.drawn.keys():
        raise TooMany
    each = [[(seed, *one) for one in _drawn(tuple(found))] for seed, found in groups.items()]
    if not 0 < math.prod(map(len, each)) <= MOST_ORDERS:
        raise TooMany
    return Orders([_together(parts) for parts in itertools.product(*each)], alike)


def _together(parts: Sequence[tuple[str, int, float]]) -> Order:
    drawn = {seed: hashed for seed, hashed, _ in parts}
    return Order(drawn, math.prod(weight for _, _, weight in parts))


def _equals(
    standing: Standing,
    ranked: Sequence[Candidate],
    top: int,
    offers: Mapping[int, int],
    apart: Apart,
) -> Iterator[Group]:
    """Yield the groups of equals in a zone that can have places.

    Where other rules have a place or an offer in common with one, only those of the same offer at
    the same place are of its kind.
    """
    rules, allowed = standing.channel.rules, standing.channel.zones[standing.zone].most
    left = top if allowed is None else min(top, allowed)
    places = Counter(rules[c.rule].group for c in ranked)
    shown: set[int] = set()
    for _, equals in itertools.groupby(ranked, lambda c: _worth(standing, c)):
        kinds: dict[Hashable, list[int]] = {}
        found = sorted(c.rule for c in equals)
        for index in found:
            rule = rules[index]
            is_single = offers[rule.offer] > 1 or places[rule.group] > 1
            offer = rule.offer if is_single else None
            place = rule.group if places[rule.group] > 1 else None
            kind = (offer, place, rule.most, apart(rule, standing.frame))
            kinds.setdefault(kind, []).append(index)
        new = {rules[index].group for index in found} - shown
        if left > 0 and len(found) > 1:
            first = min(left + len(found) - len(new), len(found))
            yield Group(tuple(map(tuple, kinds.values())), first)
        shown |= new
        left -= len(new)


def _worth(standing: Standing, candidate: Candidate) -> int:
    """Return what equals have in common."""
    assert candidate.score is not None
    return sort_key(candidate.score, 0, standing.channel.rules[candidate.rule].pinned)


@lru_cache(maxsize=1024)
def _drawn(groups: tuple[Group, ...]) -> tuple[tuple[int, float], ...]:
    """Return a hash for each order of groups that are put in order together, with its probability.

    There are none when they are too many. The shuffle of a hash cannot be turned around, so hashes
    are tried one after the other.
    """
    weights: dict[tuple[tuple[int, ...], ...], float] = {(): 1.0}
    for group in groups:
        of_group = _sequences(tuple(map(len, group.kinds)), group.first)
        weights = {
            (*before, order): weight * part
            for before, weight in weights.items()
            for order, part in of_group.items()
        }
        if not 0 < len(weights) <= MOST_ORDERS:
            return ()
    found: dict[tuple[tuple[int, ...], ...], int] = {}
    for attempt in range(_MOST_TRIES):
        hashed = hash_int(attempt, 0)
        found.setdefault(tuple(_order(group, hashed) for group in groups), hashed)
        if len(found) == len(weights):
            return tuple((hashed, weights[order]) for order, hashed in found.items())
    return ()


def _sequences(counts: tuple[int, ...], first: int) -> dict[tuple[int, ...], float]:
    """Return how probable each order of kinds is among the first that are drawn, if not too many.

    Args:
        counts: How many there are of each kind.
        first: How many are drawn.
    """
    found: dict[tuple[int, ...], float] = {(): 1.0}
    for drawn in range(first):
        left = sum(counts) - drawn
        found = {
            (*before, kind): weight * (count - before.count(kind)) / left
            for before, weight in found.items()
            for kind, count in enumerate(counts)
            if count > before.count(kind)
        }
        if len(found) > MOST_ORDERS:
            return {}
    return found


def _order(group: Group, hashed: int) -> tuple[int, ...]:
    """Return the kinds of a group's first, in the order of a hash."""
    placed = [(shuffled(i, hashed), kind) for kind, of_it in enumerate(group.kinds) for i in of_it]
    return tuple(kind for _, kind in sorted(placed)[: group.first])
