"""``python -m benchmarks [--quick] [--only NAME] [--write-readme]``."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from benchmarks.machine import current_load, facts, is_busy
from benchmarks.measure import FULL, QUICK, Figure, PeerMissing, Settings
from benchmarks.registry import BENCHMARKS, Benchmark, chosen
from benchmarks.report import BUSY_MACHINE, RESULTS, table, write_readme, write_results


def main(arguments: list[str] | None = None) -> int:
    """Run benchmarks; return 1 when a bar does not hold."""
    options = _parser().parse_args(arguments)
    benchmarks = chosen(options.only)
    if options.write_readme and (options.only or options.quick):
        print("the README has the figures of a whole run", file=sys.stderr)
        return 2
    if not benchmarks:
        names = ", ".join(b.name for b in BENCHMARKS)
        print(f"no benchmark is called {options.only}: there are {names}", file=sys.stderr)
        return 2
    load = current_load()
    if is_busy(load):
        print(f"the machine is busy (load {load:.1f}): {BUSY_MACHINE}", file=sys.stderr)
    with tempfile.TemporaryDirectory(prefix="benchmarks-") as folder:
        _limit_threads(folder)
        settings = replace(QUICK if options.quick else FULL, folder=Path(folder))
        figures = list(measured(benchmarks, settings))
    print(table(figures))
    write_results(figures, options.results)
    if options.write_readme:
        write_readme(figures, facts(load), BUSY_MACHINE if is_busy(load) else "")
    return int(any(figure.holds is False for figure in figures))


def measured(benchmarks: Iterable[Benchmark], settings: Settings) -> Iterable[Figure]:
    """Run benchmarks one after the other; a missing peer costs its figures only."""
    for benchmark in benchmarks:
        print(f"{benchmark.name}: {benchmark.about}", file=sys.stderr, flush=True)
        try:
            yield from benchmark.run(settings)
        except PeerMissing as missing:
            print(missing, file=sys.stderr)


def _limit_threads(folder: str) -> None:
    """Give peers one thread, which some read when they are imported, and kernels a new cache."""
    os.environ["POLARS_MAX_THREADS"] = "1"
    os.environ["INTERACT_CACHE_DIR"] = os.path.join(folder, "cache")


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "python -m benchmarks", description="Measure against the bars."
    )
    parser.add_argument("--quick", action="store_true", help="smaller, within four minutes")
    parser.add_argument("--only", metavar="NAME", help="benchmarks whose name contains NAME")
    parser.add_argument("--write-readme", action="store_true", help="write the README anew")
    parser.add_argument("--results", type=Path, default=RESULTS, metavar="FILE")
    return parser


if __name__ == "__main__":
    sys.exit(main())
