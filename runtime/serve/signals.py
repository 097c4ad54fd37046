"""A service that is told to stop before its loop listens to signals stops all the same."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

KINDS = (signal.SIGTERM, signal.SIGINT)


@contextmanager
def stopped_by_signals(stop: Callable[[], None]) -> Iterator[None]:
    """Call ``stop`` for a signal that nobody else takes; pass it on when all is over.

    An exception would be lost where it hits a callback, and with it the wish to stop.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    taken: list[int] = []

    def take(kind: int, _: object) -> None:
        taken.append(kind)
        stop()

    former = {kind: signal.signal(kind, take) for kind in KINDS}
    try:
        yield
    finally:
        for kind, handler in former.items():
            signal.signal(kind, handler)
    if taken:
        signal.raise_signal(taken[0])
