"""A service that is visited for long: memory stays, nothing goes wrong, nothing is lost."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from tests.runtime.serve.serving import BANK, start
from tests.soak.forked import Parent
from tests.soak.visits import CUSTOMERS, Told, Visitors, compared, sessions

VISITORS = 4
LIFE = 150
"""Requests until a service is killed, at most: in a few tenths of a second it publishes, too."""
MOST_GROWTH = 0.05
"""By how much memory may grow from the warm-up to the end, going by the line through all samples:
an allocator is never quite still."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How it went.

    Attributes:
        wrong: What should not be; empty when all is well.
        memory: Bytes at the end of the warm-up; ``growth`` is the part of it that came after.
    """

    requests: int
    rows: int
    wrong: Sequence[str]
    memory: float = 0.0
    growth: float = 0.0

    def __str__(self) -> str:
        told = f"{self.requests:,} requests, {self.rows:,} rows acknowledged"
        if self.memory:
            told += f", {self.memory / 2**20:.0f} MB, {100 * self.growth:+.1f} %"
        return "\n".join([told, *self.wrong])


def soak(
    folder: Path,
    seconds: float,
    warm: float,
    publish: float = 60,
    say: Callable[[str], None] = lambda line: None,
) -> Outcome:
    """Have visitors come for some seconds.

    Args:
        warm: Seconds that do not count for memory, nor does the time until all customers were
            here. What counts is at least half of the whole: a slow machine goes on for longer.
        publish: How often the history becomes Parquet.
    """
    history, told, samples = folder / "history", Told(), list[tuple[float, int]]()
    options = ("--no-auth", "--history", str(history), "--publish", str(publish))
    server = start(str(BANK), *options)
    visitors = Visitors(server.base, told, sessions())
    try:
        visitors.start(VISITORS)
        began = time.monotonic()
        while (passed := time.monotonic() - began) < max(seconds, 2 * warm) and not told.errors:
            samples.append((passed, _resident(server.run.pid)))
            if told.visits <= CUSTOMERS:
                warm = max(warm, passed)
            if len(samples) % 240 == 0:
                say(f"{passed:.0f} s, {told.requests:,} requests, {samples[-1][1] >> 20} MB")
            time.sleep(0.25)
        visitors.stop()
    finally:
        server.stop()
    wrong = compared(history, told) + [line for line in server.said if "Traceback" in line]
    memory, growth = _growth([sample for sample in samples if sample[0] >= warm])
    if growth > MOST_GROWTH:
        wrong.append(f"memory grew by {100 * growth:.1f} %")
    return Outcome(told.requests, told.rows.total(), wrong, memory, growth)


def kills(
    folder: Path, times: int, seed: int, say: Callable[[str], None] = lambda line: None
) -> Outcome:
    """Kill the service so often while it is visited, then start and stop it in order."""
    history, told, chance, numbers = folder / "history", Told(), random.Random(seed), sessions()
    options, said = (str(BANK), "--no-auth", "--history", str(history)), list[str]()
    parent = Parent(folder)
    for number in range(1, times + 1):
        server = parent.start(*options, "--publish", "0.1")
        visitors = Visitors(server.base, told, numbers, may_break=True)
        visitors.start(VISITORS)
        reached = told.requests + chance.randrange(1, LIFE)
        while told.requests < reached and not told.errors:
            time.sleep(chance.uniform(0.001, 0.02))
        server.kill()
        visitors.stop()
        said += server.said
        if number % 100 == 0:
            say(f"{number} kills, {told.requests:,} requests")
    parent.stop()
    start(*options).stop()
    wrong = compared(history, told) + [line for line in said if "Traceback" in line]
    return Outcome(told.requests, told.rows.total(), wrong)


def _resident(process: int) -> int:
    pages = int(Path(f"/proc/{process}/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def _growth(samples: Sequence[tuple[float, int]]) -> tuple[float, float]:
    """Return memory at the beginning, and by what part it grew, of the line that fits best."""
    if len(samples) < 2:
        return 0.0, 0.0
    times, sizes = np.array(samples, float).T
    slope, first = np.polyfit(times - times[0], sizes, 1)
    return float(first), float(slope * (times[-1] - times[0]) / first)
