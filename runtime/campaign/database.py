"""The campaign database: who can be opened, and how its tables come to be.

PostgreSQL has its place in ``open_database``; what differs is the types and how files are read.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from interact.runtime.campaign.columns import CONTACTED, RESPONSE_TYPES, TABLES, key_column, quoted
from interact.runtime.errors import OutputError, UsageError

_PREFIX = "duckdb:///"
_KEYED = ("UA_DtlContactHist", "UA_ResponseHistory", "interact_UnmatchedResponse")


def file_of(url: str) -> str:
    """Return the file of a database.

    Raises:
        UsageError: It is no URL of a database that can be written.
    """
    if url.startswith(("postgresql:", "postgres:")):
        raise UsageError("PostgreSQL: not yet", help="use duckdb:///FILE")
    if not url.startswith(_PREFIX) or url == _PREFIX:
        raise UsageError(f"not a database: {url}", help="use duckdb:///FILE")
    return url.removeprefix(_PREFIX)


@contextmanager
def opened(file: str, wait: float, read_only: bool = False) -> Iterator[Any]:
    """Open a DuckDB file as ``open_database`` does, and close it in the end.

    Raises:
        UsageError: DuckDB is not installed.
        OutputError: The file cannot be opened, or what is in it does not fit.
    """
    db = open_database(file, wait, read_only)
    import duckdb

    try:
        yield db
    except duckdb.Error as error:
        reason = str(error).splitlines()[0]
        raise OutputError(f"cannot import into {file}: {reason}") from error
    finally:
        db.close()


def open_database(file: str, wait: float, read_only: bool = False) -> Any:
    """Open a DuckDB file, alone; wait so many seconds for another process that has it.

    Raises:
        UsageError: DuckDB is not installed.
        OutputError: The file cannot be opened, or not in time.
    """
    try:
        import duckdb
    except ModuleNotFoundError as error:
        raise UsageError(
            "campaign import needs duckdb", help="pip install 'interact-dsl[campaign]'"
        ) from error
    until = time.monotonic() + wait
    while True:
        try:
            return duckdb.connect(file, read_only=read_only)
        except duckdb.Error as error:
            if "lock" not in str(error).lower():
                raise OutputError(f"cannot open {file}: {str(error).splitlines()[0]}") from error
            if time.monotonic() >= until:
                raise OutputError(
                    f"another process has {file}", help="run the import again when it is done"
                ) from error
        time.sleep(0.05)


def transaction(db: Any, work: Callable[[Any], None]) -> None:
    """Do work on a database, all of it or nothing."""
    db.execute("BEGIN")
    try:
        work(db)
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


def create_tables(db: Any) -> None:
    """Make what is not there."""
    for table, columns in TABLES.items():
        listed = ", ".join(f"{quoted(c.name)} {c.kind}" for c in columns)
        db.execute(f"CREATE TABLE IF NOT EXISTS {quoted(table)} ({listed})")
        _extend(db, table, {c.name: c.kind.removesuffix(" PRIMARY KEY") for c in columns})
    db.execute(
        "INSERT INTO UA_ContactStatus VALUES (?, 'contacted', 1) ON CONFLICT DO NOTHING",
        [CONTACTED],
    )
    for code, counts in RESPONSE_TYPES.items():
        db.execute(
            "INSERT INTO UA_UsrResponseType VALUES (?, ?) ON CONFLICT DO NOTHING", [code, counts]
        )
    _make_view(db)


def extend_keys(db: Any, kinds: dict[str, str]) -> None:
    """Add the columns of keys, as text where a key is text in any part.

    Args:
        db: The database.
        kinds: The type of each key of the history.
    """
    wanted = {key_column(key): kind for key, kind in kinds.items()}
    had = _kinds(db, _KEYED[0])
    if all(had.get(n.lower()) in (k, "VARCHAR") for n, k in wanted.items()):
        return
    db.execute("DROP VIEW IF EXISTS UA_ContactHistory")
    for table in _KEYED:
        _extend(db, table, wanted)
    _make_view(db)


def _columns(db: Any, table: str) -> dict[str, str]:
    rows = db.execute(
        "SELECT column_name, data_type FROM information_schema.columns"
        " WHERE table_name = ? ORDER BY ordinal_position",
        [table],
    ).fetchall()
    return dict(rows)


def _kinds(db: Any, table: str) -> dict[str, str]:
    """Return the types of columns, whose names are the same in any case."""
    return {name.lower(): kind for name, kind in _columns(db, table).items()}


def _extend(db: Any, table: str, wanted: dict[str, str]) -> None:
    had = _kinds(db, table)
    for name, kind in wanted.items():
        if name.lower() not in had:
            db.execute(f"ALTER TABLE {quoted(table)} ADD COLUMN {quoted(name)} {kind}")
        elif kind == "VARCHAR" and had[name.lower()] == "BIGINT":
            db.execute(f"ALTER TABLE {quoted(table)} ALTER COLUMN {quoted(name)} TYPE VARCHAR")


def _make_view(db: Any) -> None:
    """One contact for each decision and customer: offers that came together are a package."""
    own = {c.name.lower() for c in TABLES[_KEYED[0]]}
    keys = "".join(f"{quoted(n)}, " for n in _columns(db, _KEYED[0]) if n.lower() not in own)
    db.execute(
        "CREATE OR REPLACE VIEW UA_ContactHistory AS"
        " SELECT coalesce(nullif(PackageID, ''), Event) AS PackageID, Channel, AudienceLevel,"
        f" {keys} ContactStatusID, min(ContactDateTime) AS ContactDateTime,"
        " count(*) AS NumberOfOffers FROM UA_DtlContactHist GROUP BY ALL"
    )
