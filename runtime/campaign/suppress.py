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
from interact.compiler.core.state import ACCEPTED, CONTACTS, REJECTED, state_name
from interact.runtime.campaign.database import Database
from interact.runtime.campaign.known import Asked, Key, histories
from interact.runtime.host.events.counting import Counting, least_contacts
from interact.runtime.values import instant

_REASONS: Final = {ACCEPTED: "accepted", REJECTED: "rejected", CONTACTS: "contacts"}


@dataclass(frozen=True, slots=True)
class Clause:
    """What keeps offers from a customer: a condition on a ``state`` of the offer ``about``."""

    about: str
    reason: str
    state: str
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
            kinds = [kind for kind in _REASONS if kind in states]
            if bar.stage == "suppression" and len(abouts) == 1 and len(kinds) == 1:
                codes = tuple(program.offers[i].code_text for i in bar.offers)
                (about,) = abouts
                reason, state = _REASONS[kinds[0]], state_name(about, kinds[0])
                found.append(Clause(about, reason, state, bar.condition, codes, channel))
    return found


def suppressed(
    db: Database, audience: Audience, clauses: Iterable[Clause], at: datetime
) -> Iterator[Suppressed]:
    """Yield whom what must not be offered at a time, each pair once, by key and offer.

    Of several reasons the first counts: accepted, rejected, contacts.
    """
    order = list(_REASONS.values())
    known, now = sorted(clauses, key=lambda c: order.index(c.reason)), instant(at)
    for key, history in histories(db, audience, _asked(known, now), at):
        found: dict[str, str] = {}
        for clause in known:
            if clause.state in history and clause.holds(history, now):
                for offer in clause.offers:
                    found.setdefault(offer, clause.reason)
        for offer in sorted(found):
            yield Suppressed(key, offer, found[offer])


def _asked(clauses: list[Clause], now: int) -> Asked:
    answered = frozenset(c.about for c in clauses if c.reason != "contacts")
    counted = {c.about: c for c in clauses if c.reason == "contacts"}
    made = {c.channel.name: Counting(c.channel) for c in counted.values()}
    return Asked(
        answered,
        {offer: made[c.channel.name] for offer, c in counted.items()},
        {offer: least_contacts(c.condition, offer, now) for offer, c in counted.items()},
    )
