"""Customers in memory: this project against DuckDB and Polars, threads, and memory's own speed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from benchmarks.measure import Figure, PeerMissing, Settings, best_of
from benchmarks.memory import read_bandwidth, spin
from benchmarks.workload.answers import Answers, require_same
from benchmarks.workload.customers import make_customers
from benchmarks.workload.duckdb_peer import DuckDB
from benchmarks.workload.ours import Ours, answers, open_rules, prepare
from benchmarks.workload.polars_peer import Polars
from benchmarks.workload.rules import Rule, make_rules

OWN_TURNS = 3
"""How often this project is timed for each turn of a peer, which takes ten times as long."""

THREAD_TURNS = 6
"""Turns for each round: a single busy neighbour keeps the second core from most of them."""

TURNS_OF_A_SPIN = 10_000_000

SLOW_ROUNDS = 2
"""Turns where a peer takes a minute for each."""

PEERS: dict[str, Callable[[pa.Table, Sequence[Rule]], DuckDB | Polars]] = {
    "Polars": Polars,
    "DuckDB": lambda customers, rules: DuckDB(customers, rules, threads=1),
}
BARS = {("Polars", 40): 10.0, ("Polars", 400): 10.0, ("DuckDB", 40): 40.0, ("DuckDB", 400): 150.0}


def few_rules(settings: Settings) -> Iterator[Figure]:
    """Score 40 rules, on one thread and on two."""
    customers, rules = make_customers(settings.customers), make_rules(40)
    ours = prepare(customers, open_rules(settings.folder / "few", rules))
    yield from _memory_bound(ours, customers.num_rows, settings.rounds)
    yield from _threads(ours, settings.rounds)
    yield from _against_peers(ours, customers, rules, settings.rounds)


def many_rules(settings: Settings) -> Iterator[Figure]:
    """Score 400 rules."""
    customers, rules = make_customers(settings.many_rules), make_rules(400)
    ours = prepare(customers, open_rules(settings.folder / "many", rules))
    yield from _against_peers(ours, customers, rules, min(settings.rounds, SLOW_ROUNDS))


@dataclass(slots=True)
class Variant:
    """One formulation of a peer, and what it last answered."""

    family: str
    answers: Callable[[Any], Answers]
    run: Callable[[], Any]
    found: Any = None

    def __call__(self) -> None:
        self.found = self.run()


def _against_peers(
    ours: Ours, customers: pa.Table, rules: Sequence[Rule], rounds: int
) -> Iterator[Figure]:
    variants, missing = _variants(customers, rules)
    own = [f"ours {i}" for i in range(OWN_TURNS)]
    best = best_of(rounds, {**dict.fromkeys(own, ours.run), **variants})
    mine = answers(ours.run())
    for name, variant in variants.items():
        require_same(mine, variant.answers(variant.found), customers, rules, name)
    fastest = min(best[name] for name in own)
    count, size = customers.num_rows, len(rules)
    yield Figure(f"scoring, {size} rules", count / fastest / 1e6, "M rows/s")
    for family in dict.fromkeys(variant.family for variant in variants.values()):
        name = min((n for n, v in variants.items() if v.family == family), key=best.__getitem__)
        how = f"{name}, {count:,} customers, one thread"
        yield Figure(f"{family}, {size} rules", count / best[name] / 1e6, "M rows/s", against=how)
        times = best[name] / fastest
        yield Figure(
            f"scoring, {size} rules, to {family}", times, "x", BARS[family, size], against=name
        )
    if missing is not None:
        raise missing


def _variants(
    customers: pa.Table, rules: Sequence[Rule]
) -> tuple[dict[str, Variant], PeerMissing | None]:
    """Return the formulations of all peers that are installed, and the last that is not."""
    found: dict[str, Variant] = {}
    missing = None
    for family, make in PEERS.items():
        try:
            peer = make(customers, rules)
        except PeerMissing as error:
            missing = error
            continue
        for name, run in peer.variants().items():
            found[name] = Variant(family, peer.answers, run)
    return found, missing


def _memory_bound(ours: Ours, count: int, rounds: int) -> Iterator[Figure]:
    bandwidth = read_bandwidth(rounds)
    possible = bandwidth / ours.row_bytes
    rate = count / min(best_of(rounds, {"first": ours.run, "second": ours.run}).values())
    reading = f"reading the {ours.row_bytes:.0f} bytes of a customer"
    yield Figure("memory read by one core", bandwidth / 1e9, "GB/s")
    yield Figure(reading, possible / 1e6, "M rows/s")
    share = 100 * rate / possible
    yield Figure("scoring, 40 rules, to reading", share, "%", against=reading)


def _threads(ours: Ours, rounds: int) -> Iterator[Figure]:
    """Compare pools of one and of two: the main thread's memory is given back more often."""
    spin(1)  # compiles it
    with ThreadPoolExecutor(1) as single, ThreadPoolExecutor(2) as pool:
        best = best_of(
            THREAD_TURNS * rounds,
            {
                "one": lambda: ours.run_in(single),
                "two": lambda: ours.run_in(pool),
                "spin": lambda: [spin(TURNS_OF_A_SPIN) for _ in range(2)],
                "two spins": lambda: list(pool.map(spin, [TURNS_OF_A_SPIN] * 2)),
            },
        )
    times = best["one"] / best["two"]
    how = f"one thread; a loop that reads nothing: {best['spin'] / best['two spins']:.2f} x"
    yield Figure("scoring, 40 rules, two threads", times, "x", 1.8, against=how)
