"""A campaign database in PostgreSQL: rows are staged in DuckDB and copied in bulk.

An import holds an advisory lock of its schema, so that two of them come one after the other.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from interact.runtime.campaign.columns import IDENTIFIED, quoted
from interact.runtime.campaign.database import Database, SeenBefore, Unreadable, Unwritable, doing
from interact.runtime.campaign.duck import batches, imported, in_memory
from interact.runtime.campaign.postgres_types import can_fill, columns_in, types_of
from interact.runtime.campaign.urls import checked
from interact.runtime.errors import OutputError, UsageError

_DUPLICATE = "23505"
_NO_TEXT = "22021"
_STAGED = "interact_staged"
_SESSION = (
    "SET client_encoding TO 'UTF8'",
    "SET TIME ZONE 'UTC'",
    "SET standard_conforming_strings TO on",
)
_ONE_STATE = "SET SESSION CHARACTERISTICS AS TRANSACTION ISOLATION LEVEL REPEATABLE READ"
"""What is read comes from one moment, whoever imports meanwhile."""


@contextmanager
def opened(url: str, wait: float, read_only: bool = False) -> Iterator[Database]:
    """Open a database as ``database.opened`` does, and close it in the end."""
    shown, driver = checked(url), _driver()
    duckdb = imported()
    try:
        connection = driver.connect(url)
    except driver.Error as error:
        raise OutputError(f"cannot open {shown}: {_reason(error)}") from error
    schemas = "current_schemas(false)" if read_only else "ARRAY[current_schema()]"
    db = PostgresDatabase(connection, in_memory(), schemas)
    try:
        with db.transaction():
            for setting in (*_SESSION, *(_ONE_STATE,) * read_only):
                db.define(setting)
        if not read_only:
            _lock(db, wait, shown)
        yield db
    except (driver.Error, duckdb.Error, Unreadable) as error:
        raise OutputError(f"cannot {doing(read_only)} {shown}: {_reason(error)}") from error
    finally:
        db.staging.close()
        _close(driver, connection)


def _driver() -> Any:
    try:
        import adbc_driver_postgresql.dbapi as driver
    except ModuleNotFoundError as error:
        raise UsageError(
            "PostgreSQL needs adbc-driver-postgresql", help="pip install 'interact-dsl[postgres]'"
        ) from error
    return driver


def _reason(error: Any) -> str:
    """Return what the server says, without what drivers put around it."""
    told = dict(getattr(error, "details", None) or ()).get("PG_DIAG_MESSAGE_PRIMARY")
    if told is None:
        told = str(error).strip().splitlines()[0]
        for before in ("ERROR:  ", "FATAL:  ", "[libpq] "):
            told = told.split(before)[-1]
    return told.decode(errors="replace") if isinstance(told, bytes) else str(told)


def _close(driver: Any, connection: Any) -> None:
    with suppress(driver.Error):  # the server may be gone, and with it the transaction
        connection.close()


def _lock(db: PostgresDatabase, wait: float, shown: str) -> None:
    until = time.monotonic() + wait
    key = "hashtextextended('interact campaign ' || current_schema(), 0)"
    while True:
        with db.transaction():
            ((got,),) = db.rows(f"SELECT pg_try_advisory_lock({key})")
        if got:
            return
        if got is None:
            raise OutputError(
                f"no schema of the search path is there in {shown}", help="make one, or name others"
            )
        if time.monotonic() >= until:
            raise OutputError(
                f"another process imports into {shown}",
                help="run the import again when it is done",
            )
        time.sleep(0.05)


@dataclass(frozen=True, slots=True)
class PostgresDatabase:
    """``database.Database`` over an ADBC connection.

    Attributes:
        schemas: SQL for those whose tables count: for imports the one that they write to.
        repeating: Tables that were found to have rows of a batch already.
    """

    connection: Any
    staging: Any
    schemas: str
    repeating: set[str] = field(default_factory=set)

    def name(self, name: str) -> str:
        return quoted(name.lower())

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        with self.connection.cursor() as cursor:
            cursor.execute(sql, values or None)
            found: list[tuple[Any, ...]] = cursor.fetchall()
        return found

    def stream(self, sql: str) -> Iterator[Any]:
        with self.connection.cursor() as cursor:
            cursor.execute(sql)
            reader = iter(cursor.fetch_record_batch())
            while True:
                try:
                    batch = next(reader, None)
                except (OSError, pa.ArrowException) as error:
                    raise Unreadable(_reason(error)) from error
                if batch is None:
                    return
                yield batch

    def change(self, sql: str, *values: Any) -> int:
        counted = f"WITH done AS ({sql} RETURNING 1) SELECT count(*) FROM done"
        return int(self.rows(counted, *values)[0][0])

    def define(self, sql: str) -> None:
        with self.connection.cursor() as cursor:
            cursor.execute(sql)

    def can_fill(self, kind: str) -> bool:
        return can_fill(kind)

    def create(self, table: str, columns: Iterable[tuple[str, str]]) -> None:
        key = IDENTIFIED.get(table)
        listed = ", ".join(
            f"{self.name(name)} {kind}{' PRIMARY KEY' * (name == key)}" for name, kind in columns
        )
        self.define(f"CREATE TABLE IF NOT EXISTS {self.name(table)} ({listed})")
        if table == "UA_DtlContactHist":  # responses look among the latest contacts
            self.define(f"CREATE INDEX ON {self.name(table)} USING brin (contactdatetime)")

    def tables(self) -> dict[str, dict[str, str]]:
        return types_of(self.rows(columns_in(self.schemas)))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        try:
            yield
        except BaseException:
            self.connection.rollback()
            raise
        self.connection.commit()

    def add(self, table: str, columns: Sequence[str], select: str) -> None:
        self._copy(table, columns, select)

    def add_new(
        self, table: str, columns: Sequence[str], select: str, among: Sequence[str], likely: bool
    ) -> int:
        """Copy straight into the table; a table that has rows already is copied to aside.

        Raises:
            SeenBefore: It had some. The transaction is void, and the table known.
            Unwritable: A text has a character that the database does not take.
        """
        if not likely or tuple(among) != (table,) or table in self.repeating:
            return self._compare(table, columns, select, among)
        try:
            return self._copy(table, columns, select)
        except Exception as error:
            if getattr(error, "sqlstate", None) != _DUPLICATE:
                raise
            self.repeating.add(table)
            raise SeenBefore(table) from error

    def _compare(
        self, table: str, columns: Sequence[str], select: str, among: Sequence[str]
    ) -> int:
        """Copy the rows whose names are nowhere; only names are sent to find out."""
        first = self.name(columns[0])
        self.define(
            f"CREATE TEMP TABLE {_STAGED} ON COMMIT DROP AS SELECT {first}"
            f" FROM {self.name(table)} LIMIT 0"
        )
        given = f"SELECT * FROM ({select}) AS new({', '.join(quoted(c.lower()) for c in columns)})"
        self._copy(_STAGED, columns[:1], f"SELECT {first} FROM ({given})")
        there = " AND ".join(
            f"NOT EXISTS (SELECT 1 FROM {self.name(t)} AS had WHERE had.{first} = new.{first})"
            for t in among
        )
        with self.connection.cursor() as cursor:
            cursor.execute(f"SELECT {first} FROM {_STAGED} AS new WHERE {there}")
            missing = cursor.fetch_arrow_table()
        self.define(f"DROP TABLE {_STAGED}")
        if not missing.num_rows:
            return 0
        self.staging.register("interact_missing", missing)
        try:
            return self._copy(table, columns, f"{given} SEMI JOIN interact_missing USING ({first})")
        finally:
            self.staging.unregister("interact_missing")

    def _copy(self, table: str, columns: Sequence[str], select: str) -> int:
        listed = ", ".join(quoted(name.lower()) for name in columns)
        found = self.staging.sql(f"SELECT * FROM ({select}) AS new({listed})")
        reader = batches(found)
        aside = table == _STAGED
        try:
            with self.connection.cursor() as cursor:
                return int(cursor.adbc_ingest(table.lower(), reader, "append", temporary=aside))
        except Exception as error:
            if getattr(error, "sqlstate", None) == _NO_TEXT:
                raise Unwritable(_reason(error)) from error
            raise
