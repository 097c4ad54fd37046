"""How the tables of a campaign database come to be, and get the columns that they lack."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from interact.runtime.campaign.columns import CONTACTED, EXTENDED, RESPONSE_TYPES, TABLES
from interact.runtime.campaign.database import VIEW, Database
from interact.runtime.errors import OutputError, UsageError

_LIMITED: Final = re.compile(r"VARCHAR\(\d+\)")


def create_tables(db: Database) -> None:
    """Make what is not there.

    Raises:
        OutputError: A column that is there has another type.
    """
    had = db.tables()
    for table, columns in TABLES.items():
        if table.lower() not in had:
            db.create(table, [(c.name, c.kind) for c in columns])
        else:
            wanted = {c.name: c.kind.removesuffix(" PRIMARY KEY") for c in columns}
            _extend(db, table, had[table.lower()], wanted)
    if "ua_contactstatus" not in had:
        db.change("INSERT INTO UA_ContactStatus VALUES ($1, 'contacted', 1)", CONTACTED)
    if "ua_usrresponsetype" not in had:
        for code, counts in RESPONSE_TYPES.items():
            db.change("INSERT INTO UA_UsrResponseType VALUES ($1, $2)", code, counts)
    if VIEW.lower() not in had:
        _make_view(db)


def extend_history(db: Database, kinds: dict[str, str], keys: Iterable[str]) -> dict[str, str]:
    """Add columns of keys and further attributes, as text where one is text anywhere.

    Args:
        db: Has the tables.
        kinds: Types by the name of the column.
        keys: Which of them are keys of customers.

    Returns:
        The types of all columns of a table that has them, by name in small letters.

    Raises:
        OutputError: A column has not the same type in all of the tables.
    """
    tables = db.tables()
    columns = {table: small(tables[table.lower()]) for table in EXTENDED}
    first = columns[EXTENDED[0]]
    wanted = {name: _kept(first.get(name.lower()), kind) for name, kind in kinds.items()}
    known = key_columns(db)
    new_keys = sorted({key.lower() for key in keys} - set(known))
    is_same = all(had.get(n.lower()) == k for had in columns.values() for n, k in wanted.items())
    if is_same and not new_keys:
        return first
    with db.transaction():
        if any(n.lower() in first and k != first[n.lower()] for n, k in wanted.items()):
            db.define(f"DROP VIEW IF EXISTS {VIEW}")
        for table in EXTENDED:
            _extend(db, table, tables[table.lower()], wanted)
        for key in new_keys:
            db.change("INSERT INTO interact_KeyColumn VALUES ($1)", key)
        _make_view(db)
    return small(db.tables()[EXTENDED[0].lower()])


def _kept(had: str | None, kind: str) -> str:
    """Return the type of a column that is there, but for numbers that have to be texts now."""
    return kind if had is None or (had, kind) == ("BIGINT", "VARCHAR") else had


def _extend(db: Database, table: str, had: dict[str, str], wanted: dict[str, str]) -> None:
    """Add the columns that a table lacks, and let those be text that must be."""
    kinds = small(had)
    for name, kind in wanted.items():
        is_now = kinds.get(name.lower())
        column = f"{db.name(table)} ADD COLUMN {db.name(name)}"
        if is_now is None:
            db.define(f"ALTER TABLE {column} {kind}")
        elif (is_now, kind) == ("BIGINT", "VARCHAR"):
            db.define(f"ALTER TABLE {column.replace(' ADD ', ' ALTER ')} TYPE VARCHAR")
        elif is_now != kind and not (kind == "VARCHAR" and _LIMITED.fullmatch(is_now)):
            raise OutputError(
                f"{table} has a column {name} of the type {is_now}, where {kind} is written",
                help="give it that type, or another name",
            )


def small(columns: dict[str, str]) -> dict[str, str]:
    """Return types by name in small letters: columns have the same name in any case."""
    return {name.lower(): kind for name, kind in columns.items()}


def nothing_imported() -> UsageError:
    """Return the error of a database without tables, or without any that a user may read."""
    return UsageError(
        "nothing was imported there, or not for this user to read",
        help="run interact campaign import",
    )


def key_columns(db: Database) -> list[str]:
    """Return the columns that are keys of customers, in small letters."""
    return [name for (name,) in db.rows("SELECT Name FROM interact_KeyColumn ORDER BY Name")]


def _make_view(db: Database) -> None:
    """One contact for each decision and customer: offers that came together are a package.

    A view that only gets more columns keeps who may read it, and what is built on it.
    """
    tables, known = db.tables(), key_columns(db)
    keys = [name for name in tables[EXTENDED[0].lower()] if name.lower() in known]
    package = "coalesce(nullif(PackageID, ''), Event)"
    groups = ("Channel", "AudienceLevel", "ContactStatusID")
    names = ["PackageID", *groups, "ContactDateTime", "NumberOfOffers", *keys]
    had = [name.lower() for name in tables.get(VIEW.lower(), {})]
    if had != [name.lower() for name in names[: len(had)]]:
        db.define(f"DROP VIEW IF EXISTS {VIEW}")
    listed = ", ".join(["", *map(db.name, keys)])
    db.define(
        f"CREATE OR REPLACE VIEW {VIEW} AS SELECT {package} AS PackageID, {', '.join(groups)},"
        f" min(ContactDateTime) AS ContactDateTime, count(*) AS NumberOfOffers{listed}"
        f" FROM UA_DtlContactHist GROUP BY {package}, {', '.join(groups)}{listed}"
    )
