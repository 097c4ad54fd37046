"""The history of events and patterns: all that happen, at once or later, and each once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from interact.runtime.host.deployment import Deployment, open_deployment
from interact.runtime.host.host import Host
from interact.runtime.host.store.journal import open_journal
from interact.runtime.host.store.memory import MemoryStore

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
SHOP = """
audience Customer { key id: int session { seen: int = 0 } }
channel Web for Customer {
  zone Home { point hero }
  event viewed category "looks" { set seen = seen + 1 }
  event bought { post viewed  post viewed }
  event added {
    post viewed after 5 seconds  post bought after 5 seconds  post added2 after 9 seconds }
  event added2
  pattern Often category "habits" { count of viewed is at least 3 within 1 day }
  pattern Left { sequence of added, viewed within 1 hour }
}
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    folder = tmp_path_factory.mktemp("shop")
    (folder / "shop.interact").write_text(SHOP)
    return open_deployment(str(folder))


def opened(shop: Deployment, folder: Path, seconds: int, rows: list[Any]) -> Host:
    store = MemoryStore(journal=open_journal(str(folder)))
    host = Host(shop, record=rows.extend, store=store, activity=True)
    host.clock = lambda: AT + timedelta(seconds=seconds)
    return host


def told(rows: list[Any]) -> list[tuple[str, str, int]]:
    start = int(AT.timestamp())
    return [(r.name, r.kind, r.at // 1_000_000 - start) for r in rows]


def test_events_that_actions_post_are_told(shop: Deployment, tmp_path: Path) -> None:
    rows: list[Any] = []
    host = opened(shop, tmp_path, 0, rows)
    host.start_session("s", "Web", {"id": 7})
    host.post_event("s", "bought", {"UACIEventID": "e"})
    host.post_event("s", "bought", {"UACIEventID": "e"})
    bought = [("bought", "posted", 0), ("viewed", "posted", 0), ("viewed", "posted", 0)]
    assert told(rows) == bought
    host.post_event("s", "viewed")
    assert told(rows[3:]) == [("viewed", "posted", 0), ("Often", "met", 0)]
    assert [row.category for row in rows[3:]] == ["looks", "habits"]
    assert len({row.event for row in rows}) == 5
    host.store.close()


def test_what_happens_later_is_told_once(shop: Deployment, tmp_path: Path) -> None:
    """A host that is killed before it keeps what it wrote writes the same names again."""
    rows: list[Any] = []
    host = opened(shop, tmp_path / "one", 0, rows)
    host.start_session("s", "Web", {"id": 7})
    host.post_event("s", "added")
    host.store.close()
    assert told(rows) == [("added", "posted", 0)]
    later = [
        ("viewed", "posted", 5),
        ("Left", "met", 5),
        ("bought", "posted", 5),
        ("viewed", "posted", 5),
        ("viewed", "posted", 5),
        ("Often", "met", 5),
    ]
    lost: list[Any] = []

    def killed(written: list[Any]) -> None:
        lost.extend(written)
        raise KeyboardInterrupt

    host = opened(shop, tmp_path / "one", 6, [])
    host.record = killed
    with pytest.raises(KeyboardInterrupt):
        host.run_due()
    host.store.close()
    assert told(lost) == later
    again: list[Any] = []
    host = opened(shop, tmp_path / "one", 60, again)
    assert host.run_due() == 1
    host.store.close()
    assert told(again) == [*later, ("added2", "posted", 9)]
    assert [row.event for row in again[:6]] == [row.event for row in lost]
    assert len({row.event for row in again}) == 7


def test_what_a_killed_host_wrote_is_not_written_again(shop: Deployment, tmp_path: Path) -> None:
    host = opened(shop, tmp_path, 0, [])
    host.start_session("s", "Web", {"id": 7})
    host.post_event("s", "added")
    host.store.close()
    rows: list[Any] = []
    host = opened(shop, tmp_path, 60, rows)
    (saved,) = host.store.journal.pending()  # type: ignore[attr-defined]
    due = int((AT + timedelta(seconds=5)).timestamp() * 1e6)
    host.done = {f"{saved.id}~{due}.{n}" for n in range(1, 7)}
    host.run_due()
    host.store.close()
    assert told(rows) == [("added2", "posted", 9)]
