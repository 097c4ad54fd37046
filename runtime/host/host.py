"""The host: what the runtime API of the original offers, in process.

Calls of one session may come from several threads: each is a turn of its own, which is kept as a
whole or done again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, TypeVar
from uuid import uuid4

from interact.runtime.errors import OutputError
from interact.runtime.host import advisory
from interact.runtime.host.batch import Command, carried_out
from interact.runtime.host.calls import Calls
from interact.runtime.host.deployment import Deployment
from interact.runtime.host.events.tracking import Numbers, Record
from interact.runtime.host.offers.impressions import Impressions
from interact.runtime.host.offers.offering import PointRequest
from interact.runtime.host.profiles.source import ProfileSource
from interact.runtime.host.results import (
    ERROR,
    SUCCESS,
    BatchResponse,
    Offer,
    Parameters,
    Response,
    pairs,
)
from interact.runtime.host.setting import Looking, wall_clock
from interact.runtime.host.store.memory import MemoryStore
from interact.runtime.host.store.protocol import Store, StoreError
from interact.runtime.host.trial import Trial
from interact.runtime.host.turn import Turn
from interact.runtime.host.turns import Rows, Steps, run, steps
from interact.runtime.values import instant

if TYPE_CHECKING:
    from interact.runtime.host.session import Session
    from interact.runtime.host.store.stored import Saved

T = TypeVar("T")
RETRY = 1_000_000
"""Microseconds until what could not be done is tried again."""
RETRY_BUGS = 60_000_000
"""The same for what is a bug."""
REMEMBERED = 4
"""Versions that sessions from a store can go on with."""


@dataclass(slots=True)
class Host:
    """Sessions over a deployment.

    Attributes:
        debugging: Tells why sessions with debug on are given what they are; None does not.
        deployment: What new sessions begin with; may be replaced at any time.
        trial: What a share of them begins with instead; None for no trial.
        profiles: Where profiles come from, by audience level in small letters, for deployments
            that do not have their own.
        record: Keeps the history; None keeps none.
        kept: Parameters of sessions that each row of the history has.
        tables: By names in small letters, parameters that it has in sessions which name that table.
        activity: Whether the history tells of declared events and of patterns that are met.
        inputs: Whether the history tells of each decision what it read.
        store: Keeps sessions, and what is known of customers between them.
        clock: The decisions' own time.
        done: Names of rows of delayed actions that a process wrote before it was killed.
        impressions: How often offers with limits may still be given.
        find: Returns a version that is not served here, for sessions that began with it; raises
            ``Busy`` while it is being loaded.
    """

    deployment: Deployment
    profiles: Mapping[str, ProfileSource] = field(default_factory=dict)
    record: Record | None = None
    kept: Sequence[str] = ()
    activity: bool = False
    inputs: bool = False
    numbers: Numbers = field(default_factory=Numbers)
    clock: Callable[[], datetime] = wall_clock
    store: Store = field(default_factory=MemoryStore)
    trial: Trial | None = None
    done: set[str] = field(default_factory=set)
    impressions: Impressions = field(default_factory=Impressions)
    find: Callable[[str], Deployment | None] = lambda version: None
    debugging: Looking | None = None
    tables: Mapping[str, Sequence[str]] = field(default_factory=dict)
    calls: Calls = field(init=False)
    _former: dict[str, Deployment] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.calls = Calls(self)
        self.store.attach(self._revive)

    # -- calls ---------------------------------------------------------------------------------

    def start_session(
        self,
        session: str | None,
        channel: str,
        audience_id: Parameters,
        audience_level: str | None = None,
        parameters: Parameters = (),
        *,
        rely_on_existing: bool = False,
        debug: bool = False,
    ) -> Response:
        """Begin a visit, or with ``rely_on_existing`` go on with one of that name."""
        start = partial(
            self.calls.start_session,
            channel=channel,
            audience_id=pairs(audience_id),
            audience_level=audience_level,
            parameters=pairs(parameters),
            rely_on_existing=rely_on_existing,
            debug=debug,
        )
        return self._one(session or uuid4().hex, start)

    def set_audience(
        self,
        session: str,
        audience_id: Parameters,
        audience_level: str | None = None,
        parameters: Parameters = (),
    ) -> Response:
        """Say who it is, once that is known; the profile is loaded anew."""
        key, given = pairs(audience_id), pairs(parameters)
        return self._one(
            session, lambda turn: self.calls.set_audience(turn, key, audience_level, given)
        )

    def end_session(self, session: str, parameters: Parameters = ()) -> Response:
        """End a visit."""
        given = pairs(parameters)
        return self._one(session, lambda turn: self.calls.end_session(turn, given))

    def get_profile(self, session: str, parameters: Parameters = ()) -> Response:
        """Return all that is known of the customer now."""
        given = pairs(parameters)
        return self._one(session, lambda turn: self.calls.get_profile(turn, given))

    def set_debug(self, session: str, debug: bool, parameters: Parameters = ()) -> Response:
        """Log more about a session, or no more."""
        given = pairs(parameters)
        return self._one(session, lambda turn: self.calls.set_debug(turn, debug, given))

    def version(self) -> Response:
        """Tell which version new sessions get."""
        return self.calls.version()

    def get_offers(
        self, session: str, point: str, number: int = 1, parameters: Parameters = ()
    ) -> Response:
        """Return what to show at a point, best first."""
        return self.get_offers_for_points(session, [PointRequest(point, number)], parameters)

    def get_offers_for_points(
        self,
        session: str,
        requests: Sequence[PointRequest],
        parameters: Parameters = (),
    ) -> Response:
        """Return what to show at several points; an earlier one goes first."""
        given = pairs(parameters)
        return self._one(session, lambda turn: self.calls.get_offers(turn, requests, given))

    def post_event(self, session: str, event: str, parameters: Parameters = ()) -> Response:
        """Tell what the customer did: a contact, an accept, a reject."""
        given = pairs(parameters)
        return self._one(session, lambda turn: self.calls.post_event(turn, event, given))

    def execute_batch(self, session: str | None, commands: Sequence[Command]) -> BatchResponse:
        """Carry commands out on one session, and keep what they did together.

        Args:
            commands: As ``batch`` makes them.
        """

        def work(turn: Turn) -> list[Response]:
            return carried_out(self.calls, turn, commands)

        name = session or uuid4().hex
        try:
            answers = self._taken(name, work)
        except StoreError as error:
            answers = [self.refused(name, error)]
        return BatchResponse(max([a.status for a in answers], default=SUCCESS), tuple(answers))

    # -- turns ---------------------------------------------------------------------------------

    def steps(self, session: str, work: Callable[[Turn], T]) -> Steps[T]:
        """Return the steps of a request: calls on one session that are kept together.

        What is read from the store or kept there is done in the thread that takes the steps.
        """
        self._remember(self.deployment)
        store = self.store
        return steps(store, store.find, session, session, work, self.calls.end_idle)

    def run(self, taken: Steps[T]) -> T:
        """Take the steps of a request in this thread."""
        return run(taken, self._record)

    def run_due(self, most: int | None = None) -> int:
        """Do what sessions have to do by now, and end those that are idle; return how many.

        What cannot be done is tried again later, and so is the rest where the history cannot be
        written. Threads may do this side by side.

        Args:
            most: How many sessions at most.

        Raises:
            StoreError: The store does not work.
        """
        count = 0
        while count != most and (id := self.store.claim(instant(self.clock()))) is not None:
            try:
                self.run(steps(self.store, self.store.fetch, id, "", self.calls.go_on))
                count += 1
            except OutputError:
                self._postpone(id, RETRY)
                break
            except Exception as error:
                self._postpone(id, RETRY if isinstance(error, StoreError) else RETRY_BUGS)
                raise
        return count

    def _postpone(self, id: str, length: int) -> None:
        with suppress(StoreError):  # its claim runs out then
            self.store.postpone(id, instant(self.clock()) + length)

    def _one(self, session: str, call: Callable[[Turn], Response]) -> Response:
        try:
            return self._taken(session, call)
        except StoreError as error:
            return self.refused(session, error)

    def _taken(self, session: str, call: Callable[[Turn], T]) -> T:
        if not self.store.is_shared:  # else whoever is first does it
            due = self.store.next_due()
            if due is not None and due <= instant(self.clock()):
                self.run_due()
        return self.run(self.steps(session, call))

    def refused(self, session: str, error: StoreError) -> Response:
        """Return the answer to a call when the store does not work."""
        answer = Response(session, self.deployment.version)
        answer.say(ERROR, advisory.STORE_FAILED, "the session store does not work", error.message)
        return answer

    def _revive(self, saved: Saved) -> Session | None:
        """Return a session that was saved, with its version if that can be had."""
        from interact.runtime.host.reviving import revived

        own = self._version(saved.version) or self.deployment
        served = own.channel(saved.channel)
        return None if served is None else revived(saved, served, self.profiles)

    def _version(self, version: str) -> Deployment | None:
        trial = self.trial.deployment if self.trial is not None else self.deployment
        served = (self.deployment, trial, *self._former.values())
        return next((d for d in served if d.version == version), None) or self.find(version)

    def _remember(self, deployment: Deployment) -> None:
        if deployment.version not in self._former:
            self._former[deployment.version] = deployment
            while len(self._former) > REMEMBERED:
                self._former.pop(next(iter(self._former)), None)

    def _record(self, rows: Rows) -> None:
        if self.record is not None:
            self.record(list(rows))


__all__ = ["Host", "Offer"]
