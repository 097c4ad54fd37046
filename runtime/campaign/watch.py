"""Imports that are repeated until somebody stops them."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from interact.runtime.campaign.report import Report
from interact.runtime.errors import InteractError, UsageError


def watch(
    run: Callable[[], Report],
    told: Callable[[Report | InteractError], None],
    pause: Callable[[], bool],
) -> None:
    """Import again and again; what goes wrong is told, and tried again.

    Args:
        run: Does one import.
        told: Takes its report, or why there is none.
        pause: Waits for the next one; true when there shall be none.

    Raises:
        UsageError: It would go wrong each time.
    """
    while True:
        try:
            told(run())
        except UsageError:
            raise
        except InteractError as error:
            told(error)
        if pause():
            return


@contextmanager
def pauses(minutes: float) -> Iterator[Callable[[], bool]]:
    """Return a pause that SIGTERM and Ctrl-C end, without breaking an import off in between."""
    stop = threading.Event()
    kinds = (signal.SIGTERM, signal.SIGINT)
    before = [signal.signal(kind, lambda *_: stop.set()) for kind in kinds]
    try:
        yield lambda: stop.wait(minutes * 60)
    finally:
        for kind, handler in zip(kinds, before, strict=True):
            signal.signal(kind, handler)
