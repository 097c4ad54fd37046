"""What a touchpoint may ask, each within a turn.

Every call answers with a ``Response`` and never raises for what a client can cause: a message
says what was wrong, as the original does. A call whose rows cannot be written to the history
changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import count

from interact.compiler.core.program import Audience
from interact.runtime.errors import DataError, OutputError
from interact.runtime.host import advisory, audience
from interact.runtime.host.deployment import NOTHING, Deployment
from interact.runtime.host.events import happenings
from interact.runtime.host.events.conduct import Conduct
from interact.runtime.host.events.contacts import suppressed, unsuppressed
from interact.runtime.host.events.tracking import TRACKED, treatment_code
from interact.runtime.host.identity import forget, identify, part, take_in
from interact.runtime.host.offers.decided import decided_row
from interact.runtime.host.offers.giving import Given, Wanted, give
from interact.runtime.host.offers.held import served_with
from interact.runtime.host.offers.offering import PointRequest, listed_at, offer_list
from interact.runtime.host.offers.propensity import propensities, untold
from interact.runtime.host.parameters import reserved, wire_type
from interact.runtime.host.restricting import restrict, restrict_anew
from interact.runtime.host.results import ERROR, WARNING, NameValue, Response, named
from interact.runtime.host.session import Session
from interact.runtime.host.setting import Setting
from interact.runtime.host.turn import Turn
from interact.runtime.host.wishes import EVENT_ID, RESPONSE_TYPE, Wishes, merges, wishes_of
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
        return instant(self.setting.clock())

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
        """Begin a visit, or with ``rely_on_existing`` go on with the one there is."""
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
        if not audience.is_level(served, audience_level):
            answer.say(ERROR, advisory.INVALID_AUDIENCE, _for_level(served.name, served.audience))
            return answer
        turn.leave()
        made = Session(turn.name, self.setting.numbers(), served, debug=debug)
        turn.session = made
        identify(made, self.setting.profiles, audience_id, answer)
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

        def work(found: Session, answer: Response) -> None:
            served = found.served
            if not audience.is_level(served, audience_level):
                text = _for_level(served.name, served.audience)
                answer.say(ERROR, advisory.INVALID_AUDIENCE, text)
                return
            self.conduct.pass_time(turn, self.now, answer)
            visitor = found.owner, found.known
            forget(found)
            identify(found, self.setting.profiles, audience_id, answer)
            take_in(found, [*found.extra.values(), *parameters], answer)
            restrict_anew(found, parameters, answer)
            if merges(found.extra) and answer.status != ERROR:
                self.conduct.become(turn, *visitor, self.now, answer)
            self.conduct.catch_up(turn, "set_audience", self.now, answer)

        return self._in_session(turn, work, parameters)

    def end_session(self, turn: Turn) -> Response:
        """End a visit."""

        def work(found: Session, answer: Response) -> None:
            self.conduct.catch_up(turn, "session_end", self.now, answer)
            turn.leave()

        return self._in_session(turn, work)

    def get_profile(self, turn: Turn) -> Response:
        """Return all that is known of the customer now, as decisions see it."""

        def work(found: Session, answer: Response) -> None:
            self.conduct.catch_up(turn, "get_profile", self.now, answer)
            seen = happenings.known_customer(found, turn.state, self.now).values
            answer.profile += [
                named(a.name, from_machine(seen.get(a.name), a.type), wire_type(a.type.kind))
                for a in found.served.audience.attributes
            ]
            answer.profile += found.extra.values()

        return self._in_session(turn, work)

    def set_debug(self, turn: Turn, debug: bool) -> Response:
        """Log more about a session, or no more."""

        def work(found: Session, answer: Response) -> None:
            found.debug = debug
            self.conduct.catch_up(turn, "set_debug", self.now, answer)

        return self._in_session(turn, work)

    def version(self) -> Response:
        """Tell which version new sessions get."""
        return Response(None, self.setting.deployment.version)

    def unknown(self, turn: Turn) -> Response:
        """Say that there is no such session, in the words that clients look for."""
        answer = Response(turn.name, self.setting.deployment.version)
        which = f": {turn.name}" if turn.is_named else ""
        answer.say(ERROR, advisory.INVALID_SESSION, f"{advisory.INVALID_SESSION_TEXT}{which}")
        return answer

    # -- offers --------------------------------------------------------------------------------

    def get_offers(
        self,
        turn: Turn,
        requests: Sequence[PointRequest],
        parameters: Sequence[NameValue] = (),
    ) -> Response:
        """Return what to show at several points; an earlier one goes first."""

        def work(found: Session, answer: Response) -> None:
            now = self.now
            if parameters:
                turn.is_restricted = restrict(found, turn.state, parameters, now, answer)
            take_in(found, parameters, answer)
            found = self._caught_up(turn, "get_offers", now, answer)
            state = turn.state
            customer = happenings.known_customer(found, state, now)
            wanted = _wanted(found, requests, answer)
            barred, wishes = suppressed(found, state, now), wishes_of(found.extra)
            if wishes.ignores_suppression:
                customer, barred = unsuppressed(customer), set()
            counts = self.setting.impressions
            served = served_with(found.served, found.held) if found.held else found.served
            given = give(served, wanted, wishes, customer, now, barred, counts)
            if given.failure:
                answer.say(WARNING, advisory.NOT_COUNTED, "offers with limits", given.failure)
            if given.give_back is not None:
                turn.taken.append(given.give_back)
            found.latest = 0
            decisions = [self.setting.numbers() for _ in wanted]
            if self.setting.inputs:
                self._keep_inputs(turn, given, wanted, wishes, now, barred, decisions, answer)
            if found.debug and self.setting.debugging is not None:
                from interact.runtime.host.offers.reasons import look_into

                look = self.setting.debugging
                look_into(look, found, served, wanted, given, now, barred, decisions, answer)
            likely = (
                untold(given)
                if self.setting.record is None or found.held
                else propensities(found.served, wanted, wishes, given, now, barred)
            )
            shown = zip(wanted, given.proposals, decisions, likely, strict=True)
            for (place, _), proposals, decision, told in shown:
                if proposals:
                    listed = listed_at(found, place, proposals, given.choice, decision, told)
                    found.remember(listed)
                answer.offer_lists.append(offer_list(place, decision, proposals, wishes))

        return self._in_session(turn, work, parameters)

    def _keep_inputs(
        self,
        turn: Turn,
        given: Given,
        wanted: Sequence[Wanted],
        wishes: Wishes,
        now: int,
        barred: set[str],
        decisions: Sequence[str],
        answer: Response,
    ) -> None:
        """Keep what a decision read; offers are given even when it fails."""
        if self.setting.record is None or turn.session is None:
            return
        name = self.setting.numbers()
        row = decided_row(turn.session, name, given, wanted, wishes, now, barred, decisions)
        try:
            turn.record([row])
        except OutputError as error:
            text = "the decision was not logged"
            answer.say(WARNING, advisory.SYSTEM_LOG_FAILED, text, error.message)

    def _caught_up(
        self, turn: Turn, event: str, now: int, answer: Response, level: int = ERROR
    ) -> Session:
        """Let an event of the system happen if the history takes what follows; return the session.

        Sessions begin and end, and offers are given, even when it does not.
        """
        if turn.session is not None and self.conduct.is_quiet(turn.session, event, now):
            return turn.session
        mark = turn.mark() if turn.refusal is not None else None
        try:
            self.conduct.catch_up(turn, event, now, answer)
        except OutputError as error:
            assert mark is not None
            turn.back_to(mark)
            _refuse(answer, error, advisory.SYSTEM_LOG_FAILED, level)
        assert turn.session is not None
        return turn.session

    # -- events --------------------------------------------------------------------------------

    def post_event(self, turn: Turn, event: str, parameters: Sequence[NameValue] = ()) -> Response:
        """Tell what the customer did: a contact, an accept, a reject."""

        def work(found: Session, answer: Response) -> None:
            turn.is_restricted = restrict(found, turn.state, parameters, self.now, answer)
            told = reserved(parameters)
            called = _text(told.get(EVENT_ID))
            if called is None:
                self._post(turn, event, parameters, told, answer, self.setting.numbers)
            elif called not in found.posted:
                # Another host that does it again gives its rows the same names: they count once.
                names = _names(f"{found.id}!{called}")
                if self._post(turn, event, parameters, told, answer, names):
                    found.post(called)

        return self._in_session(turn, work, parameters, advisory.EVENT_LOG_FAILED)

    def _post(
        self,
        turn: Turn,
        event: str,
        parameters: Sequence[NameValue],
        told: Mapping[str, object],
        answer: Response,
        name: Callable[[], str],
    ) -> bool:
        """Let an event happen, whose rows have these names; False for one that does not, as it is
        wrong."""
        found = turn.session
        assert found is not None
        declared = found.served.events.get(event.lower())
        own = set() if declared is None else {p.name.lower() for p in declared.parameters}
        others = [p for p in parameters if p.name.lower() not in own]
        take_in(found, others, answer)
        code, custom = treatment_code(found, told), _text(told.get(RESPONSE_TYPE))
        if declared is not None:
            try:
                given = happenings.posted(declared, parameters)
            except DataError as error:
                answer.say(WARNING, advisory.PARAMETERS_FAILED, error.message)
                return False
            about = code or "", name, custom or ""
            self.conduct.happen(turn, declared.name, self.now, answer, given, *about)
            return True
        kind = TRACKED.get(event.lower())
        if kind is None:
            answer.say(ERROR, advisory.INVALID_EVENT, f"there is no event {event}")
            return False
        now = self.now
        self.conduct.pass_time(turn, now, answer)
        self.conduct.track(turn, kind, code, now, answer, custom, name)
        return True

    # -- what happens by itself ----------------------------------------------------------------

    def go_on(self, turn: Turn) -> None:
        """Do what a session has to do by now; end it when it is idle, or only was left for that.

        Raises:
            OutputError: What follows cannot be written to the history; it is to be done later.
        """
        held, session = turn.before, turn.session
        if held is None or session is None:
            return
        answer = Response(turn.name, session.version)
        if held.is_idle:
            self.end_idle(turn)
        else:
            self.conduct.pass_time(turn, self.now, answer)
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
        mark = turn.mark() if turn.refusal is not None else None
        try:
            work(session, answer)
            if parameters:
                part(session, parameters)
        except OutputError as error:
            assert mark is not None
            turn.back_to(mark)
            answer = Response(turn.name, session.version)
            _refuse(answer, error, failed)
        return answer


def _refuse(answer: Response, error: OutputError, code: int, level: int = ERROR) -> None:
    answer.say(level, code, "the event was not logged", error.message)


def _no_channel(channel: str, deployment: Deployment, answer: Response) -> None:
    if deployment.version == NOTHING:
        answer.say(ERROR, advisory.CHANNEL_LOOK_UP_FAILED, "nothing is deployed here yet")
    else:
        text = f"there is no interactive channel {channel}"
        answer.say(ERROR, advisory.INVALID_CHANNEL, text)


def _wanted(session: Session, requests: Sequence[PointRequest], answer: Response) -> list[Wanted]:
    found = []
    for request in requests:
        place = session.served.place(request.point)
        if place is None:
            text = f"there is no interaction point {request.point}"
            answer.say(ERROR, advisory.INVALID_POINT, text)
        else:
            found.append((place, request))
    return found


def _for_level(channel: str, level: Audience) -> str:
    return f"{channel} is for the audience level {level.name}"


def _names(called: str) -> Callable[[], str]:
    """Return names of the rows of an event: the same ones when it is done by another host."""
    numbers = count(1)
    return lambda: f"{called}.{next(numbers)}"


def _text(value: object) -> str | None:
    return None if value is None else str(value)
