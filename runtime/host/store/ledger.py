"""Where the impressions that were given are counted, by limit."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import quote

from interact.compiler.core.impressions import Used
from interact.runtime.errors import OutputError
from interact.runtime.host.trouble import Outcome

_WAIT_SECONDS = 5.0
_TABLE = """CREATE TABLE IF NOT EXISTS impressions
(key TEXT PRIMARY KEY, total INTEGER, interval INTEGER, within INTEGER) WITHOUT ROWID"""
_READ = "SELECT total, interval, within FROM impressions WHERE key = ?"
_WRITE = "INSERT OR REPLACE INTO impressions VALUES (?, ?, ?, ?)"
Change = Callable[[Used], Used]


class Ledger(Protocol):
    """Counts of all hosts that share them; threads do, too."""

    def update(self, key: str, change: Change) -> Used:
        """Change what was given of a limit, nothing when it is new; return what it is now.

        Nobody else changes it in between. ``change`` may be called again when someone did.

        Raises:
            OutputError: It is as it was.
        """

    def close(self) -> None:
        """Let go of what it is kept in."""


@dataclass(slots=True)
class MemoryLedger:
    """Counts of this process, for as long as it lives."""

    held: dict[str, Used] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def update(self, key: str, change: Change) -> Used:
        """Change what was given of a limit; return what it is now."""
        with self._lock:
            self.held[key] = found = change(self.held.get(key, Used()))
            return found

    def close(self) -> None:
        """Do nothing: the counts go with the process."""


@dataclass(slots=True)
class FileLedger:
    """Counts in a file that the processes of one machine can share; a killed one loses nothing.

    Attributes:
        outcome: Told of each change how it went.
    """

    path: str
    connection: sqlite3.Connection
    outcome: Outcome = lambda error: None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def update(self, key: str, change: Change) -> Used:
        """Change what was given of a limit; return what it is now."""
        try:
            with self._lock, self.connection:
                self.connection.execute("BEGIN IMMEDIATE")
                row = self.connection.execute(_READ, (key,)).fetchone()
                found = change(Used() if row is None else Used(*row))
                self.connection.execute(_WRITE, (key, found.total, found.interval, found.within))
        except sqlite3.Error as error:
            broken = _broken(self.path, error)
            self.outcome(broken)
            raise broken from error
        self.outcome(None)
        return found

    def close(self) -> None:
        """Close the file."""
        self.connection.close()


def open_ledger(path: str, outcome: Outcome = lambda error: None) -> FileLedger:
    """Open the counts in a file, which is made when it is not there.

    Args:
        path: The file.
        outcome: Told of each change how it went.

    Raises:
        OutputError: It cannot be written, or is something else.
    """
    try:
        connection = sqlite3.connect(
            path, timeout=_WAIT_SECONDS, isolation_level=None, check_same_thread=False
        )
        connection.execute("PRAGMA journal_mode = WAL")
        connection.execute("PRAGMA synchronous = NORMAL")
        connection.execute(_TABLE)
    except sqlite3.Error as error:
        raise _broken(path, error) from error
    return FileLedger(path, connection, outcome)


def read_ledger(path: str) -> dict[str, Used]:
    """Return what is counted in a file, by limit.

    Raises:
        OutputError: It cannot be read, or is something else.
    """
    try:
        connection = sqlite3.connect(f"file:{quote(path)}?mode=ro", uri=True, timeout=_WAIT_SECONDS)
        try:
            rows = connection.execute("SELECT key, total, interval, within FROM impressions")
            return {key: Used(*counts) for key, *counts in rows}
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise _broken(path, error) from error


def _broken(path: str, error: sqlite3.Error) -> OutputError:
    return OutputError(f"cannot count impressions in {path}: {error}")
