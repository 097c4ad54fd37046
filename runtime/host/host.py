"""The host: what the runtime API of the original offers, in process.

Every call answers with a ``Response`` and never raises for what a client can cause: a message
says what was wrong, as the original does. Calls of one session are taken one after the other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from interact.compiler.codegen.single import Choice
from interact.compiler.core.interpret import Customer
from interact.runtime.errors import DataError, InteractError, OutputError
from interact.runtime.host import advisory, audience
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
from interact.runtime.host.tracking import TRACKED, Numbers, history_events, tracked
from interact.runtime.values import from_machine, instant

Record = Callable[[list[Any]], None]
"""Records rows of the history, and returns when they are durable.

Raises an ``OutputError`` when they are not.
"""


@dataclass(slots=True)
class Host:
    """Sessions over a deployment.

    Attributes:
        deployment: What new sessions begin with; may be replaced at any time.
        profiles: Where profiles come from, by audience level in small letters.
        record: Keeps the history; None keeps none.
        kept: Parameters of sessions that each row of the history has.
        clock: The decisions' own time.
    """

    deployment: Deployment
    profiles: Mapping[str, ProfileSource] = field(default_factory=dict)
    record: Record | None = None
    kept: Sequence[str] = ()
    sessions: Sessions = field(default_factory=Sessions)
    numbers: Numbers = field(default_factory=Numbers)
    clock: Callable[[], datetime] = lambda: datetime.now(UTC)

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
        answer = Response(name, self.deployment.version)
        if rely_on_existing and (existing := self.sessions.get(name)) is not None:
            with existing.lock:
                self._take_in(existing, parameters, answer)
            return answer
        served = self.deployment.channel(channel)
        if served is None:
            answer.say(
                ERROR, advisory.INVALID_CHANNEL, f"there is no interactive channel {channel}"
            )
            return answer
        made = Session(name, served, self.deployment.version, debug=debug)
        if not audience.is_level(made, audience_level):
            answer.say(
                ERROR,
                advisory.INVALID_AUDIENCE,
                f"{served.name} is for the audience level {served.audience.name}",
            )
            return answer
        self._identify(made, audience_id, answer)
        self._take_in(made, parameters, answer)
        self.sessions.put(made)
        return answer

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
        return self._in_session(session, lambda found, _: self._end(found))

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
            customer = found.served.decider.completed(found.values, found.rows)
            choice = found.served.decider.choose(customer, now)
            given: set[str] = set()
            found.last = ()
            for request in requests:
                place = found.served.place(request.point)
                if place is None:
                    text = f"there is no interaction point {request.point}"
                    answer.say(ERROR, advisory.INVALID_POINT, text)
                    continue
                shown = self._at(found, place, request, choice, customer, now, given)
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
    ) -> OfferList:
        without: set[str] = set() if request.duplicates else given
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
            self._take_in(found, parameters, answer)
            kind = TRACKED.get(event.lower())
            if kind is None:
                answer.say(ERROR, advisory.INVALID_EVENT, f"there is no event {event}")
                return
            code, custom = told.get("uacioffertrackingcode"), told.get("uaciresponsetypecode")
            tracks = tracked(found, kind, _text(code), _text(custom))
            if not tracks:
                answer.say(WARNING, advisory.NOTHING_TO_LOG, f"{event} without a tracking code")
            for one in tracks:
                if one.treatment is None:
                    text = f"the session has no treatment {one.code}"
                    answer.say(WARNING, advisory.UNKNOWN_TREATMENT, text)
            self._record(found, tracks, answer)

        return self._in_session(session, post)

    def _record(self, session: Session, tracks: Sequence[Any], answer: Response) -> None:
        if self.record is None:
            return
        at = instant(self.clock())
        rows = history_events(session, tracks, at, self.numbers, self.kept)
        try:
            self.record(rows)
        except OutputError as error:
            answer.say(ERROR, advisory.EVENT_LOG_FAILED, "the event was not logged", error.message)

    # -- within a session ----------------------------------------------------------------------

    def _in_session(self, name: str, work: Callable[[Session, Response], None]) -> Response:
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

    def _end(self, session: Session) -> None:
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
        source = self.profiles.get(level) or NoProfiles()
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
