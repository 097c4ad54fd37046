"""What the service writes to its log: lines for people, or JSON, and no personal data.

A request is logged by the form of its path, never by the path itself, which names a session.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Sequence
from typing import Any, Literal

from interact.runtime.host.results import Response

Form = Literal["text", "json"]
REQUESTS = logging.getLogger("interact.requests")


def configure(form: Form, requests: bool) -> None:
    """Decide what is logged, and how.

    Args:
        form: Lines for people, or an object of JSON in each line.
        requests: Whether each request is logged.
    """
    import structlog

    last: Any = (
        structlog.processors.JSONRenderer(sort_keys=False)
        if form == "json"
        else structlog.dev.ConsoleRenderer(
            colors=sys.stderr.isatty(),
            exception_formatter=structlog.dev.plain_traceback,  # others tell values of variables
        )
    )
    handler = logging.StreamHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[
                structlog.stdlib.add_log_level,
                structlog.stdlib.add_logger_name,
                structlog.stdlib.ExtraAdder(),
                structlog.processors.TimeStamper(fmt="iso", utc=True),
            ],
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *([structlog.processors.format_exc_info] if form == "json" else []),
                last,
            ],
        )
    )
    logging.basicConfig(handlers=[handler], level=logging.WARNING, force=True)
    logging.getLogger("interact").setLevel(logging.INFO)
    REQUESTS.setLevel(logging.INFO if requests else logging.WARNING)


def request(
    path: str, method: str, status: int, seconds: float, answers: Sequence[Response]
) -> None:
    """Log a request: the form of its path, how it went, and how long it took.

    A request that is refused as a whole has an answer, but no command that was carried out.
    """
    told = {
        "method": method,
        "path": path,
        "status": status,
        "worst": max((answer.status for answer in answers), default=0),
        "commands": len(answers) if status == 200 else 0,
        "ms": round(seconds * 1000, 3),
    }
    REQUESTS.info("request", extra=told)
