"""Carries out what follows from the events of sessions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from interact.compiler.core.visit import Effect
from interact.runtime.host import advisory
from interact.runtime.host.events import happenings
from interact.runtime.host.events.activity import Activity
from interact.runtime.host.events.contacts import remember, suppress
from interact.runtime.host.events.lacking import (
    nothing_to_suppress,
    tell_of_planned,
    without_code,
    without_treatment,
)
from interact.runtime.host.events.tracking import TRACKED, Kind, history_events, tracked
from interact.runtime.host.restricting import release
from interact.runtime.host.results import WARNING, Response
from interact.runtime.host.session import Owner, Session
from interact.runtime.host.setting import Setting
from interact.runtime.host.states import CustomerState
from interact.runtime.host.turn import Turn
from interact.runtime.host.wishes import TABLE
from interact.stdlib.types import Value


@dataclass(slots=True)
class Conduct:
    """Events happen, contacts are recorded, and delayed actions are done when they are due."""

    setting: Setting

    def catch_up(self, turn: Turn, event: str, now: int, answer: Response) -> None:
        """Let an event of the system happen, where anything follows from it."""
        if event in _session(turn).served.heard:
            self.happen(turn, event, now, answer)
        else:
            self.pass_time(turn, now, answer)

    @staticmethod
    def is_quiet(session: Session, event: str, now: int) -> bool:
        """Return whether nothing follows from an event of the system, and nothing is due."""
        planned = session.planned
        return event not in session.served.heard and (planned is None or planned > now)

    def pass_time(self, turn: Turn, now: int, answer: Response) -> None:
        """Do what is due in a session."""
        session = _session(turn)
        if session.planned is None or session.planned > now:
            return

        def name() -> str:
            # The same when it is done again by another process, so that it counts once.
            session.delayed += 1
            return f"{session.id}~{session.delayed}"

        seen = self._seen(session, None)
        done = happenings.pass_time(turn, now, seen.tell)
        self._record(turn, seen)
        self._carry_out(turn, done, name, answer)

    def happen(
        self,
        turn: Turn,
        event: str,
        now: int,
        answer: Response,
        parameters: Mapping[str, Value] | None = None,
        treatment: str = "",
        name: Callable[[], str] | None = None,
        response: str = "",
    ) -> None:
        """Let an event happen in a session, after what was due before it.

        Args:
            response: What the client calls a response; empty for accept or reject.
            name: Names the rows that come of it.

        Raises:
            OutputError: It cannot be recorded.
        """
        self.pass_time(turn, now, answer)
        names = name or self.setting.numbers
        session = _session(turn)
        before = len(session.pending)
        seen, about = self._seen(session, names), (treatment, response)
        done = happenings.happen(turn, event, now, parameters or {}, *about, seen.tell)
        self._record(turn, seen)
        self._carry_out(turn, done, names, answer)
        tell_of_planned(session, session.pending[before:], answer)

    def become(
        self, turn: Turn, visitor: Owner, is_known: bool, now: int, answer: Response
    ) -> None:
        """Give a customer what is known of a visitor, of whom that is forgotten.

        What was done by somebody whom a profile knows is not given on.

        Raises:
            OutputError: What follows cannot be recorded.
        """
        if visitor == _session(turn).owner:
            return
        if is_known:
            text = "states of patterns stay with the customer before, who is known"
            answer.say(WARNING, advisory.NOT_DONE, text)
            return
        session, theirs = _session(turn), turn.state_of(visitor)
        seen = self._seen(session, self.setting.numbers)
        effects = happenings.merge(turn, theirs, now, seen.tell)
        own = {happenings.state_name(session, p) for p in session.served.channel.patterns}
        left = {name: state for name, state in theirs.patterns.items() if name not in own}
        turn.set_state_of(visitor, CustomerState(patterns=left))
        self._record(turn, seen)
        self._carry_out(turn, effects, self.setting.numbers, answer)

    def track(
        self,
        turn: Turn,
        kind: Kind,
        code: str | None,
        at: int,
        answer: Response,
        custom: str | None = None,
        name: Callable[[], str] | None = None,
    ) -> None:
        """Record a contact or response, and remember it.

        Raises:
            OutputError: It cannot be recorded.
        """
        session = _session(turn)
        tracks = tracked(session, kind, code, custom)
        if not tracks:
            without_code(kind, answer, kind == "contact" and code is None)
        for one in tracks:
            if one.treatment is None:
                without_treatment(one.code, answer)
        setting = self.setting
        if setting.record is not None:
            names = name or setting.numbers
            columns = [*setting.kept, *self._table(session, answer)]
            rows = history_events(session, tracks, at, names, columns)
            turn.record([row for row in rows if row.event not in setting.done])
        remember(turn, tracks, at)

    def _seen(self, session: Session, names: Callable[[], str] | None) -> Activity:
        is_kept = self.setting.activity and self.setting.record is not None
        return Activity(session, is_kept, names)

    def _record(self, turn: Turn, seen: Activity) -> None:
        turn.record([row for row in seen.rows if row.event not in self.setting.done])

    def _table(self, session: Session, answer: Response) -> Sequence[str]:
        """Return what rows have of a session that names a table, and that name."""
        sent = session.extra.get(TABLE)
        if sent is None:
            return ()
        columns = self.setting.tables.get(str(sent.value).lower())
        if columns is None:
            text = f"{sent.name}: no table of that name is known here, and nothing was kept for it"
            answer.say(WARNING, advisory.NOT_DONE, text)
            return ()
        return (sent.name, *columns)

    def _carry_out(
        self, turn: Turn, effects: Sequence[Effect], name: Callable[[], str], answer: Response
    ) -> None:
        for effect in effects:
            kind = effect.action.kind
            code = effect.treatment or None
            if kind.startswith("log "):
                tracks, called = TRACKED[kind.removeprefix("log ")], effect.response or None
                self.track(turn, tracks, code, effect.time, answer, called, name)
            elif kind == "resegment" and not turn.is_restricted:
                release(_session(turn), effect.action.names)
            elif kind == "suppress":
                self._suppress(turn, effect, answer)

    def _suppress(self, turn: Turn, effect: Effect, answer: Response) -> None:
        action, offers = effect.action, effect.action.names
        if not offers:
            treatment = _session(turn).treatment(effect.treatment)
            if treatment is None:
                nothing_to_suppress(effect.treatment, answer)
                return
            offers = (treatment.shown.offer,)
        until = None if action.length is None else effect.time + action.length
        suppress(turn, offers, until)


def _session(turn: Turn) -> Session:
    assert turn.session is not None
    return turn.session
