"""A batch of parts: read into a table of its own, then inserted where it belongs."""

from __future__ import annotations

import re
from typing import Any

from interact.runtime.campaign.columns import OF_SOURCE, TABLES, TREATMENT, key_column, quoted
from interact.runtime.campaign.database import extend_keys, transaction
from interact.runtime.campaign.parts import Part
from interact.runtime.campaign.report import Report

_WRONG = (
    "CASE WHEN event IS NULL THEN 'no event' WHEN treatment IS NULL THEN 'no treatment'"
    " WHEN \"at\" IS NULL THEN 'no time' {more} END"
)
_MORE = {"contacts": "", "responses": "WHEN kind IS NULL THEN 'no response type'"}


def stage(db: Any, batch: list[Part]) -> None:
    """Read the files of a batch, and see to it that their keys have columns."""
    paths = [re.sub(r"([*?\[])", r"[\1]", p.path) for p in batch]
    wrong = _WRONG.format(more=_MORE[batch[0].table])
    db.execute(
        "CREATE OR REPLACE TEMP TABLE batch AS SELECT *,"
        " regexp_extract(interact_part, 'channel=([^/]*)/[^/]*$', 1) AS interact_channel,"
        f" {wrong} AS interact_wrong"
        " FROM read_parquet(?, union_by_name = true, hive_partitioning = false,"
        " filename = 'interact_part')",
        [paths],
    )
    types = {name.lower(): kind for name, kind, *_ in db.execute("DESCRIBE batch").fetchall()}
    kinds = {k: "BIGINT" if types[k.lower()] == "BIGINT" else "VARCHAR" for k in _keys(batch)}
    transaction(db, lambda db: extend_keys(db, kinds))


def _keys(batch: list[Part]) -> list[str]:
    """Return the key columns of a batch; for SQL, names that differ in case are one."""
    found = {k.lower(): k for p in batch for k in p.keys}
    return [found[k] for k in sorted(found)]


def insert(db: Any, batch: list[Part], report: Report) -> None:
    """Insert the staged rows that are new, and enter the parts in the ledger."""
    table, read = batch[0].table, sum(p.rows for p in batch)
    rejected = dict(_rejected(db))
    db.execute(
        "INSERT INTO interact_RejectedRow SELECT interact_part, interact_wrong,"
        " CAST(to_json(batch) AS VARCHAR) FROM batch WHERE interact_wrong IS NOT NULL"
    )
    _keep_fresh(db, table)
    keys = _keys(batch)
    known = 0
    if table == "contacts":
        inserted = _fill(db, "UA_DtlContactHist", keys, "true")
    else:
        inserted = _fill(db, "UA_ResponseHistory", keys, "coalesce(matched, false)")
        known = _fill(db, "interact_UnmatchedResponse", keys, "NOT coalesce(matched, false)")
        db.execute(
            "INSERT INTO UA_UsrResponseType SELECT DISTINCT kind, 0 FROM batch"
            " ON CONFLICT DO NOTHING"
        )
    _treatments(db, table)
    db.executemany(
        "INSERT INTO interact_ImportedPart VALUES (?, ?)", [[p.name, p.rows] for p in batch]
    )
    _count(report, table, len(batch), read, inserted, known, rejected)


def _count(
    report: Report,
    table: str,
    parts: int,
    read: int,
    inserted: int,
    unmatched: int,
    rejected: dict[str, int],
) -> None:
    report.parts_read += parts
    report.rows_read += read
    report.inserted[table] += inserted
    report.unmatched += unmatched
    report.already_there += read - inserted - unmatched - sum(rejected.values())
    for reason, count in rejected.items():
        report.rejected[reason] = report.rejected.get(reason, 0) + count


def _rejected(db: Any) -> list[tuple[str, int]]:
    found: list[tuple[str, int]] = db.execute(
        "SELECT interact_wrong, count(*) FROM batch WHERE interact_wrong IS NOT NULL GROUP BY 1"
    ).fetchall()
    return found


def _keep_fresh(db: Any, table: str) -> None:
    """Leave in the batch the rows that can be imported and are not there; one of each event."""
    there = "".join(
        f" OR EXISTS (SELECT 1 FROM {quoted(t)} AS had WHERE had.Event = batch.event)"
        for t in OF_SOURCE[table]
    )
    db.execute(f"DELETE FROM batch WHERE interact_wrong IS NOT NULL{there}")
    if _repeats(db, "event"):
        db.execute(
            "DELETE FROM batch WHERE rowid IN (SELECT rowid FROM batch"
            " QUALIFY row_number() OVER (PARTITION BY event ORDER BY interact_part) > 1)"
        )


def _repeats(db: Any, column: str) -> bool:
    found = db.execute(f"SELECT count(*) > count(DISTINCT {column}) FROM batch").fetchone()
    return bool(found[0])


def _fill(db: Any, target: str, keys: list[str], condition: str) -> int:
    columns = TABLES[target]
    names = [quoted(c.name) for c in columns] + [quoted(key_column(k)) for k in keys]
    sources = [c.source for c in columns] + [quoted(k) for k in keys]
    done = db.execute(
        f"INSERT INTO {quoted(target)} ({', '.join(names)})"
        f" SELECT {', '.join(sources)} FROM batch WHERE {condition}"
    ).fetchone()
    return int(done[0])


def _treatments(db: Any, table: str) -> None:
    """Keep the offers behind codes: those shown, and those that a session answered for."""
    condition = "true" if table == "contacts" else "coalesce(matched, false)"
    names = ", ".join(quoted(c.name) for c in TREATMENT)
    sources = ", ".join(c.source for c in TREATMENT)
    once = " QUALIFY row_number() OVER (PARTITION BY treatment ORDER BY event) = 1"
    db.execute(
        f"INSERT INTO UA_Treatment ({names}) SELECT {sources} FROM batch WHERE {condition}"
        " AND NOT EXISTS (SELECT 1 FROM UA_Treatment AS had WHERE had.TreatmentCode = treatment)"
        + (once if _repeats(db, "treatment") else "")
    )
