"""Servers that a test starts and that do not outlive it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient
from tests.runtime.serve.serving import SERVLET, Serve, Server, start
from tests.runtime.serve.shop import SHOP, Kept, Send

from interact.runtime.host.deployment import Deployment, open_deployment
from interact.runtime.host.host import Host
from interact.runtime.serve.app import Service, make_app
from interact.runtime.serve.metrics import Metrics
from interact.runtime.serve.users import Gate


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Return a function that starts servers."""
    servers: list[Server] = []

    def started(*arguments: str) -> Server:
        servers.append(start(*arguments))
        return servers[-1]

    yield started
    for server in servers:
        server.stop(kill=True)


@pytest.fixture(scope="session")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    source = tmp_path_factory.mktemp("shop") / "shop.interact"
    source.write_text(SHOP)
    return open_deployment(str(source))


@pytest.fixture
def rows() -> list[Any]:
    return []


@pytest.fixture
def client(shop: Deployment, rows: list[Any]) -> TestClient:
    host, history = Host(shop, record=rows.extend), Kept(rows)
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
