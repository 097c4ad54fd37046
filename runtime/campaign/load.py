"""Import parts that were not imported, a batch in a transaction with its place in the ledger.

Whoever is killed loses its open transaction; the next import goes on behind the last one. Parts
that come under another name, or rows that come twice, are known by their events.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from interact.runtime.campaign.batch import insert, stage
from interact.runtime.campaign.database import create_tables, file_of, opened, transaction
from interact.runtime.campaign.match import match
from interact.runtime.campaign.parts import BadPart, Part, batches, names_in, read_part
from interact.runtime.campaign.report import Report


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
    with opened(file, wait, read_only=dry_run) as db:
        _import_into(db, history, found, match_days, report)
    return report


def _import_into(
    db: Any, history: str, found: list[tuple[str, Path]], match_days: int, report: Report
) -> None:
    if report.dry_run:
        _new_parts(history, found, _ledger(db), report)
        return
    transaction(db, create_tables)
    for batch in batches(_new_parts(history, found, _ledger(db), report)):
        _import(db, batch, report)
    transaction(db, lambda db: match(db, match_days, report))


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


def _import(db: Any, batch: list[Part], report: Report) -> None:
    """Import a batch; where that fails, one part after the other, to find which it is."""
    import duckdb

    try:
        stage(db, batch)
        transaction(db, lambda db: insert(db, batch, report))
    except (duckdb.IOException, duckdb.InvalidInputException, duckdb.ConversionException) as error:
        if len(batch) > 1:
            for part in batch:
                _import(db, [part], report)
        else:
            report.parts_rejected.append(BadPart(batch[0].name, str(error).splitlines()[0]))
