"""Sessions: one customer's visit to one channel, and where they are kept."""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

from interact.compiler.core.visit import Visit
from interact.runtime.decider import Proposal
from interact.runtime.host.deployment import Place, ServedChannel
from interact.runtime.host.profiles import Key
from interact.runtime.host.results import NameValue
from interact.stdlib.types import Value

IDLE_SECONDS = 300.0
MOST_SESSIONS = 100_000


@dataclass(frozen=True, slots=True)
class Treatment:
    """An offer that was given in a session: what a contact or response is about."""

    code: str
    decision: str
    place: Place
    proposal: Proposal
    rank: int
    candidates: int
    segments: tuple[str, ...]


@dataclass(slots=True)
class Session:
    """A visit. It keeps the version that it began with.

    Attributes:
        served: The channel, of the version that the session began with.
        key: The customer's key, None when it was not given whole.
        values: Attributes as machine values; ``rows`` those of ``many``.
        extra: Parameters that are no attributes, by name in small letters.
        known: Whether the profile source knows the customer.
        last: The treatments of the last list, which a contact without a code logs.
        contacts: How often an offer was shown in this visit.
        visit: Actions that are still to be done; ``planned`` is when the next one is.
        lock: Held by whoever works on the session.
    """

    name: str
    served: ServedChannel
    version: str
    key: Key = ()
    values: dict[str, Value] = field(default_factory=dict)
    rows: dict[str, list[dict[str, Value]]] = field(default_factory=dict)
    extra: dict[str, NameValue] = field(default_factory=dict)
    known: bool = False
    debug: bool = False
    treatments: dict[str, Treatment] = field(default_factory=dict)
    last: tuple[str, ...] = ()
    contacts: dict[str, int] = field(default_factory=dict)
    visit: Visit = field(default_factory=Visit)
    planned: int | None = None
    lock: threading.RLock = field(default_factory=threading.RLock)

    @property
    def owner(self) -> Key:
        """Whose state it shares: the customer's, or its own when nobody knows who that is."""
        return self.key or ("session", self.name)


@dataclass(slots=True)
class Sessions:
    """Sessions in this process: those idle for too long end, and the oldest when there are many.

    Attributes:
        clock: Seconds that only go forward; a seam for tests.
    """

    idle_seconds: float = IDLE_SECONDS
    most: int = MOST_SESSIONS
    clock: Callable[[], float] = time.monotonic
    _held: OrderedDict[str, tuple[float, Session]] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __len__(self) -> int:
        return len(self._held)

    def get(self, name: str) -> Session | None:
        """Return a session that is alive, which counts as a use of it."""
        now = self.clock()
        with self._lock:
            found = self._held.get(name)
            if found is None:
                return None
            if now - found[0] > self.idle_seconds:
                del self._held[name]
                return None
            self._held[name] = (now, found[1])
            self._held.move_to_end(name)
            return found[1]

    def put(self, session: Session) -> None:
        """Keep a session, in place of another of its name."""
        now = self.clock()
        with self._lock:
            self._held[session.name] = (now, session)
            self._held.move_to_end(session.name)
            while self._held:
                used, _ = next(iter(self._held.values()))
                if len(self._held) <= self.most and now - used <= self.idle_seconds:
                    return
                self._held.popitem(last=False)

    def remove(self, name: str) -> Session | None:
        """End a session; None when there is none."""
        with self._lock:
            found = self._held.pop(name, None)
        return None if found is None else found[1]
