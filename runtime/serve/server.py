"""The HTTP server of a service, with its bounds."""

from __future__ import annotations

from typing import cast

import uvicorn
from starlette.types import ASGIApp

from interact.runtime.serve.app import Service
from interact.runtime.serve.connections import Bounds, Connections, Watch, bounded

STOPPING_SECONDS = 20


def make_server(app: ASGIApp, service: Service, bounds: Bounds) -> uvicorn.Server:
    """Return the server of an application; the service watches its connections.

    A server that stops ends idle connections, answers what it has begun to read, and cancels what
    is not answered after ``STOPPING_SECONDS``.
    """
    metrics = service.metrics
    config = uvicorn.Config(
        app,
        http=bounded(bounds, metrics.close, metrics.refuse),
        ws="none",
        log_level="error",  # what clients send is counted, and does not fill logs
        log_config=None,  # its messages go where all others go
        access_log=False,
        proxy_headers=False,  # nobody asks whom a request is from
        server_header=False,
        timeout_keep_alive=bounds.idle_seconds,
        timeout_graceful_shutdown=STOPPING_SECONDS,
    )
    server = uvicorn.Server(config)
    connections = cast(Connections, server.server_state.connections)
    service.watch = Watch(connections, bounds, metrics.close, lambda: server.should_exit)
    return server
