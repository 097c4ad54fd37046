"""From decisions to lists of offers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from msgspec import Struct

from interact.compiler.codegen.single import Choice
from interact.runtime.decider import Proposal
from interact.runtime.host.deployment import Place
from interact.runtime.host.listing import Listed, Shown
from interact.runtime.host.offers.selecting import ANY, Requirement
from interact.runtime.host.results import NameValue, Offer, OfferList, ParameterType, named
from interact.runtime.host.session import Session
from interact.runtime.host.wishes import NO_WISHES, Wishes

Types: TypeAlias = Mapping[tuple[str, str], ParameterType]
"""How the API types attributes, by offer and name: nulls have types, too."""
MOST_REQUESTED = 2**31 - 1
"""What clients of the original ask for to get all."""


def wrong_number(name: str, value: object) -> str | None:
    """Return what is wrong with a number of offers; None for nothing.

    >>> wrong_number("numberRequested", -1)
    'numberRequested should be a whole number from 0 to 2147483647'
    """
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MOST_REQUESTED:
        return None
    return f"{name} should be a whole number from 0 to {MOST_REQUESTED}"


class PointRequest(Struct, frozen=True, gc=False):
    """How many offers for a point.

    Attributes:
        duplicates: Whether offers may come that an earlier point of the call has.
        requirement: What they must be like.
    """

    point: str
    number: int = 1
    duplicates: bool = True
    requirement: Requirement = ANY


def listed_at(
    session: Session,
    place: Place,
    proposals: Sequence[Proposal],
    choice: Choice,
    decision: str,
    propensities: Sequence[float | None],
) -> Listed:
    """Return the list that is given, as the session remembers it."""
    served = session.served
    return Listed(
        decision,
        served.channel.zones[place.zone].name,
        place.point,
        served.candidates[place.zone],
        served.segments_of(choice.segments),
        tuple([Shown(p.offer, p.code, p.rule, p.score) for p in proposals]),
        propensities,
    )


def offer_list(
    place: Place, decision: str, proposals: Sequence[Proposal], wishes: Wishes, types: Types
) -> OfferList:
    """Return proposals as a touchpoint gets them; ``types`` are those of attributes."""
    offers = [_offer(f"{decision}.{rank}", p, wishes, types) for rank, p in enumerate(proposals, 1)]
    return OfferList(place.point, place.default, tuple(offers))


def _offer(treatment: str, proposal: Proposal, wishes: Wishes, types: Types) -> Offer:
    attributes = [
        named(name, value)
        if value is not None
        else NameValue(name, None, types.get((proposal.offer, name), "string"))
        for name, value in proposal.attributes.items()
    ]
    if proposal.effective is not None:
        attributes.append(named("effectiveDate", proposal.effective))
    if proposal.expires is not None:
        attributes.append(named("expirationDate", proposal.expires))
    return Offer(
        proposal.offer,
        proposal.title,
        proposal.code_parts,
        treatment,
        proposal.score,
        tuple(attributes if wishes is NO_WISHES else _returned(attributes, wishes)),
    )


def _returned(attributes: Sequence[NameValue], wishes: Wishes) -> list[NameValue]:
    return [one for one in attributes if wishes.returns(one.name)]
