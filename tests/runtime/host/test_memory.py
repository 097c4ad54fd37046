"""The store of one process: bounded, and nothing in it keeps the rest from going on."""

from __future__ import annotations

import sqlite3
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.runtime.host.sharing import offers, post, start
from tests.runtime.host.shops import shop_of

from interact.runtime.errors import OutputError
from interact.runtime.host.deployment import Deployment
from interact.runtime.host.host import Host
from interact.runtime.host.store import journal
from interact.runtime.host.store.memory import MemoryStore
from interact.runtime.host.timer import LONGEST, Timer
from interact.runtime.host.turn import Turn

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    return shop_of(tmp_path_factory.mktemp("shop"))


def test_a_session_with_something_to_do_is_listed_once(shop: Deployment) -> None:
    store, now, rows = MemoryStore(), [AT], list[Any]()
    host = Host(shop, store=store, clock=lambda: now[0], record=rows.extend)
    start(host)
    post(host, "later", offers(host)["Gold"])
    for _ in range(50):
        offers(host)
    assert len(store._due) == 1
    post(host, "later", offers(host)["Gold"])
    now[0] += timedelta(minutes=5)
    assert host.run_due() == 1
    assert (len(rows), store.next_due()) == (2, None)


def test_a_session_that_cannot_end_keeps_no_other_from_it(
    shop: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    store, now = MemoryStore(), [0.0]
    store.clock = lambda: now[0]
    host = Host(shop, store=store, clock=lambda: AT)
    for name in ("bad", "good", "better"):
        start(host, name)
    ends = type(host.calls).end_idle

    def end_idle(calls: Any, turn: Turn) -> None:
        if turn.session is not None and turn.session.name == "bad":
            raise RuntimeError("a bug")
        ends(calls, turn)

    monkeypatch.setattr(type(host.calls), "end_idle", end_idle)
    now[0] = store.idle_seconds + 1
    with pytest.raises(RuntimeError, match="a bug"):
        host.run_due()
    assert host.run_due() == 2
    assert len(store) == 1
    monkeypatch.undo()
    now[0] *= 2
    assert host.run_due() == 1


def test_what_cannot_be_written_is_not_tried_for_ever(shop: Deployment) -> None:
    store, now, tried = MemoryStore(), [AT], [0]
    host = Host(shop, store=store, clock=lambda: now[0], record=lambda rows: None)
    for name in "abc":
        start(host, name)
        post(host, "later", offers(host, name)["Gold"], name)

    def fail(rows: list[Any]) -> None:
        tried[0] += 1
        now[0] += timedelta(seconds=2)  # as long as it takes; the first one is due again
        if tried[0] > 20:
            raise AssertionError("it never ends")
        raise OutputError("the disk is full")

    now[0] += timedelta(minutes=5)
    host.record = fail
    assert host.run_due() == 0
    host.record = lambda rows: None
    now[0] += timedelta(seconds=2)
    assert host.run_due() == 3


def test_a_clock_that_is_put_forward_is_looked_at_within_a_minute(shop: Deployment) -> None:
    host = Host(shop, store=MemoryStore(), clock=lambda: AT, record=lambda rows: None)
    assert Timer(host)._do() == LONGEST
    start(host)
    post(host, "later", offers(host)["Gold"])
    assert Timer(host)._do() == LONGEST
    host.clock = lambda: AT + timedelta(minutes=4, seconds=55)
    assert Timer(host)._do() == 5


def test_pages_are_moved_again_after_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect, moved = sqlite3.connect, threading.Semaphore(0)

    class Mover:
        """A connection whose first attempt to move pages fails."""

        def __init__(self, database: sqlite3.Connection) -> None:
            self.database, self.count = database, 0

        def execute(self, sql: str) -> Any:
            self.count += 1
            moved.release()
            if self.count == 1:
                raise sqlite3.OperationalError("disk I/O error")
            return self.database.execute(sql)

        def close(self) -> None:
            self.database.close()

    def opened(*arguments: Any, **options: Any) -> Any:
        made = connect(*arguments, **options)
        return made if "check_same_thread" in options else Mover(made)

    monkeypatch.setattr("sqlite3.connect", opened)
    kept = journal.open_journal(str(tmp_path))
    for _ in range(2):
        kept._full.set()
        assert moved.acquire(timeout=30)
    kept.close()
