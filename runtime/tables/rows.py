"""Where the rows of a table come from: files, or the query of a database.

Whatever the source, rows come as record batches, with the place at which each begins. What cannot
be told apart as a row is left out and counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.csv

from interact.runtime.batch.csv_errors import is_header_alone, opened_bytes
from interact.runtime.batch.files import Format, find_files, unreadable
from interact.runtime.batch.source import open_source
from interact.runtime.batch.source_csv import NULLS, header_of
from interact.runtime.errors import DataError

_BLOCK_BYTES = 4 << 20


@dataclass(frozen=True, slots=True)
class TableSpec:
    """What a table is read from: a file, folder or glob, or the ``query`` of a database."""

    name: str
    path: str
    query: str = ""

    @property
    def told(self) -> str:
        """What messages call it: never with a password."""
        return f"the query of {self.name}" if self.query else self.path


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some rows of a source; ``first`` is the number of the first of them, from 1."""

    source: str
    first: int
    rows: Any


@dataclass(slots=True)
class Broken:
    """Rows that could not be told apart, by source, by their numbers."""

    rows: dict[str, list[int]] = field(default_factory=dict)

    def moved(self, source: str, row: int) -> int:
        """Return the number of a row when those that are broken count."""
        for broken in self.rows.get(source, ()):
            row += broken <= row
        return row


class RowSource(Protocol):
    """Rows with some columns."""

    def columns(self) -> Sequence[str]:
        """Return the names of all columns."""
        ...

    def read(self, columns: Sequence[str], broken: Broken) -> Iterator[Chunk]:
        """Yield the rows."""
        ...


def open_rows(spec: TableSpec) -> RowSource:
    """Return the source of a table.

    Raises:
        InteractError: There is no such file, or it is of no known format.
    """
    if spec.query:
        from interact.runtime.tables.database import Query

        return Query(spec)
    files, format = find_files(spec.path)
    if format is Format.CSV:
        return CsvRows(tuple(files))
    return FileRows(spec.path)


@dataclass(frozen=True, slots=True)
class FileRows:
    """Parquet and Arrow files."""

    path: str

    def columns(self) -> Sequence[str]:
        names: Sequence[str] = open_source(self.path, []).schema.names
        return names

    def read(self, columns: Sequence[str], broken: Broken) -> Iterator[Chunk]:
        source, file, first = open_source(self.path, list(columns)), "", 1
        for task in source.tasks:
            first = first if task.file == file else 1
            file = task.file
            for rows in source.read(task):
                yield Chunk(file, first, rows)
                first += rows.num_rows


@dataclass(frozen=True, slots=True)
class CsvRows:
    """CSV files, whose fields are read as bytes: whether they are texts is looked at later."""

    files: tuple[str, ...]

    def columns(self) -> Sequence[str]:
        names, _ = header_of(self.files[0])
        for file in self.files[1:]:
            if header_of(file)[0] != names:
                raise DataError(f"{file} has other columns than {self.files[0]}")
        return names

    def read(self, columns: Sequence[str], broken: Broken) -> Iterator[Chunk]:
        for file in self.files:
            first = 1
            for rows in self._read(file, columns, broken):
                yield Chunk(file, first, rows)
                first += rows.num_rows

    def _read(self, file: str, columns: Sequence[str], broken: Broken) -> Iterator[Any]:
        _, delimiter = header_of(file)
        rows = broken.rows.setdefault(file, [])

        def skip(row: Any) -> str:
            rows.append(row.number - 1)  # the header is row 1
            return "skip"

        try:
            yield from pa.csv.open_csv(
                opened_bytes(file),
                read_options=pa.csv.ReadOptions(block_size=_BLOCK_BYTES, use_threads=False),
                parse_options=pa.csv.ParseOptions(
                    delimiter=delimiter, newlines_in_values=True, invalid_row_handler=skip
                ),
                convert_options=pa.csv.ConvertOptions(
                    check_utf8=False,
                    column_types=dict.fromkeys(columns, pa.binary()),
                    include_columns=list(columns),
                    null_values=NULLS,
                    strings_can_be_null=True,
                    quoted_strings_can_be_null=False,
                ),
            )
        except (pa.ArrowInvalid, OSError) as error:
            if not is_header_alone(error):
                raise unreadable(file, error) from error
