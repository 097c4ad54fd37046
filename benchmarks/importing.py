"""Importing a history of contacts into a campaign database."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from benchmarks.measure import Figure, Settings, best_of
from interact.runtime.campaign.load import import_history
from interact.runtime.history.events import Contact
from interact.runtime.history.publish import write_part
from interact.runtime.history.schema import table_of

CONTACTS = 1_000_000
PART = 50_000
LEAST_RATE = 300.0


def importing(settings: Settings) -> Iterator[Figure]:
    """Import a million contacts into a new DuckDB file."""
    history = settings.folder / "history"
    for first in range(0, CONTACTS, PART):
        _write_contacts(history, first)
    numbers = count()

    def once() -> None:
        file = settings.folder / f"campaign-{next(numbers)}.db"
        import_history(str(history), f"duckdb:///{file}")
        file.unlink()

    best = best_of(settings.rounds, {"import": once})
    yield Figure("importing contacts", CONTACTS / best["import"] / 1e3, "k rows/s", LEAST_RATE)


def _write_contacts(history: Path, first: int) -> None:
    table = table_of([_contact()], ("customer_id",)).take(pa.array(np.zeros(PART, np.int32)))
    names = [str(first + i) for i in range(PART)]
    for column, prefix in (("event", "w-"), ("treatment", "w."), ("session", "s")):
        table = _with(table, column, pa.array([prefix + n for n in names]))
    table = _with(table, "customer_id", pa.array(np.arange(first, first + PART)))
    folder = history / "contacts" / "date=2026-09-21" / "channel=Website"
    write_part(folder, f"part-w-{first:08d}-Customer.parquet", table)


def _with(table: Any, column: str, values: Any) -> Any:
    return table.set_column(table.schema.get_field_index(column), column, values)


def _contact() -> Contact:
    return Contact(
        event="",
        decision="w-1",
        at=1_790_000_000_000_000,
        channel="Website",
        audience="Customer",
        key=(0,),
        treatment="",
        offer="Gold",
        code="CC-GOLD",
        segments=("High",),
        extra={"cart": "12.50"},
        score=80.5,
        rank=1,
    )
