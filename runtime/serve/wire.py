"""The JSON of the original's servlet: commands in, responses out.

What a client gets wrong is an advisory message on its command; the others of the batch go on.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import isfinite
from typing import Any, cast

from interact.runtime.host import advisory
from interact.runtime.host.batch import in_order
from interact.runtime.host.calls import Calls
from interact.runtime.host.naming import unknown
from interact.runtime.host.offers.offering import PointRequest, wrong_number
from interact.runtime.host.offers.selecting import ANY, Requirement
from interact.runtime.host.results import ERROR, WARNING, NameValue, ParameterType, Response
from interact.runtime.host.turn import Turn
from interact.runtime.host.wishes import EMBEDDED, is_true, not_done

Json = dict[str, Any]
_TYPES = ("string", "numeric", "datetime")
MOST_NESTED = 8


class WrongArgument(Exception):
    """A command lacks something, or has it of another sort."""

    def __init__(self, text: str, code: int = advisory.WRONG_ARGUMENT) -> None:
        super().__init__(text)
        self.code = code


# -- requests ----------------------------------------------------------------------------------


def name_values(given: object) -> list[NameValue]:
    """Return parameters: objects of n, v, t, or texts ``name,value,type`` of older clients.

    >>> name_values("CustomerID,2,numeric")
    [NameValue(name='CustomerID', value=2.0, type='numeric')]
    """
    if given is None:
        return []
    items = [given] if isinstance(given, str) else given
    if not isinstance(items, Sequence):
        raise WrongArgument("parameters are a list of objects with n, v and t")
    return [_name_value(item) for item in items]


def _name_value(item: object) -> NameValue:
    if isinstance(item, str):
        name, _, rest = item.partition(",")
        text, _, sort = rest.rpartition(",")
        if sort not in _TYPES:
            text = (
                f"a parameter that is a text has the form name,value,type, and {item:.40} has not"
            )
            raise WrongArgument(text)
        item = {"n": name, "v": text, "t": sort}
    if not isinstance(item, Mapping) or not isinstance(item.get("n"), str):
        raise WrongArgument("a parameter is an object with a name n, a value v and a type t")
    kind: Any = item.get("t", "string")
    value: Any = item.get("v")
    if kind not in _TYPES:
        text = f"the type t of {item['n']:.40} is {kind!s:.40}, which is none of "
        raise WrongArgument(text + ", ".join(_TYPES))
    if isinstance(value, list | dict):
        raise WrongArgument(f"the value of {item['n']} is neither text nor number")
    if kind == "numeric" and value is not None:
        value = _finite(item["n"], value)
    return NameValue(item["n"], value, cast(ParameterType, kind))


def _finite(name: str, value: Any) -> int | float:
    """Return a number that is one, as a text or itself."""
    try:
        found = float(value) if isinstance(value, str) else value
        if isinstance(found, float) and not isfinite(found):
            raise ValueError
    except ValueError as error:
        raise WrongArgument(f"{name} is numeric, and {value!r:.40} is not") from error
    return found


def _text(command: Json, name: str, default: str | None = None) -> str:
    value = command.get(name, default)
    if not isinstance(value, str):
        raise WrongArgument(f"{name} should be a text")
    return value


def _number(command: Json, name: str, default: int) -> int:
    value = command.get(name, default)
    if isinstance(value, str) and value.isdigit() and len(value) < 10:
        value = int(value)
    if (wrong := wrong_number(name, value)) is not None:
        raise WrongArgument(wrong)
    return cast(int, value)


def _flag(command: Json, name: str) -> bool:
    return str(command.get(name, False)).lower() == "true"


def _level(command: Json) -> str | None:
    return None if command.get("audienceLevel") is None else _text(command, "audienceLevel")


def point_requests(given: object) -> list[PointRequest]:
    """Return the requests of a call for several points."""
    if not isinstance(given, list) or not all(isinstance(item, dict) for item in given):
        raise WrongArgument("getOfferRequests is a list of objects with ip and numberRequested")
    return [
        PointRequest(
            _text(item, "ip", item.get("ipName")),
            _number(item, "numberRequested", 1),
            item.get("duplicationPolicy", 1) in (2, "2", "ALLOW_DUPLICATION"),
            _requirement(item.get("offerAttributes")),
        )
        for item in given
    ]


def _requirement(given: object, depth: int = 0) -> Requirement:
    if given is None:
        return ANY
    if not isinstance(given, dict) or depth > MOST_NESTED:
        raise WrongArgument("offerAttributes is an object with attributes and childRequirements")
    children = given.get("childRequirements")
    if not isinstance(children, list | None) or len(children or ()) > MOST_NESTED:
        raise WrongArgument(f"childRequirements is a list of at most {MOST_NESTED} objects")
    number = None if given.get("numberRequested") is None else _number(given, "numberRequested", 0)
    return Requirement(
        number,
        tuple(name_values(given.get("attributes"))),
        tuple(_requirement(child, depth + 1) for child in children or ()),
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
    return calls.start_session(
        turn,
        _text(command, "ic"),
        name_values(command.get("audienceID")),
        _level(command),
        _opening_parameters(command),
        rely_on_existing=_flag(command, "relyOnExistingSession"),
        debug=_flag(command, "debug"),
    )


def _parameters(command: Json) -> list[NameValue]:
    return name_values(command.get("parameters"))


def _offers(calls: Calls, turn: Turn, command: Json) -> Response:
    parameters = _parameters(command)
    if command.get("getOfferRequests") is not None:
        requests = point_requests(command["getOfferRequests"])
        return calls.get_offers(turn, requests, parameters)
    request = PointRequest(_text(command, "ip"), _number(command, "numberRequested", 1))
    return calls.get_offers(turn, [request], parameters)


def _event(calls: Calls, turn: Turn, command: Json) -> Response:
    return calls.post_event(turn, _text(command, "event"), _parameters(command))


def _audience(calls: Calls, turn: Turn, command: Json) -> Response:
    return calls.set_audience(
        turn,
        name_values(command.get("audienceID")),
        _level(command),
        _opening_parameters(command),
    )


def _debug(calls: Calls, turn: Turn, command: Json) -> Response:
    answer = calls.set_debug(turn, _flag(command, "debug"), _parameters(command))
    value = command.get("debug", False)
    if str(value).lower() not in ("true", "false"):
        text = f"debug is true or false, and {value!r:.40} is neither: it is taken as false"
        answer.say(WARNING, advisory.PARAMETERS_FAILED, text)
    return answer


ACTIONS: dict[str, Action] = {
    "startsession": _start,
    "getoffers": _offers,
    "getoffersformultipleinteractionpoints": _offers,
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
    if not isinstance(command, dict) or "parameters" not in command or not _opens(command):
        return False
    is_start = str(command["action"]).lower() == "startsession"
    if is_start and not _flag(command, "relyOnExistingSession"):
        return False
    return len(_unembedded(command)) < len(_given(command))


def _unembedded(command: Json) -> list[object]:
    """Return the parameters of a command without the wish for a session within a session."""
    return [one for one in _given(command) if not _is_wish(one)]


def _given(command: Json) -> list[object]:
    given = command.get("parameters")
    return [given] if isinstance(given, str) else given if isinstance(given, list) else []


def _is_wish(item: object) -> bool:
    try:
        found = _name_value(item)
    except WrongArgument:
        return False  # which is told when the command is carried out
    return found.name.lower() == EMBEDDED and is_true(found.value)


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
