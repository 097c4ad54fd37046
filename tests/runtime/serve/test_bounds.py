"""What one client can make the service do or keep is bounded, and told."""

from __future__ import annotations

import gzip
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.runtime.serve.serving import SERVLET
from tests.runtime.serve.shop import ID, OFFERS, START, Send, codes, pair

from interact.runtime.host import advisory
from interact.runtime.host.identity import MOST_KEPT
from interact.runtime.host.parameters import MOST_TEXT

PROFILE = {"action": "getProfile"}
TOLD = [(1, advisory.PARAMETERS_FAILED)]


def test_the_name_of_a_session_has_an_end(client: TestClient) -> None:
    for name, status in (("s" * 256, 200), ("s" * 257, 400)):
        body = {"sessionId": name, "commands": [START]}
        assert client.post(SERVLET, json=body).status_code == status
        assert client.get(f"/v2/profiles/{name}").status_code == status


def test_a_call_is_about_so_many_points(send: Send) -> None:
    points = [{"ip": "hero"}] * 101
    _, many, most = send(
        START,
        {"action": "getOffers", "getOfferRequests": points},
        {"action": "getOffers", "getOfferRequests": points[:100]},
    )
    assert codes(many) == [(2, advisory.WRONG_ARGUMENT)]
    assert len(most["offerLists"]) == 100


def test_a_batch_is_about_so_many_points(client: TestClient) -> None:
    def status(calls: int, points: int) -> int:
        call = {"action": "getOffers", "getOfferRequests": [{"ip": "hero"}] * points}
        body = {"sessionId": "s", "commands": [START, *[call] * calls]}
        return client.post(SERVLET, json=body).status_code

    assert (status(10, 100), status(11, 91), status(199, 5)) == (200, 413, 200)


def test_a_session_keeps_so_much_beside_its_attributes(send: Send) -> None:
    send({**START, "parameters": [pair("first", "x")]})
    for _ in range(3):
        more = [pair(f"p{i}", "x" * 100) for i in range(MOST_KEPT // 100)]
        (answer,) = send({**PROFILE, "parameters": [*more, pair("seen", 4, "numeric")]})
        assert codes(answer) == TOLD
        assert "more parameters, of which p" in answer["messages"][0]["msg"]
        kept = {one["n"]: one["v"] for one in answer["profile"]}
        assert (kept["first"], kept["seen"], kept["p0"]) == ("x", 4, "x" * 100)
        assert sum(map(len, map(str, kept.values()))) < MOST_KEPT
    (answer,) = send({**PROFILE, "parameters": [pair("p0", "y")]})
    assert (codes(answer), {one["n"]: one["v"] for one in answer["profile"]}["p0"]) == ([], "y")


def test_a_value_has_an_end(send: Send) -> None:
    long = "x" * (MOST_TEXT + 1)
    event = {"action": "postEvent", "event": "clicked", "parameters": [pair("page", long)]}
    _, clicked, offers = send(START, event, {**OFFERS, "parameters": [pair("since", long)]})
    assert (codes(clicked), codes(offers)) == (TOLD, TOLD)
    assert f"more than {MOST_TEXT:,} characters" in clicked["messages"][0]["msg"]


def test_long_names_of_events_are_told_apart(send: Send, rows: list[Any]) -> None:
    def posted(name: str) -> None:
        given = [pair("UACIEventID", name)]
        send({"action": "postEvent", "event": "contact", "parameters": given})

    send(START, {**OFFERS, "numberRequested": 1})
    for name in ("e" * 100_000 + "1", "e" * 100_000 + "2", "e" * 100_000 + "1"):
        posted(name)
    assert len(rows) == 2
    assert all(len(row.event) < 200 for row in rows)


def test_strange_flowcharts_are_told_of_a_few_times(send: Send) -> None:
    given = [pair("UACIExecuteFlowchartByName", "|".join(f"f{i}" for i in range(10_000)))]
    _, answer = send(START, {**OFFERS, "parameters": given})
    assert codes(answer) == [(1, advisory.SEGMENTATION_FAILED)] * 5


@pytest.mark.parametrize("number", ["1_0", "\u0661", "0x1", "1e", ".", "nan", "", "1 0"])
def test_a_number_is_one_in_other_languages_too(send: Send, number: str) -> None:
    key = [pair("id", number, "numeric")]
    (told,) = send({**START, "audienceID": key})
    assert codes(told) == [(2, advisory.WRONG_ARGUMENT)]
    (told,) = send({**START, "audienceID": [pair("id", number)]})
    assert codes(told) == [(2, advisory.INVALID_AUDIENCE)]
    _, offers = send(START, {**OFFERS, "parameters": [pair("balance", number)]})
    assert codes(offers) == TOLD


@pytest.mark.parametrize("number", [" 7 ", "+7", "7.0", "70e-1", "0.7E1"])
def test_a_number_may_be_written_in_its_ways(send: Send, number: str) -> None:
    for type in ("numeric", "string"):
        _, told = send({**START, "audienceID": [pair("id", number, type)]}, PROFILE)
        assert told["profile"][0]["v"] == ID[0]["v"]


def test_a_body_is_json_in_utf_8_as_it_is(client: TestClient) -> None:
    body = '{"sessionId": "\u00fc", "commands": []}'
    for sent, status, text in (
        (gzip.compress(body.encode()), 415, "is compressed"),
        (body.encode("latin-1"), 400, "is not in UTF-8"),
        (body.encode("utf-16"), 400, "is not JSON"),
    ):
        answer = client.post(SERVLET, content=sent)
        assert answer.status_code == status
        assert text in answer.json()["responses"][0]["messages"][0]["msg"]


def test_a_body_may_begin_with_a_mark(client: TestClient) -> None:
    body = b'\xef\xbb\xbf{"commands": [{"action": "getVersion"}]}'
    assert client.post(SERVLET, content=body).json()["batchStatusCode"] == 0
    assert client.post(SERVLET, content=b"\xef\xbb\xbf" * 300_000).status_code == 400
