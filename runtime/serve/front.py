"""Takes calls of the API straight to their endpoints, past what is there for other requests.

The parts of a path are as the client encoded them: the name of a session may have a slash.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import unquote_to_bytes

from starlette.types import ASGIApp, Receive, Scope, Send

from interact.runtime.serve.endpoint import Endpoint

SERVLET = "/servlet/RestServlet"
BELOW = "/interact"
"""Where clients of the original find all of it; it is at the root, too."""
_BELOW = BELOW.encode()
_SERVLETS = (SERVLET, BELOW + SERVLET)
Places = tuple[Endpoint, tuple[str, ...]]


class Front:
    """An ASGI application in front of another one.

    Args:
        servlet: Answers what is posted to the servlet.
        rest: Each answers the paths of its form, ``/v2/WHAT/{part}/{part}``.
        others: Answers everything else.
    """

    __slots__ = ("_rest", "_servlet", "others")

    def __init__(self, servlet: Endpoint, rest: Iterable[Endpoint], others: ASGIApp) -> None:
        self._servlet, self.others = servlet, others
        self._rest = dict(map(_place, rest))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            path: str = scope["path"]
            if path in _SERVLETS:
                return await self._servlet(scope, receive, send)
            if "/v2/" in path and (found := self._found(scope)) is not None:
                return await found(scope, receive, send)
        return await self.others(scope, receive, send)

    def _found(self, scope: Scope) -> Endpoint | None:
        """Return what answers a path of REST v2, with its parts in the scope."""
        raw: bytes = scope.get("raw_path") or scope["path"].encode()
        if raw.startswith(_BELOW):
            raw = raw[len(_BELOW) :]
        parts = raw.split(b"/")
        if len(parts) < 3 or parts[1] != b"v2" or not all(parts[2:]):
            return None
        found = self._rest.get((parts[2], len(parts)))
        if found is None:
            return None
        endpoint, names = found
        scope["path_params"] = dict(zip(names, map(_decoded, parts[3:]), strict=True))
        return endpoint


def _decoded(part: bytes) -> str:
    return (unquote_to_bytes(part) if b"%" in part else part).decode("utf-8", "replace")


def _place(endpoint: Endpoint) -> tuple[tuple[bytes, int], Places]:
    """Return how to find an endpoint, and the names of the parts of its path."""
    parts = endpoint.form.split("/")
    names = tuple(part[1:-1] for part in parts[3:])
    return (parts[2].encode(), len(parts)), (endpoint, names)
