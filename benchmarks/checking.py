"""Checking a large project, as an editor does after each key."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.measure import Figure, Settings, run_fresh
from benchmarks.workload.project import write_project
from benchmarks.workload.rules import make_rules


def checking(settings: Settings) -> Iterator[Figure]:
    """Check 400 rules in a new process."""
    folder = write_project(settings.folder / "check", make_rules(400))
    runs = [run_fresh("check", folder, cache=settings.folder)[1] for _ in range(settings.rounds)]
    seconds = min(run["seconds"] for run in runs)
    yield Figure("check 400 rules", seconds, "s", 0.5, False, "processor time beyond imports")
