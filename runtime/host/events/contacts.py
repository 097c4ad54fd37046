"""Contacts and responses as states that decisions read: times, and numbers of contacts."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from interact.compiler.core.interpret import Customer
from interact.compiler.core.state import (
    ACCEPTED,
    CONTACTS,
    IN_VISIT,
    LASTING,
    REJECTED,
    SUPPRESSED_UNTIL,
    state_name,
)
from interact.runtime.host.events.base import contacts_of, on_profile, with_contact
from interact.runtime.host.events.counting import Counting
from interact.runtime.host.events.tracking import Tracked
from interact.runtime.host.session import Session
from interact.runtime.host.states import CustomerState
from interact.runtime.host.turn import Turn
from interact.runtime.host.wishes import wishes_of
from interact.stdlib.types import Value

_FOREVER = 1 << 62
"""A time that never comes."""


def history_of(session: Session, state: CustomerState) -> dict[str, Value]:
    """Return the states that a session's decisions read, as far as the host knows them.

    What the profile says of them is in the session's values; what is returned is on top of that.
    """
    wanted = session.served.states
    if not wanted:
        return {}
    known = {
        **_listed(session),
        **state.history,
        **{state_name(o, SUPPRESSED_UNTIL): _end(end) for o, end in state.suppressed.items()},
        **{state_name(offer, IN_VISIT): n for offer, n in session.contacts.items()},
    }
    own = {name: value for name, value in known.items() if name in wanted}
    return on_profile(session, state, own) if own else own


def _listed(session: Session) -> dict[str, Value]:
    """Return what tables of offers say of the customer."""
    listed = session.served.listed
    if listed is None:
        return {}
    with_suppressions = not wishes_of(session.extra).ignores_lists
    return listed.states(session.key, with_suppressions=with_suppressions)


def remember(turn: Turn, tracks: Iterable[Tracked], now: int) -> None:
    """Keep what contacts and responses say of the customer, in the session and beyond it."""
    session = turn.session
    known = [one for one in tracks if one.treatment is not None]
    if not known or session is None:
        return
    contacts = dict(session.contacts)
    for one in known:
        if one.kind == "contact":
            contacts[_offer(one)] = contacts.get(_offer(one), 0) + 1
    session.contacts = contacts
    turn.state = _after(session.served.counting, turn.state, known, now)


def suppress(turn: Turn, offers: Sequence[str], until: int | None) -> None:
    """Give offers no more: until a time, or for good (None). What was said of a later one holds."""
    barred = dict(turn.state.suppressed)
    for offer in offers:
        barred[offer] = later(barred.get(offer, until), until)
    turn.state = replace(turn.state, suppressed=barred)


def later(one: int | None, other: int | None) -> int | None:
    """Return the later of two ends of a suppression; None is for good."""
    return None if one is None or other is None else max(one, other)


def unsuppressed(customer: Customer) -> Customer:
    """Return a customer of whom no acceptance, rejection or contact is known."""
    kept = {n: v for n, v in customer.values.items() if n.rpartition(".")[2] not in LASTING}
    return Customer(kept, customer.rows)


def suppressed(session: Session, state: CustomerState, now: int) -> set[str]:
    """Return the offers that events of other channels have suppressed.

    Decisions see to those that events of the session's own channel can suppress.
    """
    if not state.suppressed:
        return set()
    own = session.served.states
    return {
        offer
        for offer, until in state.suppressed.items()
        if now < _end(until) and state_name(offer, SUPPRESSED_UNTIL) not in own
    }


def _end(until: int | None) -> int:
    return _FOREVER if until is None else until


def _after(
    counting: Counting, state: CustomerState, tracks: Sequence[Tracked], now: int
) -> CustomerState:
    history, contacts = dict(state.history), dict(state.contacts)
    for one in tracks:
        offer = _offer(one)
        if one.kind == "contact":
            if state_name(offer, CONTACTS) in counting.conditions:
                contacts[offer] = with_contact(contacts_of(offer, contacts, history), now)
            counting.shown(offer, history, now)
        else:
            what = ACCEPTED if one.kind == "accept" else REJECTED
            history[state_name(offer, what)] = now
    return replace(state, history=history, contacts=contacts)


def _offer(track: Tracked) -> str:
    assert track.treatment is not None
    return track.treatment.shown.offer
