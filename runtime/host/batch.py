"""Batches: commands on one session, one after the other, that are kept together.

A command is made as a call is: ``start_session("Website", {"customer_id": 7})``, for
``Host.execute_batch``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeVar

from interact.runtime.host import advisory
from interact.runtime.host.calls import Calls
from interact.runtime.host.offers.offering import PointRequest
from interact.runtime.host.results import ERROR, NameValue, Parameters, Response, pairs
from interact.runtime.host.turn import Turn
from interact.runtime.host.wishes import EMBEDDED, FIRST, asks_within
from interact.stdlib.records import record

T = TypeVar("T")


@record
class Command:
    """A call of a batch.

    Attributes:
        opens: Whether it says whose session it is; when the first one fails to, the rest is left.
        embeds: Whether as the first one it has the batch in a session within the session.
    """

    call: Callable[[Calls, Turn], Response]
    opens: bool = False
    embeds: bool = False


def start_session(
    channel: str,
    audience_id: Parameters,
    audience_level: str | None = None,
    parameters: Parameters = (),
    *,
    rely_on_existing: bool = False,
    debug: bool = False,
) -> Command:
    """Begin a visit; see ``Host.start_session``."""
    begin = partial(
        Calls.start_session,
        channel=channel,
        audience_id=pairs(audience_id),
        audience_level=audience_level,
        rely_on_existing=rely_on_existing,
        debug=debug,
    )
    return _opening(
        lambda calls, turn, given: begin(calls, turn, parameters=given),
        pairs(parameters),
        embeds=rely_on_existing,
    )


def set_audience(
    audience_id: Parameters, audience_level: str | None = None, parameters: Parameters = ()
) -> Command:
    """Say who it is."""
    key = pairs(audience_id)
    return _opening(
        lambda calls, turn, given: calls.set_audience(turn, key, audience_level, given),
        pairs(parameters),
    )


def _opening(
    call: Callable[[Calls, Turn, Sequence[NameValue]], Response],
    parameters: Sequence[NameValue],
    embeds: bool = True,
) -> Command:
    """Return a command that says whose session it is; it is refused where it asks for a session
    within the session and that cannot be had: it would change the outer one."""
    if not asks_within(parameters):
        return Command(lambda calls, turn: call(calls, turn, parameters), opens=True)
    others = [p for p in parameters if p.name.lower() != EMBEDDED]

    def within(calls: Calls, turn: Turn) -> Response:
        if turn.is_within and embeds:
            return call(calls, turn, others)
        refused = Response(turn.name, calls.setting.deployment.version)
        refused.say(ERROR, advisory.NOT_DONE, f"UACIEmbeddedSession: {FIRST}")
        return refused

    return Command(within, opens=True, embeds=embeds)


def get_offers(point: str, number: int = 1, parameters: Parameters = ()) -> Command:
    """Ask what to show at a point."""
    return get_offers_for_points([PointRequest(point, number)], parameters)


def get_offers_for_points(requests: Sequence[PointRequest], parameters: Parameters = ()) -> Command:
    """Ask what to show at several points; an earlier one goes first."""
    given = pairs(parameters)
    return Command(lambda calls, turn: calls.get_offers(turn, requests, given))


def post_event(event: str, parameters: Parameters = ()) -> Command:
    """Tell what the customer did."""
    given = pairs(parameters)
    return Command(lambda calls, turn: calls.post_event(turn, event, given))


def get_profile(parameters: Parameters = ()) -> Command:
    """Ask for all that is known of the customer."""
    given = pairs(parameters)
    return Command(lambda calls, turn: calls.get_profile(turn, given))


def set_debug(debug: bool, parameters: Parameters = ()) -> Command:
    """Log more about a session, or no more."""
    given = pairs(parameters)
    return Command(lambda calls, turn: calls.set_debug(turn, debug, given))


def end_session(parameters: Parameters = ()) -> Command:
    """End a visit."""
    given = pairs(parameters)
    return Command(lambda calls, turn: calls.end_session(turn, given))


def in_order(
    commands: Sequence[T], perform: Callable[[T], Response], opens: Callable[[T], bool]
) -> list[Response]:
    """Carry commands out, one after the other.

    A first command that fails to say whose session it is stops the rest: they are about that.
    """
    answers: list[Response] = []
    for command in commands:
        answers.append(perform(command))
        if len(answers) == 1 and answers[0].status == ERROR and opens(command):
            break
    return answers


def carried_out(calls: Calls, turn: Turn, commands: Sequence[Command]) -> list[Response]:
    """Carry commands out, in a session within the session where the first one asks for it."""
    is_within = bool(commands) and commands[0].embeds
    end = turn.embed(calls.setting.numbers()) if is_within else None
    answers = in_order(commands, lambda c: c.call(calls, turn), lambda c: c.opens)
    if end is not None:
        end()
    return answers
