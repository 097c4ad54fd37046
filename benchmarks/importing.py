"""Importing a history of contacts and responses into a campaign database."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from benchmarks.measure import Figure, PeerMissing, Settings, best_of, required
from interact.runtime.campaign.columns import IDENTIFIED
from interact.runtime.campaign.database import create_tables, extend_history, opened
from interact.runtime.campaign.load import import_history
from interact.runtime.history.events import Contact, Response
from interact.runtime.history.publish import write_part
from interact.runtime.history.schema import table_of

CONTACTS = 1_000_000
PART = 50_000
RESPONSES = 5_000
"""So many of each part's contacts are answered."""
ROWS = CONTACTS + CONTACTS // PART * RESPONSES
LEAST_RATE = 300.0
LEAST_SHARE = 50.0


def importing(settings: Settings) -> Iterator[Figure]:
    """Import a million contacts and 100,000 responses into a new DuckDB file."""
    history = _history(settings)
    numbers = count()

    def once() -> None:
        file = settings.folder / f"campaign-{next(numbers)}.db"
        import_history(history, f"duckdb:///{file}")
        file.unlink()

    best = best_of(settings.rounds, {"import": once})
    yield Figure("importing into DuckDB", ROWS / best["import"] / 1e3, "k rows/s", LEAST_RATE)


def importing_postgres(settings: Settings) -> Iterator[Figure]:
    """Import the same into new databases of a PostgreSQL server, and copy the same rows there."""
    psycopg = required("psycopg")
    history = _history(settings)
    from tests.postgres import running_server

    try:
        server = running_server()
        with server as running:
            filled = running.new_database().url
            import_history(history, filled)
            for table in IDENTIFIED:
                _copy_out(psycopg, filled, table, settings.folder)
            copied = iter([_tables(running.new_database().url) for _ in range(settings.rounds)])

            def copy() -> None:
                url = next(copied)
                for table in IDENTIFIED:
                    _copy_in(psycopg, url, table, settings.folder)

            def load() -> None:
                import_history(history, running.new_database().url)

            best = best_of(settings.rounds, {"copy": copy, "import": load})
    except RuntimeError as error:
        raise PeerMissing(str(error)) from error
    yield Figure("importing into PostgreSQL", ROWS / best["import"] / 1e3, "k rows/s")
    share, against = 100 * best["copy"] / best["import"], "COPY of the same rows and tables, CSV"
    yield Figure("importing into PostgreSQL, to COPY", share, "%", LEAST_SHARE, True, against)


def _tables(url: str) -> str:
    """Make the tables of a campaign in an empty database; return its URL."""
    with opened(url, 0) as db:
        with db.transaction():
            create_tables(db)
        extend_history(db, {"customer_id": "BIGINT", "cart": "VARCHAR"})
    return url


def _copy_out(psycopg: Any, url: str, table: str, folder: Path) -> None:
    with (
        psycopg.connect(url) as db,
        db.cursor().copy(f"COPY {table} TO STDOUT (FORMAT csv)") as rows,
        open(folder / table, "wb") as file,
    ):
        for data in rows:
            file.write(data)


def _copy_in(psycopg: Any, url: str, table: str, folder: Path) -> None:
    with (
        psycopg.connect(url) as db,
        db.cursor().copy(f"COPY {table} FROM STDIN (FORMAT csv)") as rows,
        open(folder / table, "rb") as file,
    ):
        while data := file.read(1 << 20):
            rows.write(data)


def _history(settings: Settings) -> str:
    history = settings.folder / "history"
    if not history.exists():
        for first in range(0, CONTACTS, PART):
            _write_contacts(history, first)
            _write_responses(history, first)
    return str(history)


def _write_contacts(history: Path, first: int) -> None:
    table = _numbered(table_of([_contact()], ("customer_id",)), first, PART, "w-")
    write_part(_folder(history, "contacts"), f"part-w-{first:08d}-Customer.parquet", table)


def _write_responses(history: Path, first: int) -> None:
    table = _numbered(table_of([_response()], ("customer_id",)), first, RESPONSES, "w-r")
    write_part(_folder(history, "responses"), f"part-w-{first:08d}-Customer.parquet", table)


def _folder(history: Path, table: str) -> Path:
    return history / table / "date=2026-09-21" / "channel=Website"


def _numbered(one: Any, first: int, rows: int, events: str) -> Any:
    """Return a row so many times, with names and keys of their own."""
    table = one.take(pa.array(np.zeros(rows, np.int32)))
    names = [str(first + i) for i in range(rows)]
    for column, prefix in (("event", events), ("treatment", "w."), ("session", "s")):
        table = _with(table, column, pa.array([prefix + n for n in names]))
    return _with(table, "customer_id", pa.array(np.arange(first, first + rows)))


def _with(table: Any, column: str, values: Any) -> Any:
    return table.set_column(table.schema.get_field_index(column), column, values)


_COMMON: dict[str, Any] = {
    "event": "",
    "decision": "w-1",
    "at": 1_790_000_000_000_000,
    "channel": "Website",
    "audience": "Customer",
    "key": (0,),
    "treatment": "",
    "offer": "Gold",
    "code": "CC-GOLD",
    "segments": ("High",),
    "extra": {"cart": "12.50"},
}


def _contact() -> Contact:
    return Contact(**_COMMON, score=80.5, rank=1)


def _response() -> Response:
    return Response(**_COMMON, kind="accept")
