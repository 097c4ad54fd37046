"""Customers and the offers that they must not get, by the ``suppress`` clauses of a project.

The clauses are those that hosts and batch jobs decide by; what a customer did is worked out from
the campaign database, and each clause is asked as the interpreter asks it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from interact.compiler.core.interpret import Customer, Frame, Moment, evaluate
from interact.compiler.core.nodes import Attr, Expr, walk
from interact.compiler.core.program import Audience, Channel, Program
from interact.compiler.core.state import ACCEPTED, CONTACTS, REJECTED, state_name
from interact.runtime.campaign.columns import key_column
from interact.runtime.campaign.database import Database
from interact.runtime.host.events.counting import Counting, least_contacts
from interact.runtime.values import instant
from interact.stdlib.types import INT

_REASONS: Final = {ACCEPTED: "accepted", REJECTED: "rejected", CONTACTS: "contacts"}
_COUNTS_AS: Final = {1: ACCEPTED, 2: REJECTED}
Key = tuple[int | str, ...]


@dataclass(frozen=True, slots=True)
class Clause:
    """What keeps offers from a customer: a condition on the history of the offer ``about``."""

    about: str
    reason: str
    condition: Expr
    offers: tuple[str, ...]
    channel: Channel

    def holds(self, history: dict[str, Any], now: int) -> bool:
        """Return whether offers are kept away at an instant."""
        return evaluate(self.condition, Frame(Customer(history), Moment(now))) is True


@dataclass(frozen=True, slots=True)
class Suppressed:
    """An offer, by its code, that a customer must not get, and why."""

    key: Key
    offer: str
    reason: str


def clauses_of(program: Program, audience: int) -> list[Clause]:
    """Return the suppress clauses of the offers that an audience's channels propose."""
    found = []
    for channel in program.channels:
        for bar in channel.bars if channel.audience == audience else ():
            reads = {p.name for p in walk(bar.condition) if isinstance(p, Attr)}
            abouts = {name.rpartition(".")[0] for name in reads}
            states = {name.rpartition(".")[2] for name in reads}
            reasons = [reason for state, reason in _REASONS.items() if state in states]
            if bar.stage == "suppression" and len(abouts) == 1 and len(reasons) == 1:
                codes = tuple(program.offers[i].code_text for i in bar.offers)
                (about,) = abouts
                found.append(Clause(about, reasons[0], bar.condition, codes, channel))
    return found


def suppressed(
    db: Database, audience: Audience, clauses: Iterable[Clause], at: datetime
) -> list[Suppressed]:
    """Return whom what must not be offered at a time, each pair once, by key and offer.

    Of several reasons the first counts: accepted, rejected, contacts.
    """
    known, now = list(clauses), instant(at)
    about: dict[str, list[Clause]] = {}
    for clause in known:
        about.setdefault(clause.about, []).append(clause)
    found: dict[tuple[Key, str], str] = {}
    order = list(_REASONS.values())
    for key, shown_offer, history in _histories(db, audience, known, at):
        for clause in about[shown_offer]:
            if clause.holds(history, now):
                for offer in clause.offers:
                    had = found.setdefault((key, offer), clause.reason)
                    if order.index(clause.reason) < order.index(had):
                        found[key, offer] = clause.reason
    return [Suppressed(*pair, found[pair]) for pair in sorted(found)]


def _histories(
    db: Database, audience: Audience, clauses: list[Clause], at: datetime
) -> Iterator[tuple[Key, str, dict[str, Any]]]:
    """Yield what is known of a customer and an offer, as states of decisions."""
    answered = [c for c in clauses if c.reason != "contacts"]
    for *key, offer, counts, time in _responses(db, audience, answered, at):
        yield from _told(audience, key, offer, {state_name(offer, _COUNTS_AS[counts]): time})
    counted = {c.about: c for c in clauses if c.reason == "contacts"}
    counting = {c.channel.name: Counting(c.channel) for c in counted.values()}
    for *key, offer, times in _contacts(db, audience, counted, at):
        history: dict[str, Any] = {}
        for time in times:
            counting[counted[offer].channel.name].shown(offer, history, time)
        yield from _told(audience, key, offer, history)


def _told(
    audience: Audience, key: list[Any], offer: str, history: dict[str, Any]
) -> Iterator[tuple[Key, str, dict[str, Any]]]:
    """Yield a history, unless its key is none of this audience."""
    with suppress(ValueError):
        parts = zip(audience.key, key, strict=True)
        yield tuple(int(k) if a.type == INT else str(k) for a, k in parts), offer, history


def _responses(
    db: Database, audience: Audience, clauses: list[Clause], at: datetime
) -> list[tuple[Any, ...]]:
    """Return key, offer, what it counts as, and when it last was that."""
    if not clauses:
        return []
    keys = _keys(db, audience, "r")
    return db.rows(
        f"SELECT {keys}, t.OfferName, k.CountsAsResponse, max({micros('r.ResponseDateTime')})"
        " FROM UA_ResponseHistory AS r JOIN UA_Treatment AS t"
        " ON t.TreatmentCode = r.TreatmentCode JOIN UA_UsrResponseType AS k"
        " ON k.ResponseTypeCode = r.ResponseTypeCode WHERE r.AudienceLevel = $1"
        f" AND r.ResponseDateTime <= $2 AND k.CountsAsResponse IN (1, 2) AND {_given(keys)}"
        f" AND t.OfferName IN ({_texts(c.about for c in clauses)})"
        f" GROUP BY {keys}, t.OfferName, k.CountsAsResponse",
        audience.name,
        at,
    )


def _contacts(
    db: Database, audience: Audience, counted: dict[str, Clause], at: datetime
) -> list[tuple[Any, ...]]:
    """Return key, offer, and the times of contacts, where there are enough of them."""
    if not counted:
        return []
    keys, time, now = _keys(db, audience, "c"), micros("c.ContactDateTime"), instant(at)
    least = {o: least_contacts(c.condition, o, now) for o, c in counted.items()}
    enough = " OR ".join(
        f"(t.OfferName = {_texts([offer])} AND count(*) >= {number})"
        for offer, number in least.items()
    )
    return db.rows(
        f"SELECT {keys}, t.OfferName, array_agg({time} ORDER BY c.ContactDateTime, c.Event)"
        " FROM UA_DtlContactHist AS c JOIN UA_Treatment AS t"
        " ON t.TreatmentCode = c.TreatmentCode WHERE c.AudienceLevel = $1"
        f" AND c.ContactDateTime <= $2 AND {_given(keys)}"
        f" AND t.OfferName IN ({_texts(counted)}) GROUP BY {keys}, t.OfferName HAVING {enough}",
        audience.name,
        at,
    )


def micros(time: str) -> str:
    """Return SQL for the microseconds since 1970 of a time."""
    return f"CAST(round(extract(epoch FROM {time}) * 1000000) AS BIGINT)"


def _keys(db: Database, audience: Audience, table: str) -> str:
    return ", ".join(f"{table}.{db.name(key_column(a.name))}" for a in audience.key)


def _given(keys: str) -> str:
    return " AND ".join(f"{key} IS NOT NULL" for key in keys.split(", "))


def _texts(values: Iterable[str]) -> str:
    return ", ".join("'" + v.replace("'", "''") + "'" for v in sorted(set(values)))
