"""Compiling: with no kernel in the cache, and after a small change with all of them there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from benchmarks.measure import Figure, Settings, run_fresh
from benchmarks.workload.project import write_project
from benchmarks.workload.rules import Rule, make_rules

BARS = {40: 5.0, 400: 8.0}
WARM_BAR = 0.3


class KernelCompiled(Exception):
    """A change that should need no new kernel did."""


def compiling(settings: Settings) -> Iterator[Figure]:
    """Compile both sizes, then each with one literal changed and with one more rule."""
    for count, bar in BARS.items():
        rules = make_rules(count)
        best, kernels, cache = float("inf"), 0, settings.folder
        for turn in range(2 if settings.rounds > 3 else 1):
            cache = settings.folder / f"cache-{count}-{turn}"
            folder = write_project(settings.folder / f"rules-{count}", rules)
            elapsed, found = run_fresh("compile", folder, cache=cache)
            best, kernels = min(best, elapsed), found["compiled"]
        yield Figure(
            f"compile {count} rules, cold",
            best,
            "s",
            bar,
            False,
            f"a new process, {kernels} kernels",
        )
        for what, changed in _changes(rules).items():
            folder = write_project(settings.folder / f"rules-{count}-{what}", changed)
            seconds = min(_warm(folder, cache) for _ in range(settings.rounds))
            yield Figure(
                f"compile {count} rules, {what}", seconds, "s", WARM_BAR, False, "beyond imports"
            )


def _changes(rules: tuple[Rule, ...]) -> dict[str, tuple[Rule, ...]]:
    last = rules[-1]
    column, operator, bound = last.tests[0]
    dearer = replace(last, tests=((column, operator, bound + 1), *last.tests[1:]))
    another = replace(rules[len(rules) // 2], zone=last.zone, base=last.base + 1)
    return {"a literal changed": (*rules[:-1], dearer), "a rule added": (*rules, another)}


def _warm(folder: Path, cache: Path) -> float:
    _, found = run_fresh("compile", folder, cache=cache)
    if found["compiled"]:
        raise KernelCompiled(f"{found['compiled']} kernels were compiled for {folder.name}")
    return float(found["seconds"])
