"""Several hosts over HTTP with one store: hosts die, and so does the store."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from click.testing import CliRunner
from tests.redis_server import RedisServer
from tests.runtime.serve.serving import BANK, SERVLET, Serve
from tests.runtime.serve.test_states import SHOP, command, names, start

from interact.runtime.cli.main import cli
from interact.runtime.history.recorded import delayed_rows
from interact.runtime.history.recover import recover
from interact.runtime.host import advisory


@pytest.fixture
def redis(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.kill()


def options(redis: RedisServer, folder: Path) -> list[str]:
    (folder / "shop.interact").write_text(SHOP)
    more = ["--no-auth", "--history", str(folder / "h"), "--store", redis.url]
    return [str(folder / "shop.interact"), *more]


def test_a_visit_and_what_it_has_to_do_go_on_when_its_host_is_killed(
    serve: Serve, redis: RedisServer, tmp_path: Path
) -> None:
    more = options(redis, tmp_path)
    servers = [serve(*more) for _ in range(2)]
    offers = {"action": "getOffers", "ip": "hero"}
    shown = command(servers[0], start("Web", "id"), offers)[1]["offerLists"][0]["offers"][0]
    code = {"n": "UACIOfferTrackingCode", "v": shown["treatmentCode"], "t": "string"}
    command(servers[0], {"action": "postEvent", "event": "later", "parameters": [code]})
    servers[0].stop(kill=True)
    assert names(command(servers[1], offers)[0]) == ["Gold"]
    while names(command(servers[1], offers)[0]):
        pass
    servers[1].stop()
    recover(tmp_path / "h", lambda level: ("id",))
    assert len(delayed_rows(str(tmp_path / "h"), 0, 1 << 52)) == 1


def test_without_its_store_a_host_says_so_and_comes_back_with_it(
    serve: Serve, redis: RedisServer, tmp_path: Path
) -> None:
    server = serve(*options(redis, tmp_path))
    offers: dict[str, Any] = {"action": "getOffers", "ip": "hero"}
    command(server, start("Web", "id"), offers)
    with httpx.Client(base_url=server.base, timeout=120) as client:
        assert client.get("/ready").status_code == 200
        redis.kill()
        answer = client.get("/v2/offers/s/hero")
        (message,) = answer.json()["messages"]
        assert (answer.status_code, message["msgCode"]) == (503, advisory.STORE_FAILED)
        batch = client.post(SERVLET, json={"sessionId": "s", "commands": [offers]})
        assert (batch.status_code, batch.json()["batchStatusCode"]) == (503, 2)
        assert client.get("/ready").status_code == 503
        assert "interact_store_failures_total 2.0" in client.get("/metrics").text
        assert client.get("/health").status_code == 200
        redis.start()
        assert client.get("/ready").status_code == 200
        assert names(client.get("/v2/offers/s/hero").json()) == ["Gold"]
    server.stop()
    assert not [line for line in server.said if "Traceback" in line]


@pytest.mark.parametrize(
    ("store", "said"),
    [
        ("redis://localhost:port/0", "no store"),
        ("memcached://me:secret@localhost", "a store is redis://host:port/db, or a folder"),
    ],
)
def test_what_is_no_store_is_one_line(store: str, said: str) -> None:
    found = CliRunner().invoke(cli, ["serve", str(BANK), "--no-auth", "--store", store])
    assert (found.exit_code, found.output.count("error")) == (2, 1)
    assert said in found.output
    assert "secret" not in found.output
