"""Sessions and states as bytes: names and machine values, and no object of this process.

What a version of this module wrote the next one can read, or says that it cannot: ``FORM`` is
another one then.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from typing import Any

import msgspec

from interact.compiler.core.patterns import State
from interact.compiler.core.visit import Pending
from interact.runtime.host.listing import Listed, Shown
from interact.runtime.host.results import NameValue
from interact.runtime.host.session import Owner, Session
from interact.runtime.host.states import CustomerState
from interact.runtime.host.store.protocol import StoreError
from interact.stdlib.types import Value

FORM = 1
_LEAST, _MOST = -(1 << 63), (1 << 64) - 1
Plain = bool | int | float | str | None


class Awaited(msgspec.Struct, array_like=True, frozen=True):
    """An action that is still to be done; ``meant`` says what it was."""

    time: int
    owner: str
    part: str
    place: int
    parameters: list[tuple[str, Plain]]
    treatment: str
    meant: str
    response: str = ""


class Saved(msgspec.Struct, array_like=True, frozen=True):
    """A session. ``version``, ``channel`` and ``form`` say of what."""

    name: str
    id: str
    version: str
    channel: str
    form: str
    key: list[Plain]
    values: dict[str, Plain]
    rows: dict[str, list[dict[str, Plain]]]
    extra: list[tuple[str, Plain, str]]
    known: bool
    debug: bool
    lists: list[tuple[str, str, str, int, list[str], list[tuple[str, str, str, float]]]]
    latest: int
    contacts: dict[str, int]
    pending: list[Awaited]
    planned: int | None
    delayed: int
    posted: list[str] = []
    propensities: list[list[float | None]] = []
    held: dict[str, list[str]] = {}


class _State(msgspec.Struct, array_like=True):
    history: dict[str, Plain]
    patterns: dict[str, list[Any]]
    suppressed: dict[str, int | None]
    contacts: dict[str, tuple[tuple[int, int], ...]] = {}


_encode = msgspec.msgpack.Encoder().encode
_session = msgspec.msgpack.Decoder(Saved).decode
_state = msgspec.msgpack.Decoder(_State).decode


def session_bytes(session: Session) -> bytes:
    """Return a session as bytes."""
    served = session.served
    lists = [
        (
            one.decision,
            one.zone,
            one.point,
            one.candidates,
            list(one.segments),
            [(o.offer, o.code, o.rule, o.score) for o in one.offers],
        )
        for one in session.lists
    ]
    return _encode(
        Saved(
            session.name,
            session.id,
            session.version,
            served.name,
            served.form,
            list(session.key),
            dict(session.values),
            {name: list(map(dict, rows)) for name, rows in session.rows.items()},
            [(p.name, _plain(p.value), p.type) for p in session.extra.values()],
            session.known,
            session.debug,
            lists,
            session.latest,
            dict(session.contacts),
            [_awaited(session, one) for one in session.pending],
            session.planned,
            session.delayed,
            list(session.posted),
            [list(one.propensities) for one in session.lists],
            {flowchart: sorted(cells) for flowchart, cells in session.held.items()},
        )
    )


def saved_session(data: bytes) -> Saved:
    """Return what ``session_bytes`` wrote.

    Raises:
        StoreError: It wrote something else.
    """
    try:
        return _session(data)
    except msgspec.MsgspecError as error:
        raise StoreError(f"what is kept is no session: {error}") from error


def lists_of(saved: Saved) -> tuple[Listed, ...]:
    """Return the lists of offers that a session remembers."""
    told: Iterable[list[float | None]] = saved.propensities or itertools.repeat([])
    return tuple(
        Listed(
            *(decision, zone, point, count, tuple(segments)),
            tuple(Shown(*o) for o in offers),
            tuple(propensities) or (None,) * len(offers),
        )
        for (decision, zone, point, count, segments, offers), propensities in zip(
            saved.lists, told, strict=False
        )
    )


def extra_of(saved: Saved) -> dict[str, NameValue]:
    """Return the parameters that are no attributes."""
    return {name.lower(): NameValue(name, value, kind) for name, value, kind in saved.extra}  # type: ignore[arg-type]


def pending_of(awaited: Awaited) -> Pending:
    """Return an action that is still to be done."""
    return Pending(
        awaited.time,
        awaited.owner,
        awaited.part,  # type: ignore[arg-type]
        awaited.place,
        tuple(awaited.parameters),
        awaited.treatment,
        awaited.response,
    )


def state_bytes(state: CustomerState) -> bytes:
    """Return a customer's state as bytes."""
    patterns = {name: found.to_json() for name, found in state.patterns.items()}
    history, suppressed = dict(state.history), dict(state.suppressed)
    return _encode(_State(history, patterns, suppressed, dict(state.contacts)))


def saved_state(data: bytes) -> CustomerState:
    """Return the state that ``state_bytes`` wrote.

    Raises:
        StoreError: It wrote something else.
    """
    try:
        found = _state(data)
    except msgspec.MsgspecError as error:
        raise StoreError(f"what is kept is no state: {error}") from error
    history: Mapping[str, Value] = found.history
    patterns = {name: State.from_json(plain) for name, plain in found.patterns.items()}
    return CustomerState(history, patterns, found.suppressed, found.contacts)


def owner_text(owner: Owner) -> str:
    """Return whose state it is as a text, the same on every host.

    >>> owner_text(("Customer", (7, "north")))
    '["Customer",7,"north"]'
    """
    return msgspec.json.encode([owner[0], *owner[1]]).decode()


def _awaited(session: Session, one: Pending) -> Awaited:
    meant = session.served.meaning(one.owner, one.part, one.place) or ""
    parameters = [(name, value) for name, value in one.parameters]
    return Awaited(
        one.time,
        one.owner,
        one.part,
        one.place,
        parameters,
        one.treatment,
        meant,
        one.response,
    )


def _plain(value: object) -> Plain:
    if isinstance(value, int) and not _LEAST <= value <= _MOST:
        return str(value)
    return value if isinstance(value, bool | int | float | str | None) else str(value)
