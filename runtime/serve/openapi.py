"""The OpenAPI document of the service."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from interact.runtime.serve.arguments import MOST_NAME
from interact.runtime.serve.endpoint import TOKEN_HEADER
from interact.runtime.serve.schemas import (
    NUMBER,
    TEXT,
    TRIPLE,
    Names,
    array,
    ref,
    schemas,
)

Json = dict[str, Any]

_LOGINS: Final[Json] = {
    name: {"type": "apiKey", "in": "header", "name": name}
    for name in (TOKEN_HEADER, "m_user_name", "m_user_password")
}
_STATUSES: Final = {
    "200": "Done; statusCode says how well",
    "400": "The body is no JSON object",
    "401": "Not logged in",
    "413": "Too large",
    "415": "Compressed",
    "429": "Too many requests",
    "503": "The store of sessions does not answer",
}
_PARAMETERS: Final = {"parameters": array(TRIPLE)}
_WHO: Final = {"audienceLevel": TEXT, "audienceIDField": array(TRIPLE)}


def document(names: Names, is_open: bool = True) -> Json:
    """Return what the service offers; ``is_open`` when everyone may call."""
    told: Json = {
        "openapi": "3.1.0",
        "info": {"title": "Interact runtime", "version": names.version[:12]},
        "paths": {path: _with_places(path, has) for path, has in _paths().items()},
        "components": {"schemas": schemas(names)},
    }
    if not is_open:
        told["components"]["securitySchemes"] = _LOGINS
        told["security"] = [{TOKEN_HEADER: []}, {"m_user_name": [], "m_user_password": []}]
        for path in told["paths"].values():
            for method in path.keys() - {"parameters"}:
                path[method]["responses"]["200"]["headers"] = {TOKEN_HEADER: {"schema": TEXT}}
    return told


def _paths() -> dict[str, Json]:
    several = "GetOffersForMultipleInteractionPointsBody"
    begin = {"ic": ref("InteractiveChannel"), **_WHO}
    return {
        "/servlet/RestServlet": {
            "post": _operation("executeBatch", "BatchResponse", ref("Commands"))
        },
        "/v2/sessions/{session}": {
            "post": _operation("startSession", body=ref("StartSessionBody"), query=begin),
            "delete": _operation("endSession", query=_PARAMETERS),
        },
        "/v2/audiences/{session}": {
            "put": _operation("setAudience", body=ref("SetAudienceBody"), query=_WHO)
        },
        "/v2/profiles/{session}": {"get": _operation("getProfile", query=_PARAMETERS)},
        "/v2/offers/{session}": {
            "post": _operation("getOffersForPoints", body=ref(several), query=_PARAMETERS)
        },
        "/v2/offers/{session}/{ip}": {
            "get": _operation("getOffers", query={"number": NUMBER, **_PARAMETERS})
        },
        "/v2/events/{session}/{event}": {
            "post": _operation("postEvent", body=ref("EventParameters"), query=_PARAMETERS)
        },
        "/v2/batch/{session}": {
            "post": _operation(
                "executeBatchOfSession",
                "BatchResponse",
                {"anyOf": [ref("SessionCommands"), ref("NamedCommands")]},
            )
        },
        "/v2/status": {"get": _operation("getVersion")},
    }


def _with_places(path: str, operations: Mapping[str, Json]) -> Json:
    """Add the parameters that are parts of a path."""
    places = {
        "session": {**TEXT, "minLength": 1, "maxLength": MOST_NAME},
        "ip": ref("InteractionPoint"),
        "event": ref("Event"),
    }
    parts = [part[1:-1] for part in path.split("/") if part.startswith("{")]
    parameters = [
        {"name": part, "in": "path", "required": True, "schema": places[part]} for part in parts
    ]
    return {**operations, **({"parameters": parameters} if parameters else {})}


def _operation(
    name: str,
    answer: str = "CommandResponse",
    body: Json | None = None,
    query: Mapping[str, Json] | None = None,
) -> Json:
    content = {"application/json": {"schema": ref(answer)}}
    told: Json = {
        "operationId": name,
        "responses": {
            status: {"description": text, "content": content} for status, text in _STATUSES.items()
        },
    }
    if query:
        told["parameters"] = [
            {"name": name, "in": "query", "schema": schema} for name, schema in query.items()
        ]
    if body is not None:
        told["requestBody"] = {
            "required": answer == "BatchResponse" or name == "getOffersForPoints",
            "content": {"application/json": {"schema": body}},
        }
    return told
