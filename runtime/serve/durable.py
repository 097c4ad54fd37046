"""Answers that wait until what they acknowledge is durable, without holding up others."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextvars import ContextVar
from typing import Any

from interact.runtime.errors import OutputError
from interact.runtime.history.writer import History
from interact.runtime.host import advisory
from interact.runtime.host.results import ERROR, Response

_rows: ContextVar[list[Any] | None] = ContextVar("rows", default=None)


def collect(rows: list[Any]) -> None:
    """Keep rows of the history until the commands of the request are through."""
    held = _rows.get()
    assert held is not None, "rows are collected within a request"
    held.extend(rows)


class Collected:
    """What the commands of one request record."""

    def __enter__(self) -> list[Any]:
        held: list[Any] = []
        self._token = _rows.set(held)
        return held

    def __exit__(self, *_: object) -> None:
        _rows.reset(self._token)


async def settle(history: History | None, rows: list[Any], answers: Sequence[Response]) -> None:
    """Wait until rows are durable; say so on the answers if they cannot be."""
    if history is None or not rows:
        return
    loop = asyncio.get_running_loop()
    done: asyncio.Future[OutputError | None] = loop.create_future()

    def acknowledge(error: OutputError | None) -> None:
        loop.call_soon_threadsafe(done.set_result, error)

    try:
        history.append(rows, acknowledge)
        error = await done
    except OutputError as refused:
        error = refused
    if error is not None:
        for answer in answers:
            text = "an event was not logged"
            answer.say(ERROR, advisory.EVENT_LOG_FAILED, text, error.message)
