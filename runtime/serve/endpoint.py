"""A request, from who may call to the JSON that answers; thin, as most of its time is the decision.

Every answer has the form of the API, refusals included: clients look at one place for messages.
"""

from __future__ import annotations

import asyncio
import logging
import time
from codecs import BOM_UTF8
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Any
from urllib.parse import unquote

import msgspec
from starlette.datastructures import Headers, QueryParams
from starlette.types import Receive, Scope, Send

from interact.runtime.host import advisory
from interact.runtime.host.results import ERROR, Response
from interact.runtime.serve.logs import REQUESTS, request
from interact.runtime.serve.rates import Rates
from interact.runtime.serve.users import MOST_WAITING, Gate
from interact.runtime.serve.wire import batch_json, response_json
from interact.stdlib.records import record

MOST_BYTES = 1 << 20
TOKEN_HEADER = "m_tokenId"
_DIGITS = 20
_GZIP = b"\x1f\x8b"
encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(float_hook=float).decode  # 1e999 is for a command to refuse
log = logging.getLogger("interact.serve")
_JSON = (b"content-type", b"application/json")
_FRESH = (b"cache-control", b"no-store")
"""Browsers and proxies may keep what is answered to other methods than POST."""


class Refused(Exception):
    """A request that is not looked at any further."""

    def __init__(
        self,
        status: int,
        text: str,
        code: int = advisory.WRONG_ARGUMENT,
        headers: Sequence[tuple[bytes, bytes]] = (),
    ) -> None:
        super().__init__(text)
        self.status, self.text, self.code, self.headers = status, text, code, headers


class Left(Exception):
    """The client went away."""


@record
class Call:
    """What a handler gets of a request: the parts of its path, and the object of its body."""

    scope: Scope
    body: dict[str, Any]

    @property
    def path(self) -> Mapping[str, str]:
        parts: dict[str, str] = self.scope["path_params"]
        return parts

    @property
    def query(self) -> QueryParams:
        return QueryParams(self.scope["query_string"])


Handler = Callable[[Call], Awaitable[list[Response]]]


@dataclass(frozen=True, slots=True)
class Endpoint:
    """An ASGI application for one path.

    Attributes:
        handlers: By method.
        gate: Who may call.
        version: What a refusal tells of the deployment.
        is_batch: Whether it answers a batch, or one command.
        rates: How many requests a client may make; None for any number.
        form: The path, with the names of its parts.
        refused: Told of the status of each request that is refused.
        is_logged: Whether each request is.
    """

    handlers: Mapping[str, Handler]
    gate: Gate
    version: Callable[[], str]
    is_batch: bool = False
    rates: Rates | None = None
    form: str = ""
    refused: Callable[[int], None] = lambda status: None
    is_logged: bool = field(default_factory=lambda: REQUESTS.isEnabledFor(logging.INFO))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers, status = [_JSON] if scope["method"] == "POST" else [_JSON, _FRESH], 200
        started = time.perf_counter() if self.is_logged else 0.0
        try:
            handler = self.handlers.get(scope["method"]) or self._other(scope["method"])
            if self.rates is not None:
                _count(self.rates, self.gate, scope)
            if self.gate.users is not None:
                headers = [*headers, await _admitted(self.gate, Headers(scope=scope))]
            call = Call(scope, _object(await _read(scope, receive)))
            answers = await handler(call)
        except Refused as refused:
            status, headers = refused.status, [*headers, *refused.headers]
            answers = [self._saying(refused.code, refused.text)]
        except Left:
            return
        except Exception:
            log.exception("a bug in %s", self.form)
            status, answers = 500, [self._saying(advisory.BUG, "this is a bug of the service")]
        told = batch_json(answers) if self.is_batch else response_json(answers[0])
        data = encode(told)
        headers = [*headers, (b"content-length", b"%d" % len(data))]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": data})
        if status != 200:
            self.refused(status)
        if self.is_logged:
            request(self.form, scope["method"], status, time.perf_counter() - started, answers)

    def _other(self, method: str) -> Handler:
        """Return what answers a method that has no answer of its own: that of GET, to HEAD."""
        found = self.handlers.get("GET") if method == "HEAD" else None
        if found is None:
            known = ", ".join(self.handlers)
            allow = [(b"allow", known.encode())]
            raise Refused(405, f"{self.form} takes {known}", headers=allow)
        return found

    def _saying(self, code: int, text: str) -> Response:
        answer = Response(None, self.version())
        answer.say(ERROR, code, text)
        return answer


def _count(rates: Rates, gate: Gate, scope: Scope) -> None:
    """Count a request of a user who has logged in, or else of an address.

    Raises:
        Refused: It is one too many.
    """
    token = None if gate.users is None else Headers(scope=scope).get(TOKEN_HEADER)
    user = None if token is None else gate.user_of(token)
    address = (scope.get("client") or ("",))[0]
    wait = rates.wait(f"address {address}" if user is None else f"user {user}")
    if wait:
        after = (b"retry-after", b"%d" % max(1, ceil(wait)))
        raise Refused(429, "too many requests", advisory.TOO_MANY, [after])


async def _admitted(gate: Gate, headers: Headers) -> tuple[bytes, bytes]:
    """Return the header with the token of who may call."""
    token = headers.get(TOKEN_HEADER)
    if token is None or not gate.knows(token):
        name = unquote(headers.get("m_user_name", ""))
        password = unquote(headers.get("m_user_password", ""))
        token = gate.token_given(name, password)
        if token is None and name:
            token = await _checked(gate, name, password)
    if token is None:
        text = "send m_user_name and m_user_password, or a valid m_tokenId"
        raise Refused(401, text, advisory.NOT_ADMITTED)
    return TOKEN_HEADER.lower().encode(), token.encode()


async def _checked(gate: Gate, name: str, password: str) -> str | None:
    """Check a password, which takes long, so that guessing does: others go on meanwhile."""
    if gate.waiting >= MOST_WAITING:
        after = (b"retry-after", b"1")
        raise Refused(429, "too many log in at once", advisory.TOO_MANY, [after])
    gate.waiting += 1
    try:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(gate.threads, gate.token_for, name, password)
    finally:
        gate.waiting -= 1


async def _read(scope: Scope, receive: Receive) -> bytes:
    """Return a body; one that says to be too large is not waited for."""
    message = await receive()
    data, told = message.get("body", b""), 0
    if message.get("more_body"):
        told = _told_length(scope)
        data = bytearray(data)  # which grows, however small the parts are
    while message.get("more_body") and max(told, len(data)) <= MOST_BYTES:
        message = await receive()
        data += message.get("body", b"")
    if message["type"] == "http.disconnect":
        raise Left
    if len(data) > MOST_BYTES or told > MOST_BYTES:
        raise Refused(413, f"a request has at most {MOST_BYTES:,} bytes")
    return bytes(data)


def _told_length(scope: Scope) -> int:
    told = Headers(scope=scope).get("content-length", "")
    return int(told) if told.isdecimal() and len(told) < _DIGITS else 0


def _object(data: bytes) -> dict[str, Any]:
    """Return the JSON object of a body; an empty body is an empty object."""
    if data.startswith(BOM_UTF8):  # clients of .NET write one
        data = data.removeprefix(BOM_UTF8)
    try:
        found = _decode(data) if data and not data.isspace() else {}
    except UnicodeDecodeError as error:
        raise Refused(400, "the body is not in UTF-8") from error
    except (msgspec.DecodeError, RecursionError, ValueError) as error:
        if data.startswith(_GZIP):
            raise Refused(415, "the body is compressed, and is taken as it is only") from error
        raise Refused(400, f"the body is not JSON: {error}") from error
    if type(found) is not dict:
        raise Refused(400, "the body is no JSON object")
    return found
