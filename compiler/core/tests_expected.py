"""What a test expects: offers of a zone, segments."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import assert_never

from interact.compiler.core.audiences import assign
from interact.compiler.core.decide import Outcome
from interact.compiler.core.infer import Typing, infer_score
from interact.compiler.core.literals import fraction_places
from interact.compiler.core.program import Channel, Offer, Program
from interact.compiler.core.scope import Scope
from interact.compiler.core.tests import (
    Claim,
    Expectation,
    Membership,
    OfferAbsent,
    OffersAre,
    OfferShown,
    SegmentsAre,
    SomeOffer,
    Wanted,
)
from interact.compiler.diagnostics import names, tests
from interact.compiler.diagnostics.diagnostic import Sink
from interact.compiler.diagnostics.suggest import known_hint, nearest
from interact.compiler.source import Span
from interact.compiler.surface import ast, ast_tests as surface

STAGES = tuple(stage for stage in Outcome if stage is not Outcome.KEPT)


@dataclass(frozen=True)
class Expected:
    """Resolves claims about one channel; values are read in ``scope``.

    Reports:
        E0201 and E0203 for names, E03xx for types, E0507 and E0508.
    """

    scope: Scope
    program: Program
    channel: Channel
    sink: Sink
    points: Mapping[str, Span] = field(default_factory=dict)
    """Where the points of the channel are declared."""

    @property
    def _typing(self) -> Typing:
        return Typing(self.scope, self.sink)

    def expectation(self, written: surface.Expect) -> Expectation | None:
        """Return an expectation, None after an error."""
        claim = self._claim(written.claim)
        if claim is None:
            return None
        count = None if written.count is None else int(written.count)
        place = getattr(written.claim, "place", None)
        return Expectation(claim, place.text if place else "", count, written.span)

    def _claim(self, claim: surface.Claim) -> Claim | None:
        match claim:
            case surface.OffersAre(place=place, offers=listed):
                zone = self._zone(place)
                offers = self._offers(zone, listed)
                return None if zone is None or offers is None else OffersAre(zone, offers)
            case surface.SomeOffer(place=place):
                zone = self._zone(place)
                return None if zone is None else SomeOffer(zone)
            case surface.OfferShown():
                return self._shown(claim)
            case surface.OfferAbsent():
                return self._absent(claim)
            case surface.SegmentsAre(segments=listed):
                segments = self._segments(listed)
                return None if segments is None else SegmentsAre(segments)
            case surface.Membership(segments=listed, is_member=is_member):
                segments = self._segments(listed)
                return None if segments is None else Membership(segments, is_member)
            case _:
                assert_never(claim)

    def _shown(self, claim: surface.OfferShown) -> Claim | None:
        zone = self._zone(claim.place)
        offers = self._offers(zone, [claim.offer])
        if zone is None or offers is None:
            return None
        offer = self.program.offers[offers[0]]
        score = None
        if claim.score is not None:
            score = Wanted(infer_score(claim.score, self._typing), _places(claim.score))
        found = (self._attribute(offer, value) for value in claim.attributes)
        return OfferShown(zone, offers[0], score, tuple(a for a in found if a is not None))

    def _attribute(self, offer: Offer, written: surface.FieldValue) -> tuple[str, Wanted] | None:
        declared = {a.name: a for a in offer.attributes}
        name = written.name.text
        if name not in declared:
            near = nearest(name, declared)
            self.sink.report(
                names.UNKNOWN_ATTRIBUTE,
                written.name.span,
                owner=f"the offer {offer.name}",
                name=name,
                hint=f"did you mean `{near}`?" if near else None,
            )
            return None
        self.sink.resolved(written.name.span, declared[name].span)
        value = self._typing.expecting(declared[name].type).infer(written.value)
        value = assign(name, value, declared[name].type, self.sink)
        return name, Wanted(value, _places(written.value))

    def _absent(self, claim: surface.OfferAbsent) -> Claim | None:
        zone = self._zone(claim.place)
        offers = self._offers(zone, [claim.offer], needs_rule=claim.stage is not None)
        stage = None if claim.stage is None else self._stage(claim.stage)
        return None if zone is None or offers is None else OfferAbsent(zone, offers[0], stage)

    def _stage(self, written: ast.Name) -> Outcome | None:
        found = next((stage for stage in STAGES if stage.value == written.text), None)
        if found is None:
            listed = ", ".join(stage.value for stage in STAGES)
            self.sink.report(tests.UNKNOWN_STAGE, written.span, name=written.text, stages=listed)
        return found

    def _zone(self, place: ast.Name) -> int | None:
        """Return the zone of that name, or the one with a point of that name."""
        zones = self.channel.zones
        for index, zone in enumerate(zones):
            if zone.name == place.text:
                self.sink.resolved(place.span, zone.span)
                return index
        for index, zone in enumerate(zones):
            if any(point.name == place.text for point in zone.points):
                if place.text in self.points:
                    self.sink.resolved(place.span, self.points[place.text])
                return index
        known = [n for zone in zones for n in (zone.name, *(p.name for p in zone.points))]
        self._unknown("point or zone", place, known, f" on {self.channel.name}")
        return None

    def _offers(
        self, zone: int | None, listed: Iterable[ast.Name], *, needs_rule: bool = True
    ) -> tuple[int, ...] | None:
        """Return offers by index, None when one is unknown."""
        known = {offer.name: index for index, offer in enumerate(self.program.offers)}
        given = {rule.offer for rule in self.channel.rules if zone in (None, rule.zone)}
        found: list[int | None] = []
        for name in listed:
            index = known.get(name.text)
            found.append(index)
            if index is not None:
                self.sink.resolved(name.span, self.program.offers[index].span)
            if index is None:
                self._unknown("offer", name, known, "")
            elif needs_rule and zone is not None and index not in given:
                self._never_offered(name, zone, index)
        return None if None in found else tuple(i for i in found if i is not None)

    def _never_offered(self, name: ast.Name, zone: int, offer: int) -> None:
        zones = self.channel.zones
        others = dict.fromkeys(
            zones[rule.zone].name for rule in self.channel.rules if rule.offer == offer
        )
        self.sink.report(
            tests.NEVER_OFFERED,
            name.span,
            zone=zones[zone].name,
            channel=self.channel.name,
            offer=name.text,
            hint=f"it is offered in {', '.join(others)}" if others else None,
        )

    def _segments(self, listed: Iterable[ast.Name]) -> tuple[int, ...] | None:
        known = {segment.name: index for index, segment in enumerate(self.channel.segments)}
        found = [known.get(name.text) for name in listed]
        for name, index in zip(listed, found, strict=True):
            if index is None:
                self._unknown("segment", name, known, f" on {self.channel.name}")
            else:
                self.sink.resolved(name.span, self.channel.segments[index].span)
        return None if None in found else tuple(i for i in found if i is not None)

    def _unknown(self, kind: str, name: ast.Name, known: Iterable[str], where: str) -> None:
        known = list(known)
        self.sink.missing(name.span, known)
        self.sink.report(
            names.UNKNOWN_REFERENCE,
            name.span,
            kind=kind,
            name=name.text,
            where=where,
            hint=known_hint(name.text, known),
        )


def _places(written: ast.Expr) -> int | None:
    """Return how many decimal places a fraction is written with; None for anything else."""
    if isinstance(written, ast.UnaryExpr):
        return _places(written.operand)
    if isinstance(written, ast.LiteralExpr) and written.kind == "fraction":
        return fraction_places(written.text)
    return None
