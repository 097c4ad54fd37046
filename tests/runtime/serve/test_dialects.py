"""What clients of the original send in their own ways: names, numbers, texts, flags."""

from __future__ import annotations

from typing import Any

import pytest
from tests.runtime.serve.shop import ID, OFFERS, START, Send, codes, names, pair

from interact.compiler.core.program import Attribute
from interact.runtime.host import advisory
from interact.runtime.host.parameters import machine_value
from interact.stdlib.types import Kind, Type

ANY_NUMBER = {"numberRequested": 2**31 - 1, "attributes": []}
CARDS = {"attributes": [pair("family", "card")]}


def test_the_javascript_api_asks_for_several_points_with_names_of_its_own(send: Send) -> None:
    def asked(policy: object) -> dict[str, Any]:
        action = "getOffersForMultipleInteractionPoints"
        common = {"numberRequested": 2, "offerAttribReq": ANY_NUMBER}
        points = [{"ip": "hero", "dupPolicy": 1}, {"ip": "side", "dupPolicy": policy}]
        return {"action": action, "getOfferRequests": [{**one, **common} for one in points]}

    _, once, again = send(START, asked(1), asked(2))
    assert [names(once, 0), names(once, 1)] == [["Gold", "Silver"], ["Loan", "Fund"]]
    assert [names(again, 0), names(again, 1)] == [["Gold", "Silver"], ["Gold", "Silver"]]
    for policy in (3, "perhaps", [1]):
        (wrong,) = send(asked(policy))
        assert codes(wrong) == [(2, advisory.WRONG_ARGUMENT)]
        assert "duplicationPolicy is 1 or 2" in wrong["messages"][0]["msg"]


@pytest.mark.parametrize("name", ["childRequirements", "childOfferAttrReqs"])
def test_requirements_within_requirements_have_two_names(send: Send, name: str) -> None:
    wanted = {**ANY_NUMBER, name: [{"numberRequested": 1, **CARDS}]}
    request = {"ip": "hero", "numberRequested": 1, "offerAttribReq": wanted}
    _, answer = send(START, {"action": "getOffers", "getOfferRequests": [request]})
    assert names(answer) == ["Gold"]


@pytest.mark.parametrize("number", [2**31 - 1, 4.0, "4", 1001])
def test_a_number_of_offers_may_be_more_than_there_are(send: Send, number: object) -> None:
    _, answer = send(START, {**OFFERS, "numberRequested": number})
    assert (codes(answer), len(names(answer))) == ([], 4)


def test_a_number_that_is_null_is_one(send: Send) -> None:
    _, answer = send(START, {**OFFERS, "numberRequested": None})
    assert names(answer) == ["Gold"]


BIG = 2**53 + 1
IDS = [
    f"id,{BIG},numeric",
    [f"id,{BIG},NUMERIC"],
    f"x,a;b,string;id,{BIG},numeric",
    f'[{{"n": "id", "v": {BIG}, "t": "numeric"}}]',
    {"n": "id", "v": BIG},
    [{"n": "ID", "v": str(BIG), "t": "Numeric"}],
    [{"n": "id", "v": BIG, "t": None}],
]


@pytest.mark.parametrize("given", IDS)
def test_a_key_is_whole_however_it_is_written(send: Send, given: object) -> None:
    _, profile = send({**START, "audienceID": given}, {"action": "getProfile"})
    assert profile["profile"][0] == pair("id", BIG, "numeric")


@pytest.mark.parametrize(
    ("number", "text"),
    [(123_456_789.0, "123456789"), (7.0, "7"), (1.5, "1.5"), (0.1 + 0.2, "0.30000000000000004")],
)
def test_a_number_is_a_whole_text(number: float, text: str) -> None:
    attribute = Attribute("account", Type(Kind.TEXT), nullable=False, column="account")
    assert machine_value(attribute, number) == text


WRONG_IDS = ["id,7", "id,7,number", "[1", "[" * 500, '[{"v": 7}]', "id,inf,numeric", 7, [7], {}]


@pytest.mark.parametrize("given", WRONG_IDS)
def test_a_key_that_is_none_is_an_error(send: Send, given: object) -> None:
    if given == {}:
        given = [{}]
    (answer,) = send({**START, "audienceID": given})
    assert codes(answer) == [(2, advisory.WRONG_ARGUMENT)]


@pytest.mark.parametrize("name", ["relyOnExistingSession", "debug"])
def test_a_flag_that_is_neither_true_nor_false_is_said(send: Send, name: str) -> None:
    for value in (True, False, "TRUE", "false", None, ""):
        assert codes(send({**START, name: value})[0]) == []
    (answer,) = send({**START, name: "yes"})
    assert codes(answer) == [(1, advisory.PARAMETERS_FAILED)]
    assert answer["messages"][0]["msg"].startswith(f"{name} is true or false, and 'yes'")


def test_a_session_within_a_session_is_asked_for_in_a_text_too(send: Send) -> None:
    send(START)
    another = "UACIEmbeddedSession,1,numeric;seen,4,numeric"
    audience = {"action": "setAudience", "audienceID": "id,8,numeric", "parameters": another}
    _, within = send(audience, {"action": "getProfile"})
    _, outside = send(OFFERS, {"action": "getProfile"})
    assert [p["v"] for p in within["profile"] if p["n"] in ("id", "seen")] == [8, 4]
    assert outside["profile"][0] == pair(*ID[0].values())
