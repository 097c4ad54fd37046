"""A store that hosts share: nothing is lost between them, and each delayed action is done once."""

from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from tests.redis_server import RedisServer
from tests.runtime.host.sharing import AT, Hosts, offers, post, start
from tests.runtime.host.shops import SHOP

from interact.compiler.core.impressions import Used
from interact.runtime.errors import OutputError, UsageError
from interact.runtime.host import advisory, turns
from interact.runtime.host.deployment import Deployment, open_deployment
from interact.runtime.host.host import Host
from interact.runtime.host.offers.impressions import Impressions
from interact.runtime.host.offers.offering import PointRequest
from interact.runtime.host.profiles.tables import open_profiles
from interact.runtime.host.results import NameValue, Response
from interact.runtime.host.store.redis_ledger import RedisLedger
from interact.runtime.host.store.redis_store import RedisStore, open_redis
from interact.runtime.host.store.reserved import Reserved
from interact.runtime.host.timer import Timer

ENDING = SHOP.replace("MORE", "").replace("BALANCE", "int").replace("of seen", "of session_end")
EXAMPLES = Path(__file__).parents[3] / "examples"


def test_a_session_goes_on_at_another_host(hosts: Hosts) -> None:
    first, second = hosts.open(), hosts.open()
    start(first)
    shown = offers(first)
    assert list(shown) == ["Gold", "Silver"]
    post(second, "seen", shown["Gold"])
    post(first, "seen", shown["Silver"])
    assert list(offers(second)) == ["Silver", "Gold"]
    post(second, "accept", shown["Gold"])
    assert list(offers(first)) == ["Silver"]
    assert first.end_session("s").status == 0
    assert second.get_profile("s").messages[0].code == advisory.INVALID_SESSION
    start(second, "again")
    assert list(offers(second, "again")) == ["Silver"]
    assert [row.event.rpartition("-")[0] for row in hosts.rows[:2]] == [
        second.numbers.writer,
        first.numbers.writer,
    ]


def test_hosts_and_threads_on_one_session_lose_nothing(hosts: Hosts) -> None:
    both = [hosts.open(), hosts.open()]
    start(both[0])
    start(both[1], "t")
    gold = {name: offers(both[0], name)["Gold"] for name in "st"}
    failed: list[BaseException] = []

    def work(host: Host, session: str) -> None:
        try:
            for _ in range(20):
                post(host, "seen", gold[session], session)
        except BaseException as error:
            failed.append(error)

    threads = [threading.Thread(target=work, args=(both[n % 2], "st"[n // 2])) for n in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    held = both[0].store.find("s")
    assert held is not None
    assert held.known is not None
    assert held.session.contacts == {"Gold": 40}
    assert held.known.state.history["Gold.contacts"] == 80
    assert len({row.event for row in hosts.rows}) == len(hosts.rows) == 80


def test_a_call_is_two_exchanges_with_the_server(hosts: Hosts) -> None:
    host = hosts.open()
    start(host)
    offers(host)
    store = host.store
    assert isinstance(store, RedisStore)
    asked, count = store.client.evalsha, [0]

    def counted(*arguments: Any) -> Any:
        count[0] += 1
        return asked(*arguments)

    store.client.evalsha = counted  # type: ignore[method-assign]
    for call, most in (
        (lambda: offers(host), 2),
        (lambda: host.get_profile("s"), 1),
        (lambda: post(host, "hide"), 2),
        (lambda: post(host, "contact"), 3),
        (lambda: start(host, "t"), 3),
    ):
        count[0] = 0
        call()
        assert count[0] <= most


def test_of_three_hosts_one_does_a_delayed_action(hosts: Hosts) -> None:
    three = [hosts.open() for _ in range(3)]
    timers = [Timer(host) for host in three]
    now = datetime.now(UTC)
    for host in three:
        host.clock = lambda: datetime.now(UTC) - now + AT
    for timer in timers:
        timer.start()
    for customer in range(9):
        host = three[customer % 3]
        start(host, f"s{customer}", customer)
        post(host, "soon", offers(host, f"s{customer}")["Gold"], f"s{customer}")
        if customer % 2:
            host.end_session(f"s{customer}")
    done = threading.Event()

    def look() -> None:
        while len(hosts.rows) < 9 and not done.wait(0.02):
            pass
        done.set()

    looking = threading.Thread(target=look)
    looking.start()
    looking.join(120)
    for timer in timers:
        timer.stop()
    done.set()
    assert sorted(row.key for row in hosts.rows) == [(n,) for n in range(9)]
    assert three[0].store.next_due() is None


def test_what_a_dead_host_claimed_is_done_by_another(hosts: Hosts) -> None:
    first, second = hosts.open(), hosts.open()
    start(first)
    post(first, "later", offers(first)["Gold"])
    hosts.minutes = 5
    now = int(hosts.clock().timestamp() * 1e6)
    assert first.store.claim(now) is not None, "and then it dies"
    assert second.run_due() == 0
    hosts.minutes = 6
    assert second.run_due() == 1
    assert [(row.kind, row.key) for row in hosts.rows] == [("accept", (7,))]
    assert first.run_due() == second.run_due() == 0


def test_what_a_dead_host_reserved_is_free_after_a_time(
    hosts: Hosts, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = hosts.open(reserved_seconds=0.1), hosts.open()
    monkeypatch.setattr(turns, "TRIES", 3)  # waiting is no try
    start(first)
    offers(first)

    class Died(BaseException):
        pass

    def die(rows: object) -> None:
        raise Died

    first.record = die
    monkeypatch.setattr(RedisStore, "release", lambda store, change: None)
    with pytest.raises(Died):
        first.post_event("s", "contact")
    first.store.close()
    post(second, "contact")
    assert len(hosts.rows) == 2


def test_what_a_living_host_reserved_stays_reserved_while_its_disk_takes_long(
    hosts: Hosts, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = hosts.open(reserved_seconds=0.1), hosts.open()
    start(first)
    offers(first)
    renewals, order = threading.Semaphore(0), list[str]()
    renew = RedisStore._renew

    def renewing(store: RedisStore, *what: Any) -> None:
        renew(store, *what)
        renewals.release()

    def slow(rows: Any) -> None:
        other.start()
        for _ in range(12):  # three times as long as the reservation is
            assert renewals.acquire(timeout=30)
        order.append("first")
        hosts.rows.extend(rows)

    def posting() -> None:
        post(second, "contact")
        order.append("second")

    monkeypatch.setattr(RedisStore, "_renew", renewing)
    other = threading.Thread(target=posting)
    first.record = slow
    post(first, "contact")
    other.join()
    assert order == ["first", "second"]
    assert len(hosts.rows) == 4


def test_a_host_that_hangs_does_not_renew_for_ever() -> None:
    now, told, renewed = [0.0], list[str](), threading.Semaphore(0)

    def renew(token: str, taken: object) -> None:
        told.append(token)
        renewed.release()

    held = Reserved(renew, 0.001, 10.0, lambda: now[0])
    held.add("hangs", ["s:1"])
    assert renewed.acquire(timeout=30)
    now[0] = 11.0
    held.add("lives", ["s:2"])
    while told.count("lives") < 3:
        assert renewed.acquire(timeout=30)
    held.drop("lives")
    held.stop()
    assert "hangs" not in told[told.index("lives") :]


def test_an_idle_session_ends_and_patterns_hear_of_it(hosts: Hosts, tmp_path: Path) -> None:
    (tmp_path / "shop.interact").write_text(ENDING)
    hosts.shop = open_deployment(str(tmp_path))
    host = hosts.open(idle_seconds=0.05)
    ahead = timedelta(minutes=5)
    host.clock = lambda: datetime.now(UTC) + ahead  # a clock that is not that of the server
    start(host, "a")
    start(host, "b")
    while host.store.next_due() is not None:
        host.run_due()
    assert host.get_profile("a").messages[0].code == advisory.INVALID_SESSION
    host.store.idle_seconds = 60  # type: ignore[attr-defined]
    start(host, "c")
    assert list(offers(host, "c")) == ["Silver", "Gold"]


def told(answer: Response) -> list[list[Any]]:
    lists = answer.offer_lists
    return [[(o.name, o.score, o.attributes) for o in one.offers] for one in lists]


@pytest.mark.parametrize("name", ["retail_bank", "term_deposit"])
def test_sessions_decide_with_a_server_as_in_memory(hosts: Hosts, name: str) -> None:
    folder = EXAMPLES / name
    hosts.shop = open_deployment(str(folder))
    served = hosts.shop.channels[0]
    (customers,) = folder.glob("*.parquet")
    sources = {served.audience.name.lower(): open_profiles(str(customers), served.audience)}
    plain = Host(hosts.shop, sources, clock=hosts.clock)
    shared = [hosts.open(), hosts.open()]
    for host in shared:
        host.profiles = sources
    people = pq.read_table(customers, columns=[a.column for a in served.audience.key])
    points = [PointRequest(zone.points[0].name, 5) for zone in served.channel.zones]
    for person in people.slice(0, 60).to_pylist():
        ids = [NameValue(k, v, "numeric") for k, v in person.items()]
        for host in (plain, shared[0]):
            assert host.start_session("s", served.name, ids).status == 0
        found, expected = (h.get_offers_for_points("s", points) for h in (shared[1], plain))
        assert told(found) == told(expected)


def test_a_server_that_dies_is_told_and_one_that_comes_back_is_used(
    tmp_path: Path, sharing_shop: Deployment
) -> None:
    server = RedisServer(tmp_path)
    server.start()
    hosts = Hosts(server, sharing_shop, "{dies}:")
    host = hosts.open()
    try:
        start(host)
        gold = offers(host)["Gold"]
        server.kill()
        answer = host.get_offers("s", "hero")
        assert (answer.status, answer.messages[0].code) == (2, advisory.STORE_FAILED)
        assert "does not answer" in answer.messages[0].detail
        assert host.post_event("s", "seen").messages[0].code == advisory.STORE_FAILED
        assert hosts.rows == []
        server.start()
        post(host, "seen", gold)
        assert list(offers(host)) == ["Gold", "Silver"]
    finally:
        server.kill()
        host.store.close()


def test_what_is_no_url_is_told() -> None:
    with pytest.raises(UsageError, match="no store"):
        open_redis("redis://localhost:port/0")


def test_hosts_give_no_more_impressions_than_a_limit_together(hosts: Hosts, tmp_path: Path) -> None:
    (tmp_path / "shop.interact").write_text(
        "audience Customer { key id: int } offer Gold { at most 150 impressions } offer Loan {}"
        "channel Web for Customer { zone Home { point hero } }"
        "strategy S on Web { zone Home { Gold score 2 Loan score 1 } }"
    )
    hosts.shop = open_deployment(str(tmp_path))
    three = [hosts.open() for _ in range(3)]
    for host in three:
        assert isinstance(host.store, RedisStore)
        host.impressions = Impressions(RedisLedger(host.store))
    given: list[str] = []

    def work(host: Host) -> None:
        name = f"s{three.index(host)}"
        ids = [NameValue("id", 7, "numeric")]
        assert host.start_session(name, "Web", ids).status == 0
        for _ in range(80):
            given.append(host.get_offers(name, "hero").offer_lists[0].offers[0].name)

    threads = [threading.Thread(target=work, args=(host,)) for host in three]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (given.count("Gold"), given.count("Loan")) == (150, 90)


def test_a_count_that_cannot_be_kept_is_told(tmp_path: Path) -> None:
    server = RedisServer(tmp_path)
    server.start()
    store = open_redis(server.url)
    ledger = RedisLedger(store)
    assert ledger.update("x", lambda used: Used(used.total + 3)).total == 3
    server.kill()
    with pytest.raises(OutputError, match="cannot count impressions"):
        ledger.update("x", lambda used: used)
    store.close()
