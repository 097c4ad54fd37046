"""Sessions: one customer's visit to one channel."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TypeAlias

from msgspec import Struct, field

from interact.compiler.core.held import Held
from interact.compiler.core.visit import Pending
from interact.runtime.host.deployment import ServedChannel
from interact.runtime.host.listing import Listed, Lists, Shown
from interact.runtime.host.profiles.source import Key
from interact.runtime.host.results import NameValue
from interact.stdlib.types import Value

MOST_POSTED = 64
"""Names of events that a session remembers; clients repeat the latest ones."""
Owner: TypeAlias = tuple[str, Key]
"""Whose state it is: an audience level and a key."""
VISITOR = None
"""The first part of the key of someone whom nobody knows, as no customer's; the second is the
session's id."""


class Treatment(Struct, frozen=True, gc=False):
    """An offer that was given in a session: what a contact or response is about."""

    listed: Listed
    rank: int

    @property
    def code(self) -> str:
        return f"{self.listed.decision}.{self.rank}"

    @property
    def shown(self) -> Shown:
        return self.listed.offers[self.rank - 1]

    @property
    def propensity(self) -> float | None:
        return self.listed.propensities[self.rank - 1]


class Session(Struct):
    """A visit. It keeps the version that it began with.

    What its attributes hold is replaced, never changed, so that a copy is cheap.

    Attributes:
        name: What the client calls it; ``id`` is never given twice.
        served: The channel, of the version that the session began with.
        key: The customer's key, empty when it was not given whole.
        values: Attributes as machine values; ``rows`` those of ``many``.
        extra: Parameters that are no attributes, by name in small letters.
        known: Whether the profile source knows the customer, or could not say.
        lists: What was offered, the latest last; ``latest`` of them are those of the last call,
            which a contact without a code logs.
        contacts: How often an offer was shown in this visit.
        pending: Actions that are still to be done; ``planned`` is when the next one is.
        delayed: How many rows of the history came from actions that were done later.
        posted: What clients called the latest events, the last one last.
        held: The flowcharts that keep what they said; see ``restricting``.
    """

    name: str
    id: str
    served: ServedChannel
    key: Key = ()
    values: Mapping[str, Value] = field(default_factory=dict)
    rows: Mapping[str, Sequence[Mapping[str, Value]]] = field(default_factory=dict)
    extra: Mapping[str, NameValue] = field(default_factory=dict)
    known: bool = False
    debug: bool = False
    lists: Lists = Lists()
    latest: int = 0
    contacts: Mapping[str, int] = field(default_factory=dict)
    pending: tuple[Pending, ...] = ()
    planned: int | None = None
    delayed: int = 0
    posted: tuple[str, ...] = ()
    held: Held = field(default_factory=dict)

    @property
    def version(self) -> str:
        return self.served.version

    @property
    def owner(self) -> Owner:
        """Whose state it shares: the customer's, or its own when nobody knows who that is."""
        return (self.served.level, self.key) if self.key else visitor(self)

    def copy(self) -> Session:
        """Return another one that may go its own way."""
        copied: Session = self.__copy__()  # type: ignore[attr-defined]  # of every Struct
        return copied

    def post(self, name: str) -> None:
        """Remember what a client calls an event that is done."""
        self.posted = (*self.posted, name)[-MOST_POSTED:]

    def remember(self, listed: Listed) -> None:
        """Keep a list as one more of the latest call."""
        self.lists = self.lists.adding(listed)
        self.latest += 1

    def treatment(self, code: str) -> Treatment | None:
        """Return the treatment of a code; None for one that is not of this session."""
        decision, _, rank = code.rpartition(".")
        for listed in reversed(self.lists):
            if listed.decision == decision:
                is_one = rank.isdecimal() and 0 < int(rank) <= len(listed.offers)
                return Treatment(listed, int(rank)) if is_one else None
        return None

    def treatment_of(self, offer: str) -> Treatment | None:
        """Return the latest treatment of an offer, by its code or name."""
        for listed in reversed(self.lists):
            for rank, shown in enumerate(listed.offers, 1):
                if offer in (shown.code, shown.offer):
                    return Treatment(listed, rank)
        return None

    def last_shown(self) -> list[Treatment]:
        """Return the treatments of the last call."""
        latest = self.lists.last(self.latest)
        return [Treatment(one, rank + 1) for one in latest for rank in range(len(one.offers))]


def visitor(session: Session) -> Owner:
    """Return whose a session's state is when nobody knows who it is."""
    return session.served.level, (VISITOR, session.id)


def is_visitor(owner: Owner) -> bool:
    """Return whether a state is that of a session, of someone whom nobody knows."""
    return owner[1][:1] == (VISITOR,) and len(owner[1]) == 2
