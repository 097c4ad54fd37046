"""Rows of the history that tell what happened beside contacts and responses."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from interact.compiler.core.patterns import State
from interact.runtime.host.events.happenings import state_name
from interact.runtime.host.session import Session
from interact.runtime.host.states import CustomerState


def activity_rows(
    session: Session,
    event: str,
    before: CustomerState,
    after: CustomerState,
    at: int,
    names: Callable[[], str],
) -> list[Any]:
    """Return a row for a declared event that was posted, and one for each pattern that it met.

    Args:
        session: Where.
        event: What happened; an event of the system has no row of its own.
        before: The customer's state, and ``after`` what the event made of it.
        at: Microseconds since 1970-01-01T00:00Z.
        names: Gives each row a name that no other one has.
    """
    from interact.runtime.history.events import Happening

    return [
        Happening(
            event=names(),
            at=at,
            channel=session.served.name,
            audience=session.served.audience.name,
            key=session.key,
            name=name,
            kind=kind,
            category=category,
            bundle=session.version,
            session=session.name,
        )
        for name, kind, category in _happened(session, event, before, after)
    ]


def _happened(
    session: Session, event: str, before: CustomerState, after: CustomerState
) -> Iterator[tuple[str, str, str]]:
    declared = session.served.events.get(event.lower())
    if declared is not None:
        yield declared.name, "posted", declared.category
    if before is after:
        return
    for pattern in session.served.channel.patterns:
        name = state_name(session, pattern)
        now = after.patterns.get(name, State()).met_at
        if now is not None and now != before.patterns.get(name, State()).met_at:
            yield pattern.name, "met", pattern.category
