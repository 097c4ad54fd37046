"""Servers that a test starts and that do not outlive it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.runtime.serve.serving import Serve, Server, start


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
