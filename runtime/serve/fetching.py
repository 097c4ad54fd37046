"""Versions that other hosts serve, for sessions that began there.

They are loaded in threads of their own: a call that needs one waits for it, and the others go on.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial

from interact.runtime.errors import InteractError
from interact.runtime.host.deployment import Deployment
from interact.runtime.host.store.protocol import Busy

log = logging.getLogger("interact.serve")
FORGET_SECONDS = 30.0
Wake = Callable[[], None]


@dataclass(slots=True)
class Fetching:
    """Finds versions.

    Attributes:
        ready: Returns a version that is loaded.
        load: Loads one; None when nobody has it.
        clock: Seconds that only go forward; a seam for tests.
    """

    ready: Callable[[str], Deployment | None]
    load: Callable[[str], Deployment | None]
    clock: Callable[[], float] = time.monotonic
    _waiting: dict[str, list[Wake]] = field(default_factory=dict)
    _absent: dict[str, float] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, version: str) -> Deployment | None:
        """Return a version; None when it cannot be had, for a while.

        Raises:
            Busy: It is being loaded; ask again then.
        """
        found = self.ready(version)
        if found is not None:
            return found
        with self._lock:
            if (found := self.ready(version)) is not None:  # it may have come meanwhile
                return found
            if self._absent.get(version, 0.0) > self.clock():
                return None
            if version not in self._waiting:
                self._waiting[version] = []
                name = f"version-{version[:12]}"
                threading.Thread(
                    target=self._fetch, args=(version,), name=name, daemon=True
                ).start()
        raise Busy(partial(self._subscribe, version))

    def _subscribe(self, version: str, wake: Wake) -> None:
        with self._lock:
            waiting = self._waiting.get(version)
            if waiting is not None:
                waiting.append(wake)
                return
        wake()

    def _fetch(self, version: str) -> None:
        found = None
        try:
            found = self.load(version)
        except InteractError as error:
            log.error("a session's version cannot be loaded: %s", error.message)
        except Exception:
            log.exception("a session's version cannot be loaded")
        with self._lock:
            if found is None:
                self._absent[version] = self.clock() + FORGET_SECONDS
            waiting = self._waiting.pop(version)
        for wake in waiting:
            wake()
