"""A host in process: what calls of a session take, by where it is kept."""

from __future__ import annotations

import shutil
import statistics
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from benchmarks.measure import Figure, Settings
from benchmarks.workload.customers import KEY, make_customers
from benchmarks.workload.project import CHANNEL, write_project
from benchmarks.workload.rules import TOP, make_rules
from interact.runtime.host.deployment import Deployment, open_deployment
from interact.runtime.host.host import Host
from interact.runtime.host.profiles.source import Profile
from interact.runtime.host.results import NameValue, Response
from interact.runtime.host.store.journal import open_journal
from interact.runtime.host.store.memory import MemoryStore
from interact.runtime.host.store.protocol import Store

CUSTOMERS = 1_000


class Known:
    """Profiles of the workload's customers, by key."""

    def __init__(self, records: Sequence[dict[str, Any]]) -> None:
        self._held = {(record[KEY],): Profile(record, {}) for record in records}

    def load(self, key: tuple[Any, ...]) -> Profile | None:
        """Return the profile of a key."""
        return self._held.get(key)


def host_calls(settings: Settings) -> Iterator[Figure]:
    """Start sessions, get offers and post contacts: kept in memory, in a file, in a Redis."""
    deployment = open_deployment(str(write_project(settings.folder / "host", make_rules(40))))
    records = make_customers(CUSTOMERS).to_pylist()
    yield from _calls(deployment, records, MemoryStore(), "in memory")
    kept = MemoryStore(journal=open_journal(str(settings.folder / "host-state")))
    yield from _calls(deployment, records, kept, "states in a file")
    kept.close()
    if shutil.which("redis-server"):
        yield from _in_redis(deployment, records, settings)


def _in_redis(
    deployment: Deployment, records: Sequence[dict[str, Any]], settings: Settings
) -> Iterator[Figure]:
    from interact.runtime.host.store.redis_store import open_redis

    socket = settings.folder / "redis.sock"
    command = ["redis-server", "--port", "0", "--unixsocket", str(socket), "--save", ""]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        next(line for line in server.stdout if "eady to accept connections" in line)
        store = open_redis(f"unix://{socket}")
        yield from _calls(deployment, records, store, "in a Redis on this machine")
        store.close()
        server.terminate()


def _calls(
    deployment: Deployment, records: Sequence[dict[str, Any]], store: Store, where: str
) -> Iterator[Figure]:
    host = Host(deployment, {"customer": Known(records)}, record=lambda rows: None, store=store)
    point = deployment.channels[0].channel.zones[0].points[0].name
    keys = [[NameValue(KEY, record[KEY], "numeric")] for record in records]

    def start(number: int) -> object:
        return host.start_session(f"s{number}", CHANNEL, keys[number])

    def offers(number: int) -> Response:
        return host.get_offers(f"s{number}", point, TOP)

    def contact(number: int) -> object:
        return host.post_event(f"s{number}", "contact")

    for number in range(len(keys)):
        start(number)
    served = [n for n in range(len(keys)) if offers(n).offer_lists[0].offers]
    for name, call in (("startSession", start), ("getOffers", offers), ("contact", contact)):
        yield Figure(f"{name}, 40 rules", _median(served, call), "us", against=where)


def _median(sessions: Sequence[int], call: Callable[[int], object]) -> float:
    """Return the microseconds of a call: the better median of two rounds."""
    clock, medians = time.perf_counter_ns, []
    for _ in range(2):
        times = []
        for number in sessions:
            started = clock()
            call(number)
            times.append(clock() - started)
        medians.append(statistics.median(times))
    return min(medians) / 1e3
