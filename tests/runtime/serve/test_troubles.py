"""What does not work for a while is told when it begins, once a minute, and when it is over."""

from __future__ import annotations

import json
import logging
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from tests.redis_server import RedisServer
from tests.runtime.serve.serving import SERVLET, Serve, Server

from interact.compiler.core.impressions import Used
from interact.runtime.errors import InteractError, OutputError
from interact.runtime.host.store.journal import open_journal
from interact.runtime.host.store.ledger import open_ledger
from interact.runtime.host.store.protocol import StoreError
from interact.runtime.host.trouble import Trouble

SHOP = """
audience Customer { key id: int }
channel Web for Customer { zone Home { point hero } }
offer Gold {}
strategy Cards on Web { zone Home { Gold } }
"""


@pytest.fixture
def shop(tmp_path: Path) -> str:
    (tmp_path / "shop.interact").write_text(SHOP)
    return str(tmp_path / "shop.interact")


def test_a_line_when_it_begins_each_minute_and_when_it_ends(
    caplog: pytest.LogCaptureFixture,
) -> None:
    now = [0.0]
    trouble = Trouble("all is well", clock=lambda: now[0])
    with caplog.at_level(logging.INFO):
        for second in range(130):
            now[0] = float(second)
            trouble(OutputError("no disk"))
            trouble(None)  # some of it still works
        assert trouble.reason == "no disk"
        now[0] += 5
        trouble(None)
        trouble(OutputError("no disk"))  # again, within the minute
        now[0] += 5
        trouble(None)
    assert trouble.reason == ""
    assert [record.getMessage() for record in caplog.records] == [
        "no disk",
        "no disk, 61 times so far",
        "no disk, 121 times so far",
        "all is well, after 130 failures",
    ]


def visit(server: Server, name: str) -> list[Any]:
    """Return the codes of what a visit with a contact is answered."""
    key = {"n": "id", "v": 1, "t": "numeric"}
    commands: list[dict[str, Any]] = [
        {"action": "startSession", "ic": "Web", "audienceID": [key]},
        {"action": "getOffers", "ip": "hero"},
        {"action": "postEvent", "event": "contact"},
    ]
    body = {"sessionId": name, "commands": commands}
    answers = httpx.post(server.base + SERVLET, json=body, timeout=60).json()["responses"]
    return [message["msgCode"] for answer in answers for message in answer["messages"]]


def told(server: Server) -> list[dict[str, Any]]:
    server.stop()
    return [json.loads(line) for line in server.said]


def test_a_history_that_is_gone_is_told(serve: Serve, shop: str, tmp_path: Path) -> None:
    history = tmp_path / "history"
    options = ("--history", str(history), "--store", "memory", "--publish", "0.1")
    server = serve(shop, "--no-auth", "--log", "json", *options)
    assert visit(server, "a") == []
    while list(history.glob("log/*/0*")):
        pass
    shutil.move(history, tmp_path / "elsewhere")
    history.write_text("in the way")
    assert [visit(server, name) for name in "bcd"] == [[13]] * 3
    ready = httpx.get(server.base + "/ready")
    assert ready.status_code == 200
    assert "Not a directory" in ready.json()["history"]
    lines = told(server)
    assert [(line["level"], line["event"][:28]) for line in lines] == [
        ("warning", "cannot write the history in "),
        ("info", "stopped"),
    ]
    assert not any("exception" in line for line in lines)


def test_a_store_that_is_gone_is_told(serve: Serve, shop: str, tmp_path: Path) -> None:
    redis = RedisServer(tmp_path)
    redis.start()
    server = serve(shop, "--no-auth", "--log", "json", "--store", redis.url)
    assert visit(server, "a") == []
    redis.kill()
    assert visit(server, "a") == [1006]
    ready = httpx.get(server.base + "/ready")
    assert (ready.status_code, "does not answer" in ready.json()["store"]) == (503, True)
    lines = told(server)
    assert [line["level"] for line in lines] == ["warning", "info"]
    assert "does not answer" in lines[0]["event"]


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_bug_in_the_log_names_no_values(form: str) -> None:
    script = (
        "import logging, sys; from interact.runtime.serve.logs import configure\n"
        "def failing(customer): raise ValueError\n"
        "configure(sys.argv[1], False)\n"
        "try: failing('per' + 'son')\n"
        "except ValueError: logging.getLogger('interact.serve').exception('a bug')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, form], capture_output=True, text=True, check=True
    )
    assert "ValueError" in done.stderr
    assert "person" not in done.stderr
    assert len(done.stderr.splitlines()) < 9


def test_states_and_counts_tell_how_each_write_went(tmp_path: Path) -> None:
    told: list[str] = []

    def outcome(error: InteractError | None) -> None:
        told.append("" if error is None else error.message[:23])

    ledger = open_ledger(str(tmp_path / "impressions.db"), outcome)
    journal = open_journal(str(tmp_path), outcome)
    ledger.update("Gold", lambda used: Used(1))
    journal.write([], [], [])
    ledger.connection.execute("PRAGMA query_only = 1")
    journal.database.execute("PRAGMA query_only = 1")
    with pytest.raises(OutputError):
        ledger.update("Gold", lambda used: Used(2))
    with pytest.raises(StoreError):
        journal.write([], [], ["a"])
    journal.close()
    ledger.close()
    assert told == ["", "", "cannot count impression", "cannot write the states"]
