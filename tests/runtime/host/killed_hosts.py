"""Hosts that are killed: ``python killed_hosts.py FOLDER TIMES SEED``.

Each round a new process does what is due, and lets customers do things whose delayed actions are
due in an instant, until it is killed after some milliseconds. What was acknowledged goes to a pipe
first. At the end every acknowledged event must have had its delayed action once, in the history
and in the customers' states.
"""

from __future__ import annotations

import os
import random
import select
import signal
import sys
import time
from collections import Counter
from pathlib import Path

import pyarrow.dataset as ds

from interact.runtime.history.recorded import delayed_rows
from interact.runtime.history.writer import open_history
from interact.runtime.host.deployment import open_deployment
from interact.runtime.host.events.tracking import Numbers
from interact.runtime.host.host import Host
from interact.runtime.host.results import NameValue
from interact.runtime.host.store.journal import open_journal
from interact.runtime.host.store.memory import MemoryStore
from interact.runtime.host.timer import Timer
from interact.runtime.values import instant

SHOP = """
audience Customer { key id: int }
offer Gold { code "G" at most 9 contacts per visit suppress for 1 day after 1000 contacts }
channel Web for Customer {
  zone Home { point hero default "x" }
  event later { log contact after 1 second }
}
strategy Offers on Web { zone Home { Gold } }
"""


def opened(folder: Path) -> Host:
    """Return a host on the folder, as ``serve`` makes it."""
    store = MemoryStore(journal=open_journal(str(folder / "state")))
    history = open_history(str(folder / "h"), lambda level: ("id",), segment_seconds=0.05)
    host = Host(
        open_deployment(str(folder / "shop.interact")),
        record=history.record,
        store=store,
        numbers=Numbers(history.writer),
    )
    due, now = store.next_due(), instant(host.clock())
    if due is not None and due <= now:
        host.done = delayed_rows(str(folder / "h"), due, now)
    return host


def live(folder: Path, pipe: int, first: int) -> None:
    """Let customers do something, one after the other, and tell of each that was acknowledged."""
    host = opened(folder)
    Timer(host).start()
    for customer in range(first, first + 10_000):
        host.start_session("s", "Web", [NameValue("id", customer, "numeric")])
        shown = host.get_offers("s", "hero").offer_lists[0].offers[0]
        code = NameValue("UACIOfferTrackingCode", shown.treatment, "string")
        assert host.post_event("s", "later", [code]).status == 0
        host.end_session("s")
        os.write(pipe, f"{customer}\n".encode())
        time.sleep(0.001)


def killed_once(folder: Path, first: int, seconds: float) -> list[int]:
    """Return whose events a process acknowledged before it was killed."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            live(folder, writing, first)
        finally:
            os._exit(3)  # only reached by a failure
    os.close(writing)
    select.select([reading], [], [], 60)  # it has begun
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    _, status = os.waitpid(child, 0)
    if not os.WIFSIGNALED(status):
        raise SystemExit("the host failed")
    with os.fdopen(reading) as told:
        return [int(line) for line in told if line.endswith("\n")]


def main(folder: str, times: str, seed: str) -> None:
    """Kill so many hosts, let a last one do what is left, then compare."""
    place, chance, acknowledged = Path(folder), random.Random(int(seed)), list[int]()
    (place / "shop.interact").write_text(SHOP)
    for number in range(int(times)):
        acknowledged += killed_once(place, 10_000 * number, chance.uniform(0.0, 1.1))
    host = opened(place)
    while (due := host.store.next_due()) is not None:
        time.sleep(max(0.0, due / 1e6 - time.time()))
        host.run_due()
    rows = Counter(_recorded(place, host))
    states = {key: host.store.known(("Customer", (key,))).state.history for key in acknowledged}
    host.store.close()
    lost = [key for key in acknowledged if rows[key] == 0 or not states[key]]
    doubled = [key for key, count in rows.items() if count > 1]
    wrong = [key for key, history in states.items() if history.get("Gold.contacts") != 1]
    print(f"acknowledged {len(acknowledged)} lost {lost} doubled {doubled} wrong {wrong}")
    if lost or doubled or wrong or not acknowledged:
        raise SystemExit(1)


def _recorded(place: Path, host: Host) -> list[int]:
    host.record.__self__.close()  # type: ignore[union-attr]
    table = ds.dataset(place / "h/contacts", partitioning="hive").to_table(columns=["id"])
    found: list[int] = table["id"].to_pylist()
    return found


if __name__ == "__main__":
    main(*sys.argv[1:])
