"""A host that is told to stop while it is called: what it has taken is answered and published."""

from __future__ import annotations

import threading
from pathlib import Path

import httpx2 as httpx
import pyarrow.parquet as pq
from tests.runtime.serve.serving import BANK, SERVLET, Serve

CLIENTS = 6


class Load:
    """Clients that visit until nobody answers.

    Attributes:
        told: The treatments of contacts that were acknowledged.
        wrong: Answers that are no success.
    """

    def __init__(self, base: str, enough: int) -> None:
        self.base, self.enough = base, enough
        self.told: list[str] = []
        self.wrong: list[object] = []
        self.is_enough = threading.Event()
        self.threads = [threading.Thread(target=self.visit, args=(n,)) for n in range(CLIENTS)]

    def visit(self, client: int) -> None:
        number = 0
        with httpx.Client(timeout=60) as calls:
            while not self.wrong:
                number += 1
                try:
                    answer = calls.post(self.base + SERVLET, json=_visit(f"{client}-{number}"))
                except httpx.TransportError:
                    return  # the host is gone: whatever was sent was not taken
                found = answer.json()
                if (answer.status_code, found["batchStatusCode"]) != (200, 0):
                    self.wrong.append(found)
                    return
                offers = found["responses"][1]["offerLists"][0]["offers"]
                self.told += [offer["treatmentCode"] for offer in offers]
                if len(self.told) >= self.enough:
                    self.is_enough.set()


def _visit(session: str) -> dict[str, object]:
    audience = [{"n": "customer_id", "v": 7, "t": "numeric"}]
    return {
        "sessionId": session,
        "commands": [
            {"action": "startSession", "ic": "Website", "audienceID": audience},
            {"action": "getOffers", "ip": "hero", "numberRequested": 2},
            {"action": "postEvent", "event": "contact"},
        ],
    }


def test_nothing_that_was_taken_is_lost_when_a_host_stops(serve: Serve, tmp_path: Path) -> None:
    server = serve(str(BANK), "--no-auth", "--history", str(tmp_path / "h"))
    load = Load(server.base, 100)
    for thread in load.threads:
        thread.start()
    assert load.is_enough.wait(60)
    server.stop()
    for thread in load.threads:
        thread.join()
    kept = pq.ParquetDataset(tmp_path / "h/contacts").read(["treatment"])["treatment"].to_pylist()
    assert (load.wrong, server.run.returncode) == ([], 143)
    assert sorted(kept) == sorted(load.told)
    assert not any((tmp_path / "h/log").iterdir())
