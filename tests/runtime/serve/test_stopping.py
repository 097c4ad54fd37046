"""A host that is told to stop while it is called: what it has taken is answered and published."""

from __future__ import annotations

import json
import signal
import threading
from pathlib import Path

import duckdb
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


def test_a_host_with_duckdb_ends_with_stopped(serve: Serve, tmp_path: Path) -> None:
    """The library complains on the standard error of what was not let go."""
    (tmp_path / "shop.interact").write_text(
        "audience Customer { key id: int  profile { age: int } } offer Gold {}"
        " channel Web for Customer { zone Home { point hero } }"
        " strategy Cards on Web { zone Home { Gold score age } }"
    )
    (tmp_path / "interact.toml").write_text(
        '[profiles.Customer]\nurl = "duckdb:///people.duckdb"\ntable = "people"\ntimeout = 60\n'
    )
    with duckdb.connect(str(tmp_path / "people.duckdb")) as db:
        db.execute("CREATE TABLE people AS SELECT 7 AS id, 30 AS age")
    server = serve(str(tmp_path), "--no-auth", "--log", "json")
    audience = [{"n": "id", "v": 7, "t": "numeric"}]
    start = {"action": "startSession", "ic": "Web", "audienceID": audience}
    commands = [start, {"action": "getOffers", "ip": "hero"}]
    for is_anew in (False, True):
        answer = httpx.post(server.base + SERVLET, json={"commands": commands}, timeout=60).json()
        assert answer["responses"][1]["offerLists"][0]["offers"][0]["score"] == 30
        if not is_anew:
            server.run.send_signal(signal.SIGHUP)
            while "swaps_total 1" not in httpx.get(server.base + "/metrics").text:
                pass
    server.stop()
    events = [json.loads(line)["event"] for line in server.said]
    assert (len(events), events[-1]) == (2, "stopped"), events
