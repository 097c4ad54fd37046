"""What the OpenAPI document says of values: each has a name, for who makes a client of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from interact.runtime.host.offers.offering import MOST_REQUESTED
from interact.runtime.serve.arguments import MOST_COMMANDS, MOST_NAME, MOST_NESTED, MOST_POINTS

Json = dict[str, Any]


def ref(name: str) -> Json:
    """Return a schema by its name."""
    return {"$ref": f"#/components/schemas/{name}"}


def array(of: Json, most: int | None = None) -> Json:
    """Return a list, of at most so many."""
    return {"type": "array", "items": of} | ({} if most is None else {"maxItems": most})


def record_of(properties: Mapping[str, Json], required: Sequence[str] = ()) -> Json:
    """Return an object."""
    told: Json = {"type": "object", "properties": dict(properties)}
    return told | ({"required": list(required)} if required else {})


TEXT: Final[Json] = {"type": "string"}
TRIPLE: Final[Json] = {"type": "string", "examples": ["CustomerID,2,numeric"]}
NUMBER: Final[Json] = {"type": "integer", "minimum": 0, "maximum": MOST_REQUESTED}
_SESSION: Final[Json] = {"type": ["string", "null"], "maxLength": MOST_NAME}
_FLAG: Final[Json] = {"type": "boolean"}
_LEVEL: Final[Json] = {"type": ["string", "null"]}
_PAIRS: Final = array(ref("NameValue"))
_STATUS: Final = ref("Status")


def _whole(record: Mapping[str, Json]) -> Json:
    """Return an object that has all its properties."""
    return record_of(record, list(record))


_ANSWERS: Final[Json] = {
    "Status": {
        "type": "integer",
        "enum": [0, 1, 2],
        "description": "0 success, 1 warning, 2 error",
    },
    "NameValue": record_of(
        {
            "n": TEXT,
            "v": {"type": ["string", "number", "boolean", "null"]},
            "t": {"type": "string", "enum": ["string", "numeric", "datetime"]},
        },
        ["n"],
    ),
    "Message": _whole(
        {"msgLevel": _STATUS, "msgCode": {"type": "integer"}, "msg": TEXT, "detailMsg": TEXT}
    ),
    "Offer": _whole(
        {
            "n": TEXT,
            "desc": TEXT,
            "code": array(TEXT),
            "treatmentCode": TEXT,
            "score": {"type": "number"},
            "attributes": _PAIRS,
        }
    ),
    "OfferList": _whole({"ip": TEXT, "defaultString": TEXT, "offers": array(ref("Offer"))}),
    "CommandResponse": record_of(
        {
            "sessionId": _LEVEL,
            "statusCode": _STATUS,
            "version": TEXT,
            "messages": array(ref("Message")),
            "offerLists": array(ref("OfferList")),
            "profile": _PAIRS,
        },
        ["sessionId", "statusCode", "version", "messages"],
    ),
    "BatchResponse": _whole(
        {"batchStatusCode": _STATUS, "responses": array(ref("CommandResponse"))}
    ),
}


@dataclass(frozen=True, slots=True)
class Names:
    """What a deployment has, as commands call it."""

    version: str
    channels: Sequence[str]
    points: Sequence[str]
    events: Sequence[str]


def commands() -> dict[str, Json]:
    """Return what each command has beside its action."""
    audience = {
        "audienceID": ref("AudienceID"),
        "audienceLevel": _LEVEL,
        "parameters": _PAIRS,
    }
    offers = {"ip": ref("InteractionPoint"), "numberRequested": NUMBER, "parameters": _PAIRS}
    points = array(ref("GetOfferRequest"), MOST_POINTS)
    return {
        "startSession": {
            "ic": ref("InteractiveChannel"),
            "relyOnExistingSession": _FLAG,
            "debug": _FLAG,
            **audience,
        },
        "getOffers": offers,
        "getOffersForMultipleInteractionPoints": {
            "getOfferRequests": points,
            "parameters": _PAIRS,
        },
        "postEvent": {"event": ref("Event"), "parameters": _PAIRS},
        "setAudience": audience,
        "setDebug": {"debug": _FLAG, "parameters": _PAIRS},
        "getProfile": {"parameters": _PAIRS},
        "getVersion": {},
        "endSession": {"parameters": _PAIRS},
    }


REQUIRED: Final[Mapping[str, Sequence[str]]] = {
    "getOffersForMultipleInteractionPoints": ["getOfferRequests"]
}
"""What a body has to have without which a command means nothing."""


def schemas(names: Names) -> Json:
    """Return all schemas by name."""
    known, listed = commands(), {"commands": array(ref("Command"), MOST_COMMANDS)}
    return {
        **_ANSWERS,
        "InteractiveChannel": _one_of(names.channels),
        "InteractionPoint": _one_of(names.points),
        "Event": _one_of(names.events),
        "AudienceID": {"anyOf": [_PAIRS, TRIPLE]},
        "Requirement": _requirement(),
        "GetOfferRequest": _point(),
        **{_title(action): _command(action, has) for action, has in known.items()},
        **{f"{_title(action)}Body": _body(action, has) for action, has in known.items()},
        "GetOffersBody": _offers_body(known["getOffers"]),
        "EventParameters": record_of({"parameters": _PAIRS}),
        "Commands": record_of({"sessionId": _SESSION, **listed}, ["commands"]),
        "SessionCommands": record_of(listed, ["commands"]),
        "Command": {
            "anyOf": [ref(_title(action)) for action in known],
            "discriminator": {
                "propertyName": "action",
                "mapping": {action: ref(_title(action))["$ref"] for action in known},
            },
        },
        "NamedCommands": _named(known),
    }


def _one_of(names: Sequence[str]) -> Json:
    return {**TEXT, "enum": list(names)} if names else TEXT


def _title(action: str) -> str:
    return action[0].upper() + action[1:]


def _command(action: str, has: Mapping[str, Json]) -> Json:
    told = record_of({"action": {"type": "string", "const": action}, **has}, ["action"])
    return {"title": _title(action), **told}


def _body(action: str, has: Mapping[str, Json]) -> Json:
    own = {"startSession": {"auIdParams": _PAIRS}}.get(action, {})
    return record_of({**has, **own}, REQUIRED.get(action, ()))


def _offers_body(has: Mapping[str, Json]) -> Json:
    return record_of({**has, "interactionPointID": ref("InteractionPoint")})


def _named(known: Iterable[str]) -> Json:
    """Return a batch that has each command under its name."""
    told = {action: ref(f"{_title(action)}Body") for action in known}
    for action in ("getProfile", "getVersion", "endSession"):
        told[action] = {"anyOf": [_FLAG, told[action]]}
    return {**record_of(told), "minProperties": 1}


def _requirement() -> Json:
    return record_of(
        {
            "numberRequested": NUMBER,
            "attributes": _PAIRS,
            "childRequirements": array(ref("Requirement"), MOST_NESTED),
        }
    )


def _point() -> Json:
    return record_of(
        {
            "ip": ref("InteractionPoint"),
            "numberRequested": NUMBER,
            "duplicationPolicy": {"type": "integer", "enum": [1, 2]},
            "offerAttributes": ref("Requirement"),
        },
        ["ip"],
    )
