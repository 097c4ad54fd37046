"""Connections to databases: one for each thread, closed when nobody needs them."""

from __future__ import annotations

import os
import threading
import weakref
from contextlib import suppress
from typing import Any, TypeAlias

Stamp: TypeAlias = tuple[int, int]
"""Which file has a name: another one when it was replaced."""


def stamp_of(file: str) -> Stamp:
    """Return which file has a name now.

    Raises:
        OSError: There is none.
    """
    found = os.stat(file)
    return found.st_dev, found.st_ino


class Owned(threading.local):
    """A thread's connection, closed when the thread or the driver is gone.

    Attributes:
        every: Those of all threads.
        stamp: Of the file that it was opened from.
    """

    def __init__(self, every: list[weakref.ref[_Connection]]) -> None:
        self.every = every
        self.held: _Connection | None = None
        self.stamp: Stamp | None = None

    def hold(self, db: Any, stamp: Stamp | None = None) -> Any:
        """Keep a connection for this thread; return it."""
        self.held, self.stamp = _Connection(db), stamp
        self.every[:] = [found for found in self.every if found() is not None]
        self.every.append(weakref.ref(self.held))
        return db

    def close(self) -> None:
        """Close the connections of all threads."""
        for found in self.every:
            if (connection := found()) is not None:
                connection.db.close()


class _Connection:
    def __init__(self, db: Any) -> None:
        self.db = db

    def __del__(self) -> None:
        with suppress(Exception):
            self.db.close()
