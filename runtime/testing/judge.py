"""Whether a decision is what a test expects, and why not."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

from interact.compiler.core.decide import Candidate, Decision, Outcome
from interact.compiler.core.interpret import Customer, Frame, Moment, evaluate
from interact.compiler.core.print import print_value
from interact.compiler.core.program import Channel, Program
from interact.compiler.core.tests import (
    Expectation,
    Membership,
    OfferAbsent,
    OffersAre,
    OfferShown,
    SegmentsAre,
    SomeOffer,
    Wanted,
)
from interact.compiler.diagnostics.diagnostic import Label
from interact.runtime.testing.reasons import Reasons
from interact.runtime.testing.results import Failure
from interact.stdlib.types import FLOAT, Type, Value

_STAGES = list(Outcome)


@dataclass(frozen=True)
class Judge:
    """Holds a decision about one customer against expectations.

    ``members`` says whether the customer is in each cell of the channel.
    """

    program: Program
    channel: Channel
    customer: Customer
    moment: Moment
    top: int
    decision: Decision
    members: list[bool]
    gives_reasons: bool = True

    def meets(self, expectation: Expectation) -> bool:
        """Return whether an expectation is met, without looking for reasons."""
        return next(replace(self, gives_reasons=False)._problems(expectation), None) is None

    def failures(self, expectation: Expectation) -> Iterator[Failure]:
        """Yield what of an expectation is not met."""
        for message, reasons in self._problems(expectation):
            yield Failure(message, expectation.span, reasons)

    def _problems(self, expectation: Expectation) -> Iterator[tuple[str, tuple[Label, ...]]]:
        place = expectation.place
        match expectation.claim:
            case OffersAre(zone=zone, offers=offers):
                yield from self._offers(zone, offers, place)
            case SomeOffer(zone=zone):
                if not self._kept(zone):
                    every = {rule.offer for rule in self.channel.rules if rule.zone == zone}
                    yield f"expected some offer at {place}, got none", self._of_offers(zone, every)
            case OfferShown() as claim:
                yield from self._shown(claim, place)
            case OfferAbsent() as claim:
                yield from self._absent(claim, place)
            case SegmentsAre(segments=segments):
                yield from self._segments(segments)
            case Membership(segments=segments, is_member=is_member):
                yield from self._membership(segments, is_member)

    def _of_offers(self, zone: int, offers: set[int]) -> tuple[Label, ...]:
        return self._reasons.of_offers(zone, offers) if self.gives_reasons else ()

    def _of_segments(self, segments: list[int]) -> tuple[Label, ...]:
        return self._reasons.of_segments(segments) if self.gives_reasons else ()

    @property
    def _reasons(self) -> Reasons:
        return Reasons(
            self.program, self.channel, self.customer, self.moment, self.top, self.members
        )

    # ---------------------------------------------------------------- offers

    def _kept(self, zone: int) -> list[Candidate]:
        return [c for c in self.decision.zones[zone] if c.position is not None]

    def _offer(self, candidate: Candidate) -> int:
        return self.channel.rules[candidate.rule].offer

    def _listed(self, offers: tuple[int, ...]) -> str:
        return ", ".join(self.program.offers[i].name for i in offers) or "no offers"

    def _offers(
        self, zone: int, wanted: tuple[int, ...], place: str
    ) -> Iterator[tuple[str, tuple[Label, ...]]]:
        found = tuple(self._offer(c) for c in self._kept(zone))
        if found != wanted:
            differing = set(found) ^ set(wanted) or set(found)
            message = f"expected {self._listed(wanted)} at {place}, got {self._listed(found)}"
            yield message, self._of_offers(zone, differing)

    def _shown(self, claim: OfferShown, place: str) -> Iterator[tuple[str, tuple[Label, ...]]]:
        name = self._listed((claim.offer,))
        kept = [c for c in self._kept(claim.zone) if self._offer(c) == claim.offer]
        if not kept:
            reasons = self._of_offers(claim.zone, {claim.offer})
            yield f"expected {name} at {place}, and it is not shown", reasons
            return
        rule = self.channel.rules[kept[0].rule]
        if claim.score is not None:
            for wanted, found in self._differing(claim.score, kept[0].score, FLOAT):
                reason = Label(rule.score.span, f"is {found}")
                yield f"expected {name} at {place} to score {wanted}, got {found}", (reason,)
        frame = Frame(self.customer, self.moment, segments=self.decision.segments)
        declared = {a.name: a for a in self.program.attributes_of(rule)}
        for attribute, value in claim.attributes:
            of_offer = declared[attribute]
            actual = evaluate(of_offer.value, frame)
            for wanted, found in self._differing(value, actual, of_offer.type):
                reason = Label(of_offer.span, f"is {found}")
                message = f"expected {attribute} = {wanted} of {name} at {place}, got {found}"
                yield message, (reason,)

    def _differing(self, wanted: Wanted, found: Value, type_: Type) -> Iterator[tuple[str, str]]:
        """Yield both values as literals if they are not the same."""
        value = evaluate(wanted.value, Frame(Customer({}), self.moment))
        if not agrees(found, value, wanted.places):
            yield print_value(value, type_), print_value(found, type_)

    def _absent(self, claim: OfferAbsent, place: str) -> Iterator[tuple[str, tuple[Label, ...]]]:
        name = self._listed((claim.offer,))
        of_offer = [c for c in self.decision.zones[claim.zone] if self._offer(c) == claim.offer]
        shown = [c for c in of_offer if c.position is not None]
        if shown:
            message = f"expected no {name} at {place}, and it stands at {shown[0].position}"
            yield message, self._of_offers(claim.zone, {claim.offer})
        elif claim.stage is not None:
            furthest = max((c.outcome for c in of_offer), key=_STAGES.index)
            if furthest is not claim.stage:
                message = (
                    f"expected no {name} at {place} because of {claim.stage.value}, "
                    f"got {furthest.value}"
                )
                yield message, self._of_offers(claim.zone, {claim.offer})

    # ---------------------------------------------------------------- segments

    def _segments(self, wanted: tuple[int, ...]) -> Iterator[tuple[str, tuple[Label, ...]]]:
        found = {i for i, is_in in enumerate(self.decision.segments) if is_in}
        if found != set(wanted):
            message = f"expected {self._named(wanted)}, got {self._named(sorted(found))}"
            yield message, self._of_segments(sorted(found ^ set(wanted)))

    def _membership(
        self, segments: tuple[int, ...], is_member: bool
    ) -> Iterator[tuple[str, tuple[Label, ...]]]:
        for segment in segments:
            if self.decision.segments[segment] is not is_member:
                name = self.channel.segments[segment].name
                message = (
                    f"expected the customer in {name}, and it is not"
                    if is_member
                    else f"expected the customer outside of {name}, and it is in it"
                )
                yield message, self._of_segments([segment])

    def _named(self, segments: tuple[int, ...] | list[int]) -> str:
        names = ", ".join(self.channel.segments[i].name for i in segments)
        return f"segments {names}" if names else "no segments"


def agrees(found: Value, wanted: Value, places: int | None) -> bool:
    """Return whether a value is the wanted one; a float only as exact as it was written.

    >>> agrees(61.3333, 61.33, 2), agrees(61.3333, 61.0, None), agrees(0.1 + 0.2, 0.3, None)
    (True, False, True)
    """
    if not isinstance(found, float) or not isinstance(wanted, float):
        return found == wanted
    if places is None or not math.isfinite(found):
        return math.isclose(found, wanted, rel_tol=1e-9, abs_tol=1e-12)
    return abs(found - wanted) <= 0.5 * 10.0**-places * (1 + 1e-9)
