"""The campaign database: which can be opened, and how its tables come to be.

What DuckDB and PostgreSQL do in their own ways is behind ``Database``; all other SQL is written
for both. PostgreSQL has the names in small letters, as it has those that nobody quotes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

from interact.runtime.campaign.columns import CONTACTED, EXTENDED, RESPONSE_TYPES, TABLES
from interact.runtime.campaign.urls import without_password
from interact.runtime.errors import UsageError

HELP = "use duckdb:///FILE or postgresql://USER@HOST/DATABASE"
VIEW = "UA_ContactHistory"
COLUMNS = (
    "SELECT table_name, column_name, data_type FROM information_schema.columns"
    " WHERE table_schema = current_schema() ORDER BY table_name, ordinal_position"
)


class SeenBefore(Exception):
    """Rows that should have been new were there: do the transaction again, it will know."""


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

    def change(self, sql: str, *values: Any) -> int:
        """Insert, delete or update; return how many rows."""
        ...

    def define(self, sql: str) -> None:
        """Make, alter or drop a table or view."""
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


def create_tables(db: Database) -> None:
    """Make what is not there."""
    had = db.tables()
    for table, columns in TABLES.items():
        if table.lower() not in had:
            db.create(table, [(c.name, c.kind) for c in columns])
        else:
            wanted = {c.name: c.kind.removesuffix(" PRIMARY KEY") for c in columns}
            extend(db, table, had[table.lower()], wanted)
    if "ua_contactstatus" not in had:
        db.change("INSERT INTO UA_ContactStatus VALUES ($1, 'contacted', 1)", CONTACTED)
    if "ua_usrresponsetype" not in had:
        for code, counts in RESPONSE_TYPES.items():
            db.change("INSERT INTO UA_UsrResponseType VALUES ($1, $2)", code, counts)
    if VIEW.lower() not in had:
        _make_view(db)


def extend_history(db: Database, kinds: dict[str, str]) -> dict[str, str]:
    """Add columns of keys and further attributes, as text where one is text anywhere.

    Returns:
        The types of all columns of a table that has them, by name in small letters.
    """
    tables = db.tables()
    had = small(tables[EXTENDED[0].lower()])
    if all(had.get(n.lower()) in (k, "VARCHAR") for n, k in kinds.items()):
        return had
    with db.transaction():
        db.define(f"DROP VIEW IF EXISTS {VIEW}")
        for table in EXTENDED:
            extend(db, table, tables[table.lower()], kinds)
        _make_view(db)
    return small(db.tables()[EXTENDED[0].lower()])


def extend(db: Database, table: str, had: dict[str, str], wanted: dict[str, str]) -> None:
    """Add the columns that a table lacks, and let those be text that must be."""
    kinds = small(had)
    for name, kind in wanted.items():
        column = f"{db.name(table)} ADD COLUMN {db.name(name)}"
        if name.lower() not in kinds:
            db.define(f"ALTER TABLE {column} {kind}")
        elif kind == "VARCHAR" and kinds[name.lower()] == "BIGINT":
            db.define(f"ALTER TABLE {column.replace(' ADD ', ' ALTER ')} TYPE VARCHAR")


def small(columns: dict[str, str]) -> dict[str, str]:
    """Return types by name in small letters: columns have the same name in any case."""
    return {name.lower(): kind for name, kind in columns.items()}


def _make_view(db: Database) -> None:
    """One contact for each decision and customer: offers that came together are a package."""
    own = {c.name.lower() for c in TABLES[EXTENDED[0]]}
    keys = [db.name(n) for n in db.tables()[EXTENDED[0].lower()] if n.lower() not in own]
    package = "coalesce(nullif(PackageID, ''), Event)"
    groups = ["Channel", "AudienceLevel", *keys, "ContactStatusID"]
    db.define(
        f"CREATE VIEW {VIEW} AS SELECT {package} AS PackageID, {', '.join(groups)},"
        " min(ContactDateTime) AS ContactDateTime, count(*) AS NumberOfOffers"
        f" FROM UA_DtlContactHist GROUP BY {package}, {', '.join(groups)}"
    )
