"""The JSON of the original's servlet: commands in, responses out.

What a client gets wrong is an advisory message on its command; the others of the batch go on.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from interact.runtime.host import advisory
from interact.runtime.host.batch import in_order
from interact.runtime.host.calls import Calls
from interact.runtime.host.naming import unknown
from interact.runtime.host.offers.offering import PointRequest
from interact.runtime.host.results import ERROR, WARNING, NameValue, Response
from interact.runtime.host.turn import Turn
from interact.runtime.host.wishes import EMBEDDED, asks_within, not_done
from interact.runtime.serve.arguments import (
    Json,
    WrongArgument,
    doubted,
    flag_of,
    level_of,
    name_values,
    number_of,
    point_requests,
    text_of,
)

# -- commands ----------------------------------------------------------------------------------

Action = Callable[[Calls, Turn, Json], Response]


OPENING = ("startsession", "setaudience")
"""Who a session is of. Where the first command of a batch is one of these and fails, it stops."""


def _opening_parameters(command: Json) -> list[NameValue]:
    """Return parameters; where they ask for a session within a session that cannot be had here,
    the command is refused: it would change the outer one."""
    given = _parameters(command)
    for one in given:
        if (said := not_done(one)) is not None and one.name.lower() == EMBEDDED:
            raise WrongArgument(said[1], advisory.NOT_DONE)
    return given


def _start(calls: Calls, turn: Turn, command: Json) -> Response:
    answer = calls.start_session(
        turn,
        text_of(command, "ic"),
        _audience_id(command),
        level_of(command),
        _opening_parameters(command),
        rely_on_existing=flag_of(command, "relyOnExistingSession"),
        debug=flag_of(command, "debug"),
    )
    return _doubting(answer, command, "relyOnExistingSession", "debug")


def _audience_id(command: Json) -> list[NameValue]:
    """Return who it is; REST v2 of the original calls that otherwise in the body."""
    return name_values(command.get("audienceID") or command.get("auIdParams"))


def _doubting(answer: Response, command: Json, *flags: str) -> Response:
    for text in doubted(command, *flags):
        answer.say(WARNING, advisory.PARAMETERS_FAILED, text)
    return answer


def _parameters(command: Json) -> list[NameValue]:
    return name_values(command.get("parameters"))


def _offers(calls: Calls, turn: Turn, command: Json) -> Response:
    if command.get("getOfferRequests") is not None:
        return _several(calls, turn, command)
    parameters, point = _parameters(command), text_of(command, "ip", "interactionPointID")
    request = PointRequest(point, number_of(command, "numberRequested", 1))
    return calls.get_offers(turn, [request], parameters)


def _several(calls: Calls, turn: Turn, command: Json) -> Response:
    parameters = _parameters(command)
    return calls.get_offers(turn, point_requests(command.get("getOfferRequests")), parameters)


def _event(calls: Calls, turn: Turn, command: Json) -> Response:
    return calls.post_event(turn, text_of(command, "event"), _parameters(command))


def _audience(calls: Calls, turn: Turn, command: Json) -> Response:
    return calls.set_audience(
        turn,
        _audience_id(command),
        level_of(command),
        _opening_parameters(command),
    )


def _debug(calls: Calls, turn: Turn, command: Json) -> Response:
    answer = calls.set_debug(turn, flag_of(command, "debug"), _parameters(command))
    return _doubting(answer, command, "debug")


ACTIONS: dict[str, Action] = {
    "startsession": _start,
    "getoffers": _offers,
    "getoffersformultipleinteractionpoints": _several,
    "postevent": _event,
    "setaudience": _audience,
    "getprofile": lambda calls, turn, c: calls.get_profile(turn, _parameters(c)),
    "setdebug": _debug,
    "getversion": lambda calls, turn, _: calls.version(turn),
    "endsession": lambda calls, turn, c: calls.end_session(turn, _parameters(c)),
}
_NAMES = (
    "startSession",
    "getOffers",
    "getOffersForMultipleInteractionPoints",
    "postEvent",
    "setAudience",
    "getProfile",
    "setDebug",
    "getVersion",
    "endSession",
)


def execute(calls: Calls, turn: Turn, commands: Sequence[object]) -> list[Response]:
    """Carry commands out, one after the other.

    A first command that fails to say whose session it is stops the rest: they are about that.
    """
    if commands and _embeds(commands[0]):
        return _within(calls, turn, commands)
    return in_order(commands, lambda command: _told(calls, turn, command), _opens)


def _within(calls: Calls, turn: Turn, commands: Sequence[object]) -> list[Response]:
    """Carry commands out in a session within the one that the client names, as long as they last.

    Answers have the name that the client knows.
    """
    is_named = turn.is_named
    first, *rest = commands
    assert isinstance(first, dict)
    end = turn.embed(calls.setting.numbers())
    answers = execute(calls, turn, [{**first, "parameters": _unembedded(first)}, *rest])
    end()
    for answer in answers if not is_named else ():
        answer.session = None
    return answers


def _embeds(command: object) -> bool:
    """Return whether a first command asks for a session within a session.

    One that goes on with no existing session begins another one in its place, as it always does.
    """
    if not isinstance(command, dict) or not command.get("parameters") or not _opens(command):
        return False
    is_start = str(command["action"]).lower() == "startsession"
    if is_start and not flag_of(command, "relyOnExistingSession"):
        return False
    try:
        return asks_within(_parameters(command))
    except WrongArgument:
        return False  # which is told when the command is carried out


def _unembedded(command: Json) -> list[Json]:
    """Return the parameters of a command without the wish for a session within a session."""
    return [
        {"n": one.name, "v": one.value, "t": one.type}
        for one in _parameters(command)
        if one.name.lower() != EMBEDDED
    ]


def _told(calls: Calls, turn: Turn, command: object) -> Response:
    """Carry one command out; a name that was made up is told only once there is a session of it."""
    answer = perform(calls, turn, command)
    turn.is_named = turn.is_named or turn.session is not None
    if not turn.is_named:
        answer.session = None
    return answer


def _opens(command: object) -> bool:
    """Return whether the rest of a batch is about the session that a command brings about."""
    return isinstance(command, dict) and str(command.get("action")).lower() in OPENING


def perform(calls: Calls, turn: Turn, command: object) -> Response:
    """Carry one command out; what is wrong with it is a message."""
    if not isinstance(command, dict):
        text = "a command is an object with an action"
        return _refused(calls, turn, advisory.UNKNOWN_COMMAND, text)
    action = ACTIONS.get(str(command.get("action", "")).lower())
    if action is None:
        told = command.get("action")
        lacks = f"a command needs an action; there are {', '.join(_NAMES)}"
        text = lacks if told is None else unknown("action", told, _NAMES)
        return _refused(calls, turn, advisory.UNKNOWN_COMMAND, text)
    try:
        return action(calls, turn, command)
    except WrongArgument as error:
        return _refused(calls, turn, error.code, str(error))


def _refused(calls: Calls, turn: Turn, code: int, text: str) -> Response:
    refused = Response(turn.name, calls.setting.deployment.version)
    refused.say(ERROR, code, text)
    return refused


# -- responses ---------------------------------------------------------------------------------


def batch_json(responses: Sequence[Response]) -> Json:
    """Return the answer to a batch."""
    status = max([r.status for r in responses], default=0)
    return {"batchStatusCode": status, "responses": [response_json(r) for r in responses]}


def response_json(answer: Response) -> Json:
    """Return the answer to one command."""
    told: Json = {
        "sessionId": answer.session,
        "statusCode": answer.status,
        "version": answer.version,
        "messages": answer.messages,
    }
    if answer.offer_lists:
        told["offerLists"] = answer.offer_lists
    if answer.profile:
        told["profile"] = answer.profile
    return told
