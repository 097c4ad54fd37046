"""Explaining all customers of a file, against scoring them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from benchmarks.job import score, write_customers
from benchmarks.measure import Figure, Settings, best_of
from benchmarks.workload.ours import open_rules, run_of
from benchmarks.workload.rules import make_rules
from interact.runtime.candidates.run import explain_customers
from interact.runtime.scoring import open_customers

RULES = 40
LEAST_SHARE = 20.0


def explaining(settings: Settings) -> Iterator[Figure]:
    """Write what became of every rule for every customer, and only count it."""
    path = write_customers(settings.folder / "small.parquet", settings.small_job)
    project = open_rules(settings.folder / "explaining", make_rules(RULES))
    run = replace(run_of(project, path, str(settings.folder / "out")), threads=1)
    rows = replace(run, out=str(settings.folder / "why"))
    counts = replace(run, out="")
    opened = open_customers(run)
    best = best_of(
        settings.rounds,
        {
            "score": lambda: score(run, opened),
            "rows": lambda: explain_customers(rows, opened, {}),
            "counts": lambda: explain_customers(counts, opened, {}),
        },
    )
    count = settings.small_job
    yield Figure("explaining, 40 rules", count * RULES / best["rows"] / 1e6, "M candidates/s")
    share = 100 * best["score"] / best["rows"]
    scoring = f"interact score, {count / best['score'] / 1e6:.2f} M customers/s on one thread"
    yield Figure("explaining, to scoring", share, "%", LEAST_SHARE, against=scoring)
    share = 100 * best["score"] / best["counts"]
    yield Figure("explaining, counts only, to scoring", share, "%", against=scoring)
