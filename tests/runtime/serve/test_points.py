"""Offers for several points, and what offers must be like."""

from __future__ import annotations

from typing import Any

import pytest
from tests.runtime.serve.shop import START, Send, codes, names, pair

from interact.runtime.host import advisory


def several(*requests: dict[str, Any]) -> dict[str, Any]:
    action = "getOffersForMultipleInteractionPoints"
    return {"action": action, "getOfferRequests": list(requests)}


def test_an_earlier_point_goes_first_and_an_offer_comes_once(send: Send) -> None:
    two = {"numberRequested": 2, "duplicationPolicy": 1}
    _, answer = send(START, several({"ip": "hero", **two}, {"ip": "side", **two}))
    assert [names(answer, 0), names(answer, 1)] == [["Gold", "Silver"], ["Loan", "Fund"]]


def test_an_offer_comes_again_where_that_is_allowed(send: Send) -> None:
    two = {"numberRequested": 2}
    again = {"ipName": "side", **two, "duplicationPolicy": 2}
    _, answer = send(START, several({"ip": "hero", **two}, again))
    assert [names(answer, 0), names(answer, 1)] == [["Gold", "Silver"], ["Gold", "Silver"]]


def test_a_point_that_there_is_not_costs_only_its_list(send: Send) -> None:
    _, answer = send(START, several({"ip": "attic"}, {"ip": "side"}))
    assert codes(answer) == [(2, advisory.INVALID_POINT)]
    assert [found["ip"] for found in answer["offerLists"]] == ["side"]


REQUIREMENTS: list[tuple[dict[str, Any], list[str]]] = [
    ({}, ["Gold", "Silver", "Loan"]),
    ({"attributes": [pair("family", "CARD")]}, ["Gold", "Silver"]),
    ({"attributes": [pair("fee", 0, "numeric")]}, ["Loan", "Fund"]),
    ({"attributes": [pair("fee", "0", "string"), pair("Family", "fund")]}, ["Fund"]),
    ({"attributes": [pair("colour", "red")]}, []),
    ({"numberRequested": 1, "attributes": [pair("family", "card")]}, ["Gold"]),
    (
        {"childRequirements": [
            {"numberRequested": 1, "attributes": [pair("family", "fund")]},
            {"numberRequested": 1, "attributes": [pair("family", "loan")]}]},
        ["Gold", "Loan", "Fund"],
    ),
    (
        {"attributes": [pair("fee", 0, "numeric")],
         "childRequirements": [{"attributes": [pair("family", "card")]}]},
        ["Loan", "Fund"],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("requirement", "found"), REQUIREMENTS)
def test_offers_meet_requirements(
    send: Send, requirement: dict[str, Any], found: list[str]
) -> None:
    request = {"ip": "hero", "numberRequested": 3, "offerAttributes": requirement}
    _, answer = send(START, several(request))
    assert names(answer) == found
