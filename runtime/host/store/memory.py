"""Sessions and states in this process, with a journal of what has to survive it.

What is held is never changed but replaced, so a save compares what it was made from by identity.
"""

from __future__ import annotations

import heapq
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from interact.runtime.host.session import Owner, Session, is_visitor, visitor
from interact.runtime.host.states import NOTHING, CustomerState
from interact.runtime.host.store.protocol import Busy, Change, Held, Known, NotKeptError, StoreError

if TYPE_CHECKING:
    from interact.runtime.host.reviving import Revive
    from interact.runtime.host.store.stored import Saved

IDLE_SECONDS = 300.0
MOST_SESSIONS = 100_000
MOST_CUSTOMERS = 1_000_000
NAME = "name"


class Journal(Protocol):
    """What survives the process: states, and sessions that have something to do."""

    def state(self, owner: Owner) -> CustomerState | None:
        """Return the state of a customer; None when nothing was kept."""

    def pending(self) -> Sequence[Saved]:
        """Return the sessions that have something to do, as a former process left them."""

    def write(
        self,
        states: Iterable[tuple[Owner, CustomerState]],
        planned: Iterable[Session],
        done: Iterable[str],
    ) -> None:
        """Keep states and sessions, and forget sessions by id; all or nothing.

        Raises:
            StoreError: Nothing of it is kept.
        """

    def close(self) -> None:
        """Let go of the file."""


@dataclass(slots=True)
class MemoryStore:
    """A store in this process. Sessions that are idle end, and the oldest when there are many.

    Attributes:
        most: Sessions that clients can find; ``most_customers`` those whose states are held.
        clock: Seconds that only go forward; a seam for tests.
        journal: Where to keep what has to survive; None keeps nothing.
    """

    idle_seconds: float = IDLE_SECONDS
    most: int = MOST_SESSIONS
    most_customers: int = MOST_CUSTOMERS
    clock: Callable[[], float] = time.monotonic
    journal: Journal | None = None
    _sessions: dict[str, Session] = field(default_factory=dict)
    _names: OrderedDict[str, tuple[float, str]] = field(default_factory=OrderedDict)
    _states: OrderedDict[Owner, CustomerState] = field(default_factory=OrderedDict)
    _due: list[tuple[int, str]] = field(default_factory=list)
    _listed: dict[str, int] = field(default_factory=dict)
    _reserved: dict[Hashable, list[Callable[[], None]]] = field(default_factory=dict)
    _is_woken: bool = False
    _is_failing: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _changed: threading.Condition = field(init=False)

    def __post_init__(self) -> None:
        self._changed = threading.Condition(self._lock)

    @property
    def is_shared(self) -> bool:
        return False

    def check(self) -> None:
        """Do nothing."""

    def attach(self, revive: Revive) -> None:
        """Take over what a former process has left to do."""
        for saved in () if self.journal is None else self.journal.pending():
            session = revive(saved)
            if session is not None:  # else it waits until a version has its channel
                with self._lock:
                    self._sessions[session.id] = session
                    self._plan(session)

    def __len__(self) -> int:
        return len(self._names)

    # -- calls ---------------------------------------------------------------------------------

    def find(self, name: str) -> Held | None:
        """Return the session of a name, which counts as a use of it unless its time is over."""
        now = self.clock()
        with self._lock:
            if self._reserved and (NAME, name) in self._reserved:
                raise self._busy((NAME, name))
            found = self._names.get(name)
            if found is None:
                return None
            used, id = found
            if now - used > self.idle_seconds:
                return Held(self._sessions[id], is_idle=True)
            self._names[name] = now, id
            self._names.move_to_end(name)
            session = self._sessions[id]
            owner = session.owner
            if owner in self._reserved:
                return Held(session)
            return Held(session, known=Known(self._state(owner)))

    def fetch(self, id: str) -> Held | None:
        """Return a session by its id, which does not count as a use."""
        with self._lock:
            session = self._sessions.get(id)
            if session is None:
                return None
            if id in self._reserved:
                raise self._busy(id)
            used, named = self._names.get(session.name, (0.0, ""))
            is_over = self._is_over(used) or id == self._first_over()
            return Held(session, named == id, named == id and is_over)

    def known(self, owner: Owner) -> Known:
        """Return a customer's state, an empty one when nothing is known."""
        with self._lock:
            if self._reserved and owner in self._reserved:
                raise self._busy(owner)
            return Known(self._state(owner))

    def reserve(self, change: Change) -> bool:
        """Keep others off what a call took; False when one of it was saved meanwhile."""
        with self._lock:
            if not self._is_current(change):
                return False
            self._try_journal(change)
            change.reserved = _taken(change)
            self._reserved.update((what, []) for what in change.reserved)
            return True

    def release(self, change: Change) -> None:
        """Let go of what was reserved."""
        if change.reserved is None:
            return
        with self._lock:
            waiting = [call for what in change.reserved for call in self._reserved.pop(what)]
            change.reserved = None
        for call in waiting:
            call()

    def save(self, change: Change) -> bool:
        """Keep what a call did; False when another one came before."""
        with self._lock:
            if change.reserved is None and not self._is_current(change):
                return False
            if change.is_plain:
                assert change.session is not None
                self._sessions[change.session.id] = change.session
            else:
                if self.journal is not None:
                    self._write(self.journal, change)
                self._replace(change)
        self.release(change)
        return True

    # -- what is due ---------------------------------------------------------------------------

    def next_due(self) -> int | None:
        """Return when a session has something to do; None when none has, 0 when one is over."""
        with self._lock:
            if self._first_over() is not None:
                return 0
            return self._due[0][0] if self._due else None

    def claim(self, now: int) -> str | None:
        """Return the id of a session that has something to do, or is over."""
        with self._lock:
            while self._due and self._due[0][0] <= now:
                time, id = heapq.heappop(self._due)
                if self._listed.get(id) != time:
                    continue  # it was listed anew
                del self._listed[id]
                session = self._sessions.get(id)
                if session is not None and session.planned is not None and session.planned <= time:
                    return id
            return self._first_over()

    def postpone(self, id: str, until: int) -> None:
        """Give a claimed session back, to be claimed again."""
        with self._lock:
            self._list(until, id)
            self._notify()
            session = self._sessions.get(id)
            if session is not None and id == self._first_over():  # others end meanwhile
                self._names[session.name] = self.clock(), id
                self._names.move_to_end(session.name)

    def wait(self, seconds: float | None) -> None:
        """Wait so long, or until ``next_due`` may have become earlier."""
        with self._lock:
            if self._names:
                used = next(iter(self._names.values()))[0]
                left = max(0.0, used + self.idle_seconds - self.clock()) + 0.001
                seconds = left if seconds is None else min(seconds, left)
            if not self._is_woken:
                self._changed.wait(seconds)
            self._is_woken = False

    def wake(self) -> None:
        """End the waiting of a thread of this process."""
        with self._lock:
            self._notify()

    def close(self) -> None:
        """Let go of the journal."""
        if self.journal is not None:
            self.journal.close()

    # -- with the lock held --------------------------------------------------------------------

    def _busy(self, what: Hashable) -> Busy:
        def subscribe(call: Callable[[], None]) -> None:
            with self._lock:
                waiting = self._reserved.get(what)
                if waiting is not None:
                    waiting.append(call)
                    return
            call()

        return Busy(subscribe)

    def _state(self, owner: Owner) -> CustomerState:
        found = self._states.get(owner)
        if found is None and self.journal is not None and not is_visitor(owner):
            found = self.journal.state(owner) or NOTHING
            self._hold(owner, found)
        return NOTHING if found is None else found

    def _hold(self, owner: Owner, state: CustomerState) -> None:
        self._states[owner] = state
        self._states.move_to_end(owner)
        while len(self._states) > self.most_customers:
            self._states.popitem(last=False)

    def _is_current(self, change: Change) -> bool:
        """Return whether nothing of it was saved meanwhile; raise ``Busy`` for what is reserved."""
        before = change.before
        for what in _taken(change) if self._reserved else ():
            if what in self._reserved:
                raise self._busy(what)
        if before is None:
            if change.name in self._names:
                return False
        elif self._sessions.get(before.session.id) is not before.session:
            return False
        return not change.states or all(
            self._state(owner) is known.state for owner, known, _ in change.states
        )

    def _write(self, journal: Journal, change: Change) -> None:
        planned = [s for s in (*change.left, *_present(change.session)) if s.planned is not None]
        former = None if change.before is None else change.before.session
        was_planned = former is not None and former.planned is not None
        done = {former.id} if former is not None and was_planned else set()
        done -= {session.id for session in planned}
        states = [(owner, s) for owner, _, s in change.states if not is_visitor(owner)]
        if not states and not planned and not done:
            return
        try:
            journal.write(states, planned, done)
            self._is_failing = False
        except StoreError as error:
            self._is_failing = True
            if change.lasts:
                raise NotKeptError(error.message) from error

    def _try_journal(self, change: Change) -> None:
        """Look whether a journal that failed works again, before the history is written.

        Raises:
            NotKeptError: It does not, and the change has to survive.
        """
        session = change.session or (None if change.before is None else change.before.session)
        if not self._is_failing or self.journal is None or session is None or not change.lasts:
            return
        owner = session.owner
        if not is_visitor(owner):
            try:
                self.journal.write([(owner, self._state(owner))], (), ())
            except StoreError as error:
                raise NotKeptError(error.message) from error

    def _replace(self, change: Change) -> None:
        before, session = change.before, change.session
        for owner, _, state in change.states:
            self._hold(owner, state)
        if before is not None and (session is None or session.id != before.session.id):
            self._names.pop(before.session.name if before.is_named else "", None)
            if not any(one.id == before.session.id for one in change.left):
                self._sessions.pop(before.session.id, None)
                self._states.pop(visitor(before.session), None)
        for one in (*change.left, *_present(session)):
            self._sessions[one.id] = one
            self._plan(one)
        if session is not None and (before is None or before.is_named):
            self._names.setdefault(change.name, (self.clock(), session.id))
            if len(self._names) > self.most:
                self._notify()

    def _plan(self, session: Session) -> None:
        time = session.planned
        if time is not None and self._listed.get(session.id) != time:
            if not self._due or time < self._due[0][0]:
                self._notify()
            self._list(time, session.id)

    def _list(self, time: int, id: str) -> None:
        self._listed[id] = time
        heapq.heappush(self._due, (time, id))

    def _notify(self) -> None:
        self._is_woken = True
        self._changed.notify_all()

    def _is_over(self, used: float) -> bool:
        return self.clock() - used > self.idle_seconds

    def _first_over(self) -> str | None:
        if not self._names:
            return None
        used, id = next(iter(self._names.values()))
        return id if len(self._names) > self.most or self._is_over(used) else None


def _present(session: Session | None) -> list[Session]:
    return [] if session is None else [session]


def _taken(change: Change) -> list[Hashable]:
    before = change.before
    taken: list[Hashable] = [] if before is None else [before.session.id]
    if before is None or before.is_named:
        taken.append((NAME, change.name))
    return [*taken, *(owner for owner, _, _ in change.states)]
