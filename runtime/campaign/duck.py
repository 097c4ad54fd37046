"""A campaign database in a DuckDB file."""

from __future__ import annotations

import os
import re
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from interact.runtime.campaign.columns import quoted
from interact.runtime.campaign.database import HELP, Database, doing
from interact.runtime.errors import OutputError, UsageError

MEMORY = "600MB"
_ROWS = 1 << 16
_PREFIX = "duckdb:///"
_COLUMNS = (
    "SELECT table_name, column_name, data_type FROM information_schema.columns"
    " WHERE table_schema = current_schema() ORDER BY table_name, ordinal_position"
)
_NAMES = {"DOUBLE": "DOUBLE PRECISION", "TIMESTAMP WITH TIME ZONE": "TIMESTAMPTZ"}


def file_of(url: str) -> str:
    """Return the file of a database.

    Raises:
        UsageError: It is no URL of a DuckDB file.
    """
    if not url.startswith(_PREFIX) or url == _PREFIX:
        raise UsageError(f"not a database: {url}", help=HELP)
    return url.removeprefix(_PREFIX)


@contextmanager
def opened(url: str, wait: float, read_only: bool = False) -> Iterator[Database]:
    """Open a file as ``database.opened`` does, and close it in the end."""
    file = file_of(url)
    db = DuckDatabase(connect(file, wait, read_only))
    import duckdb

    try:
        yield db
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise OutputError(f"cannot {doing(read_only)} {file}: {reason}") from error
    finally:
        db.staging.close()


def connect(file: str, wait: float, read_only: bool = False) -> Any:
    """Open a DuckDB file, alone; wait so many seconds for another process that has it.

    Raises:
        UsageError: DuckDB is not installed, or there is nothing to read.
        OutputError: The file cannot be opened, or not in time.
    """
    duckdb = imported()
    if read_only and not os.path.exists(file):
        raise UsageError(f"no such file: {file}", help="interact campaign import makes it")
    until = time.monotonic() + wait
    while True:
        try:
            db = in_utc(duckdb.connect(file, read_only=read_only))
            return sparing(db) if read_only else db
        except duckdb.Error as error:
            if "lock" not in str(error).lower():
                raise OutputError(f"cannot open {file}: {str(error).splitlines()[0]}") from error
            if time.monotonic() >= until:
                raise OutputError(
                    f"another process has {file}", help="run the import again when it is done"
                ) from error
        time.sleep(0.05)


def in_utc(db: Any) -> Any:
    """Let a connection read times without a zone as those of UTC, wherever it runs."""
    db.execute("SET TimeZone = 'UTC'")
    return db


def in_memory(command: str = "campaign") -> Any:
    """Open a database in memory; what does not fit goes where temporary files go.

    Raises:
        UsageError: DuckDB is not installed.
    """
    return _aside(in_utc(imported(command).connect()))


def sparing(db: Any) -> Any:
    """Let a connection hold no more than ``MEMORY``; the rest goes where temporary files go."""
    db.execute(f"SET memory_limit = '{MEMORY}'")
    db.execute("SET preserve_insertion_order = false")
    return _aside(db)


def _aside(db: Any) -> Any:
    folder = os.path.join(tempfile.gettempdir(), f"interact-{os.getpid()}.duckdb")
    db.execute("SET temp_directory = " + literal(folder))
    return db


def batches(found: Any) -> Any:
    """Return a reader of the record batches of a query, which come as they are read."""
    return getattr(found, "to_arrow_reader", found.fetch_record_batch)(_ROWS)


def literal(text: str) -> str:
    """Return a text as SQL writes it.

    >>> literal("it's")
    "'it''s'"
    """
    return "'" + text.replace("'", "''") + "'"


def parquet(files: Iterable[str], options: str = "") -> str:
    """Return SQL that reads files of these very names: no patterns, no columns out of folders."""
    escaped = (re.sub(r"([*?\[])", r"[\1]", file) for file in files)
    listed = ", ".join(map(literal, escaped))
    return f"read_parquet([{listed}], hive_partitioning = false{options})"


def imported(command: str = "campaign") -> Any:
    """Return DuckDB.

    Args:
        command: Which one needs it; the extra has the same name.

    Raises:
        UsageError: It is not installed.
    """
    try:
        import duckdb
    except ModuleNotFoundError as error:
        raise UsageError(
            f"interact {command} needs duckdb", help=f"pip install 'interact-dsl[{command}]'"
        ) from error
    return duckdb


@dataclass(frozen=True, slots=True)
class DuckDatabase:
    """``database.Database`` over a connection, which is its own staging."""

    staging: Any

    def name(self, name: str) -> str:
        return quoted(name)

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        found: list[tuple[Any, ...]] = self.staging.execute(sql, list(values)).fetchall()
        return found

    def stream(self, sql: str) -> Iterator[Any]:
        yield from batches(self.staging.sql(sql))

    def change(self, sql: str, *values: Any) -> int:
        ((count,),) = self.rows(sql, *values)
        return int(count)

    def define(self, sql: str) -> None:
        self.staging.execute(sql)

    def can_fill(self, kind: str) -> bool:
        return True

    def create(self, table: str, columns: Iterable[tuple[str, str]]) -> None:
        listed = ", ".join(f"{quoted(name)} {kind}" for name, kind in columns)
        self.define(f"CREATE TABLE IF NOT EXISTS {quoted(table)} ({listed})")

    def tables(self) -> dict[str, dict[str, str]]:
        found: dict[str, dict[str, str]] = {}
        for table, name, kind in self.rows(_COLUMNS):
            found.setdefault(table.lower(), {})[name] = _NAMES.get(kind, kind)
        return found

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self.define("BEGIN")
        try:
            yield
        except BaseException:
            self.define("ROLLBACK")
            raise
        self.define("COMMIT")

    def add(self, table: str, columns: Sequence[str], select: str) -> None:
        self._insert(table, columns, select)

    def add_new(
        self, table: str, columns: Sequence[str], select: str, among: Sequence[str], likely: bool
    ) -> int:
        first = quoted(columns[0])
        there = " AND ".join(
            f"NOT EXISTS (SELECT 1 FROM {quoted(t)} AS had WHERE had.{first} = new.{first})"
            for t in among
        )
        listed = ", ".join(map(quoted, columns))
        new = f"SELECT * FROM ({select}) AS new({listed}) WHERE {there}"
        return self._insert(table, columns, new)

    def _insert(self, table: str, columns: Sequence[str], select: str) -> int:
        listed = ", ".join(map(quoted, columns))
        return self.change(f"INSERT INTO {quoted(table)} ({listed}) {select}")
