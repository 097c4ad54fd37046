"""Where reports read: a history of files, or a campaign database.

Each kind says in SQL what contacts and responses are (``history.py``, ``campaign.py``); what is
counted of them is in ``cube``.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, Protocol

from interact.runtime.campaign.database import HELP
from interact.runtime.campaign.duck import in_memory, sparing
from interact.runtime.campaign.urls import without_password
from interact.runtime.errors import DataError, UsageError
from interact.runtime.report.activity import fill_activity
from interact.runtime.report.cube import Period, cube_query, kinds_query


class Source(Protocol):
    """Fills tables that the sections read."""

    @property
    def shown(self) -> str:
        """Where it is, without a password."""

    @property
    def notes(self) -> list[str]:
        """What people should know of the source."""

    def fill(self, db: Any, period: Period) -> None:
        """Make the tables ``cube``, ``kinds`` and ``activity`` in a database in memory."""


def open_source(name: str) -> Source:
    """Return the source of a folder or URL.

    Raises:
        UsageError: It is neither.
    """
    if name.startswith(("postgresql:", "postgres:")):
        from interact.runtime.report.postgres import PostgresSource

        return PostgresSource(name)
    if name.startswith("duckdb:///") and name != "duckdb:///":
        from interact.runtime.report.campaign import DuckDbSource

        return DuckDbSource(name.removeprefix("duckdb:///"))
    if "://" in name:
        raise UsageError(f"not a database: {without_password(name)}", help=HELP)
    from interact.runtime.report.history import HistorySource

    return HistorySource(name)


def connect() -> Any:
    """Return a database in memory that stays small.

    Raises:
        UsageError: DuckDB is not installed.
    """
    return sparing(in_memory("report"))


def run(db: Any, period: Period, queries: Mapping[str, str]) -> None:
    """Make ``cube``, ``kinds`` and ``activity`` of what DuckDB reads itself."""
    for table, query in (("cube", cube_query), ("kinds", kinds_query)):
        text, values = query(period, queries["contacts"], queries["responses"])
        db.execute(f"CREATE TEMP TABLE {table} AS {text}", values)
    fill_activity(db, period, queries["activity"])


@contextmanager
def told(name: str) -> Iterator[None]:
    """Turn what DuckDB cannot read into a line.

    Raises:
        DataError: Something of a source cannot be read.
    """
    import duckdb

    try:
        yield
    except duckdb.Error as error:
        raise DataError(f"cannot read {name}: {str(error).splitlines()[0]}") from error
