"""Compaction that is killed: ``python compacting.py FOLDER TIMES SEED [replace]``.

A child writes, publishes small files and compacts them without end, and is killed after some
milliseconds. Meanwhile the parent reads the folder as anybody would. It must see every row that
was published before the child began, and none twice; in the end ``verify`` has nothing to say.
With ``replace`` folders cannot be exchanged, and the parent asks which files count.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from pathlib import Path

import pyarrow.dataset as ds
import pyarrow.parquet as pq
from tests.runtime.history.killed import key_names, make_event

from interact.runtime.history import compact as compaction
from interact.runtime.history.compact import alone, compact
from interact.runtime.history.locks import reading
from interact.runtime.history.parts import parts_in
from interact.runtime.history.verify import verify
from interact.runtime.history.writer import open_history

SPEED = 60
IS_REPLACED = sys.argv[4:] == ["replace"]
if IS_REPLACED:
    compaction.can_exchange = lambda folder: False  # type: ignore[attr-defined]


def write_and_compact(history: Path) -> None:
    """Until killed."""
    number = 0
    while True:
        for _ in range(2):
            writer = open_history(str(history), key_names)
            number += 1
            writer.record([make_event(number % SPEED, f"{writer.writer}-{number}")])
            writer.close()
        with alone(history):
            compact(history, 60)


def events(history: Path) -> list[str]:
    """Return the events in the files."""
    if IS_REPLACED:
        paths = [part.path for part in parts_in(history)]
        return [e for p in paths for e in pq.ParquetFile(p).read(["event"])["event"].to_pylist()]
    found: list[str] = []
    for table in ("contacts", "responses"):
        data = (
            ds.dataset(history / table, partitioning="hive") if (history / table).is_dir() else None
        )
        if data is not None and "event" in data.schema.names:
            found += data.to_table(columns=["event"])["event"].to_pylist()
    return found


def events_by_name(history: Path) -> list[str]:
    """Return the events in the files, listed and then opened: one that went away is an error.

    Arrow's own listing passes over such a file without a word.
    """
    files = sorted(history.glob("*/date=*/channel=*/part-*.parquet"))
    return [e for f in files for e in pq.ParquetFile(f).read(["event"])["event"].to_pylist()]


def look(history: Path, before: set[str], is_careful: bool = True) -> None:
    """See to it that all is there once; who takes no lock may find that a file went away."""
    try:
        if is_careful:
            with reading(history):
                found = events(history)
        else:
            found = events_by_name(history)
    except FileNotFoundError:
        if is_careful:
            raise
        return
    if before - set(found) or len(found) != len(set(found)):
        raise SystemExit(f"lost {len(before - set(found))} doubled {len(found) - len(set(found))}")


def killed_once(history: Path, seconds: float) -> None:
    """Let a child work, and look at the folder until it is killed."""
    before, child = set(events(history)), os.fork()
    if child == 0:
        try:
            write_and_compact(history)
        finally:
            os._exit(3)  # only reached by a failure
    end = time.monotonic() + seconds
    try:
        while time.monotonic() < end:
            look(history, before)
            if not IS_REPLACED:
                look(history, before, is_careful=False)
    finally:
        os.kill(child, signal.SIGKILL)
        _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status):
        raise SystemExit("the child failed")
    look(history, before)


def main(folder: str, times: str, seed: str) -> None:
    """Kill so often, then verify."""
    history, chance = Path(folder), random.Random(int(seed))
    history.mkdir()
    for _ in range(int(times)):
        killed_once(history, chance.uniform(0.01, 0.25))
    open_history(folder, key_names).close()
    with alone(history):
        merged = compact(history, 60)
    look(history, set())
    report = verify(history)
    left = [p for p in (history / ".compaction").iterdir() if p.is_dir()]
    print(f"rows {sum(report.rows.values())} findings {report.findings} left {left}")
    if report.findings or report.waiting or left or merged.problems or not report.files:
        raise SystemExit(1)


if __name__ == "__main__":
    main(*sys.argv[1:4])
