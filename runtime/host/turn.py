"""What calls do to a session and its customer, until it is kept as a whole."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

from msgspec import Struct, field

from interact.runtime.errors import InteractError, OutputError
from interact.runtime.host.profiles.source import Key, Profile, ProfileSource
from interact.runtime.host.session import VISITOR, Owner, Session, is_visitor
from interact.runtime.host.states import CustomerState
from interact.runtime.host.store.protocol import Change, Held, Known, Store, plans_of
from interact.stdlib.records import record

Loaded: TypeAlias = Profile | InteractError | None
"""A profile, None for nobody's, or why it cannot be read."""


@record
class Mark:
    """A turn as it was before a command."""

    session: Session | None
    left: tuple[Session, ...]
    states: dict[Owner, CustomerState]
    rows: int


class Turn(Struct, eq=False):
    """One request: commands on one session, one after the other. Nobody else sees it yet.

    Attributes:
        name: Of the session.
        before: The session as it was loaded.
        loaded: Profiles that the request asked for: it is not begun again to wait for one twice.
        session: The session as it is now, None when there is none.
        left: Sessions that ended with something still to do.
        rows: What is to be in the history.
        taken: Gives back what was taken elsewhere, should nothing of this be kept.
        refusal: Why nothing can be written to the history; a command that wants to fails.
        unkept: Why nothing can be kept that has to survive; a command that wants to fails.
        is_within: Whether the session is one within another, which comes back.
        is_restricted: Whether the call at hand names the flowcharts that are worked out.
        is_named: Whether a client knows the name, so that answers can tell it.
    """

    store: Store
    name: str
    before: Held | None
    loaded: dict[object, Loaded] = field(default_factory=dict)
    session: Session | None = None
    left: tuple[Session, ...] = ()
    rows: list[Any] = field(default_factory=list)
    taken: list[Callable[[], None]] = field(default_factory=list)
    refusal: OutputError | None = None
    unkept: OutputError | None = None
    is_named: bool = True
    is_restricted: bool = False
    is_within: bool = False
    _states: dict[Owner, CustomerState] = field(default_factory=dict)
    _known: dict[Owner, Known] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.before is not None:
            self.session = self.before.session.copy()
            if self.before.known is not None:
                owner, known = self.session.owner, self.before.known
                self._known[owner], self._states[owner] = known, known.state

    @property
    def state(self) -> CustomerState:
        """What is known of the session's customer."""
        assert self.session is not None
        return self.state_of(self.session.owner)

    @state.setter
    def state(self, state: CustomerState) -> None:
        assert self.session is not None
        self._states[self.session.owner] = state

    def state_of(self, owner: Owner) -> CustomerState:
        """Return what is known of somebody."""
        found = self._states.get(owner)
        if found is None:
            self._known[owner] = known = self.store.known(owner)
            found = self._states[owner] = known.state
        return found

    def set_state_of(self, owner: Owner, state: CustomerState) -> None:
        """Set what is known of somebody, once it was asked for."""
        self._states[owner] = state

    def load(self, source: ProfileSource, key: Key) -> Profile | None:
        """Return the profile of a key.

        Raises:
            Busy: It is being fetched; the turn is taken again then.
            InteractError: It cannot be read.
        """
        name = id(source), key
        if name not in self.loaded:
            try:
                self.loaded[name] = source.load(key)
            except InteractError as error:
                self.loaded[name] = error
        found = self.loaded[name]
        if isinstance(found, InteractError):
            raise found
        return found

    def record(self, rows: list[Any]) -> None:
        """Have rows written to the history before anything of this is kept.

        Raises:
            OutputError: They cannot be.
        """
        if rows and self.refusal is not None:
            raise self.refusal
        self.rows += rows

    def leave(self) -> None:
        """End the session; what it still has to do will be done."""
        if self.session is not None and self.session.planned is not None:
            self.left = (*self.left, self.session)
        self.session = None

    def embed(self, id: str) -> Callable[[], None]:
        """Go on in a session within the present one, if there is one; return what ends it.

        It begins as that one is, and the history knows it by a name of its own. When it ends, the
        present one is as it was; what the other still has to do will be done.
        """
        outer, self.is_within = self.session, True
        if outer is not None:
            known = self.state
            self.session = outer.copy()
            self.session.name, self.session.id = f"{outer.name}/{id}", id
            self.session.pending, self.session.planned = (), None
            if self.session.owner != outer.owner:  # of a visitor each session has its own
                self.state_of(self.session.owner)
                self.state = known

        def end() -> None:
            left = len(self.left)
            self.leave()
            if len(self.left) == left:
                self._forget_visitor(id)
            self.session, self.is_within = outer, False

        return end

    def _forget_visitor(self, id: str) -> None:
        for owner in [owner for owner in self._states if owner[1] == (VISITOR, id)]:
            del self._states[owner]

    def mark(self) -> Mark | None:
        """Return how it is now; None where no command has to be undone."""
        if self.refusal is None and self.unkept is None:
            return None
        session = self.session and self.session.copy()
        return Mark(session, self.left, dict(self._states), len(self.rows))

    def back_to(self, mark: Mark) -> None:
        """Undo what was done since."""
        self.session = mark.session and mark.session.copy()
        self.left, self._states = mark.left, dict(mark.states)
        del self.rows[mark.rows :]

    def check_kept(self, mark: Mark | None) -> None:
        """Look whether what was done since can be kept.

        Raises:
            OutputError: It has to survive, and cannot be kept.
        """
        if self.unkept is None or mark is None:
            return
        before = (*mark.left, mark.session) if mark.session is not None else mark.left
        after = (*self.left, self.session) if self.session is not None else self.left
        if plans_of(before) != plans_of(after) or any(
            state is not mark.states.get(owner, self._known[owner].state)
            for owner, state in self._states.items()
            if not is_visitor(owner)
        ):
            raise self.unkept

    def give_back(self) -> None:
        """Give back what was taken elsewhere."""
        for undo in self.taken:
            undo()

    def change(self) -> Change:
        """Return what is to be kept."""
        states = [
            (owner, self._known[owner], state)
            for owner, state in self._states.items()
            if state is not self._known[owner].state
        ]
        name = self.name if self.before is None else self.before.session.name
        return Change(name, self.before, self.session, self.left, states)
