"""What clients can do to a server with their connections: real sockets, and a clock of its own."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import uvicorn

from interact.runtime.host.deployment import open_deployment
from interact.runtime.host.host import Host
from interact.runtime.serve.app import Service, make_app
from interact.runtime.serve.connections import Bounds, Watch, _doing
from interact.runtime.serve.metrics import Metrics
from interact.runtime.serve.server import make_server
from interact.runtime.serve.users import Gate

SHOP = """
audience C { key id: int }
channel W for C { zone Z { point p } }
offer O {}
strategy S on W { zone Z { O score 1 } }
"""
HEAD = b"POST /servlet/RestServlet HTTP/1.1\r\nhost: x\r\n"
GET = b"GET /health HTTP/1.1\r\nhost: x\r\n\r\n"


@dataclass(slots=True)
class Running:
    """A server in this loop; its watch is asked by the test, at the test's time."""

    server: uvicorn.Server
    service: Service
    watch: Watch
    port: int
    now: list[float]
    writers: list[asyncio.StreamWriter] = field(default_factory=list)

    async def connect(self, *, buffer: int = 1 << 16) -> tuple[Any, Any]:
        """Return reader and writer of a connection that takes in so much."""
        found = socket.socket()
        found.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        found.setblocking(False)
        await asyncio.get_running_loop().sock_connect(found, ("127.0.0.1", self.port))
        reader, writer = await asyncio.open_connection(sock=found, limit=buffer)
        self.writers.append(writer)
        return reader, writer

    async def at(self, why: str) -> None:
        """Wait until a client is at something."""
        while not any((d := _doing(c)) and d[0] == why for c in self.watch.connections):
            await asyncio.sleep(0)
        self.watch.look()

    def later(self, seconds: float) -> None:
        self.now[0] += seconds
        self.watch.look()

    def closed(self, why: str) -> bool:
        return f'interact_connections_closed_total{{why="{why}"}} 1.0' in (
            self.service.metrics.text().decode()
        )


@asynccontextmanager
async def running(path: Path, most: int = 768) -> AsyncIterator[Running]:
    (path / "shop.interact").write_text(SHOP)
    service = Service(Host(open_deployment(str(path))), None, Gate(None), Metrics())
    now = [0.0]
    server = make_server(make_app(service), service, Bounds(most))
    watch, service.watch = service.watch, None
    assert watch is not None
    watch.clock = lambda: now[0]
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        task = asyncio.create_task(server.serve([listening]))
        while not server.started:
            await asyncio.sleep(0)
        found = Running(server, service, watch, port, now)
        try:
            yield found
        finally:
            for writer in found.writers:
                writer.transport.abort()
            server.should_exit = True
            await task


def test_whoever_does_not_finish_a_request_is_let_go(tmp_path: Path) -> None:
    """After so many seconds in all, however the bytes trickle in."""

    async def check(sent: bytes, more: bytes, why: str, seconds: float) -> None:
        async with running(tmp_path) as found:
            reader, writer = await found.connect()
            writer.write(sent)
            await found.at(why)
            for _ in range(4):
                found.later(seconds / 4 - 0.1)
                writer.write(more)
                await writer.drain()
            assert not reader.at_eof()
            found.later(0.5)
            with suppress(ConnectionResetError):
                assert await reader.read() == b""
            assert found.closed(why)

    asyncio.run(check(b"", b"", "head", 15))
    asyncio.run(check(HEAD, b"a: b\r\n", "head", 15))
    asyncio.run(check(HEAD + b"content-length: 100\r\n\r\n", b"{", "body", 30))


def test_a_second_request_has_its_own_time(tmp_path: Path) -> None:
    async def check() -> None:
        async with running(tmp_path) as found:
            reader, writer = await found.connect()
            await found.at("head")
            found.later(14)
            writer.write(GET)
            assert (await reader.readuntil(b"}")).startswith(b"HTTP/1.1 200")
            found.later(70)  # idle: that is the server's to end
            writer.write(HEAD)
            await found.at("head")
            found.later(14)
            writer.write(b"content-length: 2\r\n\r\n")
            await found.at("body")
            found.later(29)
            writer.write(b"{}")
            assert (await reader.readuntil(b"\r\n")).startswith(b"HTTP/1.1 400")

    asyncio.run(check())


def test_whoever_does_not_read_is_let_go(tmp_path: Path) -> None:
    async def check() -> None:
        async with running(tmp_path) as found:
            _, writer = await found.connect(buffer=4096)
            writer.transport.pause_reading()
            asked = b"GET /openapi.json HTTP/1.1\r\nhost: x\r\n\r\n" * 5000
            writer.write(asked)
            await found.at("answer")
            found.later(29)
            assert not found.closed("answer")
            found.later(1)
            assert found.closed("answer")

    asyncio.run(check())


def test_a_head_has_an_end(tmp_path: Path) -> None:
    async def check() -> None:
        async with running(tmp_path) as found:
            reader, writer = await found.connect()
            writer.write(HEAD + b"a: " + b"x" * (70 << 10))
            answer = await reader.read()
            assert answer.startswith(b"HTTP/1.1 400 Bad Request")
            assert answer.endswith(b"The head of the request is too large.")
            reader, writer = await found.connect()
            body = b'{"commands": [], "more": "' + b"x" * (900 << 10) + b'"}'
            writer.write(HEAD + b"content-length: %d\r\n\r\n" % len(body) + body)
            assert (await reader.readuntil(b"\r\n")).startswith(b"HTTP/1.1 200")
            writer.write(b"no request\r\n\r\n")
            assert b"HTTP/1.1 400" in await reader.read()
            text = found.service.metrics.text().decode()
            assert 'interact_refused_total{status="400"} 2.0' in text

    asyncio.run(check())


def test_a_body_is_read_where_a_client_would_rather_speak_http_2(tmp_path: Path) -> None:
    """Clients of Java ask for it in each request, unless they are told not to."""
    ask = b"Upgrade: h2c\r\nconnection: Upgrade, HTTP2-Settings\r\nHTTP2-Settings: AAEAAEAA\r\n"
    body = b'{"commands": [], "Upgrade: h2c": 1}'
    length = b"content-length: %d\r\n\r\n" % len(body)

    async def check() -> None:
        async with running(tmp_path) as found:
            reader, writer = await found.connect()
            for parts in ([HEAD + ask + length + body], [HEAD, ask, length, body], [HEAD + ask]):
                for part in parts:
                    writer.write(part)
                    await writer.drain()
                    await asyncio.sleep(0.01)
                if parts[-1] == HEAD + ask:
                    writer.write(length + body)
                assert (await reader.readuntil(b"\r\n")).startswith(b"HTTP/1.1 200")
                assert (await reader.readuntil(b'"responses":[]}')).endswith(b"}")

    asyncio.run(check())


def test_a_connection_ends_where_another_protocol_is_asked_for_deep_in_it(tmp_path: Path) -> None:
    """So that nobody waits for answers to what was not read."""

    async def check() -> None:
        async with running(tmp_path) as found:
            reader, writer = await found.connect()
            ask = HEAD + b"connection: upgrade\r\nupgrade: h2c\r\ncontent-length: 2\r\n\r\n{}"
            writer.write(GET + ask + GET)
            told = await reader.read()
            assert told.count(b"HTTP/1.1 200") == told.count(b"HTTP/1.1 400") == 1
            assert b"connection: close" in told

    asyncio.run(check())


def test_a_body_that_says_to_be_too_large_is_not_waited_for(tmp_path: Path) -> None:
    async def check() -> None:
        async with running(tmp_path) as found:
            reader, writer = await found.connect()
            writer.write(HEAD + b"content-length: 2000000000\r\n\r\n{")
            assert (await reader.readuntil(b"\r\n")).startswith(b"HTTP/1.1 413")
            writer.write(b" " * (4 << 20))
            await found.at("head")
            found.later(15)
            with suppress(ConnectionResetError):
                await reader.read()
            assert found.closed("head")

    asyncio.run(check())


def test_one_connection_too_many_is_refused(tmp_path: Path) -> None:
    async def check() -> None:
        async with running(tmp_path, most=2) as found:
            held = [await found.connect() for _ in range(2)]
            await found.at("head")
            while len(found.watch.connections) < 2:
                await asyncio.sleep(0)
            reader, _ = await found.connect()
            assert (await reader.read()).startswith(b"HTTP/1.1 503 Service Unavailable")
            assert found.closed("many")
            for reader, writer in held:
                writer.write(GET)
                assert (await reader.readuntil(b"}")).startswith(b"HTTP/1.1 200")

    asyncio.run(check())


def test_a_server_that_stops_answers_what_it_has_taken(tmp_path: Path) -> None:
    """Idle connections and half heads are closed; a body that was begun may end."""

    async def check() -> None:
        async with running(tmp_path) as found:
            (idle, idle_writer), (half, half_writer), (begun, writer) = [
                await found.connect() for _ in range(3)
            ]
            idle_writer.write(GET)
            await idle.readuntil(b"}")
            half_writer.write(HEAD)
            writer.write(HEAD + b"content-length: 16\r\n\r\n")
            await found.at("body")
            found.server.should_exit = True
            assert (await idle.read(), await half.read()) == (b"", b"")
            writer.write(b'{"commands": []}')
            answer = await begun.read()
            assert answer.startswith(b"HTTP/1.1 200")
            assert b"connection: close" in answer

    asyncio.run(check())


def test_a_server_that_stops_does_not_wait_long_for_clients(tmp_path: Path) -> None:
    async def check() -> None:
        async with running(tmp_path) as found:
            reader, writer = await found.connect()
            writer.write(HEAD + b"content-length: 16\r\n\r\n")
            await found.at("body")
            found.server.should_exit = True
            found.later(4.9)
            assert not found.closed("body")
            found.later(0.1)
            with suppress(ConnectionResetError):
                assert await reader.read() == b""
            assert found.closed("body")

    asyncio.run(check())
