"""One decision: the first of a new process, and all later ones."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from benchmarks.measure import Figure, Settings, run_fresh, run_python
from benchmarks.workload.customers import make_customers
from benchmarks.workload.ours import AS_OF, MOMENT
from benchmarks.workload.project import write_project
from benchmarks.workload.rules import TOP, make_rules
from interact.compiler.codegen.single import SingleScorer
from interact.compiler.core.interpret import Customer
from interact.runtime.build import build
from interact.runtime.bundle import write_bundle
from interact.runtime.decider import Decider
from interact.runtime.kernel_cache import FileKernelStore
from interact.runtime.project import open_project

CUSTOMERS = 1_000
ARROW = "import pyarrow"

Record = dict[str, Any]


def first_decision(settings: Settings) -> Iterator[Figure]:
    """From a bundle to a decision, against what importing Arrow takes.

    That import starts the threads of a linear algebra library, which takes 50 ms when the cores
    are busy and none when they idle. The second ratio is without, and the same at any load.
    """
    folder = write_project(settings.folder / "first", make_rules(40))
    path, cache = str(settings.folder / "first.bundle"), settings.folder / "cache-first"
    write_bundle(path, build(str(folder)).data)
    arguments = (path, AS_OF.isoformat(), json.dumps(_customers(1)[0]))
    run_fresh("first_decision", *arguments, cache=cache)  # fills the cache
    ours, arrow, plain = [], [], []
    for _ in range(settings.processes):
        ours.append(run_fresh("first_decision", *arguments, cache=cache)[0])
        arrow.append(run_python("-c", ARROW, cache=cache)[0])
        plain.append(run_python("-c", ARROW, cache=cache, OPENBLAS_NUM_THREADS="1")[0])
    mine, theirs, least = (statistics.median(times) for times in (ours, arrow, plain))
    name, told = "bundle to first decision", f'python -c "{ARROW}"'
    yield Figure(name, 1e3 * mine, "ms")
    how = f"{told}, {1e3 * theirs:.0f} ms"
    yield Figure(f"{name}, to an import", mine / theirs, "x", 1.5, False, how)
    how = f"{told}, OPENBLAS_NUM_THREADS=1, {1e3 * least:.0f} ms"
    yield Figure(f"{name}, to an import without threads", mine / least, "x", against=how)


def decision(settings: Settings) -> Iterator[Figure]:
    """Decide for one customer after the other, in process."""
    project = open_project(str(write_project(settings.folder / "single", make_rules(40))))
    channel = project.channel(None)
    plan = project.plan_of(channel)
    store, records = FileKernelStore(), _customers(CUSTOMERS)
    decider = Decider(project.program, channel, plan, store, TOP)
    scorer = SingleScorer(plan, store, MOMENT.today, TOP)
    machine = [Customer(record) for record in records]
    whole = _median(settings.rounds, records, lambda customer: decider.decide(customer, AS_OF))
    kernels = _median(
        settings.rounds, machine, lambda customer: scorer.decide(customer, MOMENT.now)
    )
    yield Figure("one decision, 40 rules", whole, "us", 50.0, False, "the whole call, median")
    yield Figure("one decision, 40 rules, kernels", kernels, "us", against="SingleScorer.decide")


def _median(rounds: int, customers: Sequence[Any], decide: Callable[[Any], object]) -> float:
    """Return the microseconds of a call: the best of the medians of all rounds."""
    clock, medians = time.perf_counter_ns, []
    for _ in range(rounds + 1):
        times = []
        for customer in customers:
            started = clock()
            decide(customer)
            times.append(clock() - started)
        medians.append(statistics.median(times))
    return min(medians) / 1e3


def _customers(count: int) -> list[Record]:
    records: list[Record] = make_customers(count).to_pylist()
    return records
