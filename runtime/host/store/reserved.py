"""What a host has reserved in a shared store, renewed as long as the host lives and needs it.

So a reservation can be short, and what a killed host had is free soon, although a disk may take
longer for a row of the history. A host that hangs renews for so long only, too.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence

Renew = Callable[[str, Sequence[str]], None]
"""Renews what a token has reserved. It does not fail."""


class Reserved:
    """The reservations of a store. A thread renews those that are there at two looks."""

    def __init__(
        self,
        renew: Renew,
        seconds: float,
        longest: float,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._renew, self._seconds, self._longest, self._clock = renew, seconds, longest, clock
        self._held: dict[str, tuple[Sequence[str], float]] = {}
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._run, name="reserved", daemon=True)
        self._thread.start()

    def add(self, token: str, taken: Sequence[str]) -> None:
        """Renew what a token has reserved until it is dropped."""
        self._held[token] = taken, self._clock() + self._longest

    def drop(self, token: str) -> None:
        """Renew it no more."""
        self._held.pop(token, None)

    def stop(self) -> None:
        """Renew nothing any more."""
        self._stopped.set()
        self._thread.join()

    def _run(self) -> None:
        seen: set[str] = set()
        while not self._stopped.wait(self._seconds):
            held = dict(self._held)
            for token in seen & held.keys():
                taken, until = held[token]
                if token in self._held and self._clock() < until:
                    self._renew(token, taken)
            seen = set(held)
