"""Propensities of offers: the probability that chance gives an offer to a customer at a point.

It is that with which the decision has the offer in the list of the same point, at whatever place,
when all that it reads of the customer stays and hashes of the key are drawn anew. Most decisions
leave nothing to chance, and it is one. Else outcomes are gone through when somebody asks, mostly
when a contact is logged: who asks for offers does not wait for that.
"""

from __future__ import annotations

from collections.abc import Container, Iterator, Sequence
from dataclasses import replace
from math import fsum
from typing import overload

from interact.compiler.codegen.single import Choice
from interact.compiler.core.chances import Outcome, TooMany, outcomes
from interact.compiler.core.interpret import Customer, Frame, Moment, evaluate
from interact.compiler.core.program import Rule
from interact.runtime.host.deployment import MOST_OFFERS, ServedChannel
from interact.runtime.host.offers.giving import Given, Wanted, lists
from interact.runtime.host.offers.selecting import is_selective, names_in
from interact.runtime.host.wishes import Wishes
from interact.stdlib.records import record

Told = Sequence[float | None]
"""The propensities of a list, by rank; None where they are not told."""
_DIGITS = 12


def propensities(
    served: ServedChannel,
    wanted: Sequence[Wanted],
    wishes: Wishes,
    given: Given,
    now: int,
    barred: Container[str],
) -> list[Told]:
    """Return the propensities of what a decision gives, for each place that was asked for."""
    if not served.has_chance:
        return [(1.0,) * len(shown) for shown in given.proposals]
    shown = [[proposal.offer for proposal in found] for found in given.proposals]
    later = _Later(_Asked(served, wanted, wishes, given.customer, now, barred, shown))
    return [_OfList(later, number) for number in range(len(wanted))]


def untold(given: Given) -> list[Told]:
    """Return no propensities, for a host that keeps no history."""
    return [(None,) * len(shown) for shown in given.proposals]


@record
class _Asked:
    """A decision to be made again for other hashes, and the offers that it gave."""

    served: ServedChannel
    wanted: Sequence[Wanted]
    wishes: Wishes
    customer: Customer
    now: int
    barred: Container[str]
    given: Sequence[Sequence[str]]

    def told(self) -> list[Told]:
        """Return the propensities of each list."""
        told: list[Told] = [()] * len(self.wanted)
        for places in self._together():
            part = replace(
                self, wanted=[self.wanted[i] for i in places], given=[self.given[i] for i in places]
            )
            for i, of_list in zip(places, part.told_together(), strict=True):
                told[i] = of_list
        return told

    def _together(self) -> list[list[int]]:
        """Return which places depend on one another: those of a zone, or all without duplicates."""
        if not all(request.duplicates for _, request in self.wanted):
            return [list(range(len(self.wanted)))]
        by_zone: dict[int, list[int]] = {}
        for number, (place, _) in enumerate(self.wanted):
            by_zone.setdefault(place.zone, []).append(number)
        return list(by_zone.values())

    def told_together(self) -> list[Told]:
        """Return the propensities of lists that depend on one another."""
        if not any(self.served.needed[place.zone].has_chance for place, _ in self.wanted):
            return [(1.0,) * len(offers) for offers in self.given]
        try:
            found = [(outcome, self._lists(outcome)) for outcome in self._outcomes()]
        except TooMany:
            return [(None,) * len(offers) for offers in self.given]
        return [
            tuple(
                _probability(self.served.offers[offer], [(o, shown[i]) for o, shown in found])
                for offer in offers
            )
            for i, offers in enumerate(self.given)
        ]

    def _outcomes(self) -> list[Outcome]:
        served = self.served
        zones = {place.zone: served.needed[place.zone] for place, _ in self.wanted}
        moment = Moment(self.now)
        return outcomes(
            *(served.program, served.channel, self.customer, moment, zones, self._top),
            self._apart,
        )

    @property
    def _top(self) -> int:
        """How many of a zone's offers lists can have, or leave out."""
        if self._is_selective:
            return MOST_OFFERS
        asked = sum(min(request.number, MOST_OFFERS) for _, request in self.wanted)
        barred = sum(name in self.barred for name in self.served.offers)
        return min(asked + barred, MOST_OFFERS)

    @property
    def _is_selective(self) -> bool:
        return any(is_selective(request.requirement, self.wishes) for _, request in self.wanted)

    def _apart(self, rule: Rule, frame: Frame) -> object:
        """Tell offers apart by what lists do: by being barred, and attributes that are wanted."""
        program = self.served.program
        wanted = {self.wishes.distinct}
        for _, request in self.wanted:
            wanted |= names_in(request.requirement)
        found = ((a.name.lower(), a) for a in program.attributes_of(rule))
        values = [(n, str(a.type), evaluate(a.value, frame)) for n, a in found if n in wanted]
        return program.offers[rule.offer].name in self.barred, frozenset(values)

    def _lists(self, outcome: Outcome) -> list[frozenset[int]]:
        """Return the offers (indices) of each list when an outcome comes."""
        served = self.served
        zones = tuple(
            tuple((c.rule, c.score) for c in outcome.zones.get(zone, ()) if c.score is not None)
            for zone in range(len(served.channel.zones))
        )
        choice = Choice(outcome.segments, zones)
        found = lists(
            served, self.wanted, self.wishes, choice, self.customer, self.now, self.barred
        )
        return [frozenset(served.offers[p.offer] for p in shown) for shown in found]


def _probability(offer: int, found: Sequence[tuple[Outcome, frozenset[int]]]) -> float:
    """Return with which probability an offer is in a list, from what is in it by outcome."""
    parts = []
    for outcome, shown in found:
        group = outcome.alike.get(offer, frozenset((offer,)))
        parts.append(outcome.weight * len(group & shown) / len(group))
    return float(f"{fsum(parts):.{_DIGITS}g}")


class _Later:
    """Lists whose propensities are worked out once, when they are read."""

    __slots__ = ("_asked", "_told")

    def __init__(self, asked: _Asked) -> None:
        self._asked: _Asked | None = asked
        self._told: Sequence[Told] = ()

    def of(self, number: int) -> Told:
        """Return the propensities of a list. Threads may ask at once, and find the same."""
        asked = self._asked
        if asked is not None:
            self._told, self._asked = asked.told(), None
        return self._told[number]


@record
class _OfList(Sequence[float | None]):
    """The propensities of one list."""

    later: _Later
    number: int

    def __len__(self) -> int:
        return len(self.later.of(self.number))

    @overload
    def __getitem__(self, rank: int) -> float | None: ...

    @overload
    def __getitem__(self, rank: slice) -> Told: ...

    def __getitem__(self, rank: int | slice) -> float | Told | None:
        return self.later.of(self.number)[rank]

    def __iter__(self) -> Iterator[float | None]:
        return iter(self.later.of(self.number))
