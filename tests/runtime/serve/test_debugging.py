"""Sessions with debug on: the log tells why, and of nobody."""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from interact.runtime.host import advisory
from interact.runtime.host.deployment import Deployment, open_deployment
from interact.runtime.host.host import Host
from interact.runtime.host.offers.offering import PointRequest
from interact.runtime.host.results import NameValue, Response
from interact.runtime.serve.debugging import CALLS, MOST_RULES, Debugging, Depth

AT = datetime(2026, 11, 24, 12, tzinfo=UTC)
SHOP = """audience Customer { key id: int profile { age: int } }
offer Gold {}
offer Silver {}
offer Tin {}
offer Old {}
channel Web for Customer { zone Home { point hero point side } event hide { suppress Tin } }
channel App for Customer { zone Start { point top } }
flowchart All on Web { select Grown when age >= 18 select Old when age > 65 }
strategy S on Web {
  zone Home {
    for Grown { Gold score 9 Silver score 8 when age > 40 Tin score 7 }
    for Old { Old score 10 }
  }
}
strategy T on App { zone Start { Tin } }
"""
Lines = Callable[[], list[dict[str, Any]]]


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    folder = tmp_path_factory.mktemp("shop")
    (folder / "shop.interact").write_text(SHOP)
    return open_deployment(str(folder))


@pytest.fixture
def lines(caplog: pytest.LogCaptureFixture) -> Lines:
    caplog.set_level(logging.INFO, "interact.debug")

    def found() -> list[dict[str, Any]]:
        return [vars(record) for record in caplog.records if record.name == "interact.debug"]

    return found


def started(shop: Deployment, depth: Depth = "reasons", channel: str = "Web") -> Host:
    host = Host(shop, clock=lambda: AT, debugging=Debugging(depth))
    for name, debug in (("secret-session", True), ("quiet", False)):
        key = [NameValue("id", 987654321, "numeric")]
        age = [NameValue("age", 33, "numeric")]
        host.start_session(name, channel, key, parameters=age, debug=debug)
    return host


def offered(host: Host, *asked: PointRequest, session: str = "secret-session") -> Response:
    return host.get_offers_for_points(session, asked or [PointRequest("hero", 1)])


def test_the_log_tells_why(shop: Deployment, lines: Lines) -> None:
    answer = offered(started(shop))
    (message,) = answer.messages
    assert (answer.status, message.level, message.code) == (0, 0, advisory.LOOKED_INTO)
    point, *rules = lines()
    assert (point["point"], point["offers"], point["segments"]) == ("hero", ["Gold"], ["Grown"])
    treatment = answer.offer_lists[0].offers[0].treatment
    assert treatment == f"{point['decision']}.1"
    assert message.detail == point["decision"]
    told = {line["offer"]: (line["outcome"], line["because"], line["reads"]) for line in rules}
    assert told == {
        "Gold": ("kept", "", []),
        "Silver": ("eligibility", "the condition is false", ["age"]),
        "Tin": ("left out", "fewer were asked for", []),
        "Old": ("segment", "not in Old", []),
    }
    at = {line["offer"]: line["at"].rpartition(":")[2] for line in rules}
    assert at["Silver"] == str(SHOP[: SHOP.index("Silver score")].count("\n") + 1)


def test_what_the_call_leaves_out_is_told(shop: Deployment, lines: Lines) -> None:
    host = started(shop)
    offered(host, PointRequest("hero", 1), PointRequest("side", 9, duplicates=False))
    gold = [line["because"] for line in lines() if line.get("offer") == "Gold"]
    assert gold == ["", "an earlier point of the call has it"]


def test_an_offer_that_another_channel_suppressed_is_told(shop: Deployment, lines: Lines) -> None:
    host = started(shop)
    host.post_event("secret-session", "hide")
    host.start_session("secret-session", "App", [NameValue("id", 987654321, "numeric")], debug=True)
    assert offered(host, PointRequest("top")).offer_lists[0].offers == ()
    assert [line.get("because") for line in lines()] == [None, "an event has suppressed it"]


def test_nobody_is_named_but_where_it_is_asked_for(shop: Deployment, lines: Lines) -> None:
    offered(started(shop))
    told = [{k: v for k, v in line.items() if k not in vars(logging.makeLogRecord({}))}
            for line in lines()]  # fmt: skip
    assert not any(secret in repr(told) for secret in ("secret-session", "987654321"))
    offered(started(shop, "values"))
    point, *rules = lines()[len(told) :]
    (silver,) = (line for line in rules if line["offer"] == "Silver")
    assert (point["session"], point["customer"]) == ("secret-session", [987654321])
    assert (silver["values"], silver["score"]) == ({"age": "33"}, None)
    assert not any({"values", "score"} & line.keys() for line in told)


def test_only_sessions_with_debug_on_are_told_of(shop: Deployment, lines: Lines) -> None:
    host = started(shop)
    assert offered(host, session="quiet").messages == []
    assert lines() == []
    host.set_debug("quiet", True)
    assert offered(host, session="quiet").messages != []
    host.set_debug("quiet", False)
    assert offered(host, session="quiet").messages == []
    host.debugging = None
    assert offered(host).messages == []


def test_the_log_tells_of_so_many_calls_and_rules_only(shop: Deployment, lines: Lines) -> None:
    host, debugging = started(shop), Debugging()
    debugging.rates.clock = lambda: 0.0
    host.debugging = debugging
    texts = [offered(host).messages[0].text for _ in range(int(2 * CALLS) + 1)]
    assert len(set(texts[:-1])) == 1
    assert texts[-1] != texts[0]
    assert sum("asked" in line for line in lines()) == 2 * CALLS


def test_of_many_rules_some_are_told(
    shop: Deployment, lines: Lines, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MOST_RULES > 2
    monkeypatch.setattr("interact.runtime.serve.debugging.MOST_RULES", 2)
    offered(started(shop))
    assert [line.get("rules_not_told") for line in lines()] == [2, None, None]
