"""Who a session is of: customers, visitors without a key, and keys that are wrong."""

from __future__ import annotations

from typing import Any

import pytest

from interact.runtime.host import advisory
from interact.runtime.host.deployment import Deployment, open_deployment
from interact.runtime.host.host import Host
from interact.runtime.host.profiles.source import Key, Profile
from interact.runtime.host.results import Response
from interact.runtime.serve.wire import execute

SHOP = """
audience Customer { key id: int, branch: text profile { balance: int? } session { seen: int = 0 } }
offer Gold {}
channel Web for Customer {
  zone Home { point hero }
  event viewed
  pattern Often { count of viewed is at least 2 }
}
flowchart All on Web { select Keen when balance > 10 }
strategy S on Web { zone Home { for Keen { Gold score 1 } } }
"""
ID = [{"n": "id", "v": 12, "t": "numeric"}, {"n": "branch", "v": "north", "t": "string"}]
START: dict[str, Any] = {"action": "startSession", "ic": "Web"}
WRONG: dict[str, Any] = {
    "a part is missing": ID[:1],
    "another name": [{"n": "number", "v": 12, "t": "numeric"}, ID[1]],
    "no number": [{"n": "id", "v": "x", "t": "string"}, ID[1]],
    "no whole number": [{"n": "id", "v": 1.5, "t": "numeric"}, ID[1]],
    "null beside a value": [{"n": "id", "v": None, "t": "numeric"}, ID[1]],
    "null by another name": [{"n": "number", "v": None, "t": "numeric"}],
}
NONE: list[Any] = [
    None,
    [],
    [{"n": "id", "v": None, "t": "numeric"}],
    [{"n": "ID", "v": None, "t": "numeric"}, {"n": "branch", "v": None, "t": "string"}],
]


class Known:
    """The profile of one customer."""

    def load(self, key: Key) -> Profile | None:
        assert len(key) == 2, "nobody's profile is asked for"
        return Profile({"balance": 20}, {}) if key == (12, "north") else None


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    folder = tmp_path_factory.mktemp("shop")
    (folder / "shop.interact").write_text(SHOP)
    return open_deployment(str(folder))


@pytest.fixture
def host(shop: Deployment) -> Host:
    return Host(shop, {"customer": Known()})


def send(host: Host, *commands: dict[str, Any]) -> list[Response]:
    return host.run(host.steps("s", lambda turn: execute(host.calls, turn, commands)))


def told(answer: Response) -> list[tuple[int, int]]:
    return [(m.level, m.code) for m in answer.messages]


def profile(host: Host) -> dict[str, object]:
    return {p.name: p.value for p in host.get_profile("s").profile}


def offers(host: Host) -> list[str]:
    return [offer.name for offer in host.get_offers("s", "hero").offer_lists[0].offers]


@pytest.mark.parametrize(
    "command",
    [
        {},
        *({"audienceID": none} for none in NONE),
        *({"audienceID": wrong} for wrong in WRONG.values()),
        {"audienceID": ID, "audienceLevel": "Household"},
    ],
)
def test_an_audience_that_is_not_set_changes_nothing(host: Host, command: dict[str, Any]) -> None:
    about = [
        {"n": "seen", "v": 3, "t": "numeric"},
        {"n": "UACIPostRemoveParameter", "v": "seen,other", "t": "string"},
    ]
    (begun,) = send(host, {**START, "audienceID": ID})
    host.post_event("s", "viewed", {"seen": 1, "other": "kept"})
    before = profile(host)
    assert begun.status == 0
    assert (before["id"], before["seen"]) == (12, 1)
    (answer,) = send(host, {"action": "setAudience", "parameters": about, **command})
    assert told(answer) == [(2, advisory.INVALID_AUDIENCE)]
    assert profile(host) == before
    assert offers(host) == ["Gold"]


@pytest.mark.parametrize("none", NONE)
def test_somebody_without_a_key_has_a_session(host: Host, none: Any) -> None:
    asks = {"action": "getOffers", "ip": "hero"}
    begun, given = send(host, {**START, "audienceID": none}, asks)
    assert (begun.session, begun.messages) == ("s", [])
    assert given.offer_lists[0].offers == ()
    assert profile(host)["id"] is None
    assert host.post_event("s", "viewed", {"balance": 11}).status == 0
    assert offers(host) == ["Gold"]


@pytest.mark.parametrize("none", NONE)
def test_what_a_visitor_without_a_key_did_becomes_the_customers(host: Host, none: Any) -> None:
    send(host, {**START, "audienceID": none})
    host.post_event("s", "viewed")
    wish = [{"n": "UACIMergePatternStates", "v": "1", "t": "string"}]
    (answer,) = send(host, {"action": "setAudience", "audienceID": ID, "parameters": wish})
    assert answer.messages == []
    host.post_event("s", "viewed")
    assert (profile(host)["id"], profile(host)["Often"]) == (12, 1)


@pytest.mark.parametrize("wrong", WRONG.values(), ids=WRONG)
def test_with_a_wrong_key_no_session_begins(host: Host, wrong: Any) -> None:
    (answer,) = send(host, {**START, "audienceID": wrong}, {"action": "getProfile"})
    assert told(answer) == [(2, advisory.INVALID_AUDIENCE)]
    assert [m.code for m in host.get_profile("s").messages] == [advisory.INVALID_SESSION]


def test_a_session_goes_on_when_another_one_does_not_begin_in_its_place(host: Host) -> None:
    send(host, {**START, "audienceID": ID})
    send(host, {**START, "audienceID": WRONG["no number"]})
    assert profile(host)["id"] == 12


def test_in_process_none_is_no_key(host: Host) -> None:
    assert host.start_session("s", "Web", None, parameters=None).status == 0
    assert told(host.set_audience("s", None)) == [(2, advisory.INVALID_AUDIENCE)]
    assert host.post_event("s", "viewed", None).status == 0
