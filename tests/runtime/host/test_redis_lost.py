"""What a server loses: answers, keys that it was to keep, and states whose time is over."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from tests.redis_server import RedisServer
from tests.runtime.host.sharing import Hosts, offers, post, start

from interact.runtime.host import advisory, batch
from interact.runtime.host.deployment import open_deployment
from interact.runtime.host.host import Host
from interact.runtime.host.results import NameValue
from interact.runtime.host.session import is_visitor
from interact.runtime.host.store.redis_store import RedisStore, open_redis
from interact.runtime.host.store.redis_wake import Wake


def store_of(host: Host) -> RedisStore:
    assert isinstance(host.store, RedisStore)
    return host.store


def keys(host: Host, kind: str) -> list[bytes]:
    store = store_of(host)
    found: Any = store.client.keys(f"{store.prefix}{kind}:*")
    return sorted(found)


def twice(host: Host) -> None:
    """Let each exchange be sent again, as if its answer had been lost."""
    store = store_of(host)
    asked = store.client.evalsha

    def ask(*arguments: Any) -> Any:
        asked(*arguments)
        return asked(*arguments)

    store.client.evalsha = ask  # type: ignore[method-assign]


@pytest.fixture
def visited(hosts: Hosts) -> Host:
    host = hosts.open()
    assert host.start_session("v", "Web", []).status == 0
    return host


def test_an_exchange_whose_answer_is_lost_is_done_once(hosts: Hosts) -> None:
    host = hosts.open()
    start(host, "before")
    offers(host, "before")
    twice(host)
    start(host)
    shown = offers(host)
    post(host, "seen", shown["Gold"])
    post(host, "contact")
    post(host, "hide")
    post(host, "later", shown["Silver"])
    assert host.end_session("s").status == 0
    assert host.end_session("before").status == 0
    start(host, "with rows")
    post(host, "seen", offers(host, "with rows")["Gold"], "with rows")
    commands = [batch.post_event("contact"), batch.end_session()]
    assert host.execute_batch("with rows", commands).status == 0
    hosts.minutes = 5
    assert host.run_due() == 1
    kinds = [getattr(row, "kind", "contact") for row in hosts.rows]
    assert kinds == ["contact"] * 5 + ["accept"]
    assert keys(host, "n") == keys(host, "s") == keys(host, "r") == []


def test_rows_of_a_session_that_stays_as_it_is_keep_nobody_off(
    hosts: Hosts, tmp_path: Path
) -> None:
    (tmp_path / "shop.interact").write_text(
        "audience Customer { key id: int } offer Gold {}"
        "channel Web for Customer { zone Home { point hero } event viewed }"
        "strategy S on Web { zone Home { Gold score 2 } }"
    )
    hosts.shop = open_deployment(str(tmp_path))
    host = hosts.open()
    host.activity = True
    assert host.start_session("s", "Web", [NameValue("id", 7, "numeric")]).status == 0
    post(host, "viewed")
    assert [row.name for row in hosts.rows] == ["viewed"]
    assert keys(host, "r") == []


def test_a_name_whose_session_is_lost_is_free(hosts: Hosts) -> None:
    host = hosts.open()
    start(host)
    store = store_of(host)
    store.client.delete(*keys(host, "s"))
    assert host.get_profile("s").messages[0].code == advisory.INVALID_SESSION
    start(host)
    assert list(offers(host)) == ["Gold", "Silver"]


def test_a_visitor_is_known_for_as_long_as_the_visit_goes_on(visited: Host) -> None:
    store = store_of(visited)
    shown = offers(visited, "v")
    post(visited, "accept", shown["Gold"], "v")
    (state,) = keys(visited, "c")
    store.client.pexpire(state, 1_000)
    assert list(offers(visited, "v")) == ["Silver"]
    left: Any = store.client.pttl(state)
    assert left > 1_000 * store.idle_seconds


def test_a_visitor_is_known_until_all_is_done(hosts: Hosts, visited: Host) -> None:
    store = store_of(visited)
    post(visited, "later", offers(visited, "v")["Gold"], "v")
    post(visited, "hide", session="v")
    (state,) = keys(visited, "c")
    assert visited.end_session("v").status == 0
    assert store.client.pttl(state) == -1
    hosts.minutes = 5
    assert visited.run_due() == 1
    assert [row.kind for row in hosts.rows] == ["accept"]
    assert keys(visited, "s") == []
    assert [store.client.pttl(key) > 0 for key in keys(visited, "c")] == [True]


def test_an_ended_session_does_not_come_back(hosts: Hosts) -> None:
    first, second = hosts.open(), hosts.open()
    ids = [NameValue("id", 7, "numeric")]
    gold = [NameValue("UACIOfferTrackingCode", "Gold", "string")]
    gold += [NameValue("UACI_TrackingCodeType", 2, "numeric")]
    commands = [
        batch.start_session("Web", ids),
        batch.get_offers("hero", 2),
        batch.post_event("later", gold),
    ]
    assert first.execute_batch("s", commands).status == 0
    client = store_of(second).client
    asked = client.evalsha

    def find(*arguments: Any) -> Any:
        found = asked(*arguments)
        client.evalsha = asked  # type: ignore[method-assign]
        assert first.end_session("s").status == 0, "with something still to do"
        return found

    client.evalsha = find  # type: ignore[method-assign]
    answer = second.get_profile("s", [NameValue("balance", 9, "numeric")])
    assert [one.code for one in answer.messages] == [advisory.INVALID_SESSION]
    assert keys(first, "n") == []
    hosts.minutes = 5
    assert first.run_due() == 1
    assert keys(first, "s") == []


def test_a_server_that_drops_keys_is_warned_of(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, told = RedisServer(tmp_path), threading.Semaphore(0)
    server.start()
    check = Wake._check_policy

    def checked(wake: Wake) -> None:
        check(wake)
        told.release()

    monkeypatch.setattr(Wake, "_check_policy", checked)
    try:
        for policy in ("noeviction", "allkeys-lru"):
            store = open_redis(server.url)
            store.client.config_set("maxmemory", "100mb")
            store.client.config_set("maxmemory-policy", policy)
            store.wait(0.0)
            assert told.acquire(timeout=60)
            store.close()
    finally:
        server.kill()
    (record,) = caplog.records
    assert "drops keys when its memory is full (allkeys-lru)" in record.getMessage()


def test_no_customer_is_taken_for_a_visitor() -> None:
    assert not is_visitor(("Household", ("session", "7")))
