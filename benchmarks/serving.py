"""The service over HTTP, against an endpoint that answers nothing on the same server."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from benchmarks.job import write_customers
from benchmarks.measure import Figure, Settings, fresh_process, run_fresh
from benchmarks.workload.project import write_project
from benchmarks.workload.rules import make_rules

CONNECTIONS = 64
WINDOWS = 3
"""For each round of the settings."""
SECONDS = 0.25
CALM_SECONDS = 0.4
"""Short enough for windows without the milliseconds in each second for which a system takes one of
two busy cores, when it does: those are in the tail of an empty endpoint, too."""
LOAD = 0.7
CUSTOMERS = 20_000
Found = dict[str, dict[str, float]]


def serving(settings: Settings) -> Iterator[Figure]:
    """Ask for the offers of 40 rules, the history on and durable.

    The service has a core, and who asks has the other one. Sessions are of customers who get
    offers. The endpoint that answers nothing is an ordinary one of Starlette, in the same process,
    and gets the same requests.
    """
    rounds = settings.rounds * WINDOWS
    with _service(settings) as load:
        found = load(("empty", "offers", "rest", "contact", "start"), rounds, SECONDS, 0.0)
        empty, offers = found["empty"], found["offers"]
        calm = load(("offers",), rounds, CALM_SECONDS, LOAD * offers["rate"])["offers"]
        idle = load(("empty",), rounds, CALM_SECONDS, LOAD * empty["rate"])["empty"]
    yield Figure("HTTP, an empty endpoint", empty["rate"], "requests/s")
    yield Figure("HTTP, getOffers", offers["rate"], "requests/s", against="40 rules")
    share = 100 * offers["rate"] / empty["rate"]
    yield Figure("HTTP, getOffers, to nothing", share, "%", 50.0, against="an empty endpoint")
    told = f"processor of an answer; of an empty one {empty['processor']:.0f} us"
    yield Figure("HTTP, getOffers, processor", offers["processor"], "us", against=told)
    told = "GET /v2/offers/{session}/{ip}"
    yield Figure("HTTP, getOffers by REST v2", found["rest"]["rate"], "requests/s", against=told)
    yield Figure("HTTP, startSession", found["start"]["rate"], "requests/s")
    told, rate = "each waits for the disk", found["contact"]["rate"]
    yield Figure("HTTP, getOffers and contact", rate, "requests/s", against=told)
    told = "median, with the time in queues"
    yield Figure("HTTP, getOffers at 70 % load", calm["median"], "us", against=told)
    told = f"the median; of an empty endpoint, at 70 % of its own load, {idle['tail']:.1f} x"
    yield Figure("HTTP, getOffers at 70 % load, p99", calm["tail"], "x", 5.0, False, told)


@contextmanager
def _service(settings: Settings) -> Iterator[Callable[[Sequence[str], int, float, float], Found]]:
    """Serve the workload from a process of its own; yields what loads it from another."""
    folder = write_project(settings.folder / "served", make_rules(40))
    profiles = write_customers(settings.folder / "served.parquet", CUSTOMERS)
    cache, file = settings.folder / "cache", settings.folder / "sessions.json"
    arguments = (folder, settings.folder / "served-history", profiles)
    with fresh_process("service", *arguments, cache=cache) as process:
        assert process.stdout is not None
        port = int(process.stdout.readline())

        def load(cases: Sequence[str], rounds: int, seconds: float, rate: float) -> Found:
            told = (",".join(cases), rounds, seconds, CONNECTIONS, rate)
            _, found = run_fresh("load", port, process.pid, file, *told, cache=cache)
            known: Found = found
            return known

        yield load
