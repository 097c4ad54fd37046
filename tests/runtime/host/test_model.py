"""Hosts against a model: whatever is called, restarted and killed in whatever order."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given, settings, strategies as st
from tests.redis_server import RedisServer
from tests.runtime.host.modelled import IDLE, SHOP, Model

from interact.runtime.errors import OutputError
from interact.runtime.host import advisory
from interact.runtime.host.deployment import Deployment, open_deployment
from interact.runtime.host.host import Host
from interact.runtime.host.offers.impressions import Impressions
from interact.runtime.host.results import NameValue, Response
from interact.runtime.host.store.journal import open_journal
from interact.runtime.host.store.ledger import open_ledger
from interact.runtime.host.store.memory import MemoryStore
from interact.runtime.host.store.redis_ledger import RedisLedger
from interact.runtime.host.store.redis_store import open_redis

pytestmark = pytest.mark.long(20)
BEGIN = int(datetime(2026, 3, 29, 0, 50, tzinfo=UTC).timestamp())
STEPS = 120
NAMES, CUSTOMERS = ("a", "b"), (1, 2, None)
ABOUT = ("accept", "reject", "later")
WRITES = ("contact", "accept", "reject")
EVENTS = (*WRITES, "later", "hide", "added", "tick", "tick")


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    folder = tmp_path_factory.mktemp("shop")
    (folder / "shop.interact").write_text(SHOP)
    return open_deployment(str(folder))


class Modelled(ABC):
    """Calls to hosts, and to the model; both answer the same.

    Attributes:
        told: What was done, for whoever reads a failure.
    """

    def __init__(self, shop: Deployment, seed: int) -> None:
        self.shop, self.model, self.rows = shop, Model(BEGIN), list[Any]()
        self.chance, self.told = Random(seed), list[str]()
        self.codes: dict[str, dict[str, str]] = {}
        self.is_broken = False

    @abstractmethod
    def host(self) -> Host:
        """Return a host to call."""

    @abstractmethod
    def close(self) -> None:
        """Let go of all hosts."""

    @abstractmethod
    def dies(self) -> None:
        """Let a host be killed, and another take its place."""

    @abstractmethod
    def has_waited(self) -> None:
        """Take into the model what only hosts of a sort do."""

    def clock(self) -> datetime:
        return datetime.fromtimestamp(self.model.now, UTC)

    def record(self, rows: list[Any]) -> None:
        if self.is_broken:
            raise OutputError("the disk is full")
        self.rows += rows

    def run(self, steps: int) -> None:
        """Do something so many times."""
        for _ in range(steps):
            what = self.chance.choice((*[self.act] * 9, *[self.wait] * 6, *[self.change] * 3))
            (self.dies if self.chance.random() < 0.04 else what)()
            self.check_rows()

    def check_rows(self) -> None:
        """See that the history has what it should, once."""
        found = [
            (getattr(row, "kind", "contact"), row.key[0] if row.key else None, row.offer)
            for row in self.rows
        ]
        assert Counter(found) == self.model.rows, self.told
        assert len({row.event for row in self.rows}) == len(self.rows), self.told

    def check(self, name: str, answer: Response, writes: bool = False) -> bool:
        """Return whether a call is done, as it should be."""
        codes = [one.code for one in answer.messages]
        if self.model.find(name) is None:
            assert codes == [advisory.INVALID_SESSION], self.told
            return False
        fails = writes and self.is_broken
        assert codes == ([advisory.EVENT_LOG_FAILED] if fails else []), self.told
        return not fails

    def offers(self, name: str) -> None:
        answer = self.host().get_offers(name, "hero", 9)
        if self.check(name, answer):
            given = {offer.name: offer.treatment for offer in answer.offer_lists[0].offers}
            assert list(given) == self.model.offers(self.model.visits[name]), self.told
            self.codes[name] |= given

    def start(self, name: str, customer: int | None) -> None:
        ids = [] if customer is None else [NameValue("id", customer, "numeric")]
        assert not self.host().start_session(name, "Web", ids).messages
        self.model.start(name, customer)
        self.codes[name] = {}

    def change(self) -> None:
        """Let a visit end, begin, or be somebody else's."""
        name, customer = self.chance.choice(NAMES), self.chance.choice(CUSTOMERS)
        how = self.chance.choice(("end", "start", "become"))
        self.told.append(f"{name} {how} {customer}")
        if how == "end":
            if self.check(name, self.host().end_session(name)):
                self.model.end(name)
        elif how == "start" or customer is None:
            self.start(name, customer)
        else:
            answer = self.host().set_audience(name, [NameValue("id", customer, "numeric")])
            if self.check(name, answer):
                self.model.become(self.model.visits[name], customer)
        self.offers(name)

    def act(self) -> None:
        """Let a customer do something, some times, perhaps while the history is broken."""
        name, event = self.chance.choice(NAMES), self.chance.choice(EVENTS)
        if name not in self.model.visits:
            self.start(name, self.chance.choice(CUSTOMERS))
        self.offers(name)
        visit = self.model.visits[name]
        offer = self.chance.choice(sorted(visit.shown)) if event in ABOUT else ""
        told = [NameValue("UACIOfferTrackingCode", self.codes[name].get(offer), "string")]
        self.is_broken = self.chance.random() < 0.2
        for _ in range(self.chance.choice((1, 1, 2, 3))):
            self.told.append(f"{name} {event} {offer}{' broken' * self.is_broken}")
            answer = self.host().post_event(name, event, told if offer else [])
            if self.check(name, answer, event in WRITES):
                self.model.happen(visit, event, offer)
        self.is_broken = False
        self.offers(name)

    def wait(self) -> None:
        """Wait until something ends or begins, or until just before or behind that."""
        until = self.chance.choice(self.model.edges()) + self.chance.choice((-1, 0, 1))
        self.told.append(f"wait {until - self.model.now}")
        self.model.wait(until - self.model.now)
        self.host().run_due()
        self.has_waited()
        for name in self.model.visits:
            self.offers(name)
        for customer in list(self.model.customers):
            self.start("other", customer)
            self.offers("other")


class Alone(Modelled):
    """A host with a folder of its own, which is restarted."""

    def __init__(self, shop: Deployment, seed: int, folder: Path) -> None:
        super().__init__(shop, seed)
        self.folder = folder / uuid4().hex
        self.folder.mkdir()
        self.made = self._open()

    def _open(self) -> Host:
        store = MemoryStore(journal=open_journal(str(self.folder / "state")))
        store.clock = lambda: float(self.model.now)
        counts = Impressions(open_ledger(str(self.folder / "impressions.db")))
        return Host(
            self.shop, clock=self.clock, store=store, record=self.record, impressions=counts
        )

    def host(self) -> Host:
        return self.made

    def has_waited(self) -> None:
        self.model.forget_idle()

    def dies(self) -> None:
        self.told.append("restart")
        self.close()
        self.model.die()
        self.made = self._open()

    def close(self) -> None:
        self.made.store.close()
        self.made.impressions.close()


class Sharing(Modelled):
    """Two hosts that share a Redis, of which one dies and another takes its place."""

    def __init__(self, shop: Deployment, seed: int, server: RedisServer) -> None:
        super().__init__(shop, seed)
        self.server, self.prefix = server, f"{{{uuid4().hex}}}:"
        self.hosts = [self._open(), self._open()]

    def _open(self) -> Host:
        store = open_redis(self.server.url)
        store.prefix = self.prefix
        counts = Impressions(RedisLedger(store))
        return Host(
            self.shop, clock=self.clock, store=store, record=self.record, impressions=counts
        )

    def has_waited(self) -> None:
        """Do nothing: these ends of sessions are seen when somebody asks."""

    def host(self) -> Host:
        return self.chance.choice(self.hosts)

    def dies(self) -> None:
        self.hosts.pop(0).store.close()
        self.hosts.append(self._open())

    def close(self) -> None:
        for host in self.hosts:
            host.store.close()


@settings(max_examples=12)
@given(st.integers(0, 1 << 32))
def test_a_host_does_what_the_model_does(
    shop: Deployment, tmp_path_factory: pytest.TempPathFactory, seed: int
) -> None:
    assert MemoryStore().idle_seconds == IDLE
    made = Alone(shop, seed, tmp_path_factory.getbasetemp())
    try:
        made.run(STEPS)
    finally:
        made.close()


@settings(max_examples=5)
@given(st.integers(0, 1 << 32))
def test_hosts_that_share_a_store_do_what_the_model_does(
    shop: Deployment, running: RedisServer, seed: int
) -> None:
    made = Sharing(shop, seed, running)
    try:
        made.run(STEPS)
    finally:
        made.close()
