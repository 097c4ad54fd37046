"""Reserved parameters, as clients of the original send them."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.runtime.serve.serving import SERVLET
from tests.runtime.serve.shop import ID, OFFERS, START, Kept, Send, codes, names, pair

from interact.runtime.host import advisory
from interact.runtime.host.deployment import Deployment
from interact.runtime.host.host import Host
from interact.runtime.serve.app import Service, make_app
from interact.runtime.serve.metrics import Metrics
from interact.runtime.serve.users import Gate


def test_a_response_names_a_treatment_or_an_offer(send: Send, rows: list[Any]) -> None:
    _, shown = send(START, OFFERS)
    offers = shown["offerLists"][0]["offers"]
    by_code = [pair("UACIOfferTrackingCode", offers[2]["treatmentCode"])]
    by_offer = [pair("UACIOfferTrackingCode", "C-S"), pair("UACI_TrackingCodeType", 2, "numeric")]
    other = [pair("UACIOfferTrackingCode", "C-S"), pair("UACIResponseTypeCode", "LATER")]
    for given in (by_code, by_offer, [*other, pair("UACITrackingCodeType", "2")]):
        (answer,) = send({"action": "postEvent", "event": "Accept", "parameters": given})
        assert answer["statusCode"] == 0
    assert [(r.offer, r.kind) for r in rows] == [
        ("Loan", "accept"),
        ("Silver", "accept"),
        ("Silver", "LATER"),
    ]


def test_a_declared_event_takes_a_code_too(send: Send, rows: list[Any]) -> None:
    _, shown = send(START, OFFERS)
    code = shown["offerLists"][0]["offers"][1]["treatmentCode"]
    given = [pair("page", "p"), pair("UACIOfferTrackingCode", code)]
    (answer,) = send({"action": "postEvent", "event": "clicked", "parameters": given})
    assert (answer["statusCode"], [(r.offer, r.kind) for r in rows]) == (0, [("Silver", "accept")])


def test_a_declared_event_takes_the_type_of_a_response(send: Send, rows: list[Any]) -> None:
    _, shown = send(START, OFFERS)
    code = shown["offerLists"][0]["offers"][1]["treatmentCode"]
    given = [pair("uaciOFFERtrackingCODE", code), pair("UaciResponseTypeCode", "LATER")]
    for event in ("hid", "thought", "thought_later"):
        (answer,) = send({"action": "postEvent", "event": event, "parameters": given})
        assert answer["statusCode"] == 0
    assert [(r.offer, r.kind) for r in rows] == [("Silver", "LATER"), ("Silver", "LATER")]


def test_a_contact_without_a_code_is_about_the_last_list(send: Send, rows: list[Any]) -> None:
    send(START, OFFERS, {"action": "postEvent", "event": "Contact"})
    assert [r.offer for r in rows] == ["Gold", "Silver", "Loan", "Fund"]


WISHES: list[tuple[list[dict[str, object]], list[str]]] = [
    ([pair("UACIOfferDedupeAttribute", "family")], ["Gold", "Loan", "Fund"]),
    (
        [pair("UACIOfferDedupeAttribute", "Family"),
         pair("UACINoAttributeDedupeIfFewerOffer", "1")],
        ["Gold", "Silver", "Loan", "Fund"],
    ),
    ([pair("UACIOfferDedupeAttribute", "colour")], ["Gold", "Silver", "Loan", "Fund"]),
]  # fmt: skip


@pytest.mark.parametrize(("given", "found"), WISHES)
def test_offers_are_unlike_each_other(
    send: Send, given: list[dict[str, object]], found: list[str]
) -> None:
    *_, first, later = send(START, {**OFFERS, "parameters": given}, OFFERS)
    assert names(first) == names(later) == found


@pytest.mark.parametrize(
    ("given", "attributes"),
    [
        ([pair("UACIOfferFields", "Fee")], {"fee"}),
        ([pair("UACIExcludeOfferFields", "fee|colour")], {"family"}),
        ([pair("UACIOfferFields", "fee,family"), pair("UACIExcludeOfferFields", "fee")],
         {"family"}),
    ],
)  # fmt: skip
def test_attributes_are_chosen(
    send: Send, given: list[dict[str, object]], attributes: set[str]
) -> None:
    _, answer = send({**START, "parameters": given}, OFFERS)
    for offer in answer["offerLists"][0]["offers"]:
        assert {a["n"] for a in offer["attributes"]} == attributes


def test_suppression_can_be_ignored(send: Send) -> None:
    _, shown = send(START, OFFERS)
    code = shown["offerLists"][0]["offers"][0]["treatmentCode"]
    given = [pair("UACIOfferTrackingCode", code)]
    wish = [pair("UACIIgnoreSuppressionRules", "true")]
    _, without, with_it = send(
        {"action": "postEvent", "event": "hid", "parameters": given},
        OFFERS,
        {**OFFERS, "parameters": wish},
    )
    assert ("Gold" in names(without), "Gold" in names(with_it)) == (False, True)


def test_parameters_are_removed_before_or_after_a_call(send: Send) -> None:
    seen = [pair("seen", 3, "numeric"), pair("x", "y")]
    once = [*seen, pair("UACIPostRemoveParameter", "seen, x")]
    _, during, after = send(START, {**OFFERS, "parameters": once}, OFFERS)
    assert ("Fund" in names(during), "Fund" in names(after)) == (False, True)
    _, before, profile = send(
        {**OFFERS, "parameters": seen},
        {**OFFERS, "parameters": [pair("UACIPreRemoveParameter", "seen")]},
        {"action": "getProfile"},
    )
    assert "Fund" in names(before)
    assert {p["n"]: p["v"] for p in profile["profile"]}["x"] == "y"


NOT_DONE = [
    ("UACILogToLearning", 0),
    ("UACILogSeparationFileName", 0),
    ("UACIPurple", 1),
]


@pytest.mark.parametrize(("name", "level"), NOT_DONE)
def test_what_is_not_done_is_said(send: Send, name: str, level: int) -> None:
    _, answer = send(START, {**OFFERS, "parameters": [pair(name, "1")]})
    assert codes(answer) == [(level, advisory.NOT_DONE)]
    assert answer["messages"][0]["msg"].startswith(f"{name}: ")
    assert answer["offerLists"]


DOUBTFUL = [
    pair("UACIIgnoreSuppressionRules", "perhaps"),
    pair("UACIOfferDedupeAttribute", "colour"),
    pair("UACIOfferFields", "fee, colour"),
]
LEFT_OUT = pair("UACIExcludeOfferFields", "fee, colour, ExpirationDate")


@pytest.mark.parametrize("given", DOUBTFUL)
def test_a_value_that_means_nothing_is_said_once(send: Send, given: dict[str, object]) -> None:
    audience = {"action": "setAudience", "audienceID": ID}
    _, answer, *later = send(START, {**OFFERS, "parameters": [given]}, OFFERS, audience)
    assert codes(answer) == [(1, advisory.PARAMETERS_FAILED)]
    assert all(codes(one) == [] for one in later)


def test_to_leave_out_what_no_offer_has_is_said_and_is_no_fault(send: Send) -> None:
    _, answer, later = send(START, {**OFFERS, "parameters": [LEFT_OUT]}, OFFERS)
    assert (codes(answer), answer["statusCode"]) == ([(0, advisory.PARAMETERS_FAILED)], 0)
    assert answer["messages"][0]["msg"].endswith("no offer has an attribute colour")
    assert codes(later) == []


@pytest.mark.parametrize("event", ["Accept", "hid"])
def test_a_type_of_a_code_that_is_none_is_said(send: Send, event: str) -> None:
    send(START, OFFERS)
    given = [pair("UACIOfferTrackingCode", "C-S"), pair("UACI_TrackingCodeType", 7, "numeric")]
    (answer,) = send({"action": "postEvent", "event": event, "parameters": given})
    assert codes(answer) == [(1, advisory.PARAMETERS_FAILED)]


def test_debug_is_true_or_false(send: Send) -> None:
    _, answer = send(START, {"action": "setDebug", "debug": "quatsch"})
    assert codes(answer) == [(1, advisory.PARAMETERS_FAILED)]


@pytest.mark.parametrize("name", ["UACIWaitForSegmentation", "UACISavePatternStates"])
def test_what_is_always_so_needs_no_word(send: Send, name: str) -> None:
    _, answer = send(START, {**OFFERS, "parameters": [pair(name, "true")]})
    assert answer["messages"] == []


def test_rows_have_what_a_table_has_that_the_session_names(
    shop: Deployment, rows: list[Any]
) -> None:
    host = Host(shop, record=rows.extend, tables={"visits": ("seen", "campaign", "absent")})
    history = Kept(rows)
    client = TestClient(make_app(Service(host, history, Gate(None), Metrics())))  # type: ignore[arg-type]
    contact = {"action": "postEvent", "event": "Contact"}
    for table, told in (("Visits", []), ("../visits", [(1, advisory.NOT_DONE)])):
        given = [pair("UACICustomLoggerTableName", table), pair("campaign", "mail")]
        commands = [{**START, "parameters": given}, {**OFFERS, "numberRequested": 1}, contact]
        body = {"sessionId": "s", "commands": commands}
        started, _, answer = client.post(SERVLET, json=body).json()["responses"]
        assert (codes(started), codes(answer)) == ([], told)
    kept = {"UACICustomLoggerTableName": "Visits", "seen": "0", "campaign": "mail"}
    assert [row.extra for row in rows] == [kept, {}]
