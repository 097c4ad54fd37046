"""The Parquet files of a history, as they are found in its folders."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from interact.runtime.errors import DataError, UsageError
from interact.runtime.history.log import LOGS
from interact.runtime.history.pending import hidden
from interact.runtime.history.schema import TABLES, own_columns

_SOURCES = b"interact.sources"
_OF_SEGMENT = re.compile(r"part-([0-9a-f]+)-(\d{10})-")
_OPTIONAL = {"writer", "sequence", "inputs"}


@dataclass(frozen=True, slots=True)
class Part:
    """A file of a table, day and channel."""

    table: str
    day: str
    channel: str
    path: Path

    @property
    def name(self) -> str:
        """The path within the history."""
        return self.path.relative_to(self.path.parents[3]).as_posix()

    def segment(self, history: Path) -> Path | None:
        """Return the segment of a log that the file was made from; None for a merged one."""
        made = _OF_SEGMENT.match(self.path.name)
        return None if made is None else history / LOGS / made[1] / made[2]


def check_history(folder: str) -> Path:
    """Return a folder that is a history.

    Raises:
        UsageError: It is none.
    """
    history = Path(folder)
    if not any((history / name).is_dir() for name in (*TABLES, LOGS)):
        raise UsageError(
            f"no history in {folder}", help="give the folder of interact serve --history"
        )
    return history


def parts_in(history: Path, tables: Iterable[str] = TABLES) -> list[Part]:
    """Return all files that count, by day, table and channel."""
    passed_over = hidden(history)
    found = [
        Part(table, path.parts[-3].partition("=")[2], path.parts[-2].partition("=")[2], path)
        for table in tables
        for path in (history / table).glob("date=*/channel=*/part-*.parquet")
        if path not in passed_over
    ]
    return sorted(found, key=lambda p: (p.day, p.table, p.channel, p.path.name))


def open_part(part: Part) -> Any:
    """Return a file to read, whose checksums are looked at.

    Raises:
        DataError: It is no Parquet file of the history.
    """
    try:
        opened = pq.ParquetFile(part.path, page_checksum_verification=True)
    except (OSError, pa.ArrowException) as error:
        raise DataError(f"{part.name}: {first_line(error)}") from error
    missing = set(own_columns(part.table)) - _OPTIONAL - set(opened.schema_arrow.names)
    if missing:
        raise DataError(f"{part.name}: no column {', '.join(sorted(missing))}")
    return opened


def key_columns(part: Part, schema: Any) -> list[str]:
    """Return the columns that are parts of the key."""
    own = {*own_columns(part.table), *_OPTIONAL}
    return [name for name in schema.names if name not in own]


def sources_of(path: Path) -> list[str]:
    """Return the names of the files that a merged one was made of; none when it cannot be read."""
    try:
        schema = pq.read_schema(path)
    except (OSError, pa.ArrowException):
        return []
    return ((schema.metadata or {}).get(_SOURCES) or b"").decode().split()


def with_sources(schema: Any, names: Iterable[str]) -> Any:
    """Return a schema that tells what a file was made of."""
    return schema.with_metadata({_SOURCES: "\n".join(names).encode()})


def first_line(error: BaseException) -> str:
    """Return what an error says, without the rest."""
    return (str(error).splitlines() or [type(error).__name__])[0]
