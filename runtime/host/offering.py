"""From decisions to lists of offers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from interact.compiler.codegen.single import Choice
from interact.runtime.decider import Proposal
from interact.runtime.host.deployment import MOST_OFFERS, Place
from interact.runtime.host.results import Offer, OfferList, named
from interact.runtime.host.session import Session, Treatment


@dataclass(frozen=True, slots=True)
class PointRequest:
    """How many offers for a point.

    Attributes:
        duplicates: Whether offers may come that an earlier point of the call has.
    """

    point: str
    number: int = 1
    duplicates: bool = True


def treatments_of(
    session: Session,
    place: Place,
    proposals: Sequence[Proposal],
    choice: Choice,
    decision: str,
) -> list[Treatment]:
    """Return a treatment for each proposal that is given."""
    channel = session.served.channel
    members = zip(channel.segments, choice.segments, strict=True)
    segments = tuple(segment.name for segment, is_member in members if is_member)
    candidates = session.served.candidates[place.zone]
    return [
        Treatment(f"{decision}.{rank}", decision, place, proposal, rank, candidates, segments)
        for rank, proposal in enumerate(proposals[:MOST_OFFERS], 1)
    ]


def offer_list(place: Place, treatments: Sequence[Treatment]) -> OfferList:
    """Return treatments as a touchpoint gets them."""
    return OfferList(place.point, place.default, tuple(map(_offer, treatments)))


def _offer(treatment: Treatment) -> Offer:
    proposal = treatment.proposal
    attributes = [named(name, value) for name, value in proposal.attributes.items()]
    if proposal.effective is not None:
        attributes.append(named("effectiveDate", proposal.effective))
    if proposal.expires is not None:
        attributes.append(named("expirationDate", proposal.expires))
    return Offer(
        proposal.offer,
        proposal.title,
        proposal.code_parts,
        treatment.code,
        proposal.score,
        tuple(attributes),
    )
