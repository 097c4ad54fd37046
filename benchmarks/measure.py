"""How things are timed, and what a figure is."""

from __future__ import annotations

import gc
import importlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[1]


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value.

    Attributes:
        bar: What it should reach; None when it only informs.
        at_least: Whether more is better.
        against: What it was compared with, in the same run.
    """

    name: str
    value: float
    unit: str
    bar: float | None = None
    at_least: bool = True
    against: str = ""

    @property
    def holds(self) -> bool | None:
        """Whether the bar is reached; None without one."""
        if self.bar is None:
            return None
        return self.value >= self.bar if self.at_least else self.value <= self.bar

    def as_json(self) -> dict[str, object]:
        """Return what ``results.json`` says."""
        return {
            "name": self.name,
            "value": float(f"{self.value:.4g}"),
            "unit": self.unit,
            "bar": self.bar,
            "holds": self.holds,
            "against": self.against,
        }


@dataclass(frozen=True, slots=True)
class Settings:
    """How large a run is.

    Attributes:
        customers: In tables that are scored in memory.
        many_rules: Customers for whom 400 rules are scored, which takes a peer a minute.
        small_job: Customers of the job.
        large_job: Customers of the job that must not need more memory.
        rounds: How often everything is timed, in turns.
        processes: How often a short process is timed, in turns with another one.
        history_rows: Contacts of the history that is reported on.
        live_sessions: How many sessions are weighed.
        folder: For files that a run needs.
    """

    customers: int = 1 << 20
    many_rules: int = 1 << 20
    small_job: int = 1_000_000
    large_job: int = 4_000_000
    rounds: int = 5
    processes: int = 25
    history_rows: int = 9_200_000
    live_sessions: int = 100_000
    folder: Path = field(default_factory=lambda: Path(tempfile.gettempdir()))


FULL = Settings()
QUICK = Settings(1 << 19, 1 << 17, 1_000_000, 2_000_000, 3, 15, 500_000, 20_000)


class PeerMissing(Exception):
    """A library that only the benchmarks need is not installed."""


def required(name: str) -> Any:
    """Import a peer.

    Raises:
        PeerMissing: It is not installed.
    """
    try:
        return importlib.import_module(name)
    except ImportError as error:
        raise PeerMissing(
            f"{name} is not installed, so nothing is measured against it: "
            "pip install 'interact-dsl[bench]'"
        ) from error


def seconds_of(work: Callable[[], object]) -> float:
    """Return how long one call takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def best_of(rounds: int, contenders: Mapping[str, Callable[[], object]]) -> dict[str, float]:
    """Return the shortest time of each, all timed in turns so that noise hits them alike."""
    best = dict.fromkeys(contenders, float("inf"))
    for _ in range(rounds):
        for name, work in contenders.items():
            gc.collect()
            best[name] = min(best[name], seconds_of(work))
    return best


def run_fresh(name: str, *arguments: object, cache: Path) -> tuple[float, Any]:
    """Run ``benchmarks/fresh/<name>.py`` as a new process.

    Returns:
        The seconds that the whole process took, and what it printed, as JSON.
    """
    script = REPOSITORY / "benchmarks" / "fresh" / f"{name}.py"
    return run_python(str(script), *map(str, arguments), cache=cache)


@contextmanager
def fresh_process(name: str, *arguments: object, cache: Path) -> Iterator[subprocess.Popen[str]]:
    """Have ``benchmarks/fresh/<name>.py`` run meanwhile, with its output to be read."""
    script = REPOSITORY / "benchmarks" / "fresh" / f"{name}.py"
    command = [sys.executable, str(script), *map(str, arguments)]
    process = subprocess.Popen(command, env=_environment(cache), stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.terminate()
        process.communicate()


def run_python(*arguments: str, cache: Path, **environment: str) -> tuple[float, Any]:
    """Run the interpreter of this process anew, with a kernel cache of its own."""
    command = [sys.executable, *arguments]
    chosen = _environment(cache) | environment
    started = time.perf_counter()
    done = subprocess.run(command, env=chosen, capture_output=True, text=True, check=False)
    elapsed = time.perf_counter() - started
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stderr}")
    return elapsed, json.loads(done.stdout or "null")


def _environment(cache: Path) -> dict[str, str]:
    """Return the environment of a new process.

    Modules are compiled once, as they are where a package is installed, whatever this process
    was told to do.
    """
    return {
        **os.environ,
        "INTERACT_CACHE_DIR": str(cache),
        "PYTHONPATH": os.pathsep.join(
            filter(None, [str(REPOSITORY), os.environ.get("PYTHONPATH")])
        ),
        "PYTHONDONTWRITEBYTECODE": "",
        "PYTHONPYCACHEPREFIX": str(Path(tempfile.gettempdir()) / "interact-benchmarks-bytecode"),
    }
