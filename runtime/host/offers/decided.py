"""A decision with all that it read, as the history keeps it: it can be made again from that."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from msgspec import MsgspecError, convert, to_builtins

from interact.compiler.core.interpret import Customer
from interact.runtime.errors import DataError
from interact.runtime.host.deployment import ServedChannel
from interact.runtime.host.offers.giving import Given, Wanted, decide
from interact.runtime.host.offers.held import served_with
from interact.runtime.host.offers.offering import PointRequest
from interact.runtime.host.offers.selecting import ANY, Requirement
from interact.runtime.host.session import Session
from interact.runtime.host.wishes import Wishes

Json = dict[str, Any]


def decided_row(
    session: Session,
    name: str,
    given: Given,
    wanted: Sequence[Wanted],
    wishes: Wishes,
    now: int,
    barred: Collection[str],
    decisions: Sequence[str],
) -> Any:
    """Return the row of a decision.

    Args:
        session: Where.
        name: Of the row.
        given: What was decided.
        wanted: What was asked for.
        wishes: What the client wished of it.
        now: When.
        barred: Offers that events have suppressed.
        decisions: Names of the decisions, by point.
    """
    from interact.runtime.history.events import Decided

    served, customer = session.served, given.customer
    many = {rows.name for rows in served.audience.rows}
    inputs: Json = {
        "values": _read(customer, sorted(served.reads - many)),
        "rows": {n: list(map(dict, customer.rows.get(n, ()))) for n in sorted(served.reads & many)},
        "points": [_asked(request) for _, request in wanted],
    }
    if barred:
        inputs["barred"] = sorted(barred)
    if session.held:
        inputs["held"] = {name: sorted(cells) for name, cells in session.held.items()}
    if wishes.distinct:
        inputs["distinct"], inputs["relaxed"] = wishes.distinct, wishes.is_relaxed
    return Decided(
        event=name,
        at=now,
        channel=served.name,
        audience=served.audience.name,
        key=session.key,
        bundle=session.version,
        session=session.name,
        inputs=_text(inputs),
        outcome=_text(outcome(served, given, decisions)),
    )


def _read(customer: Customer, names: Sequence[str]) -> Json:
    """Return values; a state that is null is left out, as most are."""
    found = ((name, customer.values.get(name)) for name in names)
    return {name: value for name, value in found if value is not None or not _is_state(name)}


def _is_state(name: str) -> bool:
    return "." in name


def outcome(served: ServedChannel, given: Given, decisions: Sequence[str]) -> list[Json]:
    """Return what was decided: for each point the offers with rule and score, best first."""
    members = zip(served.channel.segments, given.choice.segments, strict=True)
    segments = [segment.name for segment, is_member in members if is_member]
    return [
        {
            "decision": decision,
            "segments": segments,
            "offers": [[p.offer, p.rule, p.score] for p in proposals],
        }
        for decision, proposals in zip(decisions, given.proposals, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class Again:
    """A decision that was made again.

    Attributes:
        outcome: As ``outcome`` tells it, for the points that are still there.
        unread: What is read now and was not recorded then; it is null.
    """

    outcome: Sequence[Json | None]
    unread: Sequence[str]


def decide_again(served: ServedChannel, inputs: str, at: int) -> Again:
    """Decide from what was recorded.

    Raises:
        DataError: That is not what ``decided_row`` records.
    """
    try:
        found = json.loads(inputs)
        values, rows = dict(found["values"]), dict(found["rows"])
        requests = [_request(point) for point in found["points"]]
        held = {name: frozenset(cells) for name, cells in found.get("held", {}).items()}
    except (ValueError, KeyError, TypeError, AttributeError, MsgspecError) as error:
        raise DataError("the inputs of the decision cannot be read") from error
    wishes = Wishes(distinct=found.get("distinct", ""), is_relaxed=found.get("relaxed", False))
    places = [served.place(request.point) for request in requests]
    wanted = [(p, r) for p, r in zip(places, requests, strict=True) if p is not None]
    customer = served.decider.completed(values, rows)
    deciding = served_with(served, held)
    given = decide(deciding, wanted, wishes, customer, at, set(found.get("barred", ())))
    told = iter(outcome(served, given, [""] * len(wanted)))
    known = values.keys() | rows.keys() | _defaults(served, customer)
    return Again(
        [None if place is None else next(told) for place in places],
        sorted(name for name in served.reads - known if not _is_state(name)),
    )


def _defaults(served: ServedChannel, customer: Customer) -> set[str]:
    """Return the session attributes that have a value by themselves."""
    session = {a.name for a in served.audience.session}
    return {n for n, value in customer.values.items() if n in session and value is not None}


def _asked(request: PointRequest) -> Json:
    told: Json = {"point": request.point, "number": request.number}
    if not request.duplicates:
        told["duplicates"] = False
    if request.requirement is not ANY:
        told["requirement"] = to_builtins(request.requirement)
    return told


def _request(told: Mapping[str, Any]) -> PointRequest:
    asked = told.get("requirement")
    requirement = ANY if asked is None else convert(asked, Requirement)
    return PointRequest(told["point"], told["number"], told.get("duplicates", True), requirement)


def _text(data: object) -> str:
    return json.dumps(data, separators=(",", ":"), ensure_ascii=False)
