"""REST v2 of the original: a call is a method and a path, and becomes a command of the servlet."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from interact.runtime.host.results import Response
from interact.runtime.serve.endpoint import Call, Handler

Answers = Awaitable[list[Response]]
Commands = Callable[[str | None, object], Answers]
Json = dict[str, Any]
_PLACES = {
    "startSession": 0,
    "setAudience": 1,
    "setDebug": 2,
    "postEvent": 2,
    "getProfile": 2,
    "getOffers": 2,
    "getOffersForMultipleInteractionPoints": 2,
    "getVersion": 2,
    "endSession": 3,
}
"""The commands that a batch can name, in the order in which they are carried out."""
_NUMBER = b"number="
_MISSPELT = "interationPointID"
"""As the documents of the original have it."""


@dataclass(frozen=True, slots=True)
class Rest:
    """The calls of REST v2.

    Attributes:
        commands: Carries out commands on a session.
    """

    commands: Commands

    def start(self, call: Call) -> Answers:
        told, body = _of_query(call, "ic"), call.body
        key = body.get("audienceID") or body.get("auIdParams") or told.get("audienceID")
        return self._one(call, "startSession", {**told, **body, "audienceID": key})

    def end(self, call: Call) -> Answers:
        return self._one(call, "endSession", _of_query(call))

    def audience(self, call: Call) -> Answers:
        return self._one(call, "setAudience", {**_of_query(call), **call.body})

    def profile(self, call: Call) -> Answers:
        return self._one(call, "getProfile", _of_query(call))

    def offers(self, call: Call) -> Answers:
        told: bytes = call.scope["query_string"]
        if told.startswith(_NUMBER) and told[len(_NUMBER) :].isdigit():  # what is mostly asked
            query: Json = {"number": told[len(_NUMBER) :].decode()}
        else:
            query = _of_query(call, "number")
        asked = {"ip": call.path["ip"], "numberRequested": query.pop("number", 1)}
        return self._one(call, "getOffers", {**query, **asked})

    def offers_for_points(self, call: Call) -> Answers:
        told = {**_of_query(call), **call.body}
        return self._one(call, "getOffersForMultipleInteractionPoints", told)

    def event(self, call: Call) -> Answers:
        told = {**_of_query(call), **call.body, "event": call.path["event"]}
        return self._one(call, "postEvent", told)

    def status(self, call: Call) -> Answers:
        return self.commands(None, [{"action": "getVersion"}])

    def batch(self, call: Call) -> Answers:
        told = call.body.get("commands")
        commands = in_turn(call.body) if told is None else told
        return self.commands(call.path["session"], commands)

    def _one(self, call: Call, action: str, command: Json) -> Answers:
        return self.commands(call.path["session"], [{**command, "action": action}])

    def paths(self) -> dict[str, tuple[bool, dict[str, Handler]]]:
        """Return by path whether it answers a batch, and what answers, by method."""
        return {
            "/v2/offers/{session}/{ip}": (False, {"GET": self.offers}),
            "/v2/offers/{session}": (False, {"POST": self.offers_for_points}),
            "/v2/events/{session}/{event}": (False, {"POST": self.event}),
            "/v2/sessions/{session}": (False, {"POST": self.start, "DELETE": self.end}),
            "/v2/audiences/{session}": (False, {"PUT": self.audience}),
            "/v2/profiles/{session}": (False, {"GET": self.profile}),
            "/v2/batch/{session}": (True, {"POST": self.batch}),
            "/v2/status": (False, {"GET": self.status}),
        }


def _of_query(call: Call, *names: str) -> Json:
    """Return what the query of a path says of a command."""
    if not call.scope["query_string"]:
        return {}
    query = call.query
    told: Json = {name: query[name] for name in (*names, "audienceLevel") if name in query}
    for name, asked in (("audienceID", "audienceIDField"), ("parameters", "parameters")):
        if any(given := query.getlist(asked)):
            told[name] = given
    return told


def in_turn(body: Json) -> list[Json] | None:
    """Return the commands of a batch that names each once; None for a body that names none.

    A session begins first and ends last, wherever the body has it; the others keep their order.

    >>> in_turn({"endSession": True, "getOffers": {"interactionPointID": "hero"}})
    [{'interactionPointID': 'hero', 'action': 'getOffers'}, {'action': 'endSession'}]
    """
    if not any(name in _PLACES for name in body):
        return None
    asked = [name for name in body if name in _PLACES and body[name] not in (None, False)]
    return [_command(name, body[name]) for name in sorted(asked, key=_PLACES.__getitem__)]


def _command(action: str, told: object) -> Json:
    command = {**told, "action": action} if isinstance(told, dict) else {"action": action}
    if _MISSPELT in command:
        command["interactionPointID"] = command.pop(_MISSPELT)
    return command
