"""The Parquet files of a history, in the order in which they are imported."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from interact.runtime.campaign.columns import ABOUT_ROWS, OF_HISTORY, SOURCES
from interact.runtime.errors import UsageError
from interact.runtime.history.pending import hidden


@dataclass(frozen=True, slots=True)
class Part:
    """A file: ``name`` is its path in the history, ``schema`` what its columns are."""

    table: str
    name: str
    path: str
    rows: int
    schema: Any

    @property
    def keys(self) -> tuple[str, ...]:
        """The key columns: those after the audience. Others are of a later history."""
        names = list(self.schema.names)
        known = {*OF_HISTORY[self.table], *ABOUT_ROWS}
        after = names[names.index("audience") + 1 :]
        return tuple(takewhile(lambda name: name not in known, after))


@dataclass(frozen=True, slots=True)
class BadPart:
    """A file that cannot be imported; it is looked at again the next time."""

    name: str
    reason: str


def names_in(history: str) -> Iterator[tuple[str, Path]]:
    """Yield table and path of each file: contacts first, so that responses find them.

    Raises:
        UsageError: There is no such history.
    """
    root = Path(history)
    if not any((root / table).is_dir() for table in SOURCES) and not (root / "log").is_dir():
        raise UsageError(
            f"no history in {history}", help="give the folder of interact serve --history"
        )
    passed_over = hidden(root)
    for table in SOURCES:
        for path in sorted((root / table).glob("date=*/channel=*/part-*.parquet")):
            if path not in passed_over:
                yield table, path


def read_part(history: str, table: str, path: Path) -> Part | BadPart:
    """Return what the footer of a file tells."""
    name = path.relative_to(history).as_posix()
    try:
        about = pq.read_metadata(path)
        schema = about.schema.to_arrow_schema()
    except (OSError, pa.ArrowException) as error:
        return BadPart(name, str(error).splitlines()[0])
    missing = [c for c in OF_HISTORY[table] if c not in schema.names]
    if missing:
        return BadPart(name, f"no column {', '.join(missing)}")
    return Part(table, name, str(path.absolute()), about.num_rows, schema)


def batches(parts: list[Part], rows: int = 1 << 21, files: int = 512) -> Iterator[list[Part]]:
    """Yield parts of one table that are imported together."""
    batch: list[Part] = []
    for part in parts:
        full = len(batch) == files or sum(p.rows for p in batch) + part.rows > rows
        if batch and (full or batch[0].table != part.table):
            yield batch
            batch = []
        batch.append(part)
    if batch:
        yield batch
