"""What is known of customers and what is still to be done, over HTTP and kills."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import httpx2 as httpx
from click.testing import CliRunner
from tests.runtime.serve.serving import BANK, EXAMPLES, SERVLET, Serve, Server

from interact.runtime.cli.main import cli
from interact.runtime.history.recorded import delayed_rows
from interact.runtime.history.recover import recover

SHOP = """
audience Customer { key id: int }
offer Gold { code "G" suppress after accept }
channel Web for Customer {
  zone Home { point hero default "x" }
  event later { log accept after 1 second }
}
strategy Offers on Web { zone Home { Gold } }
"""
ALL = (0, 1 << 52)


def command(server: Server, *commands: dict[str, Any], session: str = "s") -> list[dict[str, Any]]:
    body = {"sessionId": session, "commands": list(commands)}
    found = httpx.post(f"{server.base}{SERVLET}", json=body, timeout=120).json()
    assert found["batchStatusCode"] == 0, found
    answers: list[dict[str, Any]] = found["responses"]
    return answers


def start(channel: str, key: str) -> dict[str, Any]:
    ids = [{"n": key, "v": 1, "t": "numeric"}]
    return {"action": "startSession", "ic": channel, "audienceID": ids}


def parameters(given: dict[str, Any]) -> list[dict[str, Any]]:
    texts = {True: "string", False: "numeric"}
    return [{"n": n, "v": v, "t": texts[isinstance(v, str)]} for n, v in given.items()]


def names(answer: dict[str, Any]) -> list[str]:
    return [offer["n"] for offer in answer["offerLists"][0]["offers"]]


def test_patterns_survive_a_kill(serve: Serve, tmp_path: Path) -> None:
    more = [str(EXAMPLES / "telecom_retention"), "--no-auth", "--history", str(tmp_path)]
    given = {
        "plan": "plus", "monthly_fee": 30, "churn_risk": 0.1, "complaints": 0,
        "contract_end": "2030-01-01", "data_share": 0.1, "opted_in": "true",
    }  # fmt: skip
    begin = {**start("App", "subscriber_id"), "parameters": parameters(given)}
    offers = {"action": "getOffers", "ip": "reply", "numberRequested": 5}
    views = [
        {"action": "postEvent", "event": "page_viewed", "parameters": parameters({"page": page})}
        for page in ("contract", "cancel")
    ]
    first = serve(*more)
    before, *_, after = command(first, begin, offers, *views, offers)[1:]
    first.stop(kill=True)
    again = command(serve(*more), begin, offers)[1]
    assert names(before) == []
    assert names(after) == names(again) == ["StayBonus", "Callback"]


def test_a_delayed_action_is_done_once_whoever_is_killed(serve: Serve, tmp_path: Path) -> None:
    (tmp_path / "shop.interact").write_text(SHOP)
    more = [str(tmp_path / "shop.interact"), "--no-auth", "--history", str(tmp_path / "h")]
    first = serve(*more)
    offers = {"action": "getOffers", "ip": "hero"}
    shown = command(first, start("Web", "id"), offers)[1]["offerLists"][0]["offers"][0]
    code = {"n": "UACIOfferTrackingCode", "v": shown["treatmentCode"], "t": "string"}
    command(first, {"action": "postEvent", "event": "later", "parameters": [code]})
    first.stop(kill=True)
    second = serve(*more)
    found: list[Any] = [0]
    while found:  # until the action has suppressed the offer
        found = command(second, start("Web", "id"), offers)[1]["offerLists"][0]["offers"]
    second.stop(kill=True)
    recover(tmp_path / "h", lambda level: ("id",))
    assert len(delayed_rows(str(tmp_path / "h"), *ALL)) == 1


def test_two_hosts_on_one_folder_are_told(serve: Serve, tmp_path: Path) -> None:
    more = [str(BANK), "--no-auth", "--history", str(tmp_path)]
    serve(*more)
    told = CliRunner().invoke(cli, ["serve", *more, "--port", "0"])
    assert (told.exit_code, told.output.count("\n")) == (2, 2)
    assert "another host keeps its states in" in told.output
    assert "--store" in told.output


def test_the_session_that_was_not_used_for_longest_ends_for_another(serve: Serve) -> None:
    server = serve(str(EXAMPLES / "card_shop"), "--no-auth", "--most-sessions", "2")
    for name in "abc":
        command(server, start("CardShop", "customer_id"), session=name)
    while "interact_sessions 2.0" not in httpx.get(f"{server.base}/metrics").text:
        pass  # a thread ends the oldest one

    def status(name: str) -> int:
        body = {"sessionId": name, "commands": [{"action": "getProfile"}]}
        found = httpx.post(f"{server.base}{SERVLET}", json=body, timeout=120).json()
        return int(found["batchStatusCode"])

    assert [status(name) for name in "abc"] == [2, 0, 0]
