"""Where sessions and customers' states are kept, and how what a call did is kept as a whole.

A call takes a session and its customer's state, works on copies, and saves them together: if
somebody else saved one of them meanwhile nothing is saved, and the call is done again. What is to
be in the history has to be durable first; so that it is not written twice, what the call took is
reserved before, and whoever asks for it has to wait until it is saved or let go.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Protocol

from msgspec import Struct

from interact.runtime.errors import InteractError
from interact.runtime.host.session import Owner, Session, is_visitor
from interact.runtime.host.states import CustomerState

if TYPE_CHECKING:
    from interact.compiler.core.visit import Pending
    from interact.runtime.host.reviving import Revive


class StoreError(InteractError):
    """The store cannot be reached, or does not take what it is given."""


class NotKeptError(StoreError):
    """What has to survive the process cannot be kept now; all else can."""


class Busy(Exception):
    """What was asked for is reserved; ``subscribe`` has it called back when that is over."""

    def __init__(self, subscribe: Callable[[Callable[[], None]], None]) -> None:
        super().__init__("reserved")
        self.subscribe = subscribe


class Known(Struct, frozen=True):
    """A customer's state as it was loaded, and by what the store knows it."""

    state: CustomerState
    stamp: Any = None


class Held(Struct, frozen=True):
    """A session as it was loaded; it is not to be changed.

    Attributes:
        is_named: Whether clients can still find it by its name; else it has only something to do.
        is_idle: Whether its time without a call is over.
        stamp: By which the store knows whether it was saved meanwhile.
        known: Its customer's state, if that came with it.
    """

    session: Session
    is_named: bool = True
    is_idle: bool = False
    stamp: Any = None
    known: Known | None = None


class Change(Struct, eq=False):
    """What a call did.

    Attributes:
        name: The name of the session that it is about.
        before: The session as it was; None when there was none of that name.
        session: The session as it is now, None when it ended.
        left: Sessions that ended with something still to do.
        states: The states that it changed, with what they were before.
        reserved: Set by the store.
    """

    name: str
    before: Held | None
    session: Session | None
    left: Sequence[Session] = ()
    states: Sequence[tuple[Owner, Known, CustomerState]] = ()
    reserved: Any = None

    @property
    def lasts(self) -> bool:
        """Whether it changes what has to survive: a state, or what is still to be done."""
        before = [] if self.before is None else [self.before.session]
        after = self.left if self.session is None else (*self.left, self.session)
        return any(not is_visitor(owner) for owner, _, _ in self.states) or plans_of(
            before
        ) != plans_of(after)

    @property
    def is_plain(self) -> bool:
        """Whether nothing but the session is another one, and nothing is to be done later."""
        before, session = self.before, self.session
        return (
            before is not None
            and session is not None
            and session.id == before.session.id
            and not self.states
            and not self.left
            and session.planned is None
            and before.session.planned is None
        )


def plans_of(sessions: Iterable[Session]) -> dict[str, tuple[tuple[Pending, ...], int]]:
    """Return what sessions have still to do, and when the first of it is, by their ids."""
    return {s.id: (s.pending, s.planned) for s in sessions if s.planned is not None}


class Store(Protocol):
    """Keeps sessions and states. Threads share it.

    Attributes:
        is_shared: Whether other processes use it, too; it answers over a network then.

    Everything here raises a ``StoreError`` when it cannot be done now, and ``find``, ``fetch``,
    ``known``, ``reserve`` and ``save`` raise ``Busy`` for what another call has reserved.
    """

    @property
    def is_shared(self) -> bool: ...

    def check(self) -> None:
        """Do nothing but to ask whether the store works."""

    def attach(self, revive: Revive) -> None:
        """Begin, with what makes sessions of what was saved."""

    def __len__(self) -> int:
        """Return how many sessions clients can find, as far as this process knows."""

    def find(self, name: str) -> Held | None:
        """Return the session of a name, which counts as a use of it unless its time is over."""

    def fetch(self, id: str) -> Held | None:
        """Return a session by its id, which does not count as a use."""

    def known(self, owner: Owner) -> Known:
        """Return a customer's state, an empty one when nothing is known."""

    def reserve(self, change: Change) -> bool:
        """Keep others off what a call took; False when one of it was saved meanwhile."""

    def release(self, change: Change) -> None:
        """Let go of what was reserved."""

    def save(self, change: Change) -> bool:
        """Keep what a call did, durably if the store is; False when another one came before."""

    def next_due(self) -> int | None:
        """Return when a session has something to do (microseconds since 1970); None when never."""

    def claim(self, now: int) -> str | None:
        """Return the id of a session that has something to do, or is idle; each to one caller."""

    def postpone(self, id: str, until: int) -> None:
        """Give a claimed session back, to be claimed again."""

    def wait(self, seconds: float | None) -> None:
        """Wait so long, or until ``next_due`` may have become earlier."""

    def wake(self) -> None:
        """End the waiting of a thread of this process."""

    def close(self) -> None:
        """Let go of files and connections."""
