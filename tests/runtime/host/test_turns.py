"""Turns: what a call does is kept as a whole, after the history, and nothing is lost."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from interact.runtime.errors import OutputError
from interact.runtime.host import advisory
from interact.runtime.host.deployment import Deployment, nothing, open_deployment
from interact.runtime.host.host import Host
from interact.runtime.host.results import NameValue, Response
from interact.runtime.host.store.memory import MemoryStore
from interact.runtime.host.store.protocol import StoreError
from interact.runtime.host.timer import Timer

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
SHOP = """
audience Customer { key id: int session { cart: int = 0 } }
offer Gold { code "G" suppress after accept at most 4 contacts per visit }
offer Silver { code "S" }
channel Web for Customer {
  zone Home { point hero default "x" }
  event added { set cart = cart + 1 log contact }
  event later { log accept after 5 minutes set cart = 90 after 5 minutes }
  pattern Returning { count of session_end is at least 2 within 1 day }
  pattern Curious {
    sum of 1 * get_profile, 1 * set_audience, 1 * set_debug is at least 1 within 1 day
  }
}
flowchart Everyone on Web { select Back when Returning  select Keen when Curious }
strategy Offers on Web {
  zone Home { Gold score 2  for Back { Silver score 1 }  for Keen { Silver score 3 } }
}
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    folder = tmp_path_factory.mktemp("shop")
    (folder / "shop.interact").write_text(SHOP)
    return open_deployment(str(folder))


class Clock:
    def __init__(self) -> None:
        self.now = AT

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def host(shop: Deployment, clock: Clock) -> Host:
    made = Host(shop, clock=clock)
    start(made, "s")
    return made


def start(host: Host, session: str, customer: int = 7) -> None:
    answer = host.start_session(session, "Web", [NameValue("id", customer, "numeric")])
    assert answer.status == 0, answer.messages


def offers(host: Host, session: str = "s") -> list[str]:
    return [o.name for o in host.get_offers(session, "hero", 5).offer_lists[0].offers]


def cart(host: Host, session: str = "s") -> object:
    return {p.name: p.value for p in host.get_profile(session).profile}["cart"]


def codes(answer: Response) -> list[int]:
    return [message.code for message in answer.messages]


class Breaking:
    """A history that can be broken."""

    def __init__(self) -> None:
        self.rows: list[Any] = []
        self.is_broken = False

    def __call__(self, rows: Sequence[Any]) -> None:
        if self.is_broken:
            raise OutputError("no space left")
        self.rows += rows


def test_what_the_history_does_not_take_changes_nothing(host: Host) -> None:
    host.record = history = Breaking()
    shown = host.get_offers("s", "hero").offer_lists[0].offers[0]
    accept = [NameValue("UACIOfferTrackingCode", shown.treatment, "string")]
    history.is_broken = True
    assert codes(host.post_event("s", "added")) == [advisory.EVENT_LOG_FAILED]
    assert codes(host.post_event("s", "accept", accept)) == [advisory.EVENT_LOG_FAILED]
    assert (offers(host), cart(host)) == (["Gold"], 0)
    history.is_broken = False
    assert host.post_event("s", "added").status == 0
    assert host.post_event("s", "accept", accept).status == 0
    assert (offers(host), cart(host), len(history.rows)) == (["Silver"], 1, 2)


def test_a_session_begins_while_the_history_is_broken(tmp_path: Path) -> None:
    (tmp_path / "shop.interact").write_text(
        "audience Customer { key id: int } channel Web for Customer { zone Home { point hero }"
        " pattern Came { count of session_start is at least 1 within 1 day } }"
    )
    host = Host(open_deployment(str(tmp_path)), activity=True, record=(history := Breaking()))
    history.is_broken = True
    answer = host.start_session("s", "Web", [NameValue("id", 7, "numeric")])
    assert (answer.status, codes(answer)) == (1, [advisory.SYSTEM_LOG_FAILED])
    assert host.get_offers("s", "hero").status == 0
    history.is_broken = False
    start(host, "s")
    assert [row.name for row in history.rows] == ["Came"]


def test_a_host_without_a_version_cannot_look_a_channel_up() -> None:
    answer = Host(nothing()).start_session("s", "Web", [NameValue("id", 7, "numeric")])
    assert codes(answer) == [advisory.CHANNEL_LOOK_UP_FAILED]


def test_offers_are_given_while_the_history_is_broken(host: Host, clock: Clock) -> None:
    host.record = history = Breaking()
    shown = host.get_offers("s", "hero").offer_lists[0].offers[0]
    code = [NameValue("UACIOfferTrackingCode", shown.treatment, "string")]
    assert host.post_event("s", "later", code).status == 0
    history.is_broken = True
    clock.now += timedelta(minutes=6)
    answer = host.get_offers("s", "hero")
    assert codes(answer) == [advisory.SYSTEM_LOG_FAILED]
    assert [o.name for o in answer.offer_lists[0].offers] == ["Gold"]
    history.is_broken = False
    assert offers(host) == []
    assert [row.kind for row in history.rows] == ["accept"]


def test_calls_of_many_threads_lose_nothing(host: Host) -> None:
    host.record = history = Breaking()
    offers(host)
    start(host, "t")
    offers(host, "t")
    failed: list[Response] = []

    def work(session: str) -> None:
        for _ in range(50):
            answer = host.post_event(session, "added")
            failed.extend([answer] if answer.status else [])

    threads = [threading.Thread(target=work, args=(name,)) for name in "sstt"]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert (cart(host, "s"), cart(host, "t"), len(history.rows)) == (100, 100, 200)
    owner = ("Customer", (7,))
    assert host.store.known(owner).state.history["Gold.contacts"] == 200
    assert len({row.event for row in history.rows}) == 200


def test_what_is_reserved_has_to_be_waited_for(host: Host) -> None:
    inside, go_on = threading.Event(), threading.Event()

    def slow(rows: Sequence[Any]) -> None:
        inside.set()
        assert go_on.wait(120)

    host.record = slow
    offers(host)
    first = threading.Thread(target=host.post_event, args=("s", "added"))
    first.start()
    assert inside.wait(120)
    seen: list[object] = []
    second = threading.Thread(target=lambda: seen.append(cart(host)))
    second.start()
    go_on.set()
    first.join()
    second.join()
    assert seen == [1]


@pytest.fixture
def timed(host: Host) -> Iterator[Timer]:
    timer = Timer(host)
    timer.start()
    yield timer
    timer.stop()


def told(host: Host) -> tuple[Callable[[Sequence[Any]], None], threading.Event]:
    event = threading.Event()

    def record(rows: Sequence[Any]) -> None:
        if any(getattr(row, "kind", "") == "accept" for row in rows):
            event.set()

    return record, event


@pytest.mark.parametrize("ends", [False, True])
def test_delayed_actions_are_done_without_a_call(
    host: Host, clock: Clock, timed: Timer, ends: bool
) -> None:
    host.record, done = told(host)
    shown = host.get_offers("s", "hero").offer_lists[0].offers[0]
    code = [NameValue("UACIOfferTrackingCode", shown.treatment, "string")]
    assert host.post_event("s", "later", code).status == 0
    if ends:
        host.end_session("s")
    clock.now += timedelta(minutes=5)
    host.store.wake()
    assert done.wait(120)


def test_a_session_that_nobody_uses_ends_and_patterns_hear_of_it(
    shop: Deployment, clock: Clock
) -> None:
    now = 0.0
    host = Host(shop, clock=clock, store=MemoryStore(idle_seconds=10, clock=lambda: now))
    start(host, "a")
    host.end_session("a")
    start(host, "b")
    assert offers(host, "b") == ["Gold"]
    now = 11.0
    assert host.get_profile("b").status == 2
    start(host, "c")
    assert offers(host, "c") == ["Gold", "Silver"]


@pytest.mark.parametrize("call", ["get_profile", "set_audience", "set_debug"])
def test_patterns_hear_of_calls(host: Host, call: str) -> None:
    assert offers(host) == ["Gold"]
    calls: dict[str, Callable[[], Response]] = {
        "get_profile": lambda: host.get_profile("s"),
        "set_audience": lambda: host.set_audience("s", [NameValue("id", 7, "numeric")]),
        "set_debug": lambda: host.set_debug("s", True),
    }
    assert calls[call]().status == 0
    assert offers(host) == ["Silver", "Gold"]


def test_another_customer_has_the_visit_s_contacts_and_attributes(host: Host) -> None:
    for _ in range(4):
        offers(host)
        host.post_event("s", "added")
    assert "Gold" not in offers(host)
    host.set_audience("s", [NameValue("id", 8, "numeric")])
    assert ("Gold" in offers(host), cart(host)) == (False, 4)
    start(host, "other", 8)
    assert "Gold" in offers(host, "other")


def test_who_starts_over_a_live_session_leaves_what_it_has_to_do(host: Host, clock: Clock) -> None:
    host.record = history = Breaking()
    shown = host.get_offers("s", "hero").offer_lists[0].offers[0]
    code = [NameValue("UACIOfferTrackingCode", shown.treatment, "string")]
    host.post_event("s", "later", code)
    start(host, "s", 8)
    clock.now += timedelta(minutes=5)
    assert cart(host) == 0
    assert [(row.kind, row.key) for row in history.rows] == [("accept", (7,))]


def test_what_is_due_in_a_live_session_leaves_its_name_alone(host: Host, clock: Clock) -> None:
    host.record = history = Breaking()
    for session, customer in (("s", 7), ("t", 8)):
        start(host, session, customer)
        shown = host.get_offers(session, "hero").offer_lists[0].offers[0]
        code = [NameValue("UACIOfferTrackingCode", shown.treatment, "string")]
        assert host.post_event(session, "later", code).status == 0
    clock.now += timedelta(minutes=5)
    assert host.run_due() == 2
    assert (len(history.rows), len(host.store)) == (2, 2)
    assert (cart(host, "s"), cart(host, "t")) == (90, 90)


def test_what_is_due_is_done_later_when_the_store_fails(
    host: Host, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = host.get_offers("s", "hero").offer_lists[0].offers[0]
    code = [NameValue("UACIOfferTrackingCode", shown.treatment, "string")]
    assert host.post_event("s", "later", code).status == 0
    clock.now += timedelta(minutes=5)

    def fail(*_: object) -> bool:
        raise StoreError("the disk is full")

    with monkeypatch.context() as broken:
        broken.setattr(MemoryStore, "save", fail)
        with pytest.raises(StoreError):
            host.run_due()
    clock.now += timedelta(seconds=1)
    assert host.run_due() == 1
    assert cart(host) == 90
