"""The campaign database: which can be opened, and what can be done with it.

What DuckDB and PostgreSQL do in their own ways is behind ``Database``; all other SQL is written
for both. PostgreSQL has the names in small letters, as it has those that nobody quotes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from interact.runtime.campaign.urls import without_password
from interact.runtime.errors import UsageError

HELP = "use duckdb:///FILE or postgresql://USER@HOST/DATABASE"
VIEW = "UA_ContactHistory"


class SeenBefore(Exception):
    """Rows that should have been new were there: do the transaction again, it will know."""


class Unreadable(Exception):
    """The rows of a query end before their time."""


class Unwritable(Exception):
    """A text has a character that a database does not take: zero."""


class Database(Protocol):
    """An open database."""

    @property
    def staging(self) -> Any:
        """A DuckDB connection with the table ``batch``, which ``add`` reads from."""
        ...

    def name(self, name: str) -> str:
        """Return a name as SQL writes it."""
        ...

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """Return the rows of a query; values stand for $1, $2 …"""
        ...

    def stream(self, sql: str) -> Iterator[Any]:
        """Yield the rows of a query as record batches, without holding them all.

        Raises:
            Unreadable: They end too early, as when the server goes away.
        """
        ...

    def change(self, sql: str, *values: Any) -> int:
        """Insert, delete or update; return how many rows."""
        ...

    def define(self, sql: str) -> None:
        """Make, alter or drop a table or view."""
        ...

    def can_fill(self, kind: str) -> bool:
        """Return whether values can be brought into a column of such a type."""
        ...

    def create(self, table: str, columns: Iterable[tuple[str, str]]) -> None:
        """Make a table with such names and types, unless it is there."""
        ...

    def tables(self) -> dict[str, dict[str, str]]:
        """Return types by column, in order, by table in small letters."""
        ...

    def transaction(self) -> AbstractContextManager[None]:
        """Do all of it or nothing."""
        ...

    def add(self, table: str, columns: Sequence[str], select: str) -> None:
        """Insert what a query over ``staging`` gives."""
        ...

    def add_new(
        self, table: str, columns: Sequence[str], select: str, among: Sequence[str], likely: bool
    ) -> int:
        """Insert rows whose first column is in no row of some tables; return how many.

        Args:
            table: Where to.
            columns: Those that the query gives; the first is the same in all of the tables.
            select: A query over ``staging`` whose first column is unique.
            among: Tables that can have the row already.
            likely: Whether most often none of them has any.

        Raises:
            SeenBefore: Some were there although that was not likely.
        """
        ...


def opened(url: str, wait: float, read_only: bool = False) -> AbstractContextManager[Database]:
    """Open a database alone; wait so many seconds for another import.

    Raises:
        UsageError: It is no URL of a database that can be written, or its driver is missing.
        OutputError: It cannot be opened, or not in time, or what is in it does not fit.
    """
    if url.startswith("duckdb:"):
        from interact.runtime.campaign import duck

        return duck.opened(url, wait, read_only)
    if url.startswith(("postgresql://", "postgres://")):
        from interact.runtime.campaign import postgres

        return postgres.opened(url, wait, read_only)
    raise UsageError(f"not a database: {without_password(url)}", help=HELP)


def doing(read_only: bool) -> str:
    """Return what could not be done, for messages."""
    return "read" if read_only else "import into"
