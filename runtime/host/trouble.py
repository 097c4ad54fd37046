"""What does not work for a while: told in the log when it begins, each minute, and at the end."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from interact.runtime.errors import InteractError

log = logging.getLogger("interact.host")
SAY_SECONDS = 60.0
"""Between two lines about one thing."""
QUIET_SECONDS = 5.0
"""How long all has to go well, as a full disk still takes a little now and then."""

Outcome = Callable[[InteractError | None], None]
"""Told how each attempt went: None when it worked. Threads may call it."""


@dataclass(slots=True)
class Trouble:
    """An ``Outcome`` of one thing.

    Attributes:
        over: What the log says when it works again.
        reason: Why it does not work; empty while it does.
        clock: Seconds that only go forward; a seam for tests.
    """

    over: str
    reason: str = ""
    clock: Callable[[], float] = time.monotonic
    _count: int = 0
    _last: float = 0.0
    _said: float = float("-inf")
    _is_told: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, error: InteractError | None) -> None:
        """Take how an attempt went."""
        if error is None and not self.reason:
            return
        with self._lock:
            if error is not None:
                self._fails(error.message)
            elif self.reason and self.clock() - self._last >= QUIET_SECONDS:
                self._works()

    def _fails(self, reason: str) -> None:
        self.reason, self._last = reason, self.clock()
        self._count += 1
        if self._last - self._said >= SAY_SECONDS:
            self._said, self._is_told = self._last, True
            more = f", {self._count:,} times so far" if self._count > 1 else ""
            log.warning("%s%s", reason, more)

    def _works(self) -> None:
        if self._is_told:
            log.info("%s, after %s", self.over, _failures(self._count))
        self.reason, self._count, self._is_told = "", 0, False


def _failures(count: int) -> str:
    return f"{count:,} failure{'' if count == 1 else 's'}"


@dataclass(frozen=True, slots=True)
class Troubles:
    """Those of a host: with its history, what keeps sessions and states, and what is counted."""

    history: Trouble = field(default_factory=lambda: Trouble("the history is written again"))
    store: Trouble = field(default_factory=lambda: Trouble("the store works again"))
    impressions: Trouble = field(default_factory=lambda: Trouble("impressions are counted again"))

    def told(self) -> dict[str, str]:
        """Return what does not work, and why."""
        all_of_them = {
            "history": self.history.reason,
            "store": self.store.reason,
            "impressions": self.impressions.reason,
        }
        return {name: reason for name, reason in all_of_them.items() if reason}
