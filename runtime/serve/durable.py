"""Takes the steps of a request on an event loop, which answers others meanwhile."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from interact.runtime.errors import OutputError
from interact.runtime.history.writer import History
from interact.runtime.host.store.protocol import Busy
from interact.runtime.host.turns import Rows, Steps

T = TypeVar("T")
Outcome = Callable[[OutputError | None], None]


async def go_on(taken: Steps[T], wanted: Rows | Busy, history: History | None) -> T:
    """Take the steps behind the first, which wants something to be waited for.

    Returns:
        What the request is answered with: what it logs is durable.

    Raises:
        StoreError: The store does not work; nothing of the request is kept.
    """
    try:
        while True:
            answer = await _waited(wanted, history)
            wanted = taken.send(answer)
    except StopIteration as stop:
        found: T = stop.value
        return found
    finally:
        taken.close()


async def _waited(wanted: Rows | Busy, history: History | None) -> OutputError | None:
    loop = asyncio.get_running_loop()
    done: asyncio.Future[OutputError | None] = loop.create_future()

    def tell(error: OutputError | None = None) -> None:
        loop.call_soon_threadsafe(_settle, done, error)

    if isinstance(wanted, Busy):
        wanted.subscribe(tell)
    elif history is None:
        return None
    else:
        try:
            history.append(list(wanted), tell)
        except OutputError as refused:
            return refused
    return await done


def _settle(done: asyncio.Future[OutputError | None], error: OutputError | None) -> None:
    if not done.done():
        done.set_result(error)
