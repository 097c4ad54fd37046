"""Writers that are killed: ``python killed.py FOLDER TIMES SEED``.

Each round a new process recovers the history, writes, and is killed after some milliseconds, with
segments so short-lived that writing, publishing and recovering are all interrupted. What was
acknowledged goes to a pipe first. At the end every acknowledged event must be there once.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import time

import pyarrow.dataset as ds

from interact.runtime.history.events import Contact, Event, Response
from interact.runtime.history.writer import open_history


def key_names(audience: str) -> tuple[str, ...]:
    """Return the key of the only audience."""
    return ("customer_id",)


def make_event(number: int, name: str) -> Event:
    """Return a contact, or for every third number a response."""
    common = {
        "event": name,
        "decision": f"d{number}",
        "at": 1_790_000_000_000_000 + number * 3_600_000_000,
        "channel": "Website" if number % 2 else "Branch",
        "audience": "Customer",
        "key": (number,),
        "treatment": f"t{number}",
        "offer": "Gold",
        "code": "CC-GOLD",
    }
    if number % 3:
        return Contact(**common, score=number / 2, rank=1)  # type: ignore[arg-type]
    return Response(**common, kind="accept")  # type: ignore[arg-type]


def write_until_killed(folder: str, pipe: int) -> None:
    """Record events one after the other, and tell of each that was acknowledged."""
    history = open_history(folder, key_names, segment_seconds=0.01)
    number = 0
    while True:
        number += 1
        names = [f"{history.writer}-{number}-{i}" for i in range(number % 4 + 1)]
        history.record([make_event(number + i, name) for i, name in enumerate(names)])
        os.write(pipe, "".join(f"{name}\n" for name in names).encode())


def killed_once(folder: str, seconds: float, is_patient: bool) -> list[str]:
    """Return what a process acknowledged before it was killed.

    Args:
        folder: The history.
        seconds: How long it lives, from its first acknowledgement on if we are patient.
        is_patient: Whether to wait for that.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            write_until_killed(folder, writing)
        finally:
            os._exit(3)  # only reached by a failure
    os.close(writing)
    first = os.read(reading, 1 << 16) if is_patient else b""
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status):
        raise SystemExit("the writer failed")
    with os.fdopen(reading, "rb") as told:
        lines = (first + told.read()).decode().split("\n")
    return lines[:-1]  # the last one is not whole


def main(folder: str, times: str, seed: str) -> None:
    """Kill so many writers, then compare."""
    chance, acknowledged = random.Random(int(seed)), list[str]()
    for _ in range(int(times)):
        seconds, is_patient = chance.uniform(0.001, 0.06), chance.random() < 0.3
        acknowledged += killed_once(folder, seconds, is_patient)
    open_history(folder, key_names).close()
    found = [
        event
        for table in ("contacts", "responses")
        if os.path.isdir(os.path.join(folder, table))
        for event in ds.dataset(os.path.join(folder, table), partitioning="hive")
        .to_table(columns=["event"])["event"]
        .to_pylist()
    ]
    lost, doubled = set(acknowledged) - set(found), len(found) - len(set(found))
    left = [n for n in os.listdir(os.path.join(folder, "log")) if not n.startswith(".")]
    print(f"acknowledged {len(acknowledged)} lost {len(lost)} doubled {doubled} left {len(left)}")
    if lost or doubled or left or not acknowledged:
        raise SystemExit(1)


if __name__ == "__main__":
    main(*sys.argv[1:])
