"""Serve the workload, and beside it an endpoint that reads a body and answers ``{}``.

``python service.py PROJECT HISTORY PROFILES``; the first line that it prints is its port.
"""

import os
import sys

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from interact.runtime.cli.main import collect_rarely
from interact.runtime.serve.run import Options, start


async def empty(request: Request) -> Response:
    """Answer nothing, in the way that is usual with Starlette."""
    await request.body()
    return Response(b"{}", media_type="application/json")


collect_rarely()  # as the command does
project, history, profiles = sys.argv[1:]
if len(os.sched_getaffinity(0)) > 1:
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
options = Options(project, port=0, profiles={"Customer": profiles}, history=history, is_open=True)
started = start(options)
started.server.config.app.others.router.routes.insert(0, Route("/empty", empty, methods=["POST"]))
print(started.listening.getsockname()[1], flush=True)
started.run()
