"""REST v2 of the original."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest
from starlette.testclient import TestClient
from tests.runtime.serve.shop import OFFERS, START, Send, codes, names, pair

from interact.runtime.host import advisory

KEY = "audienceLevel=Customer&audienceIDField=id,7,numeric"
BEGIN = f"?ic=Web&{KEY}&escapeHtml=true"
PLACES = ["", "/interact"]


@pytest.mark.parametrize("base", PLACES)
def test_rest_answers_as_the_servlet_does(client: TestClient, send: Send, base: str) -> None:
    base = f"{base}/v2"
    assert client.post(f"{base}/sessions/s{BEGIN}").json()["statusCode"] == 0
    (servlet,) = send({**OFFERS, "numberRequested": 2})
    rest = client.get(f"{base}/offers/s/hero?number=2").json()
    assert set(rest) == set(servlet)
    assert names(rest) == names(servlet) == ["Gold", "Silver"]
    points = {"getOfferRequests": [{"ip": "hero"}, {"ip": "side"}]}
    assert len(client.post(f"{base}/offers/s", json=points).json()["offerLists"]) == 2
    accept = {"parameters": [pair("UACIOfferTrackingCode", "?")]}
    told = client.post(f"{base}/events/s/Accept", json=accept).json()
    assert codes(told) == [(1, advisory.UNKNOWN_TREATMENT)]
    batch = {"commands": [OFFERS, {"action": "getProfile"}]}
    assert len(client.post(f"{base}/batch/s", json=batch).json()["responses"]) == 2
    assert client.get(f"{base}/profiles/s").json()["profile"][0] == pair("id", 7, "numeric")
    assert len(client.get(f"{base}/status").json()["version"]) == 64
    assert client.delete(f"{base}/sessions/s").json()["statusCode"] == 0
    dead = client.get(f"{base}/profiles/s").json()
    assert codes(dead) == [(2, advisory.INVALID_SESSION)]
    assert "Request received an invalid session id" in dead["messages"][0]["msg"]


def test_offers_are_kept_by_no_cache(client: TestClient) -> None:
    client.post(f"/v2/sessions/s{BEGIN}")
    first, second = (client.get("/v2/offers/s/hero") for _ in range(2))
    assert first.headers["cache-control"] == second.headers["cache-control"] == "no-store"
    assert first.text != second.text  # each answer has treatments of its own
    assert client.head("/v2/offers/s/hero").headers["cache-control"] == "no-store"


def known(answer: dict[str, Any]) -> dict[str, Any]:
    return {p["n"]: p["v"] for p in answer["profile"]}


def test_a_body_may_say_who_it_is(client: TestClient) -> None:
    body = {"auIdParams": [pair("id", 8, "numeric")], "parameters": [pair("seen", 2, "numeric")]}
    for query in ("?ic=Web", "?ic=Web&audienceIDField="):
        assert client.post(f"/v2/sessions/s{query}", json=body).json()["statusCode"] == 0
        assert (known(client.get("/v2/profiles/s").json())["id"]) == 8


def test_an_audience_is_put(client: TestClient) -> None:
    client.post("/v2/sessions/s?ic=Web")
    body = {"parameters": [pair("seen", 2, "numeric")]}
    assert client.put(f"/v2/audiences/s?{KEY}", json=body).json()["statusCode"] == 0
    told = known(client.get("/v2/profiles/s").json())
    assert (told["id"], told["seen"]) == (7, 2)


ONE, LIST = "seen,3,numeric;x,a b,string", '[{"n":"seen","v":3,"t":"numeric"},{"n":"x","v":"a b"}]'


@pytest.mark.parametrize("given", [{"parameters": ONE}, {"parameters": LIST},
                                   {"parameters": ["seen,3,numeric", "x,a b,string"]}])  # fmt: skip
def test_a_query_has_parameters(client: TestClient, given: dict[str, Any]) -> None:
    client.post(f"/v2/sessions/s{BEGIN}")
    offers = client.get("/v2/offers/s/hero", params={"number": 4, **given}).json()
    assert names(offers) == ["Gold", "Silver", "Loan"]
    told = known(client.get("/v2/profiles/s").json())
    assert (told["seen"], told["x"]) == (3, "a b")
    client.post(f"/v2/sessions/s{BEGIN}")
    told = known(client.get("/v2/profiles/s", params=given).json())
    assert (told["seen"], told["x"]) == (3, "a b")
    points = {"getOfferRequests": [{"ip": "hero", "numberRequested": 4}]}
    client.post(f"/v2/sessions/s{BEGIN}")
    several = client.post("/v2/offers/s", params=given, json=points).json()
    assert names(several) == ["Gold", "Silver", "Loan"]
    assert client.delete("/v2/sessions/s", params=given).json()["statusCode"] == 0


def test_a_query_with_wrong_parameters_is_told(client: TestClient) -> None:
    client.post(f"/v2/sessions/s{BEGIN}")
    for wrong in ("seen", "[1", "seen,x,numeric"):
        told = client.get("/v2/profiles/s", params={"parameters": wrong}).json()
        assert codes(told) == [(2, advisory.WRONG_ARGUMENT)]


@pytest.mark.parametrize("point", ["interactionPointID", "interationPointID", "ip"])
def test_a_batch_names_each_command_once(client: TestClient, point: str) -> None:
    start = {name: value for name, value in START.items() if name != "action"}
    body = {
        "endSession": True,
        "getOffers": {point: "hero", "numberRequested": 1},
        "getProfile": {},
        "getVersion": False,
        "postEvent": {"event": "contact"},
        "setAudience": None,
        "startSession": start,
    }
    answer = client.post("/v2/batch/s", json=body).json()
    assert answer["batchStatusCode"] == 0
    _, offers, profile, contact, end = answer["responses"]
    assert (names(offers), known(profile)["id"]) == (["Gold"], 7)
    assert contact["messages"] == end["messages"] == []
    wrong = client.post("/v2/batch/s", json={"getoffers": {}})
    assert (wrong.status_code, codes(wrong.json()["responses"][0])) == (
        400, [(2, advisory.WRONG_ARGUMENT)],
    )  # fmt: skip


@pytest.mark.parametrize("session", ["a/b", "ü ?&#", "..", "%2F", "a%00b"])
def test_a_session_may_have_any_name(client: TestClient, session: str) -> None:
    place = quote(session, safe="").replace(".", "%2E")
    assert client.post(f"/v2/sessions/{place}{BEGIN}").json()["sessionId"] == session
    assert client.get(f"/v2/profiles/{place}").json()["statusCode"] == 0


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/v2/sessions/s", "POST, DELETE"),
        ("POST", "/v2/offers/s/hero", "GET"),
        ("GET", "/servlet/RestServlet", "POST"),
        ("OPTIONS", "/interact/v2/batch/s", "POST"),
        ("TRACE", "/interact/servlet/RestServlet", "POST"),
    ],
)
def test_a_wrong_method_is_told_which_there_are(
    client: TestClient, method: str, path: str, allowed: str
) -> None:
    answer = client.request(method, path)
    assert (answer.status_code, answer.headers["allow"]) == (405, allowed)
    told = answer.json()
    assert codes(told.get("responses", [told])[0]) == [(2, advisory.WRONG_ARGUMENT)]


@pytest.mark.parametrize("path", ["/v2", "/v2/", "/v2/sessions", "/v2/sessions/", "/v2/offers/s//",
                                  "/v2/nothing/s", "/interact", "/interact/health"])  # fmt: skip
def test_what_is_no_path_is_not_found(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404
