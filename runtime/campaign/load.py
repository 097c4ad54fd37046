"""Import parts that were not imported, a batch in a transaction with its place in the ledger.

Whoever is killed loses its open transaction; the next import goes on behind the last one. Parts
that come under another name, or rows that come twice, are known by their events.
"""

from __future__ import annotations

from pathlib import Path

from interact.runtime.campaign.batch import Filled, extend_for, insert, refuse_zeros, sift, stage
from interact.runtime.campaign.database import Database, SeenBefore, Unwritable, opened
from interact.runtime.campaign.duck import file_of
from interact.runtime.campaign.ledger import is_known
from interact.runtime.campaign.match import DEFAULT, Matching, match
from interact.runtime.campaign.parts import BadPart, Part, batches, names_in, read_part
from interact.runtime.campaign.read import DamagedPart
from interact.runtime.campaign.report import Inserted, Report
from interact.runtime.campaign.tables import create_tables
from interact.runtime.errors import OutputError


def import_history(
    history: str, url: str, how: Matching = DEFAULT, wait: float = 60, dry_run: bool = False
) -> Report:
    """Import what is new in a history.

    Args:
        history: The folder of contacts and responses.
        url: ``duckdb:///FILE`` or ``postgresql://…``.
        how: How responses find contacts that their session did not know.
        wait: Seconds to wait for another process that has the database.
        dry_run: Only tell what would be read.

    Raises:
        UsageError: No history, or no such database.
        OutputError: The database cannot be opened or written.
    """
    report, found = Report(dry_run=dry_run), list(names_in(history))
    if dry_run and url.startswith("duckdb:") and not Path(file_of(url)).exists():
        _new_parts(history, found, set(), report)
        return report
    with opened(url, wait, read_only=dry_run) as db:
        found = list(names_in(history))
        _import_into(db, history, found, how, report)
    return report


def _import_into(
    db: Database, history: str, found: list[tuple[str, Path]], how: Matching, report: Report
) -> None:
    if report.dry_run:
        _new_parts(history, found, ledger(db), report)
        return
    with db.transaction():
        create_tables(db)
    for batch in batches(_new_parts(history, found, ledger(db), report)):
        _import(db, batch, report)
    with db.transaction():
        match(db, how, report)


def ledger(db: Database) -> set[str]:
    """Return the names of the files that were imported."""
    if "interact_importedpart" not in db.tables():
        return set()
    return {name for (name,) in db.rows("SELECT Part FROM interact_ImportedPart")}


def _new_parts(
    history: str, found: list[tuple[str, Path]], known: set[str], report: Report
) -> list[Part]:
    parts: list[Part] = []
    for table, path in found:
        if is_known(path.relative_to(history).as_posix(), path, known):
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


def _import(db: Database, batch: list[Part], report: Report) -> None:
    """Import a batch, without the parts that cannot be read."""
    while batch:
        try:
            given = stage(db, batch)
        except DamagedPart as bad:
            report.parts_rejected.append(BadPart(bad.part.name, bad.reason))
            batch = [p for p in batch if p is not bad.part]
            continue
        columns = extend_for(db, batch, given)
        sift(db, columns, given)
        report.count(_inserted(db, batch, columns))
        return


def _inserted(db: Database, batch: list[Part], columns: Filled) -> Inserted:
    while True:
        try:
            with db.transaction():
                return insert(db, batch, columns)
        except SeenBefore:
            continue
        except Unwritable as error:
            if not refuse_zeros(db, columns):
                raise OutputError(f"cannot import: {error}") from error
