"""The OpenAPI document of the service."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import starmap
from typing import Any

from interact.runtime.host.offers.offering import MOST_REQUESTED
from interact.runtime.serve.arguments import MOST_NESTED

Json = dict[str, Any]

MOST_COMMANDS = 200

_PAIR: Json = {
    "type": "object",
    "required": ["n"],
    "properties": {
        "n": {"type": "string"},
        "v": {"type": ["string", "number", "boolean", "null"]},
        "t": {"enum": ["string", "numeric", "datetime"]},
    },
}
_PAIRS: Json = {"type": "array", "items": {"$ref": "#/components/schemas/NameValue"}}
_OFFER: Json = {
    "type": "object",
    "required": ["n", "desc", "code", "treatmentCode", "score", "attributes"],
    "properties": {
        "n": {"type": "string"},
        "desc": {"type": "string"},
        "code": {"type": "array", "items": {"type": "string"}},
        "treatmentCode": {"type": "string"},
        "score": {"type": "number"},
        "attributes": _PAIRS,
    },
}
_OFFER_LIST: Json = {
    "type": "object",
    "required": ["ip", "defaultString", "offers"],
    "properties": {
        "ip": {"type": "string"},
        "defaultString": {"type": "string"},
        "offers": {"type": "array", "items": {"$ref": "#/components/schemas/Offer"}},
    },
}
_RESPONSE: Json = {
    "type": "object",
    "required": ["sessionId", "statusCode", "version", "messages"],
    "properties": {
        "sessionId": {"type": ["string", "null"]},
        "statusCode": {"enum": [0, 1, 2]},
        "version": {"type": "string"},
        "messages": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["msgLevel", "msgCode", "msg", "detailMsg"],
                "properties": {
                    "msgLevel": {"enum": [0, 1, 2]},
                    "msgCode": {"type": "integer"},
                    "msg": {"type": "string"},
                    "detailMsg": {"type": "string"},
                },
            },
        },
        "offerLists": {"type": "array", "items": {"$ref": "#/components/schemas/OfferList"}},
        "profile": _PAIRS,
    },
}
_BATCH: Json = {
    "type": "object",
    "required": ["batchStatusCode", "responses"],
    "properties": {
        "batchStatusCode": {"enum": [0, 1, 2]},
        "responses": {"type": "array", "items": {"$ref": "#/components/schemas/Response"}},
    },
}
_TEXT: Json = {"type": "string"}
_FLAG: Json = {"type": "boolean"}
_LEVEL: Json = {"type": ["string", "null"]}
_NUMBER: Json = {"type": "integer", "minimum": 0, "maximum": MOST_REQUESTED}
_TRIPLE: Json = {"type": "string", "examples": ["CustomerID,2,numeric"]}
_TRIPLES: Json = {"type": "array", "items": _TRIPLE}
_KEY: Json = {"anyOf": [_PAIRS, _TRIPLE]}
_REQUIREMENT: Json = {
    "type": "object",
    "properties": {
        "numberRequested": _NUMBER,
        "attributes": _PAIRS,
        "childRequirements": {
            "type": "array",
            "items": {"$ref": "#/components/schemas/Requirement"},
            "maxItems": MOST_NESTED,
        },
    },
}
_SCHEMAS: Json = {
    "Requirement": _REQUIREMENT,
    "NameValue": _PAIR,
    "Offer": _OFFER,
    "OfferList": _OFFER_LIST,
    "Response": _RESPONSE,
    "Batch": _BATCH,
}
_LOGINS: Json = {
    name: {"type": "apiKey", "in": "header", "name": name}
    for name in ("m_tokenId", "m_user_name", "m_user_password")
}


@dataclass(frozen=True, slots=True)
class Names:
    """What a deployment has, as commands call it."""

    version: str
    channels: Sequence[str]
    points: Sequence[str]
    events: Sequence[str]

    def commands(self) -> Json:
        """Return the schemas of the commands of a batch, by action."""
        ic, ip, event = map(_one_of, (self.channels, self.points, self.events))
        point: Json = {
            "type": "object",
            "required": ["ip"],
            "properties": {
                "ip": ip, "numberRequested": _NUMBER, "duplicationPolicy": {"enum": [1, 2]},
                "offerAttributes": {"$ref": "#/components/schemas/Requirement"},
            },
        }  # fmt: skip
        points: Json = {"type": "array", "items": point}
        audience = {"audienceID": _KEY, "audienceLevel": _LEVEL, "parameters": _PAIRS}
        start = {"relyOnExistingSession": _FLAG, "debug": _FLAG, **audience}
        return {
            "startSession": {"ic": ic, **start},
            "getOffers": {"ip": ip, "numberRequested": _NUMBER, "parameters": _PAIRS},
            "getOffersForMultipleInteractionPoints": {
                "getOfferRequests": points,
                "parameters": _PAIRS,
            },
            "postEvent": {"event": event, "parameters": _PAIRS},
            "setAudience": audience,
            "setDebug": {"debug": _FLAG, "parameters": _PAIRS},
            "getProfile": {"parameters": _PAIRS},
            "getVersion": {},
            "endSession": {"parameters": _PAIRS},
        }


def document(names: Names, is_open: bool = True) -> Json:
    """Return what the service offers; ``is_open`` when everyone may call."""
    command = {"anyOf": list(starmap(_command, names.commands().items()))}
    told: Json = {
        "openapi": "3.1.0",
        "info": {"title": "Interact runtime", "version": names.version[:12]},
        "paths": _with_places(_paths(names), names),
        "components": {"schemas": {**_SCHEMAS, "Command": command}},
    }
    if not is_open:
        told["components"]["securitySchemes"] = _LOGINS
        told["security"] = [{"m_tokenId": []}, {"m_user_name": [], "m_user_password": []}]
    return told


def _one_of(names: Sequence[str]) -> Json:
    return {**_TEXT, "enum": list(names)} if names else _TEXT


def _command(action: str, properties: Json) -> Json:
    known = {"action": {"const": action}, **properties}
    return {"title": action, "type": "object", "required": ["action"], "properties": known}


def _paths(names: Names) -> Json:
    session = {"sessionId": {"type": ["string", "null"]}}
    known = names.commands()
    start = {name: value for name, value in known["startSession"].items() if name != "ic"}
    several = known["getOffersForMultipleInteractionPoints"]
    parameters = {"parameters": _TRIPLES}
    who = {"audienceLevel": _TEXT, "audienceIDField": _TRIPLES}
    begin = {"ic": _one_of(names.channels), **who}
    return {
        "/servlet/RestServlet": {"post": _operation("Batch", _commands(session))},
        "/v2/sessions/{session}": {
            "post": _operation("Response", _body({**start, "auIdParams": _PAIRS}), begin),
            "delete": _operation("Response", None, parameters),
        },
        "/v2/audiences/{session}": {
            "put": _operation("Response", _body(known["setAudience"]), who)
        },
        "/v2/profiles/{session}": {"get": _operation("Response", None, parameters)},
        "/v2/offers/{session}": {
            "post": _operation("Response", _body(several, ["getOfferRequests"]), parameters)
        },
        "/v2/offers/{session}/{ip}": {
            "get": _operation("Response", None, {"number": _NUMBER, **parameters})
        },
        "/v2/events/{session}/{event}": {
            "post": _operation("Response", _body({"parameters": _PAIRS}), parameters)
        },
        "/v2/batch/{session}": {"post": _operation("Batch", _batches(known))},
        "/v2/status": {"get": _operation("Response")},
    }


def _with_places(paths: Json, names: Names) -> Json:
    """Add the parameters that are parts of a path."""
    places = {
        "session": {**_TEXT, "minLength": 1},
        "ip": _one_of(names.points),
        "event": _one_of(names.events),
    }
    return {
        path: {
            **operations,
            "parameters": [
                {"name": part[1:-1], "in": "path", "required": True, "schema": places[part[1:-1]]}
                for part in path.split("/")
                if part.startswith("{")
            ],
        }
        for path, operations in paths.items()
    }


def _commands(more: Json) -> Json:
    """Return the body of a batch."""
    items = {"$ref": "#/components/schemas/Command"}
    commands = {"type": "array", "items": items, "maxItems": MOST_COMMANDS}
    return _body({**more, "commands": commands}, ["commands"])


def _batches(known: Json) -> Json:
    """Return the body of a batch of REST v2: a list of commands, or each under its name."""
    named = {
        action: {"type": ["object", "boolean", "null"], "properties": properties}
        for action, properties in known.items()
    }
    point = {"interactionPointID": known["getOffers"]["ip"], **known["getOffers"]}
    named["getOffers"] = {**named["getOffers"], "properties": point}
    either = _commands({})
    schema = either["content"]["application/json"]["schema"]
    either["content"]["application/json"]["schema"] = {
        "anyOf": [schema, {"type": "object", "minProperties": 1, "properties": named}]
    }
    return either


def _body(properties: Json, required: list[str] | None = None) -> Json:
    schema: Json = {"type": "object", "properties": properties}
    if required:
        schema["required"] = required
    return {"required": bool(required), "content": {"application/json": {"schema": schema}}}


def _operation(answer: str, body: Json | None = None, query: Json | None = None) -> Json:
    texts = {"200": "Done; statusCode says how well", "400": "The body is no JSON object"}
    texts |= {"401": "Not logged in", "413": "Too large"}
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{answer}"}}}
    told: Json = {
        "responses": {
            status: {"description": text, "content": content} for status, text in texts.items()
        }
    }
    if query:
        told["parameters"] = [
            {"name": name, "in": "query", "schema": schema} for name, schema in query.items()
        ]
    if body:
        told["requestBody"] = body
    return told
