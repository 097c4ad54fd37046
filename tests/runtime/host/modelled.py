"""What sessions, caps, suppressions, patterns and delayed actions of one shop come to: a model.

It is plain and slow, and knows nothing of turns, stores and journals.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

SHOP = """
audience Customer { key id: int session { cart: int = 0 } }
offer Gold { suppress after accept }
offer Silver { suppress for 1 hour after reject }
offer Bronze { suppress for 2 hours after 3 contacts }
offer Tin {}
offer Zinc { at most 12 impressions per hour }
offer Copper {}
offer Nickel {}
offer Lead { at most 2 contacts per visit }
channel Web for Customer {
  zone Home { point hero default "x" }
  event hide { suppress Tin for 30 minutes }
  event added { set cart = cart + 1 }
  event later { log accept after 10 minutes }
  event tick
  pattern Often { count of tick is at least 3 within rolling 1 hour hold 20 minutes }
}
flowchart Everyone on Web { select Keen when Often  select Rich when cart >= 2 }
strategy Offers on Web {
  zone Home {
    Gold score 9  Silver score 8  Bronze score 7  Tin score 6  Zinc score 5  Lead score 4
    for Keen { Copper score 3 }
    for Rich { Nickel score 2 }
  }
}
"""
MINUTE, HOUR = 60, 3600
IDLE = 300
Row = tuple[str, int | None, str]
"""What a row of the history says: its kind, the key, and the offer."""


@dataclass
class Known:
    """What is known of a customer, or of a visitor for as long as the visit goes on."""

    has_accepted: bool = False
    rejected: int = -HOUR
    contacts: int = 0
    contacted: int = 0
    hidden: int = 0
    ticks: list[int] = field(default_factory=list)
    met_until: int = 0


@dataclass
class Delayed:
    """An acceptance that is to be logged."""

    time: int
    offer: str


@dataclass
class Visit:
    """A session."""

    customer: int | None
    known: Known
    used: int
    cart: int = 0
    contacts: Counter[str] = field(default_factory=Counter)
    latest: list[str] = field(default_factory=list)
    shown: set[str] = field(default_factory=set)
    delayed: list[Delayed] = field(default_factory=list)


@dataclass
class Model:
    """All that a host should know and have written. Times are seconds.

    Attributes:
        left: Visits that ended with something still to be done.
        given: Impressions of Zinc by hour.
    """

    now: int
    customers: dict[int, Known] = field(default_factory=dict)
    visits: dict[str, Visit] = field(default_factory=dict)
    left: list[Visit] = field(default_factory=list)
    rows: Counter[Row] = field(default_factory=Counter)
    given: Counter[int] = field(default_factory=Counter)

    def find(self, name: str) -> Visit | None:
        """Return a session that goes on, which counts as a use of it."""
        found = self.visits.get(name)
        if found is not None:
            found.used = self.now
        return found

    def start(self, name: str, customer: int | None) -> None:
        """Begin a session."""
        self.end(name)
        self.visits[name] = Visit(customer, self._known(customer), self.now)

    def end(self, name: str) -> None:
        """End a session; what it has to do is done later."""
        found = self.visits.pop(name, None)
        if found is not None and found.delayed:
            self.left.append(found)

    def become(self, visit: Visit, customer: int) -> None:
        """Make a session another customer's."""
        visit.customer, visit.known, visit.latest = customer, self._known(customer), []

    def offers(self, visit: Visit) -> list[str]:
        """Return what is offered, best first, and that it was given."""
        known, now = visit.known, self.now
        barred = {
            "Gold": known.has_accepted,
            "Silver": now < known.rejected + HOUR,
            "Bronze": known.contacts >= 3 and now < known.contacted + 2 * HOUR,
            "Tin": now < known.hidden,
            "Zinc": self.given[now // HOUR] >= 12,
            "Lead": visit.contacts["Lead"] >= 2,
            "Copper": now >= known.met_until,
            "Nickel": visit.cart < 2,
        }
        order = ("Gold", "Silver", "Bronze", "Tin", "Zinc", "Lead", "Copper", "Nickel")
        visit.latest = [offer for offer in order if not barred[offer]]
        visit.shown |= set(visit.latest)
        self.given[now // HOUR] += "Zinc" in visit.latest
        return visit.latest

    def happen(self, visit: Visit, event: str, offer: str) -> None:
        """Let an event happen; a contact is about all offers of the last list."""
        match event:
            case "contact":
                self._contact(visit)
            case "later":
                visit.delayed.append(Delayed(self.now + 10 * MINUTE, offer))
            case "hide":
                visit.known.hidden = self.now + 30 * MINUTE
            case "added":
                visit.cart += 1
            case "tick":
                self._tick(visit.known)
            case _:
                self._respond(visit, event, offer)

    def _contact(self, visit: Visit) -> None:
        known = visit.known
        for offer in visit.latest:
            self.rows["contact", visit.customer, offer] += 1
            visit.contacts[offer] += 1
            if offer == "Bronze":
                is_over = known.contacts >= 3 and self.now >= known.contacted + 2 * HOUR
                known.contacts = 1 if is_over else known.contacts + 1
                known.contacted = self.now

    def _respond(self, visit: Visit, kind: str, offer: str) -> None:
        self.rows[kind, visit.customer, offer] += 1
        if (kind, offer) == ("accept", "Gold"):
            visit.known.has_accepted = True
        if (kind, offer) == ("reject", "Silver"):
            visit.known.rejected = self.now

    def _tick(self, known: Known) -> None:
        if self.now < known.met_until:
            return
        known.ticks = [*(t for t in known.ticks if self.now < t + HOUR), self.now]
        if len(known.ticks) == 3:
            known.ticks, known.met_until = [], self.now + 20 * MINUTE

    def wait(self, seconds: int) -> None:
        """Let time pass: what is due is done, and who was not heard of is gone."""
        self.now += seconds
        for visit in (*self.visits.values(), *self.left):
            for one in [d for d in visit.delayed if d.time <= self.now]:
                visit.delayed.remove(one)
                self._respond(visit, "accept", one.offer)
        self.left = [visit for visit in self.left if visit.delayed]

    def edges(self) -> list[int]:
        """Return the times to come at which something ends or begins."""
        visits = [*self.visits.values(), *self.left]
        times = {delayed.time for visit in visits for delayed in visit.delayed}
        times |= {visit.used + IDLE for visit in self.visits.values()}
        for known in (*self.customers.values(), *(visit.known for visit in visits)):
            times |= {known.rejected + HOUR, known.contacted + 2 * HOUR}
            times |= {known.hidden, known.met_until, *(tick + HOUR for tick in known.ticks)}
        return sorted({(self.now // HOUR + 1) * HOUR, *(t for t in times if t > self.now)})

    def forget_idle(self) -> None:
        """End the sessions that nobody used for too long."""
        for name in [n for n, visit in self.visits.items() if self.now - visit.used > IDLE]:
            self.end(name)

    def die(self) -> None:
        """Lose what lives in a process alone: sessions, and what is known of visitors."""
        for name in list(self.visits):
            self.end(name)
        for visit in self.left:
            if visit.customer is None:
                visit.known = Known()

    def _known(self, customer: int | None) -> Known:
        if customer is None:
            return Known()
        return self.customers.setdefault(customer, Known())
