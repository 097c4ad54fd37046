"""Hold a cluster to its promises, under load through the balancer.

    python examples/cluster/trial.py --seconds 60

First a version is deployed every two seconds: no request may fail, and no session change its
version midway. Then hosts are killed at random, one after the other: clients that repeat a call
until it is answered lose no acknowledged event and double none, and their sessions go on with other
hosts.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pyarrow.parquet as pq

sys.path.insert(0, str(Path(__file__).parent))
from cluster import ENVIRONMENT, HOSTS, PROJECT, Cluster

Json = dict[str, Any]
PATIENCE_SECONDS = 20.0
INVALID = "invalid session"
LEAST = 3
"""Deployments, and kills, however short the time."""


@dataclass
class Load:
    """Clients that visit, until stopped, and what they saw.

    Attributes:
        retries: Whether a call that fails is repeated.
        failed: Calls that failed; with ``retries``, in spite of repeating them.
        repeated: Calls that were repeated.
        changed: Sessions with answers of several versions.
        acknowledged: Treatments whose contact was acknowledged.
    """

    url: str
    retries: bool
    clients: int = 4
    calls: int = 0
    repeated: int = 0
    failed: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    versions: set[str] = field(default_factory=set)
    acknowledged: list[str] = field(default_factory=list)
    over: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        self._threads = [
            threading.Thread(target=self._visits, args=(n,)) for n in range(self.clients)
        ]

    def __enter__(self) -> Load:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        for thread in self._threads:
            thread.join()

    def _visits(self, worker: int) -> None:
        chance = random.Random(worker)
        with httpx.Client(timeout=60) as client:
            number = 0
            while not self.over.is_set():
                number += 1
                session = f"{self.retries:d}-{worker}-{number}"
                seen = set(self._visit(client, session, chance.randint(1, 5000)))
                self.versions |= seen
                if len(seen) > 1:
                    self.changed.append(session)

    def _visit(self, client: httpx.Client, session: str, customer: int) -> Iterator[str]:
        """Make the calls of a visit; yield the version of each answer."""
        who = {"audienceID": [{"n": "customer_id", "v": customer, "t": "numeric"}]}
        offers = f"/v2/offers/{session}/hero?number=1"
        yield from self._call(client, "POST", f"/v2/sessions/{session}?ic=Website", who)
        for turn in range(2):
            for answer in self._answers(client, "GET", offers):
                yield answer["version"]
                shown = [o for place in answer["offerLists"] for o in place["offers"]]
                for offer in shown:
                    yield from self._contact(client, session, offer["treatmentCode"], turn)
        yield from self._call(client, "DELETE", f"/v2/sessions/{session}")

    def _contact(
        self, client: httpx.Client, session: str, treatment: str, turn: int
    ) -> Iterator[str]:
        parameters = [
            {"n": "UACIOfferTrackingCode", "v": treatment, "t": "string"},
            {"n": "UACIEventID", "v": f"{session}-{turn}", "t": "string"},
        ]
        for answer in self._answers(
            client, "POST", f"/v2/events/{session}/contact", {"parameters": parameters}
        ):
            self.acknowledged.append(treatment)
            yield answer["version"]

    def _call(self, *call: Any) -> Iterator[str]:
        for answer in self._answers(*call):
            yield answer["version"]

    def _answers(
        self, client: httpx.Client, method: str, path: str, body: Json | None = None
    ) -> Iterator[Json]:
        """Yield the answer to a call, if there is one."""
        self.calls += 1
        is_repeated = False
        until = time.monotonic() + PATIENCE_SECONDS
        while True:
            wrong, answer = self._try(client, method, path, body)
            if answer is not None:
                yield answer
                return
            if method == "DELETE" and is_repeated and INVALID in wrong:
                return  # it had ended, and that was not answered
            if not self.retries or time.monotonic() > until:
                self.failed.append(f"{method} {path}: {wrong}")
                return
            self.repeated += 1
            is_repeated = True
            time.sleep(0.05)

    def _try(
        self, client: httpx.Client, method: str, path: str, body: Json | None
    ) -> tuple[str, Json | None]:
        try:
            found = client.request(method, self.url + path, json=body)
            answer: Json = found.json()
        except (httpx.TransportError, ValueError) as error:
            return repr(error), None
        is_done = found.status_code == 200 and answer.get("statusCode") == 0
        return f"{found.status_code} {answer}"[:300], answer if is_done else None


def versions(folder: Path) -> list[Path]:
    """Return projects that differ by the title of an offer."""
    found = []
    for number in range(2):
        project = folder / f"version{number}"
        shutil.copytree(PROJECT, project)
        file = project / "offers" / "cards.interact"
        file.write_text(file.read_text("utf-8").replace("Gold credit", f"Gold {number} credit"))
        found.append(project)
    return found


def redeploy(cluster: Cluster, seconds: float, every: float) -> tuple[Load, int]:
    """Deploy another version again and again, under load; each is seen by a client."""
    projects, count = versions(cluster.folder), 0
    with Load(cluster.url, retries=False) as load:
        end = time.monotonic() + seconds
        while time.monotonic() < end or count < LEAST:
            began = time.monotonic()
            cluster.interact("deploy", str(projects[count % 2]), "--to", ENVIRONMENT, "--no-tests")
            count += 1
            wanted = cluster.wait_number(count + 1)
            while wanted not in load.versions:
                time.sleep(0.02)
            time.sleep(max(0.0, every - (time.monotonic() - began)))
    return load, count


def kill(cluster: Cluster, seconds: float) -> tuple[Load, int]:
    """Kill one host after the other, under load; each is started again."""
    chance, count = random.Random(1), 0
    with Load(cluster.url, retries=True) as load:
        end = time.monotonic() + seconds
        while time.monotonic() < end or count < LEAST:
            time.sleep(chance.uniform(0.2, 1.0))
            number = chance.randrange(HOSTS)
            cluster.kill_host(number)
            count += 1
            time.sleep(chance.uniform(0.2, 0.8))
            cluster.start_host(number)
            cluster.wait_ready()
    return load, count


def contacts(history: Path) -> tuple[Counter[str], int]:
    """Return how often each treatment is in the history as a contact, each event counted once,
    and how many events are there again: those of hosts that were killed before they answered."""
    if not (history / "contacts").exists():
        return Counter(), 0
    table = pq.ParquetDataset(history / "contacts").read(["event", "treatment"])
    rows = list(zip(table["event"].to_pylist(), table["treatment"].to_pylist(), strict=True))
    events = dict(rows)
    return Counter(events.values()), len(rows) - len(events)


def trial(seconds: float, every: float) -> Json:
    """Run both parts, and return what was seen."""
    with tempfile.TemporaryDirectory() as place, Cluster(Path(place)) as cluster:
        calm, deployed = redeploy(cluster, seconds, every)
        rough, killed = kill(cluster, seconds)
        cluster.stop_hosts()
        kept, again = contacts(cluster.history)
    told = [*calm.acknowledged, *rough.acknowledged]
    return {
        "redeploys": {
            "deployed": deployed,
            "calls": calm.calls,
            "failed": calm.failed,
            "versions": len(calm.versions),
            "sessions changed": calm.changed,
        },
        "kills": {
            "killed": killed,
            "calls": rough.calls,
            "repeated": rough.repeated,
            "failed": rough.failed,
            "sessions changed": rough.changed,
        },
        "contacts": {
            "acknowledged": len(told),
            "lost": [code for code in told if kept[code] == 0],
            "doubled": [code for code, count in kept.items() if count > 1],
            "logged again under the same name": again,
        },
    }


def is_kept(seen: Json) -> bool:
    """Return whether all promises were kept."""
    wrong = [seen[part][name] for part, name in (
        ("redeploys", "failed"), ("redeploys", "sessions changed"), ("kills", "failed"),
        ("kills", "sessions changed"), ("contacts", "lost"), ("contacts", "doubled"),
    )]  # fmt: skip
    return not any(wrong)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=float, default=60, help="of each of the two parts")
    parser.add_argument("--every", type=float, default=2, help="seconds between deployments")
    given = parser.parse_args()
    seen = trial(given.seconds, given.every)
    print(json.dumps(seen, indent=2))
    return 0 if is_kept(seen) else 1


if __name__ == "__main__":
    sys.exit(main())
