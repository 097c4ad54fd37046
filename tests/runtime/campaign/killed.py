"""Imports that are killed: ``python killed.py HISTORY FOLDER TIMES SEED``.

Each round a new process imports and is killed after some milliseconds. At the end the tables must
equal those of one import that nobody disturbed.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time
from typing import Any

import duckdb

from interact.runtime.campaign import load
from interact.runtime.campaign.columns import TABLES, quoted
from interact.runtime.campaign.parts import batches


def contents(file: str) -> dict[str, list[Any]]:
    """Return the rows of all tables, sorted."""
    db = duckdb.connect(file, read_only=True)
    try:
        return {
            name: sorted(
                db.execute(f"SELECT CAST(t AS VARCHAR) FROM {quoted(name)} AS t").fetchall()
            )
            for name in (*TABLES, "UA_ContactHistory")
        }
    finally:
        db.close()


def small_batches(parts: Any) -> Any:
    """Commit after every third part, so that kills come between and inside of transactions."""
    return batches(parts, files=3)


def killed_once(history: str, url: str, seconds: float) -> bool:
    """Return whether a process that imports was killed before it was done."""
    child = os.fork()
    if child == 0:
        try:
            load.import_history(history, url)
            os._exit(0)
        finally:
            os._exit(3)  # only reached by a failure
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        raise SystemExit("the import failed")
    return os.WIFSIGNALED(status)


def main(history: str, folder: str, times: str, seed: str) -> None:
    """Kill so many imports, then compare."""
    load.batches = small_batches  # type: ignore[assignment]
    chance, killed = random.Random(int(seed)), 0
    files = [os.path.join(folder, name) for name in ("disturbed.db", "calm.db")]
    for _ in range(int(times)):
        killed += killed_once(history, f"duckdb:///{files[0]}", chance.uniform(0.005, 0.25))
    for file in files:
        load.import_history(history, f"duckdb:///{file}")
    disturbed, calm = map(contents, files)
    rows = {name: len(found) for name, found in calm.items()}
    print(f"killed {killed} equal {disturbed == calm} {rows}")
    if disturbed != calm or not killed or not rows["UA_DtlContactHist"]:
        raise SystemExit(1)


if __name__ == "__main__":
    main(*sys.argv[1:])
