"""What survives a process: states of customers, and delayed actions, each done once."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from tests.runtime.host.shops import shop_of

from interact.runtime.errors import UsageError
from interact.runtime.host.deployment import Deployment
from interact.runtime.host.host import Host
from interact.runtime.host.results import NameValue
from interact.runtime.host.reviving import revived
from interact.runtime.host.session import Session
from interact.runtime.host.store.journal import FILE, open_journal
from interact.runtime.host.store.memory import MemoryStore
from interact.runtime.host.store.protocol import StoreError
from interact.runtime.host.store.stored import (
    saved_session,
    saved_state,
    session_bytes,
    state_bytes,
)
from interact.runtime.host.timer import Timer

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    return shop_of(tmp_path_factory.mktemp("shop"))


class Hosts:
    """Hosts one after the other on one folder."""

    def __init__(self, shop: Deployment, folder: Path) -> None:
        self.shop, self.folder, self.rows = shop, folder, list[Any]()

    def open(self, minutes: int = 0, deployment: Deployment | None = None) -> Host:
        store = MemoryStore(journal=open_journal(str(self.folder)))
        now = AT + timedelta(minutes=minutes)
        return Host(
            deployment or self.shop, clock=lambda: now, store=store, record=self.rows.extend
        )


@pytest.fixture
def hosts(shop: Deployment, tmp_path: Path) -> Hosts:
    return Hosts(shop, tmp_path / "state")


def start(host: Host, session: str = "s", customer: int = 7) -> Host:
    ids, balance = [NameValue("id", customer, "numeric")], [NameValue("balance", 5, "numeric")]
    answer = host.start_session(session, "Web", ids, parameters=balance)
    assert answer.status == 0, answer.messages
    return host


def offers(host: Host) -> dict[str, str]:
    found = host.get_offers("s", "hero", 5).offer_lists[0].offers
    return {o.name: o.treatment for o in found}


def post(host: Host, event: str, treatment: str = "", response: str = "") -> None:
    code = [NameValue("UACIOfferTrackingCode", treatment, "string")] if treatment else []
    code += [NameValue("UACIResponseTypeCode", response, "string")] if response else []
    assert host.post_event("s", event, code).status == 0


def test_what_is_known_of_a_customer_survives(hosts: Hosts) -> None:
    host = start(hosts.open())
    shown = offers(host)
    assert list(shown) == ["Gold", "Silver"]
    post(host, "seen", shown["Gold"])
    post(host, "seen", shown["Gold"])
    assert list(offers(host)) == ["Silver", "Gold"]
    post(host, "accept", shown["Gold"])
    host.store.close()
    host = start(hosts.open(1))
    assert list(offers(host)) == ["Silver"]
    post(host, "hide")
    host.store.close()
    host = start(hosts.open(2))
    assert list(offers(host)) == []
    host.store.close()
    host = start(hosts.open(90))
    assert list(offers(host)) == ["Silver"]
    host.store.close()


def test_delayed_actions_of_a_former_process_are_done_once(hosts: Hosts) -> None:
    host = start(hosts.open())
    shown = offers(host)
    post(host, "later", shown["Gold"])
    host.store.close()
    for minutes, count in ((4, 0), (5, 1), (6, 1), (7, 1)):
        host = hosts.open(minutes)
        assert host.run_due() == (minutes == 5)
        assert len(hosts.rows) == count
        host.store.close()
    (row,) = hosts.rows
    assert (row.kind, row.offer, row.key, row.at) == (
        *("accept", "Gold", (7,)),
        int((AT + timedelta(minutes=5)).timestamp() * 1e6),
    )
    host = start(hosts.open(8))
    assert list(offers(host)) == ["Silver"]
    host.store.close()


def test_a_delayed_response_keeps_the_type_that_the_client_gave_it(hosts: Hosts) -> None:
    host = start(hosts.open())
    post(host, "later", offers(host)["Gold"], "LATER")
    host.store.close()
    host = hosts.open(5)
    host.run_due()
    assert [row.kind for row in hosts.rows] == ["LATER"]
    host.store.close()


def test_a_row_that_a_killed_process_wrote_is_not_written_again(hosts: Hosts) -> None:
    host = start(hosts.open())
    post(host, "later", offers(host)["Gold"])
    host.store.close()
    journal = open_journal(str(hosts.folder))
    (saved,) = journal.pending()
    journal.close()
    host = hosts.open(5)
    host.done = {f"{saved.id}~1"}
    host.run_due()
    assert hosts.rows == []
    assert list(offers(start(host))) == ["Silver"]
    host.store.close()


@pytest.mark.parametrize(
    ("more", "balance", "count"),
    [("", "decimal(2)", 1), ("set cart = 1 when balance > 1", "int", 0)],
)
def test_another_version_does_what_it_still_has(
    hosts: Hosts, tmp_path: Path, more: str, balance: str, count: int
) -> None:
    host = start(hosts.open())
    post(host, "later", offers(host)["Gold"])
    host.store.close()
    host = hosts.open(5, shop_of(tmp_path / "shop", more, balance))
    host.run_due()
    assert len(hosts.rows) == count
    host.store.close()


def test_a_state_that_cannot_be_kept_is_told_and_changes_nothing(hosts: Hosts) -> None:
    host = start(hosts.open())
    shown = offers(host)
    journal = host.store.journal  # type: ignore[attr-defined]
    full = StoreError("the disk is full")

    def write(*_: object) -> None:
        raise full

    keep, type(journal).write = type(journal).write, write
    try:
        answer = host.post_event("s", "hide")
    finally:
        type(journal).write = keep
    assert (answer.status, answer.messages[0].detail) == (2, "the disk is full")
    assert offers(host).keys() == shown.keys()
    host.store.close()


def test_a_session_is_the_same_as_bytes(hosts: Hosts) -> None:
    host = start(hosts.open())
    shown = offers(host)
    post(host, "seen", shown["Gold"])
    post(host, "later", shown["Silver"])
    more = [NameValue("Colour", "red", "string"), NameValue("many", 10**30, "numeric")]
    host.get_offers("s", "hero", 2, more)
    held = host.store.find("s")
    assert held is not None
    session = held.session.copy()
    session.rows, session.posted = {"visits": [{"day": 3, "note": None}]}, ("seen", "later")
    session.known = session.debug = True
    session.delayed, session.held = 2, {"Everyone": frozenset({"Keen"}), "Value": frozenset()}
    for name in Session.__struct_fields__:
        assert getattr(session, name), f"{name} is not looked at"
    back = revived(saved_session(session_bytes(session)), session.served, {})
    big = {"many": NameValue("many", str(10**30), "numeric")}
    assert back.extra == {**session.extra, **big}
    back.extra = session.extra
    assert back == session
    state = host.store.known(session.owner).state
    assert saved_state(state_bytes(state)) == state
    with pytest.raises(StoreError):
        saved_session(b"something else")
    with pytest.raises(StoreError):
        saved_state(b"something else")
    host.store.close()


def test_a_backlog_is_worked_off_side_by_side(hosts: Hosts) -> None:
    host = start(hosts.open())
    for number in range(60):
        start(host, f"s{number}", number)
        shown = host.get_offers(f"s{number}", "hero").offer_lists[0].offers[0]
        code = [NameValue("UACIOfferTrackingCode", shown.treatment, "string")]
        assert host.post_event(f"s{number}", "later", code).status == 0
    host.store.close()
    host = hosts.open(5)
    meeting, threads = threading.Barrier(2), set[int]()

    def record(rows: Sequence[Any]) -> None:
        threads.add(threading.get_ident())
        if threading.current_thread().name.startswith("due"):
            with suppress(threading.BrokenBarrierError):
                meeting.wait(30)  # until another one is here, too
                meeting.abort()
        hosts.rows.extend(rows)

    host.record = record
    timer = Timer(host)
    timer.start()
    while host.store.next_due() is not None:
        pass
    timer.stop()
    host.store.close()
    assert len({row.event for row in hosts.rows}) == len(hosts.rows) == 60
    assert len(threads) > 2


def test_a_folder_is_of_one_process(hosts: Hosts, tmp_path: Path) -> None:
    host = hosts.open()
    with pytest.raises(UsageError, match="another host keeps its states"):
        hosts.open()
    host.store.close()
    (hosts.folder / FILE).write_bytes(b"no database, and long enough to be looked at" * 40)
    with pytest.raises(UsageError, match="cannot keep states"):
        hosts.open()
    (tmp_path / "file").write_text("")
    with pytest.raises(UsageError, match="cannot keep states"):
        open_journal(str(tmp_path / "file"))


def test_killed_processes_lose_nothing_and_do_nothing_twice(tmp_path: Path) -> None:
    command = [sys.executable, str(Path(__file__).with_name("killed_hosts.py")), str(tmp_path)]
    run = subprocess.run([*command, "8", "3"], capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
