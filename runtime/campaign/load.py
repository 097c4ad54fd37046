"""Import parts that were not imported, a batch in a transaction with its place in the ledger.

Whoever is killed loses its open transaction; the next import goes on behind the last one. Parts
that come under another name, or rows that come twice, are known by their events.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from interact.runtime.campaign.columns import (
    OF_SOURCE,
    TABLES,
    TREATMENT,
    key_column,
    quoted,
)
from interact.runtime.campaign.database import (
    create_tables,
    extend_keys,
    file_of,
    open_database,
)
from interact.runtime.campaign.match import match
from interact.runtime.campaign.parts import BadPart, Part, batches, names_in, read_part
from interact.runtime.campaign.report import Report

_WRONG = (
    "CASE WHEN event IS NULL THEN 'no event' WHEN treatment IS NULL THEN 'no treatment'"
    " WHEN \"at\" IS NULL THEN 'no time' {more} END"
)
_MORE = {"contacts": "", "responses": "WHEN kind IS NULL THEN 'no response type'"}


def import_history(
    history: str, url: str, match_days: int = 30, wait: float = 60, dry_run: bool = False
) -> Report:
    """Import what is new in a history.

    Args:
        history: The folder of contacts and responses.
        url: ``duckdb:///FILE``.
        match_days: How long after a contact an unmatched response can belong to it.
        wait: Seconds to wait for another process that has the database.
        dry_run: Only tell what would be read.

    Raises:
        UsageError: No history, or no such database.
        OutputError: The database cannot be opened or written.
    """
    file, report = file_of(url), Report(dry_run=dry_run)
    found = list(names_in(history))
    if dry_run and not Path(file).exists():
        _new_parts(history, found, set(), report)
        return report
    db = open_database(file, wait, read_only=dry_run)
    try:
        if not dry_run:
            _transaction(db, create_tables)
        parts = _new_parts(history, found, _ledger(db), report)
        if not dry_run:
            for batch in batches(parts):
                _import(db, batch, report)
            _transaction(db, lambda db: match(db, match_days, report))
    finally:
        db.close()
    return report


def _ledger(db: Any) -> set[str]:
    there = "SELECT 1 FROM information_schema.tables WHERE table_name = 'interact_ImportedPart'"
    if not db.execute(there).fetchall():
        return set()
    return {name for (name,) in db.execute("SELECT Part FROM interact_ImportedPart").fetchall()}


def _new_parts(
    history: str, found: list[tuple[str, Path]], known: set[str], report: Report
) -> list[Part]:
    parts: list[Part] = []
    for table, path in found:
        if path.relative_to(history).as_posix() in known:
            report.parts_already_there += 1
            continue
        part = read_part(history, table, path)
        if isinstance(part, BadPart):
            report.parts_rejected.append(part)
        else:
            parts.append(part)
    if report.dry_run:
        report.parts_read, report.rows_read = len(parts), sum(p.rows for p in parts)
    return parts


def _transaction(db: Any, work: Any) -> None:
    db.execute("BEGIN")
    try:
        work(db)
    except BaseException:
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")


def _import(db: Any, batch: list[Part], report: Report) -> None:
    """Import a batch; where that fails, one part after the other, to find which it is."""
    import duckdb

    try:
        _stage(db, batch)
        _transaction(db, lambda db: _insert(db, batch, report))
    except (duckdb.IOException, duckdb.InvalidInputException, duckdb.ConversionException) as error:
        if len(batch) > 1:
            for part in batch:
                _import(db, [part], report)
        else:
            report.parts_rejected.append(BadPart(batch[0].name, str(error).splitlines()[0]))


def _stage(db: Any, batch: list[Part]) -> None:
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
    types = {name: kind for name, kind, *_ in db.execute("DESCRIBE batch").fetchall()}
    kinds = {k: "BIGINT" if types[k] == "BIGINT" else "VARCHAR" for p in batch for k in p.keys}
    _transaction(db, lambda db: extend_keys(db, kinds))


def _insert(db: Any, batch: list[Part], report: Report) -> None:
    table, read = batch[0].table, sum(p.rows for p in batch)
    db.execute("CREATE OR REPLACE TEMP TABLE fresh AS " + _fresh(db, table))
    rejected = dict(_rejected(db))
    db.execute(
        "INSERT INTO interact_RejectedRow SELECT interact_part, interact_wrong,"
        " CAST(to_json(batch) AS VARCHAR) FROM batch WHERE interact_wrong IS NOT NULL"
    )
    keys = sorted({k for p in batch for k in p.keys})
    known = 0
    if table == "contacts":
        inserted = _fill(db, "UA_DtlContactHist", keys, "true")
    else:
        inserted = _fill(db, "UA_ResponseHistory", keys, "coalesce(matched, false)")
        known = _fill(db, "interact_UnmatchedResponse", keys, "NOT coalesce(matched, false)")
        db.execute(
            "INSERT INTO UA_UsrResponseType SELECT DISTINCT kind, 0 FROM fresh"
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


def _fresh(db: Any, table: str) -> str:
    """Return the rows whose events are not there; one row of each."""
    absent = "".join(
        f" AND NOT EXISTS (SELECT 1 FROM {quoted(t)} AS had WHERE had.Event = batch.event)"
        for t in OF_SOURCE[table]
    )
    doubled = db.execute("SELECT count(*) > count(DISTINCT event) FROM batch").fetchone()[0]
    once = " QUALIFY row_number() OVER (PARTITION BY event ORDER BY interact_part) = 1"
    wanted = f"SELECT * FROM batch WHERE interact_wrong IS NULL{absent}"
    return wanted + (once if doubled else "")


def _fill(db: Any, target: str, keys: list[str], condition: str) -> int:
    columns = TABLES[target]
    names = [quoted(c.name) for c in columns] + [quoted(key_column(k)) for k in keys]
    sources = [c.source for c in columns] + [quoted(k) for k in keys]
    done = db.execute(
        f"INSERT INTO {quoted(target)} ({', '.join(names)})"
        f" SELECT {', '.join(sources)} FROM fresh WHERE {condition}"
    ).fetchone()
    return int(done[0])


def _treatments(db: Any, table: str) -> None:
    """Keep the offers behind codes: those shown, and those that a session answered for."""
    condition = "true" if table == "contacts" else "coalesce(matched, false)"
    names = ", ".join(quoted(c.name) for c in TREATMENT)
    firsts = ", ".join(f"arg_min({c.source}, event)" for c in TREATMENT[1:])
    db.execute(
        f"INSERT INTO UA_Treatment ({names}) SELECT treatment, {firsts} FROM fresh"
        f" WHERE {condition} GROUP BY treatment ON CONFLICT DO NOTHING"
    )
