"""The HTTP service: the JSON servlet, REST v2, health, metrics and the OpenAPI document."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

import msgspec
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response as HttpResponse
from starlette.routing import Route

from interact.runtime.history.writer import History
from interact.runtime.host.host import Host
from interact.runtime.host.results import Response
from interact.runtime.serve import wire
from interact.runtime.serve.durable import Collected, settle
from interact.runtime.serve.metrics import Metrics
from interact.runtime.serve.openapi import document
from interact.runtime.serve.readiness import readiness
from interact.runtime.serve.updating import Updates
from interact.runtime.serve.users import Gate

MOST_BYTES = 1 << 20
MOST_COMMANDS = 200
TOKEN_HEADER = "m_tokenId"
_encode = msgspec.json.Encoder().encode

Endpoint = Callable[[Request], Awaitable[HttpResponse]]


class Refused(Exception):
    """A request that is not looked at any further."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(text)
        self.status, self.text = status, text


@dataclass(slots=True)
class Service:
    """What the endpoints share."""

    host: Host
    history: History | None
    gate: Gate
    metrics: Metrics
    updates: Updates | None = None

    def guarded(self, endpoint: Endpoint) -> Endpoint:
        """Return an endpoint for who may call, whose refusals are JSON."""

        async def call(request: Request) -> HttpResponse:
            try:
                token = self._admit(request)
                answer = await endpoint(request)
            except Refused as refused:
                return _json({"error": refused.text}, refused.status)
            except ClientDisconnect:
                return HttpResponse(status_code=400)
            if token:
                answer.headers[TOKEN_HEADER] = token
            return answer

        return call

    def _admit(self, request: Request) -> str | None:
        if self.gate.users is None:
            return None
        given = request.headers.get(TOKEN_HEADER)
        if given is not None and self.gate.knows(given):
            return given
        name = unquote(request.headers.get("m_user_name", ""))
        password = unquote(request.headers.get("m_user_password", ""))
        if name and (token := self.gate.token_for(name, password)):
            return token
        raise Refused(401, "send m_user_name and m_user_password, or a valid m_tokenId")

    async def commands(self, session: str | None, commands: Sequence[object]) -> list[Response]:
        """Carry commands out, and wait until what they log is durable."""
        if len(commands) > MOST_COMMANDS:
            raise Refused(413, f"a batch has at most {MOST_COMMANDS} commands")
        started = time.perf_counter()
        with Collected() as rows:
            answers = wire.execute(self.host, session, commands)
        await settle(self.history, rows, answers)
        self.metrics.observe(commands, answers, time.perf_counter() - started)
        return answers

    # -- the servlet ---------------------------------------------------------------------------

    async def servlet(self, request: Request) -> HttpResponse:
        body = await _body(request)
        session = body.get("sessionId")
        commands = body.get("commands")
        if not isinstance(commands, list) or not isinstance(session, str | None):
            raise Refused(400, "the body has a sessionId (or none) and a list of commands")
        return _json(wire.batch_json(await self.commands(session, commands)))

    # -- REST v2 -------------------------------------------------------------------------------

    async def start(self, request: Request) -> HttpResponse:
        body = await _body(request)
        query = request.query_params
        command = {"ic": query.get("ic"), "audienceLevel": query.get("audienceLevel"), **body}
        return await self._one(request, "startSession", command)

    async def end(self, request: Request) -> HttpResponse:
        return await self._one(request, "endSession", {})

    async def profile(self, request: Request) -> HttpResponse:
        return await self._one(request, "getProfile", {})

    async def offers(self, request: Request) -> HttpResponse:
        number = request.query_params.get("number", "1")
        command = {"ip": request.path_params["ip"], "numberRequested": number}
        return await self._one(request, "getOffers", command)

    async def offers_for_points(self, request: Request) -> HttpResponse:
        return await self._one(request, "getOffers", await _body(request))

    async def event(self, request: Request) -> HttpResponse:
        command = {**await _body(request), "event": request.path_params["event"]}
        return await self._one(request, "postEvent", command)

    async def batch(self, request: Request) -> HttpResponse:
        commands = (await _body(request)).get("commands")
        if not isinstance(commands, list):
            raise Refused(400, "the body has a list of commands")
        answers = await self.commands(request.path_params["session"], commands)
        return _json(wire.batch_json(answers))

    async def _one(self, request: Request, action: str, command: dict[str, Any]) -> HttpResponse:
        session = request.path_params["session"]
        (answer,) = await self.commands(session, [{**command, "action": action}])
        return _json(wire.response_json(answer))

    # -- operation -----------------------------------------------------------------------------

    async def health(self, request: Request) -> HttpResponse:
        return _json({"status": "ok"})

    async def ready(self, request: Request) -> HttpResponse:
        told = readiness(self.host, self.updates)
        return _json(told, 200 if told["status"] == "ready" else 503)

    async def scrape(self, request: Request) -> HttpResponse:
        self.metrics.sessions.set(len(self.host.sessions))
        if self.updates is not None:
            self.metrics.deployment.observe(self.updates)
        return HttpResponse(self.metrics.text(), media_type="text/plain; version=0.0.4")

    async def openapi(self, request: Request) -> HttpResponse:
        return _json(document(self.host.deployment.version))

    @asynccontextmanager
    async def lifespan(self, app: Starlette) -> AsyncIterator[None]:
        """Bring new versions while the service runs."""
        if self.updates is None:
            yield
            return
        task = asyncio.create_task(self.updates.run(self.host))
        yield
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def make_app(service: Service, origins: Sequence[str] = ()) -> Starlette:
    """Return the application.

    Args:
        origins: Web origins whose pages may call.
    """
    guarded = service.guarded
    routes = [
        Route(f"{base}/servlet/RestServlet", guarded(service.servlet), methods=["POST"])
        for base in ("", "/interact")
    ]
    routes += [
        Route("/v2/sessions/{session}", guarded(service.start), methods=["POST"]),
        Route("/v2/sessions/{session}", guarded(service.end), methods=["DELETE"]),
        Route("/v2/profiles/{session}", guarded(service.profile), methods=["GET"]),
        Route("/v2/offers/{session}", guarded(service.offers_for_points), methods=["POST"]),
        Route("/v2/offers/{session}/{ip}", guarded(service.offers), methods=["GET"]),
        Route("/v2/events/{session}/{event}", guarded(service.event), methods=["POST"]),
        Route("/v2/batch/{session}", guarded(service.batch), methods=["POST"]),
        Route("/health", service.health),
        Route("/ready", service.ready),
        Route("/metrics", service.scrape),
        Route("/openapi.json", service.openapi),
    ]
    cors = Middleware(
        CORSMiddleware,
        allow_origins=list(origins),
        allow_methods=["GET", "POST", "DELETE"],
        allow_headers=["*"],
        expose_headers=[TOKEN_HEADER],
    )
    middleware = [cors] if origins else []
    return Starlette(routes=routes, middleware=middleware, lifespan=service.lifespan)


async def _body(request: Request) -> dict[str, Any]:
    """Return the JSON object of a request; an empty body is an empty object."""
    data = bytearray()
    async for piece in request.stream():
        data += piece
        if len(data) > MOST_BYTES:
            raise Refused(413, f"a request has at most {MOST_BYTES:,} bytes")
    try:
        found = msgspec.json.decode(bytes(data)) if data.strip() else {}
    except (msgspec.DecodeError, RecursionError, ValueError) as error:
        raise Refused(400, f"the body is not JSON: {error}") from error
    if not isinstance(found, dict):
        raise Refused(400, "the body is no JSON object")
    return found


def _json(data: object, status: int = 200) -> HttpResponse:
    return HttpResponse(_encode(data), status, media_type="application/json")
