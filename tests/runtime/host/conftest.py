"""What tests of hosts share: stores of both sorts, and rows of a history."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.redis_server import RedisServer
from tests.runtime.host.sharing import Hosts
from tests.runtime.host.shops import SHOP

from interact.runtime.host.deployment import Deployment, open_deployment
from interact.runtime.host.store.memory import MemoryStore
from interact.runtime.host.store.protocol import Store
from interact.runtime.host.store.redis_store import open_redis


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RedisServer]:
    server = RedisServer(tmp_path_factory.mktemp("redis"))
    server.start()
    yield server
    server.kill()


@pytest.fixture(params=["memory", "redis"])
def store(request: pytest.FixtureRequest, running: RedisServer) -> Iterator[Store]:
    made: Any = MemoryStore()
    if request.param == "redis":
        made = open_redis(running.url)
        made.prefix = f"{{{request.node.name}}}:"
    yield made
    made.close()


@pytest.fixture
def rows() -> list[Any]:
    """What a host writes to its history."""
    return []


@pytest.fixture(scope="module")
def sharing_shop(tmp_path_factory: pytest.TempPathFactory) -> Deployment:
    folder = tmp_path_factory.mktemp("shop")
    more = "log contact after 1 second"
    text = SHOP.replace("MORE", "").replace("BALANCE", "int")
    text = text.replace("event hide", f"event soon {{ {more} }} event hide")
    (folder / "shop.interact").write_text(text)
    return open_deployment(str(folder))


@pytest.fixture
def hosts(
    running: RedisServer, sharing_shop: Deployment, request: pytest.FixtureRequest
) -> Iterator[Hosts]:
    made = Hosts(running, sharing_shop, f"{{{request.node.name}}}:")
    yield made
    for host in made.opened:
        host.store.close()
