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
_NUMBER = f".{CONTACTS}"


def on_profile(
    session: Session, state: CustomerState, own: Mapping[str, Value]
) -> dict[str, Value]:
    """Return what decisions read where host and profile both know something.

    Args:
        own: States by name, as the host knows them.
    """
    said, found = session.values, dict(own)
    for name, value in own.items():
        base = said.get(name)
        if isinstance(base, int) and isinstance(value, int):
            is_number = name.endswith(_NUMBER)
            last = said.get(f"{name[: -len(CONTACTS)]}{CONTACTED}") if is_number else None
            if isinstance(last, int):
                found[name] = _counted_on(session, state, name, base, last)
            elif base > value:
                found[name] = base
    return found


def _counted_on(session: Session, state: CustomerState, name: str, base: int, last: int) -> Value:
    """Count what came after the last contact of a profile, whose number is ``base``."""
    offer, end = name[: -len(_NUMBER)], _end(last)
    since = [one for one in contacts_of(offer, state.contacts, state.history) if one[0] > end]
    total = base + sum(number for _, number in since)
    counting = session.served.counting
    if not since or total < counting.least(name, end):
        return total  # nothing was suppressed meanwhile
    history: dict[str, Value] = {name: base, state_name(offer, CONTACTED): last}
    for time, number in since:
        for _ in range(number):
            counting.shown(offer, history, time)
    return history[name]


def _end(last: int) -> int:
    """Return up to when a time may mean: of a day or second that was cut off, to its end."""
    if last % _SECOND:
        return last
    return last + (_SECOND if last % MICROSECONDS_PER_DAY else MICROSECONDS_PER_DAY) - 1


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
