"""Sessions in process: what calls take, what sessions weigh, how fast events are durable."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from itertools import count

from benchmarks.job import write_customers
from benchmarks.measure import Figure, Settings, run_fresh
from benchmarks.workload.project import CHANNEL, write_project
from benchmarks.workload.rules import make_rules
from interact.runtime.errors import OutputError
from interact.runtime.history.events import Contact
from interact.runtime.history.writer import open_history
from interact.runtime.host.deployment import open_deployment
from interact.runtime.host.host import Host
from interact.runtime.host.profiles.tables import open_profiles
from interact.runtime.host.results import NameValue

SESSIONS = 1_000
LIVE = 100_000
CALLS = 4_000
EVENTS = 30_000
WAITING = 512
_FIRST = 7_919
"""A step between customers, so that the next one is not beside the last one in memory."""


def sessions(settings: Settings) -> Iterator[Figure]:
    """Begin sessions and ask for offers, the profiles a file of a million customers."""
    path = write_customers(settings.folder / "small.parquet", settings.small_job)
    deployment = open_deployment(str(write_project(settings.folder / "visits", make_rules(40))))
    profiles = open_profiles(path, deployment.channels[0].audience)
    host = Host(deployment, {"customer": profiles})
    keys = [_FIRST * n % settings.small_job for n in range(SESSIONS)]
    for number, key in enumerate(keys):
        host.start_session(f"s{number}", CHANNEL, [NameValue("id", key, "numeric")])
    numbers = count()

    def start() -> None:
        number = next(numbers)
        key = NameValue("id", _FIRST * number % settings.small_job, "numeric")
        host.start_session(f"t{number % SESSIONS}", CHANNEL, [key])

    def offers() -> None:
        host.get_offers(f"s{next(numbers) % SESSIONS}", "point0", 3)

    for name, call, median, tail in (
        ("get_offers", offers, 50.0, 200.0),
        ("start_session", start, 150.0, None),
    ):
        rounds = [_timed(call) for _ in range(settings.rounds)]
        middle, last = (min(times[int(p * CALLS)] for times in rounds) for p in (0.5, 0.99))
        told = "40 rules, the whole call"
        yield Figure(f"{name} in process", middle, "us", median, False, told)
        yield Figure(f"{name} in process, p99", last, "us", tail, False, told)


def live_sessions(settings: Settings) -> Iterator[Figure]:
    """Keep sessions that have got offers alive, in a process of their own.

    Of fewer than 100,000, what each adds is counted so often.
    """
    project = write_project(settings.folder / "live", make_rules(40))
    count = settings.live_sessions
    path = write_customers(settings.folder / "live.parquet", count)
    _, found = run_fresh("live", project, path, count, cache=settings.folder / "cache")
    whole = found["before"] + found["each"] * LIVE
    told = f"{found['each']:,} bytes for each, beyond the process and the profiles"
    yield Figure("100,000 live sessions", whole / 2**30, "GB", 2.0, False, told)


def durable(settings: Settings) -> Iterator[Figure]:
    """Record contacts of a row each, so many of them waiting for the disk at any time."""
    history = open_history(str(settings.folder / "durable"), lambda level: ("id",))
    try:
        rate = max(_recorded(history.append) for _ in range(settings.rounds))
    finally:
        history.close()
    told = f"{WAITING} waiting, each acknowledged when it is on the disk"
    yield Figure("durable history", rate, "events/s", 20_000.0, against=told)


def _timed(call: Callable[[], None]) -> list[float]:
    """Return the sorted microseconds of many calls."""
    times, clock = [], time.perf_counter_ns
    for _ in range(CALLS):
        began = clock()
        call()
        times.append((clock() - began) / 1e3)
    return sorted(times)


Append = Callable[[list[Contact], Callable[[OutputError | None], None]], None]


def _recorded(append: Append) -> float:
    """Return the events a second that were acknowledged."""
    free, errors = threading.Semaphore(WAITING), list[OutputError]()

    def acknowledge(error: OutputError | None) -> None:
        errors.extend([error] if error is not None else [])
        free.release()

    began = time.perf_counter()
    for number in range(EVENTS):
        free.acquire()
        append([_contact(number)], acknowledge)
    for _ in range(WAITING):
        free.acquire()
    if errors:
        raise errors[0]
    return EVENTS / (time.perf_counter() - began)


def _contact(number: int) -> Contact:
    return Contact(
        event=f"w-{number}",
        decision="w-1",
        at=1_790_000_000_000_000,
        channel=CHANNEL,
        audience="Customer",
        key=(number,),
        treatment=f"w-1.{number}",
        offer="Gold",
        code="CC-GOLD",
        segments=("High",),
        session=f"s{number}",
        score=80.5,
        rank=1,
    )
