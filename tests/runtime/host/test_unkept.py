"""A disk that is full: what has to survive is an error of its command, and all else goes on."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from interact.runtime.errors import OutputError
from interact.runtime.host import advisory
from interact.runtime.host.batch import get_offers, get_profile, post_event
from interact.runtime.host.deployment import Deployment, open_deployment
from interact.runtime.host.host import Host
from interact.runtime.host.results import Response
from interact.runtime.host.store.journal import open_journal
from interact.runtime.host.store.memory import MemoryStore
from interact.runtime.host.store.protocol import StoreError

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
SHOP = """
audience Customer { key id: int session { seen: int = 0 } }
offer Gold { suppress after accept }
offer Silver {}
channel Web for Customer {
  zone Home { point hero }
  event hush { suppress Silver for 1 day }
  event viewed { set seen = seen + 1 }
  event noted { set seen = seen + 10 }
  event later { set seen = 100 after 5 minutes }
  event hush_later { suppress Silver for 1 day after 5 minutes }
  pattern Often { count of viewed is at least 1 within 1 day }
}
strategy S on Web { zone Home { Gold score 2 Silver score 1 } }
"""


class Full:
    """A journal on a disk that may be full."""

    def __init__(self, folder: Path) -> None:
        self.journal = open_journal(str(folder))
        self.is_full = False

    def write(self, *change: Any) -> None:
        if self.is_full:
            raise StoreError("no space left")
        self.journal.write(*change)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.journal, name)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    folder = tmp_path_factory.mktemp("shop")
    (folder / "shop.interact").write_text(SHOP)
    return open_deployment(str(folder))


@pytest.fixture
def disk(tmp_path: Path) -> Full:
    return Full(tmp_path)


@pytest.fixture
def host(shop: Deployment, disk: Full) -> Iterator[Host]:
    host = Host(shop, store=MemoryStore(journal=disk))  # type: ignore[arg-type]
    host.clock = lambda: AT
    yield host
    host.store.close()


def codes(answer: Response) -> list[int]:
    return [message.code for message in answer.messages]


def offers(answer: Response) -> list[str]:
    return [offer.name for offer in answer.offer_lists[0].offers]


def seen(host: Host) -> object:
    return next(p.value for p in host.get_profile("s").profile if p.name == "seen")


def test_commands_are_answered_one_by_one(host: Host, disk: Full) -> None:
    host.start_session("s", "Web", {"id": 7})
    disk.is_full = True
    asks = get_offers("hero", 2)
    answers = host.execute_batch(
        "s", [asks, post_event("hush"), post_event("noted"), post_event("viewed"), asks]
    ).responses
    failed = [advisory.EVENT_LOG_FAILED]
    assert [codes(answer) for answer in answers] == [[], failed, failed, failed, []]
    assert answers[1].messages[0].detail == "no space left"
    assert offers(answers[0]) == offers(answers[-1]) == ["Gold", "Silver"]
    disk.is_full = False
    assert host.post_event("s", "hush").status == 0
    assert offers(host.get_offers("s", "hero", 2)) == ["Gold"]


def test_sessions_begin_and_end(host: Host, disk: Full) -> None:
    disk.is_full = True
    assert host.start_session("s", "Web", {"id": 7}).status == 0
    assert host.set_audience("s", {"id": 8}).status == 0
    assert host.end_session("s").status == 0
    assert codes(host.get_profile("s")) == [advisory.INVALID_SESSION]


def test_of_a_visitor_without_a_key_nothing_has_to_survive(host: Host, disk: Full) -> None:
    disk.is_full = True
    host.start_session("s", "Web", None)
    assert host.post_event("s", "hush").status == 0
    assert offers(host.get_offers("s", "hero", 2)) == ["Gold"]


def test_a_session_with_something_to_do_goes_on(host: Host, disk: Full) -> None:
    host.start_session("s", "Web", {"id": 7})
    assert host.post_event("s", "hush_later").status == 0
    disk.is_full = True
    assert codes(host.post_event("s", "later")) == [advisory.EVENT_LOG_FAILED]
    assert host.get_profile("s", {"seen": 5}).status == 0
    assert seen(host) == 5
    host.clock = lambda: AT + timedelta(minutes=5)
    assert host.run_due() == 0  # it is tried again later
    answer = host.get_offers("s", "hero", 2)
    assert codes(answer) == [advisory.SYSTEM_LOG_FAILED]
    assert offers(answer) == ["Gold", "Silver"]
    disk.is_full = False
    assert offers(host.get_offers("s", "hero", 2)) == ["Gold"]
    assert seen(host) == 5


def test_what_was_to_be_done_is_done_once_after_all(
    shop: Deployment, tmp_path: Path, host: Host, disk: Full
) -> None:
    host.start_session("s", "Web", {"id": 7})
    host.post_event("s", "hush_later")
    disk.is_full = True
    assert host.get_offers("s", "hero").status == host.end_session("s").status == 0
    host.store.close()
    other = Host(shop, store=MemoryStore(journal=open_journal(str(tmp_path))))
    other.clock = lambda: AT + timedelta(minutes=5)
    assert (other.run_due(), other.run_due()) == (1, 0)
    other.start_session("s", "Web", {"id": 7})
    assert offers(other.get_offers("s", "hero", 2)) == ["Gold"]
    other.store.close()
    disk.journal = open_journal(str(tmp_path))


def test_neither_the_history_nor_the_journal_can_be_written(host: Host, disk: Full) -> None:
    def refuse(rows: list[Any]) -> None:
        raise OutputError("the history is full")

    host.start_session("s", "Web", {"id": 7})
    shown = host.get_offers("s", "hero").offer_lists[0].offers[0]
    host.record, disk.is_full = refuse, True
    accept = post_event("accept", {"UACIOfferTrackingCode": shown.treatment})
    answers = host.execute_batch(
        "s", [accept, post_event("hush"), get_offers("hero", 2), get_profile()]
    ).responses
    failed = [advisory.EVENT_LOG_FAILED]
    assert [codes(answer) for answer in answers] == [failed, failed, [], []]
    assert [a.messages[0].text for a in answers[:2]] == [
        "the event was not logged",
        "the event was not kept",
    ]
    assert offers(answers[2]) == ["Gold", "Silver"]


def test_the_history_is_not_written_for_what_the_journal_refuses(host: Host, disk: Full) -> None:
    rows: list[Any] = []
    host.record, host.activity = rows.extend, True
    host.start_session("s", "Web", {"id": 7})
    host.post_event("s", "hush_later")
    disk.is_full = True
    asks = get_offers("hero", 2)
    first = host.execute_batch("s", [asks, post_event("hush"), asks])
    assert [codes(a) for a in first.responses] == [[advisory.STORE_FAILED]]
    written = len(rows)
    host.clock = lambda: AT + timedelta(minutes=5)
    for _ in range(2):
        assert host.run_due() == 0
        given, failed, again = host.execute_batch("s", [asks, post_event("hush"), asks]).responses
        assert codes(failed) == [advisory.EVENT_LOG_FAILED]
        assert offers(given) == offers(again) == ["Gold", "Silver"]
        assert len(rows) == written
    disk.is_full = False
    assert host.post_event("s", "viewed").status == 0
    assert [row.name for row in rows[written:]] == ["viewed", "Often"]
    assert offers(host.get_offers("s", "hero", 2)) == ["Gold"]


def test_a_file_that_may_not_grow_is_a_disk_that_is_full(shop: Deployment, tmp_path: Path) -> None:
    store = MemoryStore(journal=open_journal(str(tmp_path / "real")))
    host = Host(shop, store=store)
    host.start_session("s", "Web", {"id": 7})
    assert host.post_event("s", "viewed").status == 0
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1, limits[1]))
    try:
        answers = host.execute_batch(
            "s", [get_offers("hero", 2), post_event("hush"), get_offers("hero", 2)]
        ).responses
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert [codes(answer) for answer in answers] == [[], [advisory.EVENT_LOG_FAILED], []]
    assert host.post_event("s", "hush").status == 0
    store.close()
