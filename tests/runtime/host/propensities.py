"""How often customers who differ by their keys alone get offers, beside the propensities told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt

from interact.compiler.core.interpret import Customer
from interact.runtime.host.deployment import ServedChannel
from interact.runtime.host.offers.giving import Given, Wanted, decide
from interact.runtime.host.offers.offering import PointRequest
from interact.runtime.host.offers.propensity import propensities
from interact.runtime.host.offers.selecting import ANY, Requirement
from interact.runtime.host.wishes import NO_WISHES, Wishes
from interact.stdlib.types import Kind, Value

SIGMAS = 5
"""How far from the expected a count may be; a false alarm is one of two million counts."""
Place = tuple[int, str]
"""A list, by its number in the call, and an offer."""


@dataclass(frozen=True)
class Call:
    """A call for offers, of a customer whose key is still to be said."""

    served: ServedChannel
    customer: Customer
    wanted: Sequence[Wanted]
    now: int
    wishes: Wishes = NO_WISHES
    barred: Container[str] = ()

    def given(self, key: int | None) -> Given:
        """Return the decision for a customer; None has no key."""
        values = {**self.customer.values, **_key(self.served, key)}
        customer = Customer(values, self.customer.rows)
        return decide(self.served, self.wanted, self.wishes, customer, self.now, self.barred)

    def told(self, given: Given) -> dict[Place, float | None]:
        """Return the propensities of what a decision gives."""
        found = propensities(self.served, self.wanted, self.wishes, given, self.now, self.barred)
        return {
            (number, proposal.offer): value
            for number, (shown, values) in enumerate(zip(given.proposals, found, strict=True))
            for proposal, value in zip(shown, values, strict=True)
        }


def call(
    served: ServedChannel,
    values: Mapping[str, Value],
    points: Mapping[str, int],
    *,
    now: int = 0,
    duplicates: bool = True,
    requirement: Requirement = ANY,
    wishes: Wishes = NO_WISHES,
    barred: Container[str] = (),
) -> Call:
    """Return a call for so many offers at points."""
    wanted = []
    for point, number in points.items():
        place = served.place(point)
        assert place is not None
        wanted.append((place, PointRequest(point, number, duplicates, requirement)))
    return Call(served, served.decider.completed(values, {}), wanted, now, wishes, barred)


def told(asked: Call, keys: Sequence[int]) -> dict[Place, float | None]:
    """Return the propensities that any of these customers is told; all are told the same."""
    found: dict[Place, float | None] = {}
    for key in keys:
        for place, value in asked.told(asked.given(key)).items():
            assert found.setdefault(place, value) == value
    return found


def unlikely(asked: Call, expected: Mapping[Place, float | None], count: int) -> list[str]:
    """Return what ``count`` customers get so often, or seldom, that it is not by chance."""
    found: Counter[Place] = Counter()
    for key in range(count):
        shown = enumerate(asked.given(key).proposals)
        found.update({(number, p.offer) for number, proposals in shown for p in proposals})
    return [
        f"{place}: {found[place] / count} of them, told {value}"
        for place, value in expected.items()
        if value is not None
        and abs(found[place] - count * value) > SIGMAS * sqrt(count * value * (1 - value)) + 1e-6
    ]


def _key(served: ServedChannel, number: int | None) -> dict[str, Value]:
    parts = served.audience.key
    if number is None:
        return {part.name: None for part in parts}
    return {p.name: f"k{number}" if p.type.kind is Kind.TEXT else number for p in parts}
