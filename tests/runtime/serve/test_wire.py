"""The wire as clients of the original use it: commands, answers, reserved parameters."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.runtime.serve.serving import SERVLET

from interact.runtime.host import advisory
from interact.runtime.host.deployment import Deployment, open_deployment
from interact.runtime.host.host import Host
from interact.runtime.serve.app import Service, make_app
from interact.runtime.serve.metrics import Metrics
from interact.runtime.serve.users import Gate

SHOP = """
audience Customer { key id: int profile { balance: int? since: date? } session { seen: int = 0 } }
offer Gold "Gold card" { code "C", "G" attributes { family: text = "card" fee: int = 90 }
  suppress after reject }
offer Silver { code "C", "S" attributes { family: text = "card" fee: int = 40 } }
offer Loan { code "L" attributes { family: text = "loan" fee: int = 0 } }
offer Fund { code "F" attributes { family: text = "fund" fee: int = 0 } }
channel Web for Customer {
  zone Home { point hero default "welcome" point side default "news" }
  event clicked(page: text) { log accept }
  event hid { log reject }
  event thought { post thought_of }
  event thought_of { log accept }
  event thought_later { log accept after 1 hour }
}
flowchart Everyone on Web { select All when true }
strategy Offers on Web {
  zone Home { for All { Gold score 4 Silver score 3 Loan score 2 Fund score 1 when seen = 0 } }
}
"""
ID = [{"n": "id", "v": 7, "t": "numeric"}]
START: dict[str, Any] = {"action": "startSession", "ic": "Web", "audienceID": ID}
OFFERS: dict[str, Any] = {"action": "getOffers", "ip": "hero", "numberRequested": 4}
Send = Callable[..., list[dict[str, Any]]]


@dataclass
class Kept:
    """A history in a list."""

    rows: list[Any]

    def append(self, rows: list[Any], tell: Callable[[None], None]) -> None:
        self.rows.extend(rows)
        tell(None)


@pytest.fixture(scope="module")
def deployment(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    source = tmp_path_factory.mktemp("shop") / "shop.interact"
    source.write_text(SHOP)
    return open_deployment(str(source))


@pytest.fixture
def rows() -> list[Any]:
    return []


@pytest.fixture
def client(deployment: Deployment, rows: list[Any]) -> TestClient:
    host, history = Host(deployment, record=rows.extend), Kept(rows)
    return TestClient(make_app(Service(host, history, Gate(None), Metrics())))  # type: ignore[arg-type]


@pytest.fixture
def send(client: TestClient) -> Send:
    """Return a function that sends commands of session s, and returns the responses."""

    def sent(*commands: dict[str, Any]) -> list[dict[str, Any]]:
        answer = client.post(SERVLET, json={"sessionId": "s", "commands": list(commands)})
        assert answer.status_code == 200, answer.text
        told = answer.json()
        found: list[dict[str, Any]] = told["responses"]
        assert told["batchStatusCode"] == max(r["statusCode"] for r in found)
        return found

    return sent


def pair(name: str, value: object, type: str = "string") -> dict[str, object]:
    return {"n": name, "v": value, "t": type}


def names(answer: dict[str, Any], place: int = 0) -> list[str]:
    return [offer["n"] for offer in answer["offerLists"][place]["offers"]]


def codes(answer: dict[str, Any]) -> list[tuple[int, int]]:
    return [(m["msgLevel"], m["msgCode"]) for m in answer["messages"]]


# -- each command, right and wrong -------------------------------------------------------------

COMMANDS: list[tuple[str, dict[str, Any], list[tuple[int, int]]]] = [
    ("a channel", {**START}, []),
    ("no such channel", {**START, "ic": "Shop"}, [(2, advisory.INVALID_CHANNEL)]),
    ("an old audience id", {**START, "audienceID": "id,7,numeric"}, []),
    ("old ids in a list", {**START, "audienceID": ["id,7,numeric"]}, []),
    ("no audience id", {**START, "audienceID": []}, []),
    ("no such level", {**START, "audienceLevel": "Home"}, [(2, advisory.INVALID_AUDIENCE)]),
    ("a level", {**START, "audienceLevel": "customer"}, []),
    ("no such point", {**OFFERS, "ip": "attic"}, [(2, advisory.INVALID_POINT)]),
    ("no point", {"action": "getOffers"}, [(2, advisory.WRONG_ARGUMENT)]),
    ("a number as a text", {**OFFERS, "numberRequested": "2"}, []),
    ("too many", {**OFFERS, "numberRequested": 10**12}, [(2, advisory.WRONG_ARGUMENT)]),
    ("no such event", {"action": "postEvent", "event": "x"}, [(2, advisory.INVALID_EVENT)]),
    ("a parameter missing", {"action": "postEvent", "event": "clicked"},
     [(1, advisory.PARAMETERS_FAILED)]),
    ("nothing to accept", {"action": "postEvent", "event": "Accept"},
     [(1, advisory.NOTHING_TO_LOG)]),
    ("of another type", {**OFFERS, "parameters": [pair("balance", "much")]},
     [(1, advisory.PARAMETERS_FAILED)]),
    ("who it is", {"action": "setAudience", "audienceID": ID}, []),
    ("debug", {"action": "setDebug", "debug": "true"}, []),
    ("profile", {"action": "getProfile"}, []),
    ("version", {"action": "getVersion"}, []),
    ("any case", {**OFFERS, "action": "GETOFFERS"}, []),
    ("end", {"action": "endSession"}, []),
    ("no such command", {"action": "executeBatch"}, [(2, advisory.UNKNOWN_COMMAND)]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("command", "told"), [case[1:] for case in COMMANDS], ids=[case[0] for case in COMMANDS]
)
def test_a_command_and_what_it_is_told(
    send: Send, command: dict[str, Any], told: list[tuple[int, int]]
) -> None:
    _, answer, last = send(START, command, {"action": "getVersion"})
    assert codes(answer) == told
    assert answer["statusCode"] == max((level for level, _ in told), default=0)
    assert {"sessionId", "statusCode", "version", "messages"} <= set(answer)
    assert (last["statusCode"], len(last["version"])) == (0, 64)
    has_ended = command["action"] == "endSession"
    assert last["sessionId"] == (None if has_ended else "s")


@pytest.mark.parametrize(
    "command", [{**START, "ic": "Shop"}, {"action": "setAudience", "audienceID": []}]
)
def test_a_batch_stops_when_nobody_knows_whose_session_it_is(
    send: Send, command: dict[str, Any]
) -> None:
    send(START)
    assert len(send(command, OFFERS)) == 1
    assert len(send({**OFFERS, "ip": "attic"}, OFFERS)) == 2


def test_a_profile_has_types(send: Send) -> None:
    *_, answer = send(START, {**OFFERS, "parameters": [pair("b", 1, "numeric")]},
                      {"action": "getProfile"})  # fmt: skip
    assert answer["profile"] == [
        pair("id", 7, "numeric"),
        pair("balance", None, "numeric"),
        pair("since", None, "datetime"),
        pair("seen", 0, "numeric"),
        pair("b", 1, "numeric"),
    ]


# -- several points ----------------------------------------------------------------------------


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


# -- reserved parameters -----------------------------------------------------------------------


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


@pytest.mark.parametrize("given", DOUBTFUL)
def test_a_value_that_means_nothing_is_said_once(send: Send, given: dict[str, object]) -> None:
    audience = {"action": "setAudience", "audienceID": ID}
    _, answer, *later = send(START, {**OFFERS, "parameters": [given]}, OFFERS, audience)
    assert codes(answer) == [(1, advisory.PARAMETERS_FAILED)]
    assert all(codes(one) == [] for one in later)


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
    deployment: Deployment, rows: list[Any]
) -> None:
    host = Host(deployment, record=rows.extend, tables={"visits": ("seen", "campaign", "absent")})
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


EMBEDDED = [pair("UACIEmbeddedSession", "1", "numeric")]
ANOTHER = {"audienceID": [pair("id", 8, "numeric")], "parameters": EMBEDDED}
WITHIN = [
    {"action": "setAudience", **ANOTHER},
    {**START, "relyOnExistingSession": True, "parameters": EMBEDDED},
]
CONTACT = {"action": "postEvent", "event": "Contact"}
PROFILE = {"action": "getProfile"}


def known(answer: dict[str, Any]) -> dict[str, Any]:
    return {p["n"]: p["v"] for p in answer["profile"]}


@pytest.mark.parametrize(("first", "key"), list(zip(WITHIN, (8, 7), strict=True)))
def test_a_session_within_a_session_lives_for_a_batch(
    send: Send, rows: list[Any], first: dict[str, Any], key: int
) -> None:
    send(START, {**OFFERS, "parameters": [pair("seen", 3, "numeric")], "numberRequested": 1})
    answers = send(
        first, {**OFFERS, "parameters": [pair("seen", 4, "numeric"), pair("x", "y")]}, CONTACT,
        PROFILE,
    )  # fmt: skip
    assert {one["sessionId"] for one in answers} == {"s"}
    assert not any(one["messages"] for one in answers)
    assert (known(answers[-1])["id"], known(answers[-1])["seen"]) == (key, 4)
    assert [(r.key, r.offer) for r in rows] == [((key,), n) for n in ("Gold", "Silver", "Loan")]
    (inner,) = {r.session for r in rows}
    assert inner.startswith("s/")
    profile, _ = send(PROFILE, CONTACT)
    assert known(profile) == {"id": 7, "balance": None, "since": None, "seen": 3}
    assert [(r.session, r.key, r.offer) for r in rows[3:]] == [("s", (7,), "Gold")]


def test_a_session_within_none_is_not_kept(client: TestClient, send: Send) -> None:
    _, answer = send(WITHIN[1], OFFERS)
    assert names(answer)[0] == "Gold"
    for wrong in (OFFERS, WITHIN[0]):
        (dead,) = send(wrong)
        assert codes(dead) == [(2, advisory.INVALID_SESSION)]
        assert dead["messages"][0]["msg"] == f"{advisory.INVALID_SESSION_TEXT}: s"
    answer = client.post(SERVLET, json={"commands": [WITHIN[1], OFFERS]}).json()
    assert [one["sessionId"] for one in answer["responses"]] == [None, None]
    assert names(answer["responses"][1])[0] == "Gold"


def test_a_session_within_a_session_can_end_and_begin_anew(send: Send) -> None:
    send(START)
    end = {"action": "endSession"}
    _, _, dead, _, anew = send(WITHIN[0], end, PROFILE, {**START, "audienceID": "id,9,numeric"},
                               PROFILE)  # fmt: skip
    assert codes(dead) == [(2, advisory.INVALID_SESSION)]
    assert known(anew)["id"] == 9
    (outer,) = send(PROFILE)
    assert known(outer)["id"] == 7


@pytest.mark.parametrize(
    "commands", [(OFFERS, WITHIN[0]), (OFFERS, WITHIN[1]), ({**START, "parameters": EMBEDDED},)]
)
def test_a_session_within_a_session_is_refused_elsewhere_and_changes_nothing(
    send: Send, commands: tuple[dict[str, Any], ...]
) -> None:
    send(START)
    *_, refused = send(*commands)
    assert codes(refused) == [(2, advisory.NOT_DONE)]
    (profile,) = send(PROFILE)
    assert known(profile)["id"] == 7
    (told,) = send({**OFFERS, "parameters": EMBEDDED})
    assert codes(told) == [(1, advisory.NOT_DONE)]
    (told,) = send({**WITHIN[0], "parameters": [pair("UACIEmbeddedSession", "0")]})
    assert (codes(told), known(send(PROFILE)[0])["id"]) == ([], 8)


# -- REST v2 -----------------------------------------------------------------------------------


def test_rest_answers_as_the_servlet_does(client: TestClient, send: Send) -> None:
    query = "?ic=Web&audienceLevel=Customer&audienceIDField=id,7,numeric"
    assert client.post(f"/v2/sessions/s{query}").json()["statusCode"] == 0
    (servlet,) = send({**OFFERS, "numberRequested": 2})
    rest = client.get("/v2/offers/s/hero?number=2").json()
    assert set(rest) == set(servlet)
    assert names(rest) == names(servlet) == ["Gold", "Silver"]
    points = {"getOfferRequests": [{"ip": "hero"}, {"ip": "side"}]}
    assert len(client.post("/v2/offers/s", json=points).json()["offerLists"]) == 2
    accept = {"parameters": [pair("UACIOfferTrackingCode", "?")]}
    told = client.post("/v2/events/s/Accept", json=accept).json()
    assert codes(told) == [(1, advisory.UNKNOWN_TREATMENT)]
    batch = {"commands": [OFFERS, {"action": "getProfile"}]}
    assert len(client.post("/v2/batch/s", json=batch).json()["responses"]) == 2
    assert client.get("/v2/profiles/s").json()["profile"][0] == pair("id", 7, "numeric")
    assert client.delete("/v2/sessions/s").json()["statusCode"] == 0
    dead = client.get("/v2/profiles/s").json()
    assert codes(dead) == [(2, advisory.INVALID_SESSION)]
    assert "Request received an invalid session id" in dead["messages"][0]["msg"]


def test_a_session_without_a_name_gets_one(client: TestClient) -> None:
    body = {"sessionId": None, "commands": [START, OFFERS]}
    first, second = client.post(f"/interact{SERVLET}", json=body).json()["responses"]
    assert len(first["sessionId"]) == 32
    assert second["sessionId"] == first["sessionId"]


def test_a_name_that_was_made_up_is_not_told_where_nothing_has_it(client: TestClient) -> None:
    lost = client.post(SERVLET, json={"commands": [OFFERS, {"action": "zap"}]}).json()["responses"]
    assert [one["sessionId"] for one in lost] == [None, None]
    assert lost[0]["messages"][0]["msg"] == advisory.INVALID_SESSION_TEXT
    commands = [{"action": "getProfile"}, START, {"action": "endSession"}, OFFERS]
    told = client.post(SERVLET, json={"commands": commands}).json()["responses"]
    names = [one["sessionId"] for one in told]
    assert names[0] is None
    assert len(names[1]) == 32
    assert names[1:] == [names[1]] * 3


def test_relying_on_a_session_keeps_what_it_knows(send: Send) -> None:
    given = {**START, "parameters": [pair("seen", 3, "numeric")]}
    *_, kept = send(given, {**START, "relyOnExistingSession": True}, OFFERS)
    assert "Fund" not in names(kept)
    *_, anew = send(START, OFFERS)
    assert "Fund" in names(anew)
