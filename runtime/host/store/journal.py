"""A journal in a SQLite file: what is committed survives the process.

One process writes. A commit waits for the file, not for the disk: it survives whatever happens to
the process, but the last moments may be lost when the machine loses its power. Pages go from the
log to the file in a thread of its own, so that no call waits for that.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from interact.runtime.errors import UsageError
from interact.runtime.history.locks import Lock, take_lock
from interact.runtime.host.session import Owner, Session
from interact.runtime.host.states import CustomerState
from interact.runtime.host.store.protocol import StoreError
from interact.runtime.host.store.stored import (
    FORM,
    Saved,
    owner_text,
    saved_session,
    saved_state,
    session_bytes,
    state_bytes,
)
from interact.runtime.host.trouble import Outcome

FILE = "states.sqlite"
_TABLES = """
CREATE TABLE IF NOT EXISTS states (owner TEXT PRIMARY KEY, state BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS planned (id TEXT PRIMARY KEY, session BLOB NOT NULL) WITHOUT ROWID;
"""
_PAGES = 2_000
"""Commits between two times of moving pages."""


@dataclass(slots=True)
class SqliteJournal:
    """See ``Journal``. ``open_journal`` makes it; calls come one at a time.

    Attributes:
        outcome: Told of each write how it went.
    """

    path: Path
    database: sqlite3.Connection
    lock: Lock
    outcome: Outcome = lambda error: None
    _count: int = 0
    _full: threading.Event = field(default_factory=threading.Event)
    _is_closing: bool = False
    _thread: threading.Thread | None = None

    def state(self, owner: Owner) -> CustomerState | None:
        """Return the state of a customer; None when nothing was kept."""
        try:
            asked = "SELECT state FROM states WHERE owner = ?"
            found = self.database.execute(asked, (owner_text(owner),)).fetchone()
        except sqlite3.Error as error:
            raise self._failed("read", error) from error
        return None if found is None else saved_state(found[0])

    def pending(self) -> Sequence[Saved]:
        """Return the sessions that have something to do."""
        try:
            found = self.database.execute("SELECT session FROM planned ORDER BY id").fetchall()
        except sqlite3.Error as error:
            raise self._failed("read", error) from error
        return [saved_session(data) for (data,) in found]

    def write(
        self,
        states: Iterable[tuple[Owner, CustomerState]],
        planned: Iterable[Session],
        done: Iterable[str],
    ) -> None:
        """Keep states and sessions, and forget sessions by id; all or nothing."""
        kept = [(owner_text(owner), state_bytes(state)) for owner, state in states]
        sessions = [(session.id, session_bytes(session)) for session in planned]
        database = self.database
        try:
            database.execute("BEGIN IMMEDIATE")
            try:
                database.executemany("INSERT OR REPLACE INTO states VALUES (?, ?)", kept)
                database.executemany("INSERT OR REPLACE INTO planned VALUES (?, ?)", sessions)
                database.executemany("DELETE FROM planned WHERE id = ?", [(id,) for id in done])
                database.execute("COMMIT")
            except sqlite3.Error:
                if database.in_transaction:
                    database.execute("ROLLBACK")
                raise
        except sqlite3.Error as error:
            failed = self._failed("write", error)
            self.outcome(failed)
            raise failed from error
        self.outcome(None)
        self._count += 1
        if self._count % _PAGES == 0:
            self._full.set()

    def close(self) -> None:
        """Move all pages to the file, and let go of it."""
        self._is_closing = True
        self._full.set()
        if self._thread is not None:
            self._thread.join()
        self.database.close()
        self.lock.release()

    def _move_pages(self) -> None:
        mover = sqlite3.connect(self.path, isolation_level=None)
        while self._full.wait() and not self._is_closing:
            self._full.clear()
            with suppress(sqlite3.Error):  # it is tried again, and whoever writes is told
                mover.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        mover.close()

    def _failed(self, what: str, error: sqlite3.Error) -> StoreError:
        return StoreError(f"cannot {what} the states in {self.path}: {error}")


def open_journal(folder: str, outcome: Outcome = lambda error: None) -> SqliteJournal:
    """Open the journal of a folder, which is made when it is not there.

    Args:
        folder: Of one host at a time.
        outcome: Told of each write how it went.

    Raises:
        UsageError: It cannot be, or a living process has it.
    """
    place = Path(folder)
    try:
        place.mkdir(parents=True, exist_ok=True)
        lock = take_lock(place)
    except OSError as error:
        raise UsageError(
            f"cannot keep states in {folder}: {error.strerror}",
            help="they are kept in the folder of --history, or in that of --store",
        ) from error
    if lock is None:
        raise UsageError(
            f"another host keeps its states in {folder}",
            help="give each host a folder of its own with --store DIR, or let them share a Redis",
        )
    path = place / FILE
    try:
        database = _opened(path)
    except sqlite3.Error as error:
        lock.release()
        raise UsageError(f"cannot keep states in {path}: {error}") from error
    journal = SqliteJournal(path, database, lock, outcome)
    journal._thread = threading.Thread(target=journal._move_pages, name="pages", daemon=True)
    journal._thread.start()
    return journal


def _opened(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    for pragma in ("journal_mode = WAL", "synchronous = NORMAL", "wal_autocheckpoint = 0"):
        database.execute(f"PRAGMA {pragma}").fetchall()
    (form,) = database.execute("PRAGMA user_version").fetchone()
    if form not in (0, FORM):
        database.close()
        raise sqlite3.DatabaseError("another version of this program wrote it")
    database.executescript(_TABLES)
    database.execute(f"PRAGMA user_version = {FORM}")
    return database
