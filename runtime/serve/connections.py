"""What a connection may cost: how long a client may take, how large a head may be, and how many.

uvicorn ends connections that idle between two requests. It waits for ever for the rest of a head or
body and for a client that does not read, and takes a head of any length; that is bounded here.
Times are looked at once a second for all connections, so that a request costs nothing more.
"""

from __future__ import annotations

import asyncio
import re
import resource
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass, field
from math import inf
from typing import Literal

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

Why = Literal["head", "body", "answer", "many"]
_LOOK_SECONDS = 1.0
_MOST_FILES = 1 << 16
_OWN_FILES = 256
_UPGRADE = re.compile(rb"(?i)(?<=\r\n)(?:upgrade|http2-settings):[^\r\n]*\r\n")
_TOO_MANY = b"HTTP/1.1 503 Service Unavailable\r\nconnection: close\r\ncontent-length: 0\r\n\r\n"


@dataclass(frozen=True, slots=True)
class Bounds:
    """What clients may take.

    Attributes:
        most: Connections at once.
        idle_seconds: Between two requests: longer than balancers keep a connection, so that they
            do not meet one that is just being closed.
        head_seconds: Until the head of a request is there, also of the first one.
        body_seconds: For a body.
        answer_seconds: For reading an answer that is larger than the buffers of the system.
        head_bytes: Of a head that is not complete.
        stopping_seconds: For all of that, of a server that stops.
    """

    most: int = 768
    idle_seconds: int = 75
    head_seconds: float = 15.0
    body_seconds: float = 30.0
    answer_seconds: float = 30.0
    head_bytes: int = 1 << 16
    stopping_seconds: float = 5.0

    def seconds(self, why: Why, *, is_stopping: bool) -> float:
        """Return how long a connection may be at something."""
        longest = self.stopping_seconds if is_stopping else inf
        named = {"head": self.head_seconds, "body": self.body_seconds}
        return min(longest, named.get(why, self.answer_seconds))


Told = Callable[[str], None]
Connections = Collection[HttpToolsProtocol]


def bounded(
    bounds: Bounds, closed: Told, refused: Callable[[int], None]
) -> type[HttpToolsProtocol]:
    """Return the protocol of a server's connections.

    Args:
        closed: Told why a connection is closed.
        refused: Told of the status of what is no request.
    """

    class Connection(HttpToolsProtocol):
        _of_head = 0
        _line = b""

        def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
            super().connection_made(transport)
            if len(self.connections) > bounds.most:
                closed("many")
                transport.write(_TOO_MANY)
                transport.close()

        def data_received(self, data: bytes) -> None:
            before = self.cycle
            is_body = before is not None and before.more_body
            if not is_body and b"pgrade" in data:
                data = _without_upgrade(self._line + data).removeprefix(self._line)
            super().data_received(data)
            if is_body or self.cycle is not before:
                self._of_head, self._line = 0, b""
                return
            self._of_head += len(data)
            self._line = b"\r\n" if data.endswith(b"\r\n") else b""
            if self._of_head > bounds.head_bytes and not self.transport.is_closing():
                self.send_400_response("The head of the request is too large.")

        def _unsupported_upgrade_warning(self) -> None:
            """Say by closing that what comes after such a head, deep in a packet, was not read."""
            if self.cycle is not None:
                self.cycle.keep_alive = False

        def send_400_response(self, msg: str) -> None:
            refused(400)
            super().send_400_response(msg)

    return Connection


def _without_upgrade(data: bytes) -> bytes:
    """Return a head that does not ask for another protocol, which a server may ignore.

    The parser would take what comes after the head for that protocol: clients of Java, which ask
    for HTTP/2 unless they are told not to, would post empty bodies.
    """
    head, end, rest = data.partition(b"\r\n\r\n")
    return _UPGRADE.sub(b"", head + end[:2]) + end[2:] + rest


_Doing = tuple[Why, object]


@dataclass(slots=True)
class Watch:
    """Closes connections whose clients take too long.

    Attributes:
        connections: Those of the server.
        closed: Told why a connection is closed.
        is_stopping: Whether the server stops.
    """

    connections: Connections
    bounds: Bounds
    closed: Told
    is_stopping: Callable[[], bool] = lambda: False
    clock: Callable[[], float] = time.monotonic
    _since: dict[HttpToolsProtocol, tuple[_Doing, float]] = field(default_factory=dict)

    async def run(self, seconds: float = _LOOK_SECONDS) -> None:
        """Look again and again until cancelled."""
        while True:
            await asyncio.sleep(seconds)
            self.look()

    def look(self) -> None:
        """Close what has been at one thing for too long."""
        now, is_stopping, held = self.clock(), self.is_stopping(), {}
        for one in list(self.connections):
            doing = _doing(one)
            if doing is None:
                continue
            was, since = self._since.get(one, (doing, now))
            since = since if was == doing else now
            if now - since >= self.bounds.seconds(doing[0], is_stopping=is_stopping):
                self.closed(doing[0])
                one.transport.abort()
            else:
                held[one] = doing, since
        self._since = held


def _doing(one: HttpToolsProtocol) -> _Doing | None:
    """Return what a client is at, and with which request; None where it has nothing to do.

    Whoever takes some of an answer is at something else than before.
    """
    cycle = one.cycle
    if cycle is None or cycle.response_complete:
        return None if one.timeout_keep_alive_task is not None else ("head", cycle)
    if one.flow.write_paused:
        return "answer", (cycle, cycle.expected_content_length)
    return ("body", cycle) if cycle.more_body else None


def most_connections() -> int:
    """Let this process have as many files as the system allows, and return how many of them may
    be connections: the rest is for the history and databases."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MOST_FILES if hard == resource.RLIM_INFINITY else min(hard, _MOST_FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        with suppress(ValueError, OSError):
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
            soft = wanted
    files = _MOST_FILES if soft == resource.RLIM_INFINITY else min(soft, _MOST_FILES)
    return max(files // 2, files - _OWN_FILES)
