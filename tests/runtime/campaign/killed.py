"""Imports that are killed: ``python killed.py HISTORY DISTURBED CALM TIMES SEED``.

Each round a process imports, a part in a transaction, and is killed before one of its statements or
after some milliseconds. At the end the tables must equal those of one import that nobody disturbed.
"""

from __future__ import annotations

import functools
import itertools
import os
import random
import signal
import sys
import time
import traceback
from typing import Any

from interact.runtime.campaign import load
from interact.runtime.campaign.columns import TABLES
from interact.runtime.campaign.database import opened
from interact.runtime.campaign.duck import DuckDatabase
from interact.runtime.campaign.parts import batches
from interact.runtime.campaign.postgres import PostgresDatabase

STATEMENTS = ("rows", "change", "define", "add", "add_new")


def contents(url: str) -> dict[str, list[Any]]:
    """Return the rows of all tables, sorted."""
    with opened(url, 0, read_only=True) as db:
        return {
            name: sorted(db.rows(f"SELECT CAST(t AS VARCHAR) FROM {db.name(name)} AS t"))
            for name in (*TABLES, "UA_ContactHistory")
        }


def die_before(statement: int) -> None:
    """Let this process be killed before its so manieth statement."""
    numbers = itertools.count(1)

    def counted(method: Any) -> Any:
        @functools.wraps(method)
        def call(*values: Any, **named: Any) -> Any:
            if next(numbers) == statement:
                os.kill(os.getpid(), signal.SIGKILL)
            return method(*values, **named)

        return call

    for database in (DuckDatabase, PostgresDatabase):
        for name in STATEMENTS:
            setattr(database, name, counted(getattr(database, name)))


def killed_once(history: str, url: str, chance: random.Random) -> bool:
    """Return whether a process that imports was killed before it was done."""
    by_statement, statement = chance.random() < 0.85, chance.randint(1, 32)
    child = os.fork()
    if child == 0:
        try:
            if by_statement:
                die_before(statement)
            load.import_history(history, url)
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            os._exit(3)
    if not by_statement:
        time.sleep(chance.uniform(0.01, 0.1))
        os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if os.WIFEXITED(status) and os.WEXITSTATUS(status):
        raise SystemExit("the import failed")
    return os.WIFSIGNALED(status)


def main(history: str, disturbed: str, calm: str, times: str, seed: str) -> None:
    """Kill so many imports, then compare."""
    load.batches = functools.partial(batches, files=1)  # type: ignore[assignment]
    chance = random.Random(int(seed))
    killed = sum(killed_once(history, disturbed, chance) for _ in range(int(times)))
    left = load.import_history(history, disturbed).parts_read
    load.import_history(history, calm)
    found, expected = contents(disturbed), contents(calm)
    rows = {name: len(found) for name, found in expected.items()}
    print(f"killed {killed}, {left} parts left, equal {found == expected}, {rows}")
    if found != expected or killed < 0.8 * int(times) or not rows["UA_DtlContactHist"]:
        raise SystemExit(1)


if __name__ == "__main__":
    main(*sys.argv[1:])
