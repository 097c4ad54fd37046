"""Calls that name flowcharts: those are worked out, the others keep what they said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from interact.runtime.host import advisory
from interact.runtime.host.deployment import Deployment, open_deployment
from interact.runtime.host.host import Host
from interact.runtime.host.offers.decided import decide_again
from interact.runtime.host.results import NameValue, Response
from interact.runtime.host.store.protocol import Store

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
SHOP = """
audience Customer { key id: int session { rich: bool = false keen: bool = false } }
offer Gold {}
offer Tin {}
offer Both {}
channel Web for Customer {
  zone Home { point hero }
  event anew { resegment }
  event needs { resegment Needs }
  event soon { resegment after 5 minutes }
  event saw(rich: bool) { set rich = rich }
}
flowchart Value on Web { select Rich when rich }
flowchart Other on Web { select Nobody when false }
flowchart Needs on Web { select Keen when keen  select RichAndKeen of Rich when keen }
strategy S on Web {
  zone Home { for Rich { Gold score 3 } for Keen { Tin score 2 } for RichAndKeen { Both score 1 } }
}
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    folder = tmp_path_factory.mktemp("shop")
    (folder / "shop.interact").write_text(SHOP)
    return open_deployment(str(folder))


@pytest.fixture
def host(shop: Deployment, store: Store, rows: list[Any]) -> Host:
    made = Host(shop, store=store, record=rows.extend, clock=lambda: AT, inputs=True)
    made.start_session("s", "Web", [NameValue("id", 7, "numeric")])
    return made


def told(flowcharts: str | None = None, **given: bool) -> list[NameValue]:
    found = [NameValue(name, str(value), "string") for name, value in given.items()]
    only = [NameValue("UACIexecuteFlowchartByName", flowcharts, "string")]
    return found + only if flowcharts is not None else found


def offers(host: Host, flowcharts: str | None = None, **given: bool) -> list[str]:
    answer = host.get_offers("s", "hero", 5, told(flowcharts, **given))
    assert answer.status == 0, answer.messages
    return [offer.name for offer in answer.offer_lists[0].offers]


def post(host: Host, event: str, flowcharts: str | None = None, **given: bool) -> Response:
    answer = host.post_event("s", event, told(flowcharts, **given))
    assert answer.status == 0, answer.messages
    return answer


def test_those_that_are_not_named_keep_what_they_said(host: Host) -> None:
    assert offers(host, "Needs", rich=True, keen=True) == ["Tin"]
    assert offers(host, rich=True, keen=False) == []
    assert offers(host, "VALUE", keen=True) == ["Gold"]
    assert offers(host, "needs|Value") == ["Gold", "Tin", "Both"]
    assert offers(host, rich=False, keen=False) == []


def test_a_flowchart_starts_from_cells_that_are_held(host: Host) -> None:
    assert offers(host, rich=True) == ["Gold"]
    assert offers(host, "Needs", rich=False, keen=True) == ["Gold", "Tin", "Both"]
    assert offers(host, "Value") == ["Tin", "Both"]  # what Needs said, when Rich was not over yet
    assert offers(host, "") == ["Tin"]


def test_what_is_held_is_what_was_said_before_an_event(host: Host) -> None:
    assert offers(host, rich=True) == ["Gold"]
    post(host, "saw", "Needs", rich=False)
    assert offers(host, keen=True) == ["Gold", "Tin", "Both"]


@pytest.mark.parametrize(
    ("event", "flowcharts", "found"),
    [
        ("anew", None, ["Gold", "Tin", "Both"]),
        ("needs", None, ["Tin"]),
        ("anew", "Value", ["Gold"]),
        ("soon", None, []),
    ],
)
def test_an_event_works_them_out_again(
    host: Host, event: str, flowcharts: str | None, found: list[str]
) -> None:
    host.post_event("s", "saw", told("Other", rich=False))
    assert offers(host, rich=True, keen=True) == []
    post(host, event, flowcharts)
    assert offers(host) == found
    host.clock = lambda: AT + timedelta(minutes=5)
    assert len(offers(host)) == (3 if event == "soon" else len(found))


def test_another_customer_is_in_no_segment_of_what_did_not_run(host: Host) -> None:
    assert offers(host, "Value", rich=True) == ["Gold"]
    eight, only = [NameValue("id", 8, "numeric")], told("Needs", rich=True, keen=True)
    host.set_audience("s", eight, parameters=only)
    assert offers(host) == ["Tin"]
    host.set_audience("s", eight)
    assert offers(host) == ["Gold", "Tin", "Both"]
    host.start_session("s", "Web", eight, parameters=only)
    assert offers(host) == ["Tin"]
    host.start_session("s", "Web", eight, parameters=told("Value"), rely_on_existing=True)
    assert offers(host, keen=False) == ["Gold", "Tin"]


def test_what_is_no_flowchart_is_told(host: Host) -> None:
    answer = host.get_offers("s", "hero", 5, told("Value|Vale"))
    assert [(m.code, m.text) for m in answer.messages] == [
        (
            advisory.SEGMENTATION_FAILED,
            "there is no flowchart Vale; there are Value, Other, Needs; did you mean Value?",
        )
    ]
    seven = [NameValue("id", 7, "numeric")]
    for answer in (
        host.start_session("s", "Web", seven, parameters=told("Vale")),
        host.set_audience("s", seven, parameters=told("Vale")),
    ):
        assert [m.code for m in answer.messages] == [advisory.FIRST_SEGMENTATION_FAILED]


def test_a_call_that_names_no_flowchart_that_there_is_holds_none(host: Host) -> None:
    answer = host.get_offers("s", "hero", 5, told("My Valeu|Nedes"))
    assert [m.text.partition(";")[0] for m in answer.messages] == [
        "there is no flowchart My Valeu",
        "there is no flowchart Nedes",
    ]
    assert all("holds none" in m.text for m in answer.messages)
    assert offers(host, rich=True) == ["Gold"]
    assert offers(host, "Value", rich=True) == ["Gold"]
    host.get_offers("s", "hero", 5, told("Nedes"))
    assert offers(host, keen=True) == ["Gold"]  # what was held before still is
    seven = [NameValue("id", 7, "numeric")]
    host.set_audience("s", seven, parameters=told("Nedes", rich=True, keen=True))
    assert offers(host) == ["Gold", "Tin", "Both"]


def test_a_decision_with_what_was_held_is_made_again(host: Host, rows: list[Any]) -> None:
    assert offers(host, "Needs", rich=True, keen=True) == ["Tin"]
    (row,) = rows
    (served,) = host.deployment.channels
    (again,) = decide_again(served, row.inputs, row.at).outcome
    assert again is not None
    assert [offer for offer, *_ in again["offers"]] == ["Tin"]
    assert again["segments"] == ["Keen"]
