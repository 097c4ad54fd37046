"""What delayed actions a killed process has already written: they are not to be written again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from interact.runtime.history.locks import reading
from interact.runtime.history.schema import TABLES

DELAYED = "~"
"""Stands in the names of rows that delayed actions write, and in no others."""


def done_before(folder: str, due: int | None, now: int) -> set[str]:
    """Return the names of what was done of that which was due when a former process ended.

    Args:
        due: When the first of it was, in microseconds since 1970; None for nothing.
    """
    return delayed_rows(folder, due, now) if due is not None and due <= now else set()


def delayed_rows(folder: str, since: int, until: int) -> set[str]:
    """Return the names of the rows of delayed actions between two times, both in microseconds.

    Those in a file that is damaged are not known: they may be written again, under the same names.
    """
    first, last = (datetime.fromtimestamp(t / 1e6, UTC).date().isoformat() for t in (since, until))
    found: set[str] = set()
    with reading(Path(folder)):
        for part in _parts(Path(folder)):
            day = part.parent.parent.name.removeprefix("date=")
            if first <= day <= last:
                with suppress(OSError, pa.ArrowException):
                    names = pq.ParquetFile(part).read(["event"])["event"]
                    found.update(names.filter(pc.match_substring(names, DELAYED)).to_pylist())
    return found


def _parts(history: Path) -> Iterator[Path]:
    for table in TABLES:
        yield from sorted((history / table).glob("date=*/channel=*/*.parquet"))
