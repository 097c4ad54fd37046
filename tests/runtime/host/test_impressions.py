"""Limits of impressions in hosts: never more than the limit, nothing lost, whoever shares it."""

from __future__ import annotations

import sqlite3
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given as given_drawn, strategies as st

from interact.compiler.core.impressions import ImpressionLimit, Used
from interact.runtime.errors import OutputError
from interact.runtime.host import advisory
from interact.runtime.host.deployment import Deployment, open_deployment
from interact.runtime.host.host import Host
from interact.runtime.host.offers.impressions import Impressions
from interact.runtime.host.offers.offering import PointRequest
from interact.runtime.host.results import NameValue
from interact.runtime.host.store.ledger import FileLedger, MemoryLedger, open_ledger, read_ledger
from interact.runtime.host.store.memory import MemoryStore
from interact.runtime.host.store.protocol import Change
from interact.runtime.values import instant

AT = datetime(2026, 1, 1, 12, 30, tzinfo=UTC)
SHOP = """
audience Customer { key id: int }
offer Gold { at most 400 impressions until 2026-01-31 }
offer Silver {}
offer Bronze {}
offer Hourly { at most 48 impressions from 2026-01-01 to 2026-01-02 evenly per hour }
offer Alone {}
offer Loan {}
channel Web for Customer {
  zone Home { point hero point side }
  zone Metals { point metals }
  zone Hours { point hours }
  zone Lone { point lone }
  at most 5 impressions of Silver, Bronze as Metals
  at most 1 impressions of Alone, Silver as Few
}
strategy Offers on Web {
  zone Home { Gold score 2 Loan score 1 }
  zone Metals { Silver score 3 Bronze score 2 Loan score 1 }
  zone Hours { Hourly score 2 Loan score 1 }
  zone Lone { Alone score 3 alone  Silver score 2  Loan score 1 }
}
"""


class Clock:
    def __init__(self) -> None:
        self.now = AT

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    folder = tmp_path_factory.mktemp("shop")
    (folder / "shop.interact").write_text(SHOP)
    return open_deployment(str(folder))


@pytest.fixture
def file(tmp_path: Path) -> str:
    return str(tmp_path / "impressions.db")


def started(shop: Deployment, impressions: Impressions | None = None, name: str = "s") -> Host:
    host = Host(shop, clock=Clock(), impressions=impressions or Impressions())
    host.start_session(name, "Web", [NameValue("id", 7, "numeric")])
    return host


def offers(host: Host, point: str, number: int = 1, session: str = "s") -> list[str]:
    answer = host.get_offers(session, point, number)
    assert not answer.messages, answer
    return [offer.name for offer in answer.offer_lists[0].offers]


def given(host: Host, times: int, point: str = "hero", session: str = "s") -> Counter[str]:
    return Counter(name for _ in range(times) for name in offers(host, point, 1, session))


def test_an_offer_is_given_as_often_as_it_may_be(shop: Deployment) -> None:
    assert given(started(shop), 450) == {"Gold": 400, "Loan": 50}


def test_on_other_days_there_is_no_limit(shop: Deployment) -> None:
    host = started(shop)
    given(host, 410)
    assert isinstance(host.clock, Clock)
    host.clock.now += timedelta(days=31)
    assert offers(host, "hero") == ["Gold"]


def test_two_points_of_one_call_count_twice(shop: Deployment) -> None:
    host = started(shop)
    for _ in range(199):
        host.get_offers_for_points("s", [PointRequest("hero"), PointRequest("side")])
    assert given(host, 9) == {"Gold": 2, "Loan": 7}


def test_a_call_that_would_pass_a_limit_is_decided_without_it(shop: Deployment) -> None:
    host = started(shop)
    assert offers(host, "metals", 3) == ["Silver", "Bronze", "Loan"]  # takes the last of Few, too
    assert offers(host, "metals", 3) == ["Bronze", "Loan"]
    assert offers(host, "metals", 3) == ["Bronze", "Loan"]
    assert offers(host, "metals", 3) == ["Bronze", "Loan"]
    assert offers(host, "metals", 3) == ["Loan"]


def test_too_little_for_all_offers_of_a_call_gives_none_of_them(shop: Deployment) -> None:
    host = started(shop)
    answer = host.get_offers_for_points("s", [PointRequest("lone", 3), PointRequest("metals", 1)])
    shown = [[offer.name for offer in given.offers] for given in answer.offer_lists]
    assert shown == [["Loan"], ["Bronze"]]
    assert offers(host, "lone", 3) == ["Alone"]


def test_an_even_distribution(shop: Deployment) -> None:
    host = started(shop)
    assert isinstance(host.clock, Clock)
    found = []
    for _ in range(12):
        found.append(given(host, 9, "hours")["Hourly"])
        host.clock.now += timedelta(hours=1)
    assert sum(found) <= 48
    assert found[0] == 2  # 48 for the 36 hours that are left, rounded up
    assert set(found) <= {1, 2}


def test_counts_survive_the_host(shop: Deployment, file: str) -> None:
    first = started(shop, Impressions(open_ledger(file)))
    assert given(first, 150) == {"Gold": 150}
    first.impressions.close()
    assert read_ledger(file)["Gold"] == Used(150, 0, 150)
    second = started(shop, Impressions(open_ledger(file)))
    assert given(second, 300) == {"Gold": 250, "Loan": 50}


def test_a_killed_host_loses_a_hundredth_at_most(shop: Deployment, file: str) -> None:
    assert given(started(shop, Impressions(open_ledger(file))), 150) == {"Gold": 150}
    left = given(started(shop, Impressions(open_ledger(file))), 300)["Gold"]
    assert 250 - 4 <= left <= 250


def test_hosts_that_share_the_counts(shop: Deployment, file: str) -> None:
    hosts = [started(shop, Impressions(open_ledger(file))) for _ in range(3)]
    total = Counter(name for _ in range(200) for host in hosts for name in offers(host, "hero"))
    assert total["Gold"] == 400


def test_threads_that_share_a_host(shop: Deployment) -> None:
    host = started(shop)
    found: list[Counter[str]] = []

    def ask(name: str) -> None:
        host.start_session(name, "Web", [NameValue("id", 1, "numeric")])
        found.append(given(host, 150, session=name))

    threads = [threading.Thread(target=ask, args=(f"t{n}",)) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(found, Counter())["Gold"] == 400


def test_what_cannot_be_counted_is_not_given(shop: Deployment, file: str) -> None:
    ledger = open_ledger(file)
    host = started(shop, Impressions(ledger))
    ledger.connection.close()
    answer = host.get_offers("s", "hero", 2)
    assert [offer.name for offer in answer.offer_lists[0].offers] == ["Loan"]
    (message,) = answer.messages
    assert message.code == advisory.NOT_COUNTED
    assert "cannot count impressions" in message.detail


@dataclass
class Contended(MemoryStore):
    """A store in which somebody else changes a session, each time before the first save."""

    saves: int = 0

    def save(self, change: Change) -> bool:
        self.saves += 1
        return self.saves % 2 == 0 and MemoryStore.save(self, change)


def test_a_call_that_is_done_again_counts_once(shop: Deployment) -> None:
    host = Host(shop, clock=Clock(), store=Contended())
    host.start_session("s", "Web", [NameValue("id", 7, "numeric")])
    assert given(host, 9) == {"Gold": 9}
    (channel,) = shop.channels
    left = host.impressions.left(channel.channel.limits, instant(AT))
    assert left["Gold.impressions_left"] == 391


@pytest.fixture(params=["memory", "file"])
def ledger(request: pytest.FixtureRequest, file: str) -> Iterator[MemoryLedger | FileLedger]:
    made = MemoryLedger() if request.param == "memory" else open_ledger(file)
    yield made
    made.close()


def test_what_is_given_back_is_given_again(shop: Deployment, ledger: FileLedger) -> None:
    (channel,) = shop.channels
    limits, gold = channel.channel.limits, [channel.offers["Gold"]]
    impressions, now = Impressions(ledger), 20_454 * 86_400_000_000
    for _ in range(400):
        assert not impressions.take(limits, gold, now)
    (short,) = impressions.take(limits, gold, now)
    assert short.key == "Gold"
    impressions.give_back(limits, gold, now)
    assert impressions.left(limits, now)["Gold.impressions_left"] == 1
    assert not impressions.take(limits, gold, now)


LIMITED = ImpressionLimit("k", "k.impressions_left", (0,), 4, every=60_000_000)


@given_drawn(st.lists(st.tuples(st.integers(0, 2), st.integers(-1, 1), st.integers(1, 2))))
def test_clocks_that_differ_give_no_interval_out_twice(
    calls: list[tuple[int, int, int]],
) -> None:
    ledger, told = MemoryLedger(), Counter[int]()
    hosts = [Impressions(ledger) for _ in range(3)]
    for number, (host, ahead, offers) in enumerate(calls):
        now = 15_000_000 * number + 15_000_000 * ahead  # four calls an interval, give or take one
        left = hosts[host].left([LIMITED], now)[LIMITED.state]
        if not hosts[host].take([LIMITED], [0] * offers, now):
            assert offers <= left
            told[now // 60_000_000] += offers
    assert sum(told.values()) <= 4 * len({*told})


def test_a_clock_that_is_put_back_far_begins_anew() -> None:
    impressions, minute = Impressions(), 60_000_000
    assert not impressions.take([LIMITED], [0] * 4, 9 * minute)
    for back in (8, 9):
        assert impressions.left([LIMITED], back * minute) == {LIMITED.state: 0}
    assert impressions.left([LIMITED], 2 * minute) == {LIMITED.state: 4}


class Failing(MemoryLedger):
    """Counts that cannot be changed for one limit."""

    is_closed = False
    broken = ""

    def update(self, key: str, change: Callable[[Used], Used]) -> Used:
        if key == self.broken:
            raise OutputError("cannot count impressions")
        return super().update(key, change)

    def close(self) -> None:
        self.is_closed = True


def test_what_cannot_be_given_back_keeps_no_other_from_it() -> None:
    ledger = Failing()
    impressions = Impressions(ledger)
    limits = [
        ImpressionLimit(key, f"{key}.impressions_left", (0,), 4_000) for key in ("one", "two")
    ]
    assert not impressions.take(limits, [0], 0)
    ledger.broken = "one"
    with pytest.raises(OutputError, match="cannot count"):
        impressions.close()
    assert ledger.is_closed
    assert (ledger.held["one"].total, ledger.held["two"].total) == (40, 1)


def test_a_file_of_something_else(tmp_path: Path) -> None:
    (tmp_path / "text").write_text("not a database, and longer than a header would be" * 9)
    with pytest.raises(OutputError, match="cannot count impressions in"):
        open_ledger(str(tmp_path / "text"))
    with pytest.raises(OutputError, match="cannot count impressions in"):
        read_ledger(str(tmp_path / "none"))


def test_processes_wait_for_each_other(file: str) -> None:
    ledger = open_ledger(file)
    other = sqlite3.connect(file, timeout=0, isolation_level=None)

    def change(used: Used) -> Used:
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            other.execute("BEGIN IMMEDIATE")
        return Used(used.total + 1)

    assert ledger.update("k", change) == Used(1)
    other.close()
