"""Profiles that take a while: fetched in threads of their own, while other sessions go on."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

from interact.runtime.errors import DataError, InteractError
from interact.runtime.host.profiles.source import Key, Profile, ProfileSource
from interact.runtime.host.store.protocol import Busy

log = logging.getLogger("interact.serve")
KEEP_SECONDS = 5.0
SAY_SECONDS = 10.0
Wake = Callable[[], None]
Observe = Callable[[str, float], None]
"""Told of an outcome (found, unknown, failed) and the seconds that it took."""


@dataclass(slots=True)
class _Fetch:
    """A profile that is being fetched, or was.

    Attributes:
        begun: When it was asked for.
        waiting: Who is to be told; None when it is there.
        takers: How many were told, and will ask for it.
        ended: When it was there.
    """

    begun: float
    waiting: list[Wake] | None = field(default_factory=list)
    takers: int = 0
    found: Profile | None = None
    error: InteractError | None = None
    ended: float = 0.0


@dataclass(slots=True)
class FetchedProfiles:
    """Fetches profiles from a source that blocks.

    Attributes:
        seconds: How long a profile may wait for a thread.
        observe: Told of each; called in these threads.
        clock: Seconds that only go forward; a seam for tests.
    """

    source: ProfileSource
    threads: int
    seconds: float
    observe: Observe = lambda outcome, seconds: None
    clock: Callable[[], float] = time.monotonic
    _fetches: dict[Key, _Fetch] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _pool: ThreadPoolExecutor = field(init=False)
    _said: float = float("-inf")

    def __post_init__(self) -> None:
        self._pool = ThreadPoolExecutor(self.threads, "profiles")

    def load(self, key: Key) -> Profile | None:
        """Return a profile that was fetched for this call.

        Raises:
            Busy: It is being fetched; ask again then.
            InteractError: It could not be.
        """
        with self._lock:
            fetch = self._fetches.get(key)
            if fetch is not None and fetch.waiting is None and self._is_old(fetch):
                fetch = None  # who asked for it never came
            if fetch is not None and fetch.waiting is None:
                fetch.takers -= 1
                if fetch.takers <= 0:
                    del self._fetches[key]
                if fetch.error is not None:
                    raise fetch.error
                return fetch.found
            if fetch is None:
                self._forget()
                fetch = self._fetches[key] = _Fetch(self.clock())
                self._pool.submit(self._fetch, key, fetch)
        raise Busy(partial(self._subscribe, fetch))

    def close(self) -> None:
        """End the threads, and let go of the source."""
        self._pool.shutdown(cancel_futures=True)
        self.source.close()

    def _subscribe(self, fetch: _Fetch, wake: Wake) -> None:
        with self._lock:
            fetch.takers += 1
            if fetch.waiting is not None:
                fetch.waiting.append(wake)
                return
        wake()

    def _fetch(self, key: Key, fetch: _Fetch) -> None:
        try:
            if self.clock() - fetch.begun > self.seconds:
                raise DataError("the database does not keep up")
            fetch.found = self.source.load(key)
        except InteractError as error:
            fetch.error = error
        except Exception as error:
            log.exception("a profile cannot be fetched")
            fetch.error = DataError(f"a bug: {type(error).__name__}")
        self._tell(fetch)
        with self._lock:
            fetch.ended = self.clock()
            waiting, fetch.waiting = fetch.waiting or [], None
        for wake in waiting:
            wake()

    def _tell(self, fetch: _Fetch) -> None:
        outcome = "failed" if fetch.error else "unknown" if fetch.found is None else "found"
        self.observe(outcome, self.clock() - fetch.begun)
        if fetch.error is not None and self.clock() - self._said > SAY_SECONDS:
            self._said = self.clock()
            log.warning("a profile was not loaded: %s", fetch.error.message)

    def _forget(self) -> None:
        """Drop what nobody came for."""
        for key, fetch in list(self._fetches.items()):
            if fetch.waiting is None and self._is_old(fetch):
                del self._fetches[key]

    def _is_old(self, fetch: _Fetch) -> bool:
        return self.clock() - fetch.ended > KEEP_SECONDS
