"""What a touchpoint may ask, each within a turn.

Every call answers with a ``Response`` and never raises for what a client can cause: a message
says what was wrong, as the original does. A call whose rows cannot be written to the history
changes nothing.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from interact.runtime.errors import OutputError
from interact.runtime.host import advisory
from interact.runtime.host.deployment import NOTHING, Deployment
from interact.runtime.host.events import happenings
from interact.runtime.host.events.conduct import Conduct
from interact.runtime.host.events.posting import is_event, post_once
from interact.runtime.host.identity import forget, identify, key_for, part, take_in
from interact.runtime.host.naming import unknown
from interact.runtime.host.offers.answering import answer_offers
from interact.runtime.host.offers.offering import PointRequest, wrong_number
from interact.runtime.host.parameters import wire_type
from interact.runtime.host.restricting import restrict, restrict_anew
from interact.runtime.host.results import ERROR, WARNING, NameValue, Response, named
from interact.runtime.host.session import Session
from interact.runtime.host.setting import Setting, wall_clock
from interact.runtime.host.turn import Turn
from interact.runtime.host.wishes import merges
from interact.runtime.values import from_machine, instant

Work = Callable[[Session, Response], None]


@dataclass(slots=True)
class Calls:
    """The calls of a host."""

    setting: Setting
    conduct: Conduct = field(init=False)

    def __post_init__(self) -> None:
        self.conduct = Conduct(self.setting)

    @property
    def now(self) -> int:
        """The time of a decision, in microseconds since 1970."""
        clock = self.setting.clock
        return time.time_ns() // 1000 if clock is wall_clock else instant(clock())

    # -- sessions ------------------------------------------------------------------------------

    def start_session(
        self,
        turn: Turn,
        channel: str,
        audience_id: Sequence[NameValue],
        audience_level: str | None = None,
        parameters: Sequence[NameValue] = (),
        *,
        rely_on_existing: bool = False,
        debug: bool = False,
    ) -> Response:
        """Begin a visit, or with ``rely_on_existing`` go on with the one there is.

        Without an audience id it is that of somebody whom nobody knows.
        """
        if rely_on_existing and turn.session is not None:
            answer = Response(turn.name, turn.session.version)
            restrict(turn.session, turn.state, parameters, self.now, answer)
            take_in(turn.session, parameters, answer)
            part(turn.session, parameters)
            return answer
        deployment = self._begins_with(channel, audience_id)
        answer = Response(turn.name, deployment.version)
        served = deployment.channel(channel)
        if served is None:
            _no_channel(channel, deployment, answer)
            return answer
        key = key_for(served, audience_id, audience_level, answer)
        if key is None:
            return answer
        turn.leave()
        made = Session(turn.name, self.setting.numbers(), served, debug=debug)
        turn.session = made
        identify(made, self.setting.profiles, key, answer, turn.load)
        take_in(made, parameters, answer)
        restrict_anew(made, parameters, answer)
        made = self._caught_up(turn, "session_start", self.now, answer, WARNING)
        part(made, parameters)
        return answer

    def _begins_with(self, channel: str, audience_id: Sequence[NameValue]) -> Deployment:
        trial = self.setting.trial
        is_tried = trial is not None and trial.is_for(channel, audience_id)
        return trial.deployment if trial is not None and is_tried else self.setting.deployment

    def set_audience(
        self,
        turn: Turn,
        audience_id: Sequence[NameValue],
        audience_level: str | None = None,
        parameters: Sequence[NameValue] = (),
    ) -> Response:
        """Say who it is, once that is known; the profile is loaded anew."""
        session = turn.session
        if session is None:
            return self.unknown(turn)
        refused = Response(turn.name, session.version)
        key = key_for(session.served, audience_id, audience_level, refused)
        if not key:
            if key is not None:
                parts = ", ".join(part.name for part in session.served.audience.key)
                text = f"setAudience needs an audienceID with {parts}"
                refused.say(ERROR, advisory.INVALID_AUDIENCE, text)
            return refused
        known = key

        def work(found: Session, answer: Response) -> None:
            self.conduct.pass_time(turn, self.now, answer)
            visitor = found.owner, found.known
            forget(found)
            identify(found, self.setting.profiles, known, answer, turn.load)
            take_in(found, [*found.extra.values(), *parameters], answer)
            restrict_anew(found, parameters, answer)
            if merges(found.extra):
                self.conduct.become(turn, *visitor, self.now, answer)
            self.conduct.catch_up(turn, "set_audience", self.now, answer)

        return self._in_session(turn, work, parameters)

    def end_session(self, turn: Turn, parameters: Sequence[NameValue] = ()) -> Response:
        """End a visit."""

        def work(found: Session, answer: Response) -> None:
            self._take(turn, found, parameters, self.now, answer)
            self.conduct.catch_up(turn, "session_end", self.now, answer)
            turn.leave()

        return self._in_session(turn, work, parameters)

    def get_profile(self, turn: Turn, parameters: Sequence[NameValue] = ()) -> Response:
        """Return all that is known of the customer now, as decisions see it."""

        def work(found: Session, answer: Response) -> None:
            self._take(turn, found, parameters, self.now, answer)
            self.conduct.catch_up(turn, "get_profile", self.now, answer)
            seen = happenings.known_customer(found, turn.state, self.now).values
            answer.profile += [
                named(a.name, from_machine(seen.get(a.name), a.type), wire_type(a.type.kind))
                for a in found.served.audience.attributes
            ]
            answer.profile += found.extra.values()

        return self._in_session(turn, work, parameters)

    def set_debug(self, turn: Turn, debug: bool, parameters: Sequence[NameValue] = ()) -> Response:
        """Log more about a session, or no more."""

        def work(found: Session, answer: Response) -> None:
            self._take(turn, found, parameters, self.now, answer)
            found.debug = debug
            self.conduct.catch_up(turn, "set_debug", self.now, answer)

        return self._in_session(turn, work, parameters)

    def version(self, turn: Turn | None = None) -> Response:
        """Tell which version new sessions get, in a live session or outside of one."""
        name = turn.name if turn is not None and turn.session is not None else None
        return Response(name, self.setting.deployment.version)

    def unknown(self, turn: Turn) -> Response:
        """Say that there is no such session, in the words that clients look for."""
        answer = Response(turn.name, self.setting.deployment.version)
        which = f": {turn.name}" if turn.is_named else ""
        answer.say(ERROR, advisory.INVALID_SESSION, f"{advisory.INVALID_SESSION_TEXT}{which}")
        return answer

    @staticmethod
    def _take(
        turn: Turn, found: Session, parameters: Sequence[NameValue], now: int, answer: Response
    ) -> None:
        """Keep the parameters of a call."""
        if parameters:
            turn.is_restricted = restrict(found, turn.state, parameters, now, answer)
            take_in(found, parameters, answer)

    # -- offers --------------------------------------------------------------------------------

    def get_offers(
        self,
        turn: Turn,
        requests: Sequence[PointRequest],
        parameters: Sequence[NameValue] = (),
    ) -> Response:
        """Return what to show at several points; an earlier one goes first."""
        if turn.session is not None:
            for request in requests:
                if (wrong := wrong_number("numberRequested", request.number)) is not None:
                    refused = Response(turn.name, turn.session.version)
                    refused.say(ERROR, advisory.WRONG_ARGUMENT, wrong)
                    return refused

        def work(found: Session, answer: Response) -> None:
            now = self.now
            self._take(turn, found, parameters, now, answer)
            found = self._caught_up(turn, "get_offers", now, answer)
            answer_offers(self.setting, turn, found, requests, now, answer)

        return self._in_session(turn, work, parameters)

    def _caught_up(
        self, turn: Turn, event: str, now: int, answer: Response, level: int = ERROR
    ) -> Session:
        """Let an event of the system happen if the history takes what follows; return the session.

        Sessions begin and end, and offers are given, even when it does not.
        """
        if turn.session is not None and self.conduct.is_quiet(turn.session, event, now):
            return turn.session
        mark = turn.mark()
        try:
            self.conduct.catch_up(turn, event, now, answer)
            turn.check_kept(mark)
        except OutputError as error:
            assert mark is not None
            turn.back_to(mark)
            _refuse(answer, turn, error, advisory.SYSTEM_LOG_FAILED, level)
        assert turn.session is not None
        return turn.session

    # -- events --------------------------------------------------------------------------------

    def post_event(self, turn: Turn, event: str, parameters: Sequence[NameValue] = ()) -> Response:
        """Tell what the customer did: a contact, an accept, a reject."""
        if turn.session is not None:
            refused = Response(turn.name, turn.session.version)
            if not is_event(turn.session, event, refused):
                return refused

        def work(found: Session, answer: Response) -> None:
            now = self.now
            turn.is_restricted = restrict(found, turn.state, parameters, now, answer)
            post_once(self.conduct, turn, event, parameters, now, answer)

        return self._in_session(turn, work, parameters, advisory.EVENT_LOG_FAILED)

    # -- what happens by itself ----------------------------------------------------------------

    def go_on(self, turn: Turn) -> None:
        """Do what a session has to do by now; end it when it is idle, or only was left for that.

        Raises:
            OutputError: What follows cannot be written or kept; it is to be done later.
        """
        held, session = turn.before, turn.session
        if held is None or session is None:
            return
        answer = Response(turn.name, session.version)
        if held.is_idle:
            self.end_idle(turn)
        else:
            mark = turn.mark()
            self.conduct.pass_time(turn, self.now, answer)
            turn.check_kept(mark)
            if not held.is_named:
                turn.leave()

    def end_idle(self, turn: Turn) -> None:
        """End a session that nobody used for too long, as far as the history lets it."""
        assert turn.session is not None
        answer = Response(turn.name, turn.session.version)
        self._caught_up(turn, "session_end", self.now, answer)
        turn.leave()

    def _in_session(
        self,
        turn: Turn,
        work: Work,
        parameters: Sequence[NameValue] = (),
        failed: int = advisory.SYSTEM_LOG_FAILED,
    ) -> Response:
        """Do some work in a session, if the history takes what follows; ``failed`` when not."""
        session = turn.session
        if session is None:
            return self.unknown(turn)
        answer = Response(turn.name, session.version)
        turn.is_restricted = False
        mark = turn.mark()
        try:
            work(session, answer)
            if parameters:
                part(session, parameters)
            turn.check_kept(mark)
        except OutputError as error:
            assert mark is not None
            turn.back_to(mark)
            answer = Response(turn.name, session.version)
            _refuse(answer, turn, error, failed)
        return answer


def _refuse(
    answer: Response, turn: Turn, error: OutputError, code: int, level: int = ERROR
) -> None:
    what = "logged" if error is turn.refusal else "kept"
    answer.say(level, code, f"the event was not {what}", error.message)


def _no_channel(channel: str, deployment: Deployment, answer: Response) -> None:
    if deployment.version == NOTHING:
        answer.say(ERROR, advisory.CHANNEL_LOOK_UP_FAILED, "nothing is deployed here yet")
    else:
        text = unknown("interactive channel", channel, (c.name for c in deployment.channels))
        answer.say(ERROR, advisory.INVALID_CHANNEL, text)
