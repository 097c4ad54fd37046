"""What tests of hosts share: stores of both sorts, and rows of a history."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from tests.redis_server import RedisServer

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
