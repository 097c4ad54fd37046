"""The file of users, read anew when it changes: who is taken out of it is out, with all tokens."""

from __future__ import annotations

import asyncio
import logging
import os
from contextlib import suppress
from dataclasses import dataclass

from interact.runtime.errors import UsageError
from interact.runtime.serve.users import Gate, read_users

log = logging.getLogger("interact.serve")
Mark = tuple[int, ...]


@dataclass(slots=True)
class Admission:
    """Keeps a gate by a file of users. A broken file changes nothing.

    Attributes:
        poll_seconds: How often to look at the file.
        refused: Why the file is not taken as it is now; empty when it is.
    """

    path: str
    gate: Gate
    poll_seconds: float = 2.0
    refused: str = ""
    _seen: Mark = ()
    _taken: Mark = ()

    @property
    def count(self) -> int:
        """How many users may call."""
        return len(self.gate.users or {})

    async def run(self, asked: asyncio.Event) -> None:
        """Look again and again until cancelled, and at once when asked."""
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(asked.wait(), self.poll_seconds)
            anew = asked.is_set()
            asked.clear()
            await asyncio.to_thread(self.look, anew=anew)

    def look(self, *, anew: bool = False) -> None:
        """Take the users of the file when it has changed and was the same at two looks, or when
        asked to."""
        found = _mark(self.path)
        is_settled, self._seen = found == self._seen, found
        if anew or (is_settled and found != self._taken):
            self._taken = found
            self._take()

    def _take(self) -> None:
        try:
            users = read_users(self.path)
        except UsageError as error:
            if error.message != self.refused:
                log.error("the users stay as they were: %s", error.message)
            self.refused = error.message
            return
        except Exception as error:  # a bug here must not end the watch
            log.exception("the users stay as they were")
            self.refused = type(error).__name__
            return
        before, self.refused = dict(self.gate.users or {}), ""
        self.gate.take(users)
        gone = sum(users.get(name) != kept for name, kept in before.items())
        log.info("users: %d may call, %d are out or have another password", len(users), gone)


def open_users(path: str, poll_seconds: float) -> Admission:
    """Read a file of users.

    Raises:
        UsageError: It cannot be read, or a line is no user.
    """
    mark = _mark(path)
    return Admission(path, Gate(read_users(path)), poll_seconds, "", mark, mark)


def _mark(path: str) -> Mark:
    """Return what changes with a file; nothing for one that is gone."""
    try:
        found = os.stat(path)
    except OSError:
        return ()
    return found.st_ino, found.st_size, found.st_mtime_ns
