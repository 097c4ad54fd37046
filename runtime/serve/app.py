"""The HTTP service: the JSON servlet, REST v2, health, metrics and the OpenAPI document."""

from __future__ import annotations

import asyncio
import signal
import time
from collections.abc import AsyncIterator, Awaitable, Coroutine, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from starlette.applications import Starlette
from starlette.middleware.cors import CORSMiddleware
from starlette.requests import Request
from starlette.responses import Response as HttpResponse
from starlette.routing import BaseRoute, Mount, Route
from starlette.types import ASGIApp

from interact.runtime.history.writer import History
from interact.runtime.host import advisory
from interact.runtime.host.deployment import Deployment
from interact.runtime.host.events.tracking import TRACKED
from interact.runtime.host.host import Host
from interact.runtime.host.results import Response
from interact.runtime.host.store.protocol import StoreError
from interact.runtime.host.trouble import Troubles
from interact.runtime.host.turn import Turn
from interact.runtime.host.turns import Steps
from interact.runtime.serve import wire
from interact.runtime.serve.admission import Admission
from interact.runtime.serve.arguments import (
    MOST_CALLS,
    MOST_COMMANDS,
    MOST_NAME,
    MOST_POINTS,
    points_of,
)
from interact.runtime.serve.connections import Watch
from interact.runtime.serve.durable import go_on
from interact.runtime.serve.endpoint import TOKEN_HEADER, Call, Endpoint, Handler, Refused, encode
from interact.runtime.serve.front import SERVLET, Front
from interact.runtime.serve.metrics import Metrics
from interact.runtime.serve.openapi import document
from interact.runtime.serve.pages import Pages
from interact.runtime.serve.rates import Rates
from interact.runtime.serve.readiness import readiness
from interact.runtime.serve.rest import Rest
from interact.runtime.serve.schemas import Names
from interact.runtime.serve.updating import Updates
from interact.runtime.serve.users import Gate

MOST_THREADS = 32
"""Requests that wait for a shared store at once; they are started as they are needed."""


@dataclass(slots=True)
class Service:
    """What the endpoints share."""

    host: Host
    history: History | None
    gate: Gate
    metrics: Metrics
    updates: Updates | None = None
    rates: Rates | None = None
    users: Admission | None = None
    watch: Watch | None = None
    troubles: Troubles = field(default_factory=Troubles)
    threads: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(MOST_THREADS))
    _is_slow: bool = field(init=False)

    def __post_init__(self) -> None:
        self._is_slow = self.host.store.is_shared

    async def commands(self, session: str | None, commands: object) -> list[Response]:
        """Carry commands out, and wait until what they log is durable."""
        if not isinstance(commands, list):
            raise Refused(400, "the body has a list of commands")
        if len(commands) > MOST_COMMANDS:
            raise Refused(413, f"a batch has at most {MOST_COMMANDS} commands")
        if len(commands) > MOST_CALLS and points_of(commands) > MOST_CALLS * MOST_POINTS:
            raise Refused(413, f"a batch is about at most {MOST_CALLS * MOST_POINTS:,} points")
        if session is not None and len(session) > MOST_NAME:
            raise Refused(400, f"the name of a session has at most {MOST_NAME} characters")
        started = time.perf_counter()
        host = self.host

        def work(turn: Turn) -> list[Response]:
            turn.is_named = bool(session)
            return wire.execute(host.calls, turn, commands)

        steps = host.steps(session or uuid4().hex, work)
        try:
            if self._is_slow:
                answers = await self._elsewhere(steps)
            else:
                answers = await go_on(steps, next(steps), self.history)
        except StopIteration as stop:  # there was nothing to wait for
            answers = stop.value
        except StoreError as error:
            self.metrics.store_failures.inc()
            raise Refused(503, error.message, advisory.STORE_FAILED) from error
        self.metrics.observe(commands, answers, time.perf_counter() - started)
        return answers

    def _elsewhere(self, steps: Steps[list[Response]]) -> Awaitable[list[Response]]:
        """Take steps in a thread, as the store answers over a network."""
        return asyncio.get_running_loop().run_in_executor(self.threads, self.host.run, steps)

    # -- the servlet ---------------------------------------------------------------------------

    def servlet(self, call: Call) -> Awaitable[list[Response]]:
        session = call.body.get("sessionId")
        if session is not None and not isinstance(session, str):
            raise Refused(400, "sessionId is a text, or absent")
        return self.commands(session, call.body.get("commands"))

    # -- operation -----------------------------------------------------------------------------

    async def health(self, request: Request) -> HttpResponse:
        return _json({"status": "ok"})

    async def ready(self, request: Request) -> HttpResponse:
        told = readiness(self.host, self.updates) | self.troubles.told()
        if self.host.store.is_shared:
            try:
                loop = asyncio.get_running_loop()
                await loop.run_in_executor(self.threads, self.host.store.check)
            except StoreError as error:
                told["status"] = error.message
        return _json(told, 200 if told["status"] == "ready" else 503)

    async def scrape(self, request: Request) -> HttpResponse:
        if not self.host.store.is_shared:
            self.metrics.sessions.set(len(self.host.store))
        if self.updates is not None:
            self.metrics.deployment.observe(self.updates)
        if self.users is not None:
            self.metrics.observe_users(self.users.count, bool(self.users.refused))
        return HttpResponse(self.metrics.text(), media_type="text/plain; version=0.0.4")

    async def openapi(self, request: Request) -> HttpResponse:
        return _json(document(names_of(self.host.deployment), self.gate.users is None))

    @asynccontextmanager
    async def lifespan(self, app: Starlette) -> AsyncIterator[None]:
        """Bring new versions and users while the service runs; SIGHUP asks for all anew."""
        asked: list[asyncio.Event] = []

        def ask() -> None:
            for one in asked:
                one.set()

        with suppress(ValueError, RuntimeError, NotImplementedError):  # not the main thread
            asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, ask)
        tasks = [asyncio.create_task(job) for job in self._jobs(asked)]
        yield
        for task in tasks:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    def _jobs(self, asked: list[asyncio.Event]) -> Iterator[Coroutine[Any, Any, None]]:
        """Yield what runs beside requests; each is asked by an event of its own."""
        if self.updates is not None:
            asked.append(asyncio.Event())
            yield self.updates.run(self.host, asked[-1])
        if self.users is not None:
            asked.append(asyncio.Event())
            yield self.users.run(asked[-1])
        if self.watch is not None:
            yield self.watch.run()


def make_app(service: Service, origins: Sequence[str] = (), site: str | None = None) -> ASGIApp:
    """Return the application.

    Args:
        origins: Web origins whose pages may call.
        site: A folder of pages, which everyone may read.
    """

    front = make_front(service, Starlette(routes=_pages(service, site), lifespan=service.lifespan))
    if not origins:
        return front
    return CORSMiddleware(
        front,
        allow_origins=list(origins),
        allow_methods=["GET", "POST", "PUT", "DELETE"],
        allow_headers=["*"],
        expose_headers=[TOKEN_HEADER],
    )


def _pages(service: Service, site: str | None) -> list[BaseRoute]:
    """Return what answers everything that is no call of the API."""
    routes: list[BaseRoute] = [
        Route("/health", service.health),
        Route("/ready", service.ready),
        Route("/metrics", service.scrape),
        Route("/openapi.json", service.openapi),
    ]
    if site is not None:
        routes.append(Mount("/", Pages(site)))
    return routes


def make_front(service: Service, others: ASGIApp) -> Front:
    """Return what takes the calls of the API to their endpoints, and the rest to others."""

    def endpoint(path: str, is_batch: bool, handlers: dict[str, Handler]) -> Endpoint:
        return Endpoint(
            handlers,
            service.gate,
            lambda: service.host.deployment.version,
            is_batch,
            service.rates,
            path,
            service.metrics.refuse,
        )

    servlet = endpoint(SERVLET, True, {"POST": service.servlet})
    rest = [endpoint(path, *told) for path, told in Rest(service.commands).paths().items()]
    return Front(servlet, rest, others)


def _json(data: object, status: int = 200) -> HttpResponse:
    return HttpResponse(encode(data), status, media_type="application/json")


def names_of(deployment: Deployment) -> Names:
    """Return what clients can name."""
    served = deployment.channels
    points = {point.name for s in served for zone in s.channel.zones for point in zone.points}
    events = {event.name for s in served for event in s.channel.events}
    return Names(
        deployment.version,
        [s.name for s in served],
        sorted(points),
        sorted({*events, *TRACKED}),
    )
