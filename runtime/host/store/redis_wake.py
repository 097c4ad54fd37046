"""Hears from other hosts that something is due earlier than all before."""

from __future__ import annotations

import logging
import threading
from contextlib import suppress
from typing import Any

import redis

log = logging.getLogger("interact.host")
PATIENCE = 60.0
"""Seconds to wait at most: what is told while the server is away is not heard."""
_LAST = 5.0


class Wake:
    """Waits for a channel of a server, in a thread of its own that begins with the first wait."""

    def __init__(self, client: redis.Redis, channel: str, place: str) -> None:
        self._client, self._channel, self._place = client, channel, place
        self._woken, self._closing = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._listen, name="wake", daemon=True)
        self._thread.start()

    def wait(self, seconds: float | None) -> None:
        """Wait so long, or until something is told."""
        self._woken.wait(PATIENCE if seconds is None else min(seconds, PATIENCE))
        self._woken.clear()

    def wake(self) -> None:
        """End the waiting of a thread of this process."""
        self._woken.set()

    def close(self) -> None:
        """End the thread."""
        self._closing.set()
        with suppress(redis.RedisError, OSError):
            self._client.publish(self._channel, "")  # which ends the listening
        self._thread.join(_LAST)

    def _listen(self) -> None:
        while not self._closing.is_set():
            try:
                with self._client.pubsub() as heard:  # type: ignore[no-untyped-call]
                    heard.subscribe(self._channel)
                    self._woken.set()  # what was told before is not heard
                    self._check_policy()
                    while not self._closing.is_set():
                        if heard.get_message(timeout=PATIENCE) is not None:
                            self._woken.set()
            except (redis.RedisError, OSError, ValueError):
                self._closing.wait(1.0)  # until the server may be back

    def _check_policy(self) -> None:
        """Warn of a server that drops what it was given to keep."""
        about: Any = {}
        with suppress(redis.ResponseError):  # not everybody may ask
            about = self._client.info("memory")
        policy = about.get("maxmemory_policy", "noeviction")
        if about.get("maxmemory") and policy != "noeviction":
            text = "the store at %s drops keys when its memory is full (%s): states can be lost"
            log.warning(f"{text}; set maxmemory-policy noeviction", self._place, policy)
