"""Sessions within a session."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.runtime.serve.serving import SERVLET
from tests.runtime.serve.shop import OFFERS, START, Send, codes, names, pair

from interact.runtime.host import advisory

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
