"""From what a touchpoint reports to rows of the history."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final, Literal
from uuid import uuid4

from interact.runtime.host.session import Session, Treatment
from interact.runtime.host.wishes import CODE, CODE_TYPES
from interact.runtime.values import from_machine

Kind = Literal["contact", "accept", "reject"]
TRACKED: Final[dict[str, Kind]] = {"contact": "contact", "accept": "accept", "reject": "reject"}
"""Events that every channel has, by name in small letters."""
Record = Callable[[list[Any]], None]
"""Records rows of the history, and returns when they are durable.

Raises an ``OutputError`` when they are not.
"""


@dataclass(slots=True)
class Numbers:
    """Names that no other process gives: of decisions, treatments and events."""

    writer: str = field(default_factory=lambda: uuid4().hex[:16])
    _count: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    def __call__(self) -> str:
        return f"{self.writer}-{next(self._count)}"


@dataclass(frozen=True, slots=True)
class Tracked:
    """A contact with, or a response to, a treatment.

    Attributes:
        treatment: None when the session does not know it; ``code`` is what was reported.
    """

    kind: Kind
    code: str
    treatment: Treatment | None
    custom: str | None = None


def tracked(session: Session, kind: Kind, code: str | None, custom: str | None) -> list[Tracked]:
    """Return what an event tracks: the treatment of its code; a contact without, the last list."""
    if code is not None:
        return [Tracked(kind, code, session.treatment(code), custom)]
    if kind != "contact":
        return []
    return [Tracked(kind, found.code, found) for found in session.last_shown()]


def treatment_code(session: Session, told: Mapping[str, object]) -> str | None:
    """Return the treatment that reserved parameters name: by its code, or by that of its offer.

    Of several with an offer it is the latest. A code that nothing has is returned as it is.
    """
    code = told.get(CODE)
    if code is None:
        return None
    type = next((told[name] for name in CODE_TYPES if name in told), 1)
    if str(type).removesuffix(".0") == "1":
        return str(code)
    found = session.treatment_of(str(code))
    return str(code) if found is None else found.code


def history_events(
    session: Session,
    found: Iterable[Tracked],
    at: int,
    names: Callable[[], str],
    columns: Iterable[str],
) -> list[Any]:
    """Return the rows of what was tracked.

    Args:
        session: Where.
        found: What.
        at: Microseconds since 1970-01-01T00:00Z.
        names: Gives each row a name that no other one has.
        columns: Parameters and attributes of the session to keep in each.
    """
    from interact.runtime.history.events import Contact, Response

    extra = {name: v for name in columns if (v := _kept(session, name)) is not None}
    rows: list[Any] = []
    for one in found:
        common = {**_common(session, one), "event": names(), "at": at, "extra": extra}
        if one.kind != "contact":
            kind = one.custom or one.kind
            rows.append(Response(**common, kind=kind, matched=one.treatment is not None))  # type: ignore[arg-type]
        elif one.treatment is not None:
            treatment = one.treatment
            rows.append(
                Contact(
                    **common,  # type: ignore[arg-type]
                    score=treatment.shown.score,
                    rank=treatment.rank,
                    candidates=treatment.listed.candidates,
                    propensity=treatment.propensity,
                )
            )
    return rows


def _kept(session: Session, name: str) -> str | None:
    """Return a parameter or an attribute of a session as text; None for null or none."""
    sent = session.extra.get(name.lower())
    if sent is not None:
        return str(sent.value)
    attribute = session.served.attributes.get(name.lower())
    if attribute is None:
        return None
    known = session.served.decider.completed(session.values, {}).values
    if (value := known.get(attribute.name)) is None:
        return None
    found = from_machine(value, attribute.type)
    return found.isoformat() if isinstance(found, date) else str(found)


def _common(session: Session, one: Tracked) -> dict[str, object]:
    served, treatment = session.served, one.treatment
    common: dict[str, object] = {
        "channel": served.name,
        "audience": served.audience.name,
        "key": session.key,
        "treatment": one.code,
        "bundle": session.version,
        "session": session.name,
    }
    if treatment is None:
        return {**common, "decision": "", "offer": "", "code": ""}
    listed, shown = treatment.listed, treatment.shown
    return {
        **common,
        "decision": listed.decision,
        "offer": shown.offer,
        "code": shown.code,
        "zone": listed.zone,
        "point": listed.point,
        "rule": shown.rule,
        "segments": listed.segments,
    }
