"""What is known of a visitor and of a customer as of one: a visitor turns out to be a customer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from interact.compiler.core.state import CONTACTS
from interact.runtime.host.events.base import contacts_of, joined
from interact.runtime.host.events.contacts import later
from interact.runtime.host.states import Contacts, CustomerState
from interact.stdlib.types import Value


def with_history_of(state: CustomerState, other: CustomerState) -> CustomerState:
    """Return a state with what somebody else did and was shown, but for patterns.

    Of times the later holds, numbers add, and suppressions hold until the later end.
    """
    history, suppressed = dict(state.history), dict(state.suppressed)
    for name, value in other.history.items():
        history[name] = _both(name, history.get(name), value)
    for offer, until in other.suppressed.items():
        suppressed[offer] = later(suppressed.get(offer, until), until)
    contacts = dict(_contacts(state, other))
    return replace(state, history=history, suppressed=suppressed, contacts=contacts)


def _both(name: str, mine: Value, theirs: Value) -> Value:
    """Return a state of history of two: all are whole numbers, or times."""
    if not isinstance(mine, int) or not isinstance(theirs, int):
        return theirs if mine is None else mine
    is_number = name.rpartition(".")[2] == CONTACTS
    return mine + theirs if is_number else max(mine, theirs)


def _contacts(one: CustomerState, other: CustomerState) -> Iterator[tuple[str, Contacts]]:
    for offer in {**one.contacts, **other.contacts}:
        both = (contacts_of(offer, s.contacts, s.history) for s in (one, other))
        yield offer, joined(*both)
