"""The host: what the runtime API of the original offers, in process.

Every call answers with a ``Response`` and never raises for what a client can cause: a message
says what was wrong, as the original does. Calls of one session are taken one after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import uuid4

from interact.compiler.codegen.single import Choice
from interact.compiler.core.events import Event
from interact.compiler.core.interpret import Customer
from interact.runtime.errors import DataError, InteractError
from interact.runtime.host import advisory, audience, happenings
from interact.runtime.host.conduct import Conduct
from interact.runtime.host.contacts import suppressed
from interact.runtime.host.deployment import Deployment, Place
from interact.runtime.host.offering import PointRequest, offer_list, treatments_of
from interact.runtime.host.parameters import machine_value, reserved
from interact.runtime.host.profiles import NoProfiles, ProfileSource
from interact.runtime.host.results import (
    ERROR,
    WARNING,
    NameValue,
    Offer,
    OfferList,
    Response,
    named,
)
from interact.runtime.host.session import Session, Sessions
from interact.runtime.host.states import MemoryStates, States
from interact.runtime.host.tracking import TRACKED, Numbers, Record, Tracked, history_events
from interact.runtime.host.trial import Trial
from interact.runtime.values import from_machine, instant


@dataclass(slots=True)
class Host:
    """Sessions over a deployment.

    Attributes:
        deployment: What new sessions begin with; may be replaced at any time.
        trial: What a share of them begins with instead; None for no trial.
        profiles: Where profiles come from, by audience level in small letters, for deployments
            that do not have their own.
        record: Keeps the history; None keeps none.
        kept: Parameters of sessions that each row of the history has.
        states: What is known of customers between sessions.
        clock: The decisions' own time.
    """

    deployment: Deployment
    profiles: Mapping[str, ProfileSource] = field(default_factory=dict)
    record: Record | None = None
    kept: Sequence[str] = ()
    sessions: Sessions = field(default_factory=Sessions)
    numbers: Numbers = field(default_factory=Numbers)
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)
    states: States = field(default_factory=MemoryStates)
    trial: Trial | None = None
    conduct: Conduct = field(init=False)

    def __post_init__(self) -> None:
        self.conduct = Conduct(self.states, self._record)

    # -- sessions ------------------------------------------------------------------------------

    def start_session(
        self,
        session: str | None,
        channel: str,
        audience_id: Sequence[NameValue],
        audience_level: str | None = None,
        parameters: Sequence[NameValue] = (),
        *,
        rely_on_existing: bool = False,
        debug: bool = False,
    ) -> Response:
        """Begin a visit, or with ``rely_on_existing`` go on with one of that name."""
        name = session or uuid4().hex
        deployment = self._begins_with(channel, audience_id)
        answer = Response(name, deployment.version)
        if rely_on_existing and (existing := self.sessions.get(name)) is not None:
            with existing.lock:
                self._take_in(existing, parameters, answer)
            return answer
        served = deployment.channel(channel)
        if served is None:
            answer.say(
                ERROR, advisory.INVALID_CHANNEL, f"there is no interactive channel {channel}"
            )
            return answer
        made = Session(name, served, deployment.version, debug=debug)
        if not audience.is_level(made, audience_level):
            answer.say(
                ERROR,
                advisory.INVALID_AUDIENCE,
                f"{served.name} is for the audience level {served.audience.name}",
            )
            return answer
        self._identify(made, audience_id, answer)
        self._take_in(made, parameters, answer)
        self.conduct.catch_up(made, "session_start", instant(self.clock()), answer)
        self.sessions.put(made)
        return answer

    def _begins_with(self, channel: str, audience_id: Sequence[NameValue]) -> Deployment:
        trial = self.trial
        is_tried = trial is not None and trial.is_for(channel, audience_id)
        return trial.deployment if trial is not None and is_tried else self.deployment

    def set_audience(
        self,
        session: str,
        audience_id: Sequence[NameValue],
        audience_level: str | None = None,
        parameters: Sequence[NameValue] = (),
    ) -> Response:
        """Say who it is, once that is known; the profile is loaded anew."""

        def identify(found: Session, answer: Response) -> None:
            if not audience.is_level(found, audience_level):
                level = found.served.audience.name
                answer.say(
                    ERROR,
                    advisory.INVALID_AUDIENCE,
                    f"{found.served.name} is for the audience level {level}",
                )
                return
            found.values, found.rows, found.last = {}, {}, ()
            self._identify(found, audience_id, answer)
            self._take_in(found, [*found.extra.values(), *parameters], answer)

        return self._in_session(session, identify)

    def end_session(self, session: str) -> Response:
        """End a visit."""
        return self._in_session(session, self._end)

    def get_profile(self, session: str) -> Response:
        """Return all that is known of the customer now."""

        def tell(found: Session, answer: Response) -> None:
            attributes = found.served.audience.attributes
            answer.profile += [
                named(a.name, from_machine(found.values.get(a.name), a.type)) for a in attributes
            ]
            answer.profile += found.extra.values()

        return self._in_session(session, tell)

    def set_debug(self, session: str, debug: bool) -> Response:
        """Log more about a session, or no more."""

        def set_it(found: Session, _: Response) -> None:
            found.debug = debug

        return self._in_session(session, set_it)

    def version(self) -> Response:
        """Tell which version new sessions get."""
        return Response(None, self.deployment.version)

    # -- offers --------------------------------------------------------------------------------

    def get_offers(
        self, session: str, point: str, number: int = 1, parameters: Sequence[NameValue] = ()
    ) -> Response:
        """Return what to show at a point, best first."""
        return self.get_offers_for_points(session, [PointRequest(point, number)], parameters)

    def get_offers_for_points(
        self,
        session: str,
        requests: Sequence[PointRequest],
        parameters: Sequence[NameValue] = (),
    ) -> Response:
        """Return what to show at several points; an earlier one goes first."""

        def offer(found: Session, answer: Response) -> None:
            self._take_in(found, parameters, answer)
            now = instant(self.clock())
            state = self.conduct.catch_up(found, "get_offers", now, answer)
            customer = happenings.known_customer(found, state, now)
            barred = suppressed(state, now)
            choice = found.served.decider.choose(customer, now)
            given: set[str] = set()
            found.last = ()
            for request in requests:
                place = found.served.place(request.point)
                if place is None:
                    text = f"there is no interaction point {request.point}"
                    answer.say(ERROR, advisory.INVALID_POINT, text)
                    continue
                shown = self._at(found, place, request, choice, customer, now, given, barred)
                answer.offer_lists.append(shown)

        return self._in_session(session, offer)

    def _at(
        self,
        session: Session,
        place: Place,
        request: PointRequest,
        choice: Choice,
        customer: Customer,
        now: int,
        given: set[str],
        barred: set[str],
    ) -> OfferList:
        without = barred if request.duplicates else barred | given
        proposals = session.served.decider.proposals(
            place.zone, choice, customer, now, request.number, without
        )
        made = treatments_of(session, place, proposals, choice, self.numbers())
        session.treatments.update((t.code, t) for t in made)
        session.last += tuple(t.code for t in made)
        given.update(t.proposal.offer for t in made)
        return offer_list(place, made)

    # -- events --------------------------------------------------------------------------------

    def post_event(
        self, session: str, event: str, parameters: Sequence[NameValue] = ()
    ) -> Response:
        """Tell what the customer did: a contact, an accept, a reject."""

        def post(found: Session, answer: Response) -> None:
            told = reserved(parameters)
            declared = found.served.events.get(event.lower())
            own = set() if declared is None else {p.name.lower() for p in declared.parameters}
            others = [p for p in parameters if p.name.lower() not in own]
            self._take_in(found, others, answer)
            code = _text(told.get("uacioffertrackingcode"))
            if declared is not None:
                self._happen(found, declared, parameters, code or "", answer)
                return
            kind = TRACKED.get(event.lower())
            if kind is None:
                answer.say(ERROR, advisory.INVALID_EVENT, f"there is no event {event}")
                return
            custom = _text(told.get("uaciresponsetypecode"))
            self.conduct.track(found, kind, code, custom, instant(self.clock()), answer)

        return self._in_session(session, post)

    def _happen(
        self,
        session: Session,
        event: Event,
        parameters: Sequence[NameValue],
        code: str,
        answer: Response,
    ) -> None:
        """Let a declared event happen; one with wrong parameters does not."""
        try:
            given = happenings.posted(event, parameters)
        except DataError as error:
            answer.say(WARNING, advisory.PARAMETERS_FAILED, error.message)
            return
        self.conduct.happen(session, event.name, instant(self.clock()), answer, given, code)

    def _record(self, session: Session, tracks: Sequence[Tracked], at: int) -> None:
        if self.record is not None:
            self.record(history_events(session, tracks, at, self.numbers, self.kept))

    # -- within a session ----------------------------------------------------------------------

    def _in_session(self, name: str, work: Callable[[Session, Response], None]) -> Response:
        self.conduct.tick(instant(self.clock()))
        found = self.sessions.get(name)
        if found is None:
            answer = Response(name, self.deployment.version)
            text = f"{advisory.INVALID_SESSION_TEXT}: {name}"
            answer.say(ERROR, advisory.INVALID_SESSION, text)
            return answer
        answer = Response(name, found.version)
        with found.lock:
            work(found, answer)
        return answer

    def _end(self, session: Session, answer: Response) -> None:
        self.conduct.catch_up(session, "session_end", instant(self.clock()), answer)
        self.sessions.remove(session.name)

    def _identify(
        self, session: Session, audience_id: Sequence[NameValue], answer: Response
    ) -> None:
        """Take the key, and load the profile of it."""
        try:
            session.key = audience.key_of(session.served.audience, audience_id)
        except DataError as error:
            answer.say(ERROR, advisory.INVALID_AUDIENCE, error.message)
            return
        names = [a.name for a in session.served.audience.key]
        level = session.served.audience.name.lower()
        source = session.served.profiles or self.profiles.get(level) or NoProfiles()
        try:
            found = source.load(session.key)
        except InteractError as error:
            answer.say(
                WARNING, advisory.PROFILE_FAILED, "the profile was not loaded", error.message
            )
            found = None
        session.known = found is not None
        if found is not None:
            session.values.update(found.values)
            session.rows.update({name: list(map(dict, r)) for name, r in found.rows.items()})
        session.values.update(zip(names, session.key, strict=True))

    def _take_in(self, session: Session, parameters: Sequence[NameValue], answer: Response) -> None:
        """Keep the parameters of a call: as attributes where they are declared."""
        known = session.served.attributes
        for parameter in parameters:
            name = parameter.name.lower()
            if name.startswith("uaci"):
                continue
            attribute = known.get(name)
            if attribute is None:
                session.extra[name] = parameter
                continue
            try:
                session.values[attribute.name] = machine_value(attribute, parameter.value)
            except DataError as error:
                answer.say(WARNING, advisory.PARAMETERS_FAILED, error.message)


def _text(value: object) -> str | None:
    return None if value is None else str(value)


__all__ = ["Host", "Offer"]
