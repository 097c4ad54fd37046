"""Databases that profiles can come from, each with a connection for each thread."""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Protocol

from interact.runtime.errors import DataError, UsageError
from interact.runtime.host.profiles.connections import Owned, Stamp, stamp_of

Rows = tuple[list[str], list[tuple[Any, ...]]]
"""Names of columns, and rows."""


class Unreachable(DataError):
    """The database cannot be reached now."""


class Driver(Protocol):
    """Asks a database, each thread by a connection of its own.

    Attributes:
        mark: What stands for a value in a query.
    """

    mark: str

    def ask(self, sql: str, values: Sequence[Any]) -> Rows:
        """Return what a query gives.

        Raises:
            Unreachable: There is no connection.
            DataError: The query fails, or takes too long.
        """
        ...

    def close(self) -> None:
        """Close all connections."""
        ...


@dataclass(slots=True)
class SqliteDriver:
    """A file of SQLite, read only."""

    file: str
    timeout: float
    mark: str = "?"
    _own: Owned = field(default_factory=lambda: Owned([]))

    def close(self) -> None:
        """Close all connections."""
        self._own.close()

    def ask(self, sql: str, values: Sequence[Any]) -> Rows:
        """Return what a query gives."""
        until = time.monotonic() + self.timeout
        try:
            db = self._connection()
        except (OSError, sqlite3.Error) as error:
            raise Unreachable(_reason(error)) from error
        try:
            db.set_progress_handler(lambda: time.monotonic() > until, 1000)
            found = db.execute(sql, [_plain(v) for v in values])
            return [column[0] for column in found.description], found.fetchall()
        except sqlite3.Error as error:
            raise _failed(error, time.monotonic() > until) from error

    def _connection(self) -> Any:
        stamp, own = stamp_of(self.file), self._own
        if own.held is not None and own.stamp == stamp:
            return own.held.db
        name = self.file.replace("%", "%25").replace("?", "%3f").replace("#", "%23")
        found = sqlite3.connect(
            f"file:{name}?mode=ro", uri=True, timeout=self.timeout, check_same_thread=False
        )  # no other thread uses it, but one may close it
        return own.hold(found, stamp)


@dataclass(slots=True)
class DuckDbDriver:
    """A file of DuckDB, read only."""

    file: str
    timeout: float
    mark: str = "?"
    _whole: Any = None
    _stamp: Stamp | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _own: Owned = field(default_factory=lambda: Owned([]))

    def close(self) -> None:
        """Close all connections."""
        with self._lock:
            self._close()

    def ask(self, sql: str, values: Sequence[Any]) -> Rows:
        """Return what a query gives."""
        import duckdb

        try:
            db = self._cursor(duckdb)
        except (OSError, duckdb.Error) as error:
            raise Unreachable(_reason(error)) from error
        watch = threading.Timer(self.timeout, db.interrupt)
        watch.start()
        try:
            found = db.execute(sql, list(values))
            return [column[0] for column in found.description], found.fetchall()
        except (duckdb.Error, RuntimeError) as error:
            raise _failed(error, isinstance(error, duckdb.InterruptException)) from error
        finally:
            watch.cancel()

    def _cursor(self, duckdb: Any) -> Any:
        stamp, own = stamp_of(self.file), self._own
        with self._lock:
            if self._whole is None or self._stamp != stamp:
                self._close()  # of all threads: a file is opened once in a process
                self._whole, self._stamp = duckdb.connect(self.file, read_only=True), stamp
            if own.held is None or own.stamp != stamp:
                return own.hold(self._whole.cursor(), stamp)
        return own.held.db

    def _close(self) -> None:
        self._own.close()
        if self._whole is not None:
            self._whole.close()
            self._whole = None


@dataclass(slots=True)
class PostgresDriver:
    """A PostgreSQL server; a connection that broke is made anew."""

    url: str
    timeout: float
    mark: str = "%s"
    _own: Owned = field(default_factory=lambda: Owned([]))

    def close(self) -> None:
        """Close all connections."""
        self._own.close()

    def ask(self, sql: str, values: Sequence[Any]) -> Rows:
        """Return what a query gives."""
        import psycopg

        for is_last in (False, True):
            db, is_new = self._connection(psycopg)
            try:
                found = db.execute(sql, list(values))
                return [column.name for column in found.description or ()], found.fetchall()
            except psycopg.errors.QueryCanceled as error:
                raise _failed(error, True) from error
            except psycopg.OperationalError as error:
                self._own.held = None
                if is_new or is_last:
                    raise Unreachable(_reason(error)) from error
            except (
                psycopg.errors.FeatureNotSupported,  # a column is another one than was prepared
                psycopg.errors.InvalidSqlStatementName,  # a pooler prepared it elsewhere
            ) as error:
                self._own.held = None
                if is_new or is_last:
                    raise _failed(error, False) from error
            except psycopg.Error as error:
                raise _failed(error, False) from error
        raise AssertionError("one of the two returns or raises")

    def _connection(self, psycopg: Any) -> tuple[Any, bool]:
        if self._own.held is not None and not self._own.held.db.closed:
            return self._own.held.db, False
        milliseconds = max(1, round(self.timeout * 1000))
        try:
            db = psycopg.connect(
                self.url,
                autocommit=True,
                connect_timeout=max(2, round(self.timeout)),
                tcp_user_timeout=max(1000, milliseconds),
                application_name="interact",
            )
            self._own.hold(db)
            db.execute(f"SET statement_timeout = {milliseconds}")
            db.execute("SET default_transaction_read_only = on")
        except psycopg.Error as error:
            raise Unreachable(_reason(error)) from error
        return db, True


def open_driver(url: str, timeout: float) -> Driver:
    """Return the driver of a database.

    Raises:
        UsageError: It is no such URL, the file is not there, or its library is not installed.
    """
    scheme, _, rest = url.partition("://")
    if scheme in ("sqlite", "duckdb"):
        file = rest.removeprefix("/")
        if not os.path.isfile(file):
            raise UsageError(f"no such database: {file}")
        if scheme == "sqlite":
            return SqliteDriver(file, timeout)
        _needs("duckdb")
        return DuckDbDriver(file, timeout)
    if scheme in ("postgresql", "postgres"):
        _needs("psycopg")
        return PostgresDriver(url, timeout)
    raise UsageError(
        "profiles come from sqlite:///FILE, duckdb:///FILE or postgresql://USER@HOST/DATABASE"
    )


def _needs(module: str) -> None:
    from importlib.util import find_spec

    if find_spec(module) is None:
        raise UsageError(f"profiles need {module}", help="pip install 'interact-dsl[profiles]'")


def _failed(error: BaseException, is_late: bool) -> DataError:
    return DataError("the database took too long" if is_late else _reason(error))


def _reason(error: BaseException) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0]


def _plain(value: Any) -> Any:
    """Return a value as SQLite can bind it."""
    if isinstance(value, Decimal):
        return float(value)
    return value.isoformat() if isinstance(value, date) else value
