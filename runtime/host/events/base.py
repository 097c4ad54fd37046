"""What the host has seen of a customer, on top of what the profile says.

Of times the later one holds. A number of contacts in a profile goes up to the last of them, whose
time is beside it: what the host has counted since is added, as if it had counted all of them. So
nothing is counted twice, whether the profile knows of this host's contacts or not yet.
"""

from __future__ import annotations

from collections.abc import Mapping

from interact.compiler.core.state import CONTACTED, CONTACTS, state_name
from interact.runtime.host.session import Session
from interact.runtime.host.states import Contacts, CustomerState
from interact.stdlib.types import MICROSECONDS_PER_DAY, Value

_MOST_TIMES = 64
_SECOND = 1_000_000


def on_profile(
    session: Session, state: CustomerState, own: Mapping[str, Value]
) -> dict[str, Value]:
    """Return what decisions read where host and profile both know something.

    Args:
        own: States by name, as the host knows them.
    """
    said = session.values
    return {
        name: value
        if (base := said.get(name)) is None
        else _both(session, state, name, base, value)
        for name, value in own.items()
    }


def _both(session: Session, state: CustomerState, name: str, base: Value, own: Value) -> Value:
    offer, _, what = name.rpartition(".")
    if what == CONTACTS:
        last = session.values.get(state_name(offer, CONTACTED))
        if isinstance(last, int):
            return _counted_on(session, state, offer, {name: base}, last)
    return max(base, own) if isinstance(base, int) and isinstance(own, int) else own


def _counted_on(
    session: Session, state: CustomerState, offer: str, history: dict[str, Value], last: int
) -> Value:
    """Count what came after the last contact of a profile."""
    counting, end = session.served.counting, _end(last)
    history[state_name(offer, CONTACTED)] = last
    for time, number in contacts_of(offer, state.contacts, state.history):
        if time > end:
            for _ in range(number):
                counting.shown(offer, history, time)
    return history[state_name(offer, CONTACTS)]


def _end(last: int) -> int:
    """Return up to when a time may mean: of a day or second that was cut off, to its end."""
    whole = next((unit for unit in (MICROSECONDS_PER_DAY, _SECOND) if last % unit == 0), 1)
    return last + whole - 1


def contacts_of(
    offer: str, contacts: Mapping[str, Contacts], history: Mapping[str, Value]
) -> Contacts:
    """Return the times of contacts; of those that were counted without times, the last one's."""
    known = contacts.get(offer)
    if known is not None:
        return known
    count, last = (
        history.get(state_name(offer, CONTACTS)),
        history.get(state_name(offer, CONTACTED)),
    )
    return ((last, count),) if isinstance(count, int) and isinstance(last, int) else ()


def with_contact(contacts: Contacts, now: int) -> Contacts:
    """Return contacts with one more.

    >>> with_contact(((1, 2),), 5)
    ((1, 2), (5, 1))
    """
    return _bounded((*contacts, (now, 1)))


def joined(one: Contacts, other: Contacts) -> Contacts:
    """Return the contacts of two, in the order of their times.

    >>> joined(((1, 2), (5, 1)), ((3, 1),))
    ((1, 2), (3, 1), (5, 1))
    """
    return _bounded(tuple(sorted((*one, *other))))


def _bounded(contacts: Contacts) -> Contacts:
    """Return contacts, of which the oldest are taken together where there are many."""
    more = len(contacts) - _MOST_TIMES
    if more <= 0:
        return contacts
    first, rest = contacts[: more + 1], contacts[more + 1 :]
    return ((first[-1][0], sum(number for _, number in first)), *rest)
