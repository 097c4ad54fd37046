"""Carries out what follows from the events of sessions."""

from __future__ import annotations

import heapq
import itertools
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from interact.compiler.core.visit import Effect
from interact.runtime.errors import OutputError
from interact.runtime.host import advisory, happenings
from interact.runtime.host.contacts import remember, suppress
from interact.runtime.host.results import ERROR, WARNING, Response
from interact.runtime.host.session import Session
from interact.runtime.host.states import CustomerState, States
from interact.runtime.host.tracking import TRACKED, Kind, Tracked, tracked
from interact.stdlib.types import Value


@dataclass(slots=True)
class Conduct:
    """Events happen, contacts are recorded, and delayed actions are done when they are due.

    Attributes:
        states: What is known of customers.
        record: Records what was tracked in a session at a time; raises an ``OutputError``.
    """

    states: States
    record: Callable[[Session, Sequence[Tracked], int], None]
    _due: list[tuple[int, int, Session]] = field(default_factory=list)
    _count: Iterator[int] = field(default_factory=itertools.count)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def catch_up(self, session: Session, event: str, now: int, answer: Response) -> CustomerState:
        """Let an event of the system happen, where the channel has any; return what is known."""
        channel = session.served.channel
        if channel.patterns or channel.events:
            self.happen(session, event, now, answer)
        return self.states.load(session.served.audience.name, session.owner)

    def happen(
        self,
        session: Session,
        event: str,
        now: int,
        answer: Response,
        parameters: Mapping[str, Value] | None = None,
        treatment: str = "",
    ) -> None:
        """Let an event happen in a session, after what was due before it."""
        done = happenings.happen(session, self.states, event, now, parameters, treatment)
        self._carry_out(session, done, answer)
        self._plan(session)

    def track(
        self,
        session: Session,
        kind: Kind,
        code: str | None,
        custom: str | None,
        at: int,
        answer: Response,
    ) -> None:
        """Record a contact or response, and remember it where that is durable."""
        tracks = tracked(session, kind, code, custom)
        if not tracks:
            answer.say(WARNING, advisory.NOTHING_TO_LOG, f"{kind} without a tracking code")
        for one in tracks:
            if one.treatment is None:
                text = f"the session has no treatment {one.code}"
                answer.say(WARNING, advisory.UNKNOWN_TREATMENT, text)
        try:
            self.record(session, tracks, at)
        except OutputError as error:
            answer.say(ERROR, advisory.EVENT_LOG_FAILED, "the event was not logged", error.message)
            return
        remember(session, self.states, tracks, at)

    def tick(self, now: int) -> None:
        """Do the delayed actions of all sessions that are due, of those that ended, too."""
        while (session := self._next(now)) is not None:
            with session.lock:
                answer = Response(session.name, session.version)
                self._carry_out(session, happenings.pass_time(session, self.states, now), answer)
                self._plan(session)

    def _next(self, now: int) -> Session | None:
        with self._lock:
            is_due = self._due and self._due[0][0] <= now
            return heapq.heappop(self._due)[2] if is_due else None

    def _plan(self, session: Session) -> None:
        time = happenings.due(session, self.states)
        if time is not None and time != session.planned:
            with self._lock:
                heapq.heappush(self._due, (time, next(self._count), session))
        session.planned = time

    def _carry_out(self, session: Session, effects: Sequence[Effect], answer: Response) -> None:
        for effect in effects:
            kind, names = effect.action.kind, effect.action.names
            code = effect.treatment or None
            if kind.startswith("log "):
                tracks = TRACKED[kind.removeprefix("log ")]
                self.track(session, tracks, code, None, effect.time, answer)
            elif kind == "suppress":
                self._suppress(session, effect, answer)
            elif kind == "qualify":
                listed = ", ".join(names)
                answer.say(WARNING, advisory.NOT_DONE, f"sessions cannot qualify for {listed} yet")

    def _suppress(self, session: Session, effect: Effect, answer: Response) -> None:
        action, offers = effect.action, effect.action.names
        if not offers:
            treatment = session.treatments.get(effect.treatment)
            if treatment is None:
                text = f"the session has no treatment {effect.treatment}".rstrip()
                answer.say(WARNING, advisory.UNKNOWN_TREATMENT, text)
                return
            offers = (treatment.proposal.offer,)
        until = None if action.length is None else effect.time + action.length
        suppress(session, self.states, offers, until)
