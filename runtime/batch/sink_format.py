"""Result tables as files: Parquet, Arrow IPC or CSV, for humans and for other programs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.ipc
import pyarrow.parquet as pq

from interact.runtime.batch.schema import is_text


class OutputFormat(StrEnum):
    """How results are stored; the value is the ending of the file names."""

    PARQUET = "parquet"
    ARROW = "arrow"
    CSV = "csv"


class TableWriter(Protocol):
    """Writes one file. Each table given to ``write`` is a row group where there are such."""

    def write(self, table: pa.Table) -> None: ...
    def close(self) -> None: ...


def open_writer(
    format: OutputFormat, file: Any, schema: pa.Schema, sorted_by: Sequence[str] = ()
) -> TableWriter:
    """Start a file on an open, writable ``file`` object.

    Args:
        format: The kind of file.
        file: A ``pyarrow.NativeFile`` or a Python file; the caller closes it.
        schema: Of all tables that follow.
        sorted_by: Columns that readers will look up, which get statistics.
    """
    match format:
        case OutputFormat.PARQUET:
            return _ParquetTable(_parquet_writer(file, schema, sorted_by))
        case OutputFormat.ARROW:
            return _ArrowTable(pa.ipc.new_file(file, schema, options=_IPC_OPTIONS), schema)
        case OutputFormat.CSV:
            return _CsvTable(pa.csv.CSVWriter(file, _plain_schema(schema)))


_PAGE_ROWS = 1 << 20
_WRITE_ROWS = 1 << 16


def _parquet_writer(file: Any, schema: pa.Schema, looked_up: Sequence[str]) -> Any:
    """Choose encodings by type; together they take a third of the time of the defaults.

    Repeated texts go into dictionaries, whole numbers become deltas (a key that repeats for
    each offer all but vanishes), floats are split by bytes, pages are as long as a megabyte
    allows, and only looked-up columns have statistics, as those of texts cost a quarter of
    the time.
    """
    names = {field.name: field.type for field in schema}
    # a dotted path would be needed for the leaves of nested columns, which keep the defaults
    return pq.ParquetWriter(
        file,
        schema,
        compression="zstd",
        compression_level=1,
        use_dictionary=[name for name, t in names.items() if is_text(t)],
        column_encoding={n: e for n, t in names.items() if (e := _encoding(t))} or None,
        write_statistics=[name for name in looked_up if name in names] or False,
        write_page_checksum=True,
        write_batch_size=_WRITE_ROWS,
        max_rows_per_page=_PAGE_ROWS,
    )


def _encoding(found: pa.DataType) -> str | None:
    t = pa.types
    if t.is_integer(found) or t.is_date(found) or t.is_timestamp(found):
        return "DELTA_BINARY_PACKED"
    return "BYTE_STREAM_SPLIT" if t.is_float32(found) or t.is_float64(found) else None


@dataclass(slots=True)
class _ParquetTable:
    writer: Any

    def write(self, table: pa.Table) -> None:
        if table.num_rows:
            self.writer.write_table(table, row_group_size=table.num_rows)

    def close(self) -> None:
        self.writer.close()


@dataclass(slots=True)
class _CsvTable:
    writer: Any

    def write(self, table: pa.Table) -> None:
        plain = table.cast(_plain_schema(table.schema))
        for place, column in enumerate(plain.schema):
            if pa.types.is_date32(column.type) or pa.types.is_timestamp(column.type):
                plain = plain.set_column(place, column, _spelled(plain.column(place)))
        self.writer.write_table(plain)

    def close(self) -> None:
        self.writer.close()


def _spelled(times: Any) -> Any:
    """Return days or times, with null for those beyond the years 1 to 9999: no text says them."""
    first, last = (
        pa.scalar(at if pa.types.is_timestamp(times.type) else at.date(), times.type)
        for at in (datetime.min, datetime.max)
    )
    is_known = pc.and_(pc.greater_equal(times, first), pc.less_equal(times, last))
    return pc.if_else(is_known, times, None)


def _plain_schema(schema: pa.Schema) -> pa.Schema:
    fields = [f.with_type(f.type.value_type) if _is_coded(f.type) else f for f in schema]
    return pa.schema(fields)


def _is_coded(found: pa.DataType) -> bool:
    return bool(pa.types.is_dictionary(found))


_IPC_OPTIONS = pa.ipc.IpcWriteOptions(
    compression=pa.Codec("zstd", compression_level=1), emit_dictionary_deltas=True
)


@dataclass(slots=True)
class _ArrowTable:
    """An IPC file may only add to a dictionary, so each one grows as texts turn up."""

    writer: Any
    schema: pa.Schema
    grown: dict[str, Any] = field(default_factory=dict)

    def write(self, table: pa.Table) -> None:
        columns = [self._coded(table.column(n), n) for n in self.schema.names]
        self.writer.write_table(pa.table(columns, schema=self.schema))

    def close(self) -> None:
        self.writer.close()

    def _coded(self, column: Any, name: str) -> Any:
        if not _is_coded(column.type):
            return column
        chunks = [self._grow(chunk, name) for chunk in column.chunks]
        return pa.chunked_array(chunks, type=column.type)

    def _grow(self, array: Any, name: str) -> Any:
        known = self.grown.setdefault(name, array.dictionary)
        if array.dictionary.equals(known):
            return array
        new = pc.filter(array.dictionary, pc.invert(pc.is_in(array.dictionary, known)))
        known = self.grown[name] = pa.concat_arrays([known, new])
        place = pc.index_in(array.dictionary, known).cast(array.type.index_type)
        return pa.DictionaryArray.from_arrays(place.take(array.indices), known)


def table_of(data: Any) -> pa.Table:
    """Return a record batch or table as a table."""
    return pa.Table.from_batches([data]) if isinstance(data, pa.RecordBatch) else data
