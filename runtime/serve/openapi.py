"""The OpenAPI document of the service."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

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
_COMMAND: Json = {"type": "object", "required": ["action"], "properties": {
    "action": {"type": "string"}, "ic": {"type": "string"}, "ip": {"type": "string"},
    "event": {"type": "string"}, "audienceLevel": {"type": ["string", "null"]},
    "audienceID": _PAIRS, "parameters": _PAIRS, "numberRequested": {"type": "integer"},
    "relyOnExistingSession": {"type": "boolean"}, "debug": {"type": "boolean"},
}}  # fmt: skip
_ERROR: Json = {
    "type": "object",
    "required": ["error"],
    "properties": {"error": {"type": "string"}},
}


def document(version: str) -> Json:
    """Return what the service offers."""
    return {
        "openapi": "3.1.0",
        "info": {"title": "Interact runtime", "version": version[:12]},
        "paths": _with_places(
            {
                "/servlet/RestServlet": {"post": _operation("Batch", _body(_servlet_body()))},
                "/v2/sessions/{session}": {
                    "post": _operation("Response", _body(_command_body()), ["ic", "audienceLevel"]),
                    "delete": _operation("Response"),
                },
                "/v2/profiles/{session}": {"get": _operation("Response")},
                "/v2/offers/{session}": {"post": _operation("Response", _body(_command_body()))},
                "/v2/offers/{session}/{ip}": {"get": _operation("Response", None, ["number"])},
                "/v2/events/{session}/{event}": {
                    "post": _operation("Response", _body(_command_body()))
                },
                "/v2/batch/{session}": {"post": _operation("Batch", _body(_servlet_body()))},
            }
        ),
        "components": {
            "schemas": {
                "NameValue": _PAIR,
                "Offer": _OFFER,
                "OfferList": _OFFER_LIST,
                "Response": _RESPONSE,
                "Batch": _BATCH,
                "Command": _COMMAND,
                "Error": _ERROR,
            }
        },
    }


def _with_places(paths: Json) -> Json:
    """Add the parameters that are parts of a path."""
    return {
        path: {
            **operations,
            "parameters": [
                {"name": part[1:-1], "in": "path", "required": True, "schema": {"type": "string"}}
                for part in path.split("/")
                if part.startswith("{")
            ],
        }
        for path, operations in paths.items()
    }


def _servlet_body() -> Json:
    return {
        "type": "object",
        "required": ["commands"],
        "properties": {
            "sessionId": {"type": ["string", "null"]},
            "commands": {"type": "array", "items": {"$ref": "#/components/schemas/Command"}},
        },
    }


def _command_body() -> Json:
    return {"type": "object", "properties": _COMMAND["properties"]}


def _body(schema: Json) -> Json:
    return {"content": {"application/json": {"schema": schema}}}


def _operation(answer: str, body: Json | None = None, query: list[str] | None = None) -> Json:
    told: Json = {
        "responses": {
            "200": {"description": "Done", **_content(answer)},
            **{
                status: {"description": text, **_content("Error")}
                for status, text in (
                    ("400", "The body is no JSON object"),
                    ("401", "Not logged in"),
                    ("413", "Too large"),
                )
            },
        }
    }
    if query:
        told["parameters"] = [
            {"name": name, "in": "query", "schema": {"type": "string"}} for name in query
        ]
    if body:
        told["requestBody"] = body
    return told


def _content(schema: str) -> Json:
    reference = {"$ref": f"#/components/schemas/{schema}"}
    return {"content": {"application/json": {"schema": reference}}}
