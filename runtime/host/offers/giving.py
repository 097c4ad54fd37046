"""What a call gets: a decision whose impressions are counted."""

from __future__ import annotations

from collections.abc import Callable, Container, Sequence
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from interact.compiler.codegen.single import Choice
from interact.compiler.core.interpret import Customer
from interact.runtime.decider import Proposal
from interact.runtime.errors import OutputError
from interact.runtime.host.deployment import MOST_OFFERS, Place, ServedChannel
from interact.runtime.host.offers import selecting
from interact.runtime.host.offers.impressions import Impressions
from interact.runtime.host.offers.offering import PointRequest
from interact.runtime.host.wishes import Wishes
from interact.stdlib.records import record

Wanted = tuple[Place, PointRequest]


class Given(Struct, frozen=True):
    """A decision, and the offers of each place that was asked for.

    Attributes:
        customer: As the decision saw it, with what was left of limits.
        failure: Why impressions could not be counted; the offers of all limits are kept away then.
        give_back: Undoes the count, for offers that were not given after all; None without.
    """

    choice: Choice
    proposals: Sequence[Sequence[Proposal]]
    customer: Customer
    failure: str = ""
    give_back: Callable[[], None] | None = None


def give(
    served: ServedChannel,
    wanted: Sequence[Wanted],
    wishes: Wishes,
    customer: Customer,
    now: int,
    barred: Container[str],
    impressions: Impressions,
) -> Given:
    """Decide, and count an impression for each offer that is given.

    A limit of which less is left than a decision would give has nothing left for this call: it is
    decided again without the offers of that limit.
    """
    limits = served.channel.limits
    if not limits:
        return decide(served, wanted, wishes, customer, now, barred)
    failure = ""
    try:
        left = impressions.left(limits, now)
        while True:
            seen = Customer({**customer.values, **left}, customer.rows)
            found = decide(served, wanted, wishes, seen, now, barred)
            offers = _offers(served, found)
            short = impressions.take(limits, offers, now)
            if not short:
                undo = partial(impressions.give_back, limits, offers, now)
                return replace(found, give_back=undo)
            left |= {limit.state: 0 for limit in short}
    except OutputError as error:
        failure = error.message
    nothing = {limit.state: 0 for limit in limits}
    seen = Customer({**customer.values, **nothing}, customer.rows)
    found = decide(served, wanted, wishes, seen, now, barred)
    return replace(found, failure=failure)


def decide(
    served: ServedChannel,
    wanted: Sequence[Wanted],
    wishes: Wishes,
    customer: Customer,
    now: int,
    barred: Container[str],
) -> Given:
    """Decide; what that depends on are the arguments alone."""
    choice = served.decider.choose(customer, now, [place.zone for place, _ in wanted])
    return Given(choice, lists(served, wanted, wishes, choice, customer, now, barred), customer)


def lists(
    served: ServedChannel,
    wanted: Sequence[Wanted],
    wishes: Wishes,
    choice: Choice,
    customer: Customer,
    now: int,
    barred: Container[str],
) -> list[Sequence[Proposal]]:
    """Return the list of each place from what was chosen; an earlier one goes first."""
    given: set[str] = set()
    found = []
    for place, request in wanted:
        without = barred if request.duplicates or not given else _Without(barred, given)
        shown = _at(served, place, request, wishes, choice, customer, now, without)
        if len(wanted) > 1:
            given.update([proposal.offer for proposal in shown])
        found.append(shown)
    return found


def _at(
    served: ServedChannel,
    place: Place,
    request: PointRequest,
    wishes: Wishes,
    choice: Choice,
    customer: Customer,
    now: int,
    without: Container[str],
) -> Sequence[Proposal]:
    number = min(request.number, MOST_OFFERS)
    is_selective = selecting.is_selective(request.requirement, wishes)
    most = MOST_OFFERS if is_selective else number
    found = served.decider.proposals(place.zone, choice, customer, now, most, without)
    if not is_selective:
        return found
    return selecting.selected(found, number, request.requirement, wishes)


@record
class _Without:
    barred: Container[str]
    given: set[str]

    def __contains__(self, offer: object) -> bool:
        return offer in self.barred or offer in self.given


def _offers(served: ServedChannel, given: Given) -> list[int]:
    return [served.offers[p.offer] for shown in given.proposals for p in shown]
