"""A thread that does what sessions have to do when it is due, and ends those that are idle."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

from interact.runtime.host.host import RETRY, Host
from interact.runtime.host.store.protocol import StoreError
from interact.runtime.values import instant

FEW = 16
"""Sessions with something due that one thread does."""
WORKERS = 16
LONGEST = 60.0
"""Seconds to wait at most: the clock may be put forward, or the machine sleep, meanwhile."""


@dataclass(slots=True)
class Timer:
    """Waits until something is due, and does it. Start it, and stop it before the store closes.

    Attributes:
        on_error: Told when the store does not work, or of a bug; it is tried again.
    """

    host: Host
    on_error: Callable[[Exception], None] = lambda error: None
    _stopping: bool = False
    _thread: threading.Thread | None = field(default=None)

    def start(self) -> None:
        """Begin."""
        self._thread = threading.Thread(target=self._run, name="timer", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """End, when what is being done is done."""
        self._stopping = True
        self.host.store.wake()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        store = self.host.store
        while not self._stopping:
            store.wait(self._do())

    def _work_off(self) -> None:
        """Do what is due in several threads, as most of it is waiting for the disk."""
        with ThreadPoolExecutor(WORKERS, "due") as workers:
            for done in [workers.submit(self.host.run_due) for _ in range(WORKERS)]:
                done.result()

    def _do(self) -> float:
        """Do what is due; return the seconds until something else may be."""
        host = self.host
        try:
            if host.run_due(FEW) == FEW:
                self._work_off()
            due = host.store.next_due()
            left = LONGEST if due is None else max(0, due - instant(host.clock())) / 1e6
            return min(left, LONGEST)
        except StoreError as error:
            self.on_error(error)
        except Exception as error:  # a bug in one session must not stop the others
            self.on_error(error)
        return RETRY / 1e6
