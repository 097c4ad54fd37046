"""Send requests to the service over connections that stay open.

``python load.py PORT PROCESS FILE CASES ROUNDS SECONDS CONNECTIONS RATE``. FILE keeps which
sessions get offers. CASES are taken in turns, some seconds each. Without a rate (0) each connection
sends the next request when it has its answer; answers are looked for by the clock and not waited
for, as waking who waits is work of the service on one machine, and would not be over a network.
With a rate, requests are due at equal distances, whatever the service does, and what they wait for
a free connection counts as their time.

Prints for each case, as JSON, the best of all rounds: answers a second, microseconds of the
service's processor for an answer, and the median time in microseconds, with how many times that
the 99th of 100 takes.
"""

import asyncio
import json
import os
import select
import socket
import sys
from collections import deque
from collections.abc import Callable, Iterator
from itertools import cycle
from pathlib import Path
from time import perf_counter, sleep
from typing import cast

import uvloop

SERVLET = "/servlet/RestServlet"
WANTED = 200
LONGEST = 8.0
LOOK = 0.0005
"""Seconds between two looks at connections that are kept busy; they are many enough for that."""
Done = Callable[["Connection", bytes], None]


def request(path: str, body: object) -> bytes:
    """Return a request as it goes over the wire."""
    data = json.dumps(body).encode()
    head = f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
    return f"{head}Content-Length: {len(data)}\r\n\r\n".encode() + data


def commands(session: str, *named: dict[str, object]) -> bytes:
    """Return a request to the servlet."""
    return request(SERVLET, {"sessionId": session, "commands": named})


OFFERS: dict[str, object] = {"action": "getOffers", "ip": "point0", "numberRequested": 3}
CONTACT: dict[str, object] = {"action": "postEvent", "event": "contact"}


def start(number: int) -> dict[str, object]:
    """Return the command that begins a session."""
    key = {"n": "id", "v": number, "t": "numeric"}
    return {"action": "startSession", "ic": "Website", "audienceID": [key]}


def is_whole(got: bytes) -> bool:
    """Return whether an answer has all its bytes."""
    head, at = got.find(b"\r\n\r\n"), got.find(b"content-length: ")
    return head >= 0 and len(got) >= head + 4 + int(got[at + 16 : got.find(b"\r", at)])


def is_wrong(answer: bytes) -> bool:
    """Return whether an answer is an error."""
    return not answer.startswith(b"HTTP/1.1 200") or b'"statusCode":2' in answer


class Connection(asyncio.Protocol):
    """One request after the other; ``done`` is told of each answer."""

    done: Done

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport."""
        self.transport, self.got = cast(asyncio.Transport, transport), b""

    def send(self, data: bytes) -> None:
        """Send a request."""
        self.began = perf_counter()
        self.transport.write(data)

    def data_received(self, data: bytes) -> None:
        """Take a part of an answer, which is whole when it has all its bytes."""
        self.got += data
        if is_whole(self.got):
            answer, self.got = self.got, b""
            self.done(self, answer)


async def connect(port: int, done: Done) -> Connection:
    """Open a connection."""
    loop = asyncio.get_running_loop()
    _, made = await loop.create_connection(Connection, "127.0.0.1", port)
    made.done = done
    return made


async def sessions_with_offers(port: int) -> list[str]:
    """Begin sessions until so many get an offer, and return those."""
    found: list[str] = []
    answers: asyncio.Queue[bytes] = asyncio.Queue()
    connection = await connect(port, lambda _, answer: answers.put_nowait(answer))
    for number in range(20 * WANTED):
        connection.send(commands(f"s{number}", start(number), OFFERS))
        if b"treatmentCode" in await answers.get():
            found.append(f"s{number}")
        if len(found) == WANTED:
            break
    return found


async def requests_of(port: int, file: Path, case: str) -> Iterator[bytes]:
    """Return the requests of a case, without an end."""
    if not file.exists():
        file.write_text(json.dumps(await sessions_with_offers(port)))
    sessions = json.loads(file.read_text())
    if case == "start":
        return (commands(f"t{n}", start(n % 20_000)) for n in cycle(range(50_000)))
    if case == "contact":
        return cycle([commands(name, OFFERS, CONTACT) for name in sessions])
    if case == "rest":
        form = "GET /v2/offers/{}/point0?number=3 HTTP/1.1\r\nHost: x\r\n\r\n"
        return cycle([form.format(name).encode() for name in sessions])
    path = "/empty" if case == "empty" else SERVLET
    return cycle([request(path, {"sessionId": n, "commands": [OFFERS]}) for n in sessions])


class Client:
    """A connection that is looked at now and then."""

    def __init__(self, port: int) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.socket.setblocking(False)
        self.got = b""

    def send(self, data: bytes) -> None:
        """Send a request."""
        self.began = perf_counter()
        if self.socket.send(data) < len(data):
            raise RuntimeError("a request does not fit the buffer of its connection")

    def answer(self) -> bytes | None:
        """Return the answer when all of it is there."""
        self.got += self.socket.recv(1 << 16)
        if not is_whole(self.got):
            return None
        found, self.got = self.got, b""
        return found


def saturate(
    port: int, wanted: Iterator[bytes], seconds: float, connections: int
) -> tuple[float, list[float]]:
    """Keep the service busy for some seconds; return answers a second, and the times of all.

    Raises:
        RuntimeError: An answer was wrong.
    """
    clients = {c.socket.fileno(): c for c in (Client(port) for _ in range(connections))}
    times: list[float] = []
    with select.epoll() as poll:
        for number, client in clients.items():
            poll.register(number, select.EPOLLIN)
            client.send(next(wanted))
        begun = perf_counter()
        while perf_counter() - begun < seconds:
            sleep(LOOK)
            for number, _ in poll.poll(0):
                client = clients[number]
                answer = client.answer()
                if answer is not None:
                    times.append(perf_counter() - client.began)
                    if is_wrong(answer):
                        raise RuntimeError(f"an answer was wrong: {answer!r}")
                    client.send(next(wanted))
        elapsed = perf_counter() - begun
    for client in clients.values():
        client.socket.close()
    return len(times) / elapsed, sorted(times)


async def window(
    port: int, wanted: Iterator[bytes], seconds: float, connections: int, rate: float
) -> tuple[float, list[float]]:
    """Send requests at a rate for some seconds; return answers a second, and the times of all.

    What a connection is told may not raise, so what was wrong is told at the end.

    Raises:
        RuntimeError: An answer was wrong.
    """
    times: list[float] = []
    free: deque[Connection] = deque()
    due: deque[float] = deque()
    wrong: list[bytes] = []

    def done(connection: Connection, answer: bytes) -> None:
        times.append(perf_counter() - connection.began)
        if is_wrong(answer):
            wrong.append(answer)
        if due:
            connection.send(next(wanted))
            connection.began = due.popleft()
        else:
            free.append(connection)

    opened = [await connect(port, done) for _ in range(connections)]
    free.extend(opened)
    begun = perf_counter()
    for number in range(int(seconds * rate)):
        while (left := begun + number / rate - perf_counter()) > 0:
            await asyncio.sleep(left if left > 0.002 else 0)
        if free:
            connection = free.popleft()
            connection.send(next(wanted))
            connection.began = begun + number / rate
        else:
            due.append(begun + number / rate)
    elapsed = perf_counter() - begun
    for connection in opened:
        connection.transport.abort()
    if wrong:
        raise RuntimeError(f"{len(wrong)} answers were wrong, such as {wrong[0]!r}")
    return len(times) / elapsed, sorted(times)


def processor_of(process: str) -> int:
    """Return the nanoseconds for which the service's loop ran so far; 0 where nobody counts."""
    try:
        return int(Path(f"/proc/{process}/schedstat").read_text().split()[0])
    except OSError:
        return 0


async def main(port: int, process: str, file: Path, cases: list[str], rest: list[str]) -> None:
    """Load the service with each case in turns, and print the best of each."""
    rounds, seconds, connections, rate = int(rest[0]), float(rest[1]), int(rest[2]), float(rest[3])
    wanted = {case: await requests_of(port, file, case) for case in cases}
    best = {case: {"rate": 0.0, "processor": 1e9, "median": 1e9, "tail": 1e9} for case in cases}
    for _ in range(rounds):
        for case, found in best.items():
            times, length = list[float](), seconds
            while not times:  # what waits for the disk may need longer
                began = processor_of(process)
                if rate:
                    rated, times = await window(port, wanted[case], length, connections, rate)
                else:
                    rated, times = saturate(port, wanted[case], length, connections)
                if not times and length > LONGEST:
                    raise RuntimeError(f"no answer to {case} within {length:g} s")
                length *= 2
            spent = (processor_of(process) - began) / 1e3 / len(times)
            median, tail = times[len(times) // 2], times[int(0.99 * len(times))]
            found["rate"] = max(found["rate"], rated)
            found["processor"] = min(found["processor"], spent)
            if tail / median < found["tail"]:
                found["median"], found["tail"] = 1e6 * median, tail / median
    print(json.dumps(best))


if __name__ == "__main__":
    cores = os.sched_getaffinity(0)
    if len(cores) > 1:
        os.sched_setaffinity(0, {max(cores)})
    port, process, file, cases, *rest = sys.argv[1:]
    uvloop.run(main(int(port), process, Path(file), cases.split(","), rest))
