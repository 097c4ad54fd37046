"""Customers and the offers that they must not get, by the ``suppress`` clauses of a project.

The clauses are those that hosts and batch jobs decide by; what a customer did is worked out from
the campaign database, and each clause is asked as the interpreter asks it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from interact.compiler.core.interpret import Customer, Frame, Moment, evaluate
from interact.compiler.core.nodes import Attr, Expr, walk
from interact.compiler.core.program import Audience, Channel, Program
from interact.compiler.core.state import ACCEPTED, CONTACTS, REJECTED
from interact.runtime.campaign.database import Database
from interact.runtime.campaign.known import History, Key, contacts, responses
from interact.runtime.host.events.counting import Counting, least_contacts
from interact.runtime.values import instant

_REASONS: Final = {ACCEPTED: "accepted", REJECTED: "rejected", CONTACTS: "contacts"}


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
) -> Iterator[tuple[Key, str, History]]:
    """Yield what is known of a customer and an offer, as states of decisions."""
    answered = [c.about for c in clauses if c.reason != "contacts"]
    yield from responses(db, audience, answered, at)
    counted = {c.about: c for c in clauses if c.reason == "contacts"}
    made = {c.channel.name: Counting(c.channel) for c in counted.values()}
    counting = {offer: made[c.channel.name] for offer, c in counted.items()}
    now = instant(at)
    least = {offer: least_contacts(c.condition, offer, now) for offer, c in counted.items()}
    yield from contacts(db, audience, counting, least, at)
