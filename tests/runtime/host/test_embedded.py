"""A session within a session: what it does is its own, now and later."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from interact.runtime.host import advisory, batch
from interact.runtime.host.batch import Command
from interact.runtime.host.deployment import Deployment, open_deployment
from interact.runtime.host.host import Host
from interact.runtime.host.results import Response
from interact.runtime.host.store.protocol import Store
from interact.runtime.host.turn import Turn
from interact.runtime.serve.wire import execute

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
SHOP = """
audience Customer { key id: int session { late: int = 0 } }
offer Gold {}
channel Web for Customer {
  zone Home { point hero }
  event viewed
  event later { set late = late + 1 after 5 minutes  log contact after 5 minutes }
  pattern Often { count of viewed is at least 2 within 1 day }
}
strategy S on Web { zone Home { Gold when Often } }
"""
START = {"action": "startSession", "ic": "Web"}
WITHIN = {**START, "relyOnExistingSession": True, "parameters": ["UACIEmbeddedSession,1,numeric"]}
OFFERS = {"action": "getOffers", "ip": "hero"}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    folder: Path = tmp_path_factory.mktemp("shop")
    (folder / "shop.interact").write_text(SHOP)
    return open_deployment(str(folder))


@pytest.fixture
def host(shop: Deployment, store: Store, rows: list[Any]) -> Host:
    return Host(shop, store=store, record=rows.extend, clock=lambda: AT)


def send(host: Host, *commands: dict[str, Any]) -> list[Response]:
    def work(turn: Turn) -> list[Response]:
        return execute(host.calls, turn, commands)

    return host.run(host.steps("s", work))


def post(event: str) -> dict[str, Any]:
    return {"action": "postEvent", "event": event}


def given(answer: Response) -> list[str]:
    return [offer.name for offer in answer.offer_lists[0].offers]


def late(host: Host) -> object:
    return {p.name: p.value for p in send(host, {"action": "getProfile"})[0].profile}["late"]


def test_what_is_to_be_done_later_is_done_by_whom_it_was_begun(host: Host, rows: list[Any]) -> None:
    send(host, {**START, "audienceID": "id,7,numeric"}, post("viewed"), post("viewed"), OFFERS)
    send(host, post("later"))
    host.clock = lambda: AT + timedelta(minutes=3)
    answers = send(host, WITHIN, OFFERS, post("later"))
    assert given(answers[1]) == ["Gold"]
    host.clock = lambda: AT + timedelta(minutes=7)
    send(host, WITHIN, OFFERS)
    assert (late(host), [r.session for r in rows]) == (1, ["s"])
    host.clock = lambda: AT + timedelta(minutes=8)
    assert host.run_due() == 1
    assert (late(host), [r.session.partition("/")[0] for r in rows]) == (1, ["s", "s"])
    assert rows[1].session != "s"
    assert len({r.event for r in rows}) == 2


def test_patterns_of_a_visitor_go_on_within_and_stay_as_they_were(host: Host) -> None:
    send(host, START, OFFERS)
    send(host, post("viewed"))
    assert given(send(host, WITHIN, post("viewed"), OFFERS)[-1]) == ["Gold"]
    assert given(send(host, OFFERS)[0]) == []
    assert given(send(host, WITHIN, OFFERS)[-1]) == []
    assert given(send(host, post("viewed"), OFFERS)[-1]) == ["Gold"]
    send(host, WITHIN, post("later"))
    host.clock = lambda: AT + timedelta(minutes=8)
    assert host.run_due() == 1
    assert late(host) == 0


def test_one_who_is_known_shares_what_is_known(host: Host) -> None:
    send(host, {**START, "audienceID": "id,7,numeric"})
    send(host, WITHIN, post("viewed"), post("viewed"))
    assert given(send(host, OFFERS)[0]) == ["Gold"]


@pytest.mark.parametrize(
    ("first", "key"),
    [
        (batch.set_audience({"id": 8}, parameters={"UACIEmbeddedSession": 1}), 8),
        (
            batch.start_session(
                "Web", {}, parameters={"UACIEmbeddedSession": 1}, rely_on_existing=True
            ),
            7,
        ),
    ],
)
def test_a_batch_in_process_has_a_session_within(host: Host, first: Command, key: int) -> None:
    host.start_session("s", "Web", {"id": 7})
    done = host.execute_batch("s", [first, batch.get_profile()])
    assert (done.status, done.responses[-1].profile[0].value) == (0, key)
    assert host.get_profile("s").profile[0].value == 7
    refused = host.execute_batch("s", [batch.get_profile(), first])
    assert [m.code for m in refused.responses[-1].messages] == [advisory.NOT_DONE]
    assert host.get_profile("s").profile[0].value == 7


def test_a_new_session_is_none_within_another(host: Host) -> None:
    host.start_session("s", "Web", {"id": 7})
    new = batch.start_session("Web", {"id": 8}, parameters={"UACIEmbeddedSession": True})
    done = host.execute_batch("s", [new, batch.get_profile()])
    assert (done.status, len(done.responses)) == (2, 1)
    assert host.get_profile("s").profile[0].value == 7
