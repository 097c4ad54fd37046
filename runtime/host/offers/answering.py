"""From points that are asked for to the answer: decide, count, remember what is shown."""

from __future__ import annotations

from collections.abc import Sequence

from interact.runtime.errors import OutputError
from interact.runtime.host import advisory
from interact.runtime.host.events import happenings
from interact.runtime.host.events.contacts import suppressed, unsuppressed
from interact.runtime.host.naming import unknown
from interact.runtime.host.offers.decided import decided_row
from interact.runtime.host.offers.giving import Given, Wanted, give
from interact.runtime.host.offers.held import served_with
from interact.runtime.host.offers.offering import PointRequest, listed_at, offer_list
from interact.runtime.host.offers.propensity import propensities, untold
from interact.runtime.host.results import ERROR, WARNING, Response
from interact.runtime.host.session import Session
from interact.runtime.host.setting import Setting
from interact.runtime.host.turn import Turn
from interact.runtime.host.wishes import Wishes, wishes_of


def answer_offers(
    setting: Setting,
    turn: Turn,
    found: Session,
    requests: Sequence[PointRequest],
    now: int,
    answer: Response,
) -> None:
    """Answer with what to show at several points; an earlier one goes first.

    Args:
        found: The session, caught up with the time of the decision.
        now: That time, in microseconds since 1970.
    """
    state = turn.state
    customer = happenings.known_customer(found, state, now)
    wanted = _wanted(found, requests, answer)
    barred, wishes = suppressed(found, state, now), wishes_of(found.extra)
    if wishes.ignores_suppression:
        customer, barred = unsuppressed(customer), set()
    counts = setting.impressions
    served = served_with(found.served, found.held) if found.held else found.served
    given = give(served, wanted, wishes, customer, now, barred, counts)
    if given.failure:
        answer.say(WARNING, advisory.NOT_COUNTED, "offers with limits", given.failure)
    if given.give_back is not None:
        turn.taken.append(given.give_back)
    found.latest = 0
    decisions = [setting.numbers() for _ in wanted]
    if setting.inputs:
        _keep_inputs(setting, turn, given, wanted, wishes, now, barred, decisions, answer)
    if found.debug and setting.debugging is not None:
        from interact.runtime.host.offers.reasons import look_into

        look = setting.debugging
        look_into(look, found, served, wanted, given, now, barred, decisions, answer)
    likely = (
        untold(given)
        if setting.record is None or found.held
        else propensities(found.served, wanted, wishes, given, now, barred)
    )
    shown = zip(wanted, given.proposals, decisions, likely, strict=True)
    for (place, _), proposals, decision, told in shown:
        if proposals:
            listed = listed_at(found, place, proposals, given.choice, decision, told)
            found.remember(listed)
        answer.offer_lists.append(offer_list(place, decision, proposals, wishes, served.types))


def _keep_inputs(
    setting: Setting,
    turn: Turn,
    given: Given,
    wanted: Sequence[Wanted],
    wishes: Wishes,
    now: int,
    barred: set[str],
    decisions: Sequence[str],
    answer: Response,
) -> None:
    """Keep what a decision read; offers are given even when it fails."""
    if setting.record is None or turn.session is None:
        return
    name = setting.numbers()
    row = decided_row(turn.session, name, given, wanted, wishes, now, barred, decisions)
    try:
        turn.record([row])
    except OutputError as error:
        text = "the decision was not logged"
        answer.say(WARNING, advisory.SYSTEM_LOG_FAILED, text, error.message)


def _wanted(session: Session, requests: Sequence[PointRequest], answer: Response) -> list[Wanted]:
    found = []
    for request in requests:
        place = session.served.place(request.point)
        if place is None:
            known = (p.name for zone in session.served.channel.zones for p in zone.points)
            text = unknown("interaction point", request.point, known)
            answer.say(ERROR, advisory.INVALID_POINT, text)
        else:
            found.append((place, request))
    return found
