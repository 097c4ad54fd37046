"""What calls say: each thing once, what there is where something is not, and when it matters."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from interact.runtime.host import advisory, batch
from interact.runtime.host.deployment import Deployment, open_deployment
from interact.runtime.host.host import Host
from interact.runtime.host.naming import unknown
from interact.runtime.host.offers.offering import PointRequest
from interact.runtime.host.results import Response
from interact.runtime.serve.wire import execute

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
SHOP = """
audience Customer { key id: int profile { balance: int? } session { seen: int = 0 } }
offer Gold {}
channel Web for Customer {
  zone Home { point hero point side }
  event called { log accept after 8 seconds }
  event turned { log reject after 8 seconds  suppress treatment after 8 seconds }
  event hid { log reject  suppress treatment }
  event gone { suppress treatment for 1 day }
  event asked { post answered after 5 seconds }
  event answered { log accept  suppress treatment after 2 seconds }
  event seen_later { log contact after 8 seconds }
}
strategy S on Web { zone Home { Gold score 1 when seen < 5 } }
"""
UNKNOWN, NOTHING = advisory.UNKNOWN_TREATMENT, advisory.NOTHING_TO_LOG


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    folder = tmp_path_factory.mktemp("shop")
    (folder / "shop.interact").write_text(SHOP)
    return open_deployment(str(folder))


@pytest.fixture
def host(shop: Deployment, rows: list[Any]) -> Host:
    host = Host(shop, record=rows.extend, clock=lambda: AT)
    host.start_session("s", "Web", {"id": 7})
    return host


def send(host: Host, *commands: dict[str, Any]) -> list[Response]:
    return host.run(host.steps("s", lambda turn: execute(host.calls, turn, commands)))


def told(answer: Response) -> list[tuple[int, str]]:
    return [(m.code, m.text) for m in answer.messages]


@pytest.mark.parametrize(
    ("event", "code", "found"),
    [
        ("called", None, [(NOTHING, "accept without a tracking code")]),
        ("called", "x-1.1", [(UNKNOWN, "the session has no treatment x-1.1")]),
        ("turned", None, [(NOTHING, "reject without a tracking code")]),
        ("turned", "x-1.1", [(UNKNOWN, "the session has no treatment x-1.1")]),
        ("hid", None, [(NOTHING, "reject without a tracking code")]),
        ("hid", "x-1.1", [(UNKNOWN, "the session has no treatment x-1.1")]),
        ("gone", None, [(NOTHING, "suppress without a tracking code")]),
        ("gone", "x-1.1", [(UNKNOWN, "the session has no treatment x-1.1")]),
        ("asked", None, [(NOTHING, "accept without a tracking code")]),
        ("asked", "x-1.1", [(UNKNOWN, "the session has no treatment x-1.1")]),
        ("seen_later", None, []),
    ],
)
def test_what_lacks_its_treatment_is_told_once_and_at_once(
    host: Host, rows: list[Any], event: str, code: str | None, found: list[tuple[int, str]]
) -> None:
    given = {} if code is None else {"UACIOfferTrackingCode": code}
    for _ in range(2):
        assert told(host.post_event("s", event, given)) == found
    host.clock = lambda: AT + timedelta(seconds=8)
    host.run_due()
    logs = code is not None and event != "gone"
    assert [(row.treatment, row.matched) for row in rows] == [(code, False)] * (2 * logs)


def test_what_has_its_treatment_is_told_nothing(host: Host, rows: list[Any]) -> None:
    shown = host.get_offers("s", "hero").offer_lists[0].offers[0]
    for event in ("called", "turned"):
        assert told(host.post_event("s", event, {"UACIOfferTrackingCode": shown.treatment})) == []
    host.clock = lambda: AT + timedelta(seconds=8)
    host.run_due()
    assert [(row.kind, row.matched) for row in rows] == [("accept", True), ("reject", True)]


@pytest.mark.parametrize(
    ("command", "text"),
    [
        ({}, "a command needs an action; there are startSession, getOffers, "),
        ({"action": None}, "a command needs an action; there are startSession, getOffers, "),
        ({"action": "getOffer"}, "there is no action getOffer; there are getOffers, "),
        (
            {"action": "getProfile", "parameters": "x"},
            "a parameter that is a text has the form name,value,type, and x has not",
        ),
        (
            {"action": "getProfile", "parameters": [{"n": "x", "v": 1, "t": "int"}]},
            "the type t of x is int, which is none of string, numeric, datetime",
        ),
        (
            {"action": "getOffers", "ip": "hera"},
            "there is no interaction point hera; there are hero, side",
        ),
        (
            {"action": "postEvent", "event": "calld"},
            "there is no event calld; there are called, hid, ",
        ),
        (
            {"action": "startSession", "ic": "Wob"},
            "there is no interactive channel Wob; there is Web",
        ),
    ],
)
def test_what_is_wrong_is_told_with_what_there_is(
    host: Host, command: dict[str, Any], text: str
) -> None:
    (answer,) = send(host, command)
    assert answer.status == 2
    assert answer.messages[0].text.startswith(text), answer.messages


def test_of_many_names_the_nearest_are_told(host: Host) -> None:
    (message,) = host.post_event("s", "hit").messages
    assert message.text.startswith("there is no event hit; there are hid, ")
    assert message.text.endswith(" and 5 more; did you mean hid?")


def test_a_name_is_told_once_and_the_nearest_is_asked_for() -> None:
    told = unknown("event", "complain", ["complaint", "contact", "contact", "accept"])
    assert told.endswith("there are complaint, contact, accept; did you mean complaint?")


def test_a_contact_after_a_call_that_showed_nothing_says_so(host: Host) -> None:
    host.get_offers("s", "hera")
    (message,) = host.post_event("s", "contact").messages
    assert message.text == "contact without a tracking code: the last call for offers showed none"


def test_an_event_that_there_is_not_changes_nothing(host: Host) -> None:
    assert host.post_event("s", "calld", {"seen": 5}).status == 2
    assert len(host.get_offers("s", "hero").offer_lists[0].offers) == 1


@pytest.mark.parametrize("action", ["getProfile", "setDebug", "endSession"])
def test_parameters_of_any_call_change_the_session(host: Host, action: str) -> None:
    seen = {"n": "seen", "v": 6, "t": "numeric"}
    wrong = {"n": "balance", "v": "much", "t": "string"}
    (answer,) = send(host, {"action": action, "parameters": [seen, wrong]})
    assert [m.code for m in answer.messages] == [advisory.PARAMETERS_FAILED]
    if action == "getProfile":
        assert {p.name: p.value for p in answer.profile}["seen"] == 6
    if action != "endSession":
        assert host.get_offers("s", "hero").offer_lists[0].offers == ()


def test_parameters_of_any_call_in_process(host: Host) -> None:
    found = host.get_profile("s", {"seen": 1, "other": "x"}).profile
    assert {p.name: p.value for p in found} == {"id": 7, "balance": None, "seen": 1, "other": "x"}
    host.set_debug("s", True, {"seen": 2})
    batched = host.execute_batch("s", [batch.get_profile({"balance": 3}), batch.set_debug(False)])
    assert {p.name: p.value for p in batched.responses[0].profile}["seen"] == 2
    once = {"seen": 6, "UACIPostRemoveParameter": "seen"}
    assert {p.name: p.value for p in host.get_profile("s", once).profile}["seen"] == 6
    assert {p.name: p.value for p in host.get_profile("s").profile}["seen"] == 0
    assert host.end_session("s", {"seen": 1}).status == 0


@pytest.mark.parametrize("number", ["x", -1, 2**31, 1.5, True])
def test_a_wrong_number_is_told_alike_in_process_and_on_the_wire(host: Host, number: Any) -> None:
    (sent,) = send(host, {"action": "getOffers", "ip": "hero", "numberRequested": number})
    called = host.get_offers("s", "hero", number)
    several = host.get_offers_for_points(
        "s", [PointRequest("hero"), PointRequest("side", number=number)]
    )
    for answer in (sent, called, several):
        assert (answer.status, answer.offer_lists) == (2, [])
        assert [m.code for m in answer.messages] == [advisory.WRONG_ARGUMENT]
        assert answer.messages == sent.messages
