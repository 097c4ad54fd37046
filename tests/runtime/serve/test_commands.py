"""Each command of the servlet, right and wrong."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.runtime.serve.serving import SERVLET
from tests.runtime.serve.shop import ID, OFFERS, START, Send, codes, names, pair

from interact.runtime.host import advisory

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
