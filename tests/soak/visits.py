"""Visitors of a service, who remember what it acknowledged, and the history compared with that."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pyarrow.dataset as ds
from tests.runtime.serve.serving import SERVLET

CUSTOMERS = 5_000
Row = tuple[str, str]
"""A treatment, and what was done with it."""


@dataclass(slots=True)
class Told:
    """What the service acknowledged, and what went wrong."""

    rows: Counter[Row] = field(default_factory=Counter)
    requests: int = 0
    visits: int = 0
    errors: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def add(self, rows: list[Row]) -> None:
        """Remember an answer."""
        with self.lock:
            self.rows.update(rows)
            self.requests += 1


@dataclass(slots=True)
class Visitors:
    """Threads that visit the retail bank, one customer after the other.

    Attributes:
        told: Shared by all; ``numbers`` make sessions that nobody else has.
        may_break: Whether the service may go away: then a visitor stops, and nothing is wrong.
    """

    base: str
    told: Told
    numbers: Iterator[int]
    may_break: bool = False
    _over: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self, visitors: int) -> None:
        """Let visitors come."""
        self._threads = [threading.Thread(target=self._run) for _ in range(visitors)]
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Let no more come, and wait until all have left."""
        self._over.set()
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        connection = HTTPConnection(urlsplit(self.base).netloc, timeout=120)
        try:
            while not self._over.is_set():
                self._visit(connection, next(self.numbers))
        except (OSError, HTTPException) as error:
            if not self.may_break:
                self.told.errors.append(repr(error))
        finally:
            connection.close()

    def _visit(self, connection: HTTPConnection, number: int) -> None:
        customer = {"n": "customer_id", "v": number * 7_919 % CUSTOMERS + 1, "t": "numeric"}
        session = f"v{number}"
        shown = self._send(
            connection,
            session,
            {"action": "startSession", "ic": "Website", "audienceID": [customer]},
            {"action": "getOffers", "ip": "hero", "numberRequested": 2},
            {"action": "postEvent", "event": "contact"},
        )
        offers = [offer["treatmentCode"] for offer in shown[1]["offerLists"][0]["offers"]]
        self.told.add([(treatment, "contact") for treatment in offers])
        for treatment, kind in zip(offers, ("accept", "reject"), strict=False):
            code = {"n": "UACIOfferTrackingCode", "v": treatment, "t": "string"}
            event = {"action": "postEvent", "event": kind, "parameters": [code]}
            self._send(connection, session, event)
            self.told.add([(treatment, kind)])
        self._send(connection, session, {"action": "endSession"})
        with self.told.lock:
            self.told.visits += 1

    def _send(self, connection: HTTPConnection, session: str, *commands: Any) -> list[Any]:
        body = json.dumps({"sessionId": session, "commands": commands})
        connection.request("POST", SERVLET, body, {"Content-Type": "application/json"})
        answer = json.loads(connection.getresponse().read())
        # A contact without an offer to be about is a warning.
        if answer["batchStatusCode"] == 2:
            self.told.errors.append(json.dumps(answer)[:500])
        found: list[Any] = answer["responses"]
        return found


def sessions() -> Iterator[int]:
    """Return numbers of sessions; threads share them."""
    return count(1)


def kept(history: Path) -> tuple[Counter[Row], list[str]]:
    """Return the rows of a history, and the names of those that are there more than once."""
    rows: Counter[Row] = Counter()
    events: Counter[str] = Counter()
    for table, what in (("contacts", ()), ("responses", ("kind",))):
        if not (history / table).is_dir():
            continue
        columns = ["event", "treatment", *what]
        found = ds.dataset(history / table, partitioning="hive").to_table(columns).to_pydict()
        kinds = found.get("kind", ["contact"] * len(found["event"]))
        rows.update(zip(found["treatment"], kinds, strict=True))
        events.update(found["event"])
    return rows, [event for event, number in events.items() if number > 1]


def compared(history: Path, told: Told) -> list[str]:
    """Return what is wrong: errors, acknowledged rows that are lost, and rows that are doubled."""
    rows, doubled = kept(history)
    lost = told.rows - rows
    more = [row for row, number in rows.items() if number > 1]
    wrong = [f"{len(told.errors)} errors, such as {told.errors[0]}"] if told.errors else []
    wrong += [f"{len(lost)} rows are lost, such as {next(iter(lost))}"] if lost else []
    wrong += [f"{len(more)} rows are there twice, such as {more[0]}"] if more else []
    wrong += [f"{len(doubled)} events are there twice"] if doubled else []
    if not told.rows:
        wrong.append("nothing was acknowledged")
    if any(p.name.isdecimal() for p in (history / "log").glob("*/*")):
        wrong.append("a log was not published")
    return wrong
