"""A batch of parts: read into a table of its own, then inserted where it belongs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from interact.runtime.campaign.columns import (
    TABLES,
    field_column,
    key_column,
    quoted,
)
from interact.runtime.campaign.database import Database
from interact.runtime.campaign.parts import Part
from interact.runtime.campaign.read import DamagedPart, key_kinds, rows_of
from interact.runtime.campaign.report import Inserted
from interact.runtime.campaign.tables import extend_history
from interact.runtime.errors import OutputError

Filled = dict[str, tuple[str, str]]
"""Columns of the target beyond its own: what fills each, and the type of that."""

_WRONG = (
    "CASE WHEN event IS NULL THEN 'no event' WHEN treatment IS NULL THEN 'no treatment'"
    " WHEN \"at\" IS NULL THEN 'no time' {more} END"
)
_RIGHT = "interact_wrong IS NULL"
_MORE = {"contacts": "", "responses": "WHEN kind IS NULL THEN 'no response type'"}


def stage(db: Database, batch: list[Part]) -> Filled:
    """Read the files of a batch; return the columns that its keys and attributes fill.

    Raises:
        DamagedPart: A file cannot be read.
    """
    staging = db.staging
    _load(staging, batch)
    columns: Filled = {
        key_column(key): (quoted(key), kind) for key, kind in key_kinds(batch).items()
    }
    fields = staging.execute(
        "SELECT DISTINCT unnest(map_keys(extra)) AS field FROM batch ORDER BY 1"
    ).fetchall()
    for (field,) in fields:
        source = "extra['" + field.replace("'", "''") + "']"
        columns.setdefault(field_column(field, list(columns)), (source, "VARCHAR"))
    return columns


def _load(staging: Any, batch: list[Part]) -> None:
    wrong = _WRONG.format(more=_MORE[batch[0].table])
    staging.execute("DROP TABLE IF EXISTS batch")
    damaged: list[DamagedPart] = []
    staging.register("interact_rows", rows_of(batch, damaged))
    try:
        staging.execute(
            f"CREATE TEMP TABLE batch AS SELECT *, {wrong} AS interact_wrong FROM interact_rows"
        )
    except Exception as error:
        if damaged:
            raise damaged[0] from error
        raise
    finally:
        staging.unregister("interact_rows")


def extend_for(db: Database, batch: list[Part], columns: Filled) -> Filled:
    """See to it that columns are there; return them with what fills them in their types."""
    kinds = {name: kind for name, (_, kind) in columns.items()}
    had = extend_history(db, kinds, map(key_column, key_kinds(batch)))
    for name in columns:
        if name.lower() not in had:
            raise OutputError(f"the database has no room for a column called {name}")
        if not db.can_fill(had[name.lower()]):
            raise OutputError(
                f"the column {name} has the type {had[name.lower()]}, which cannot be filled",
                help="give it another type, such as text, or another name",
            )
    return {name: (_as(s, k, had[name.lower()]), k) for name, (s, k) in columns.items()}


def _as(source: str, kind: str, target: str) -> str:
    """Return SQL for a value in the type of a column, null where it does not fit."""
    if target.startswith("VARCHAR("):
        text = f"CAST({source} AS VARCHAR)"
        return f"CASE WHEN length({text}) <= {target[8:-1]} THEN {text} END"
    return source if kind == target else f"TRY_CAST({source} AS {target})"


def sift(db: Database, columns: Filled, given: Filled) -> None:
    """Mark rows whose values do not fit into columns that are there; leave one of each event."""
    for name, (source, _) in columns.items():
        if source != given[name][0]:
            db.staging.execute(
                f"UPDATE batch SET interact_wrong = $1 WHERE {_RIGHT}"
                f" AND {source} IS NULL AND {given[name][0]} IS NOT NULL",
                [f"{name} does not fit"],
            )
    if _repeats(db, "event"):
        db.staging.execute(
            f"DELETE FROM batch WHERE rowid IN (SELECT rowid FROM batch WHERE {_RIGHT}"
            " QUALIFY row_number() OVER (PARTITION BY event ORDER BY interact_part) > 1)"
        )


def refuse_zeros(db: Database, columns: Filled) -> bool:
    """Mark rows with a zero character in a text; return whether there are any."""
    texts = [
        name
        for name, kind, *_ in db.staging.execute("DESCRIBE batch").fetchall()
        if kind == "VARCHAR" and name != "interact_wrong"
    ]
    sources = [*map(quoted, texts), *(source for source, _ in columns.values())]
    has = " OR ".join(f"contains(CAST({s} AS VARCHAR), chr(0))" for s in sources)
    sql = f"UPDATE batch SET interact_wrong = 'a zero character' WHERE {_RIGHT} AND ({has})"
    ((count,),) = db.staging.execute(sql).fetchall()
    return bool(count)


def insert(db: Database, batch: list[Part], columns: Filled) -> Inserted:
    """Insert the staged rows that are new, and enter the parts in the ledger.

    Raises:
        SeenBefore: Do it again, in a new transaction.
    """
    table, rejected = batch[0].table, _reject(db)
    unmatched = 0
    _treatments(db, table)
    if table == "contacts":
        inserted = _fill(db, "UA_DtlContactHist", columns, "true", ("UA_DtlContactHist",))
    else:
        inserted, unmatched = _responses(db, columns)
    _ledger(db, batch)
    return Inserted(table, len(batch), sum(p.rows for p in batch), inserted, unmatched, rejected)


def _reject(db: Database) -> dict[str, int]:
    """Keep the rows that are wrong where they can be looked at; return how many, by reason."""
    found = db.staging.execute(
        "SELECT interact_wrong, count(*) FROM batch WHERE interact_wrong IS NOT NULL"
        " GROUP BY 1 ORDER BY 1"
    ).fetchall()
    if found:
        db.add(
            "interact_RejectedRow",
            ("Part", "Reason", "Row"),
            "SELECT interact_part, interact_wrong, CAST(to_json(batch) AS VARCHAR)"
            " FROM batch WHERE interact_wrong IS NOT NULL",
        )
    return dict(found)


def _repeats(db: Database, column: str) -> bool:
    sql = f"SELECT count(*) > count(DISTINCT {column}) FROM batch WHERE {_RIGHT}"
    ((found,),) = db.staging.execute(sql).fetchall()
    return bool(found)


def _responses(db: Database, columns: Filled) -> tuple[int, int]:
    """Insert responses, those apart whose session did not know the treatment."""
    known, unknown = "coalesce(matched, false)", "NOT coalesce(matched, false)"
    history, waiting = "UA_ResponseHistory", "interact_UnmatchedResponse"
    inserted = _fill(db, history, columns, known, (history,))
    unmatched = _fill(db, waiting, columns, unknown, (waiting, history))
    kinds = f"SELECT DISTINCT kind, CAST(0 AS INTEGER) FROM batch WHERE {_RIGHT}"
    names = ("ResponseTypeCode", "CountsAsResponse")
    db.add_new("UA_UsrResponseType", names, kinds, ("UA_UsrResponseType",), likely=False)
    return inserted, unmatched


def _fill(db: Database, target: str, columns: Filled, condition: str, among: Sequence[str]) -> int:
    names = [*(c.name for c in TABLES[target]), *columns]
    sources = [*(c.source for c in TABLES[target]), *(source for source, _ in columns.values())]
    select = f"SELECT {', '.join(sources)} FROM batch WHERE {_RIGHT} AND {condition}"
    return db.add_new(target, names, select, among, likely=True)


def _treatments(db: Database, table: str) -> None:
    """Keep the offers behind codes: those shown, and those that a session answered for."""
    columns = TABLES["UA_Treatment"]
    condition = "true" if table == "contacts" else "coalesce(matched, false)"
    sources = ", ".join(c.source for c in columns)
    select = f"SELECT {sources} FROM batch WHERE {_RIGHT} AND {condition}"
    if _repeats(db, "treatment"):
        select += " QUALIFY row_number() OVER (PARTITION BY treatment ORDER BY event) = 1"
    names = [c.name for c in columns]
    db.add_new("UA_Treatment", names, select, ("UA_Treatment",), likely=table == "contacts")


def _ledger(db: Database, batch: list[Part]) -> None:
    db.staging.execute("CREATE OR REPLACE TEMP TABLE parts (name VARCHAR, rows BIGINT)")
    db.staging.executemany("INSERT INTO parts VALUES (?, ?)", [[p.name, p.rows] for p in batch])
    db.add("interact_ImportedPart", ("Part", "Rows"), 'SELECT name, "rows" FROM parts')
