"""Lists of customers as files, whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq

from interact.runtime.errors import OutputError, UsageError

FORMATS = (".parquet", ".csv")
_ROWS = 1 << 15


def check_name(path: str) -> None:
    """Refuse a file whose name does not say what it shall be.

    Raises:
        UsageError: It ends in none of ``FORMATS``.
    """
    if not path.lower().endswith(FORMATS):
        raise UsageError(f"what shall {path} be?", help="a name ends in .parquet or .csv")


def write_rows(columns: Sequence[tuple[str, Any]], rows: Iterable[Sequence[Any]], path: str) -> int:
    """Write rows as Parquet or CSV, as the name ends; columns are names and Arrow types.

    Returns:
        How many rows there are.

    Raises:
        OutputError: It cannot be written; what was there is still there.
    """
    schema = pa.schema(columns)
    return write_batches(schema, _batches(schema, iter(rows)), path)


def _batches(schema: Any, rows: Iterator[Sequence[Any]]) -> Iterator[Any]:
    while some := list(islice(rows, _ROWS)):
        values = zip(*some, strict=True)
        arrays = [pa.array(list(v), f.type) for v, f in zip(values, schema, strict=True)]
        yield pa.record_batch(arrays, schema=schema)


def write_batches(schema: Any, batches: Iterable[Any], path: str) -> int:
    """Write record batches of a schema, one after the other, as ``write_rows`` does.

    Returns:
        How many rows there are.

    Raises:
        OutputError: It cannot be written; what was there is still there.
    """
    hidden = Path(path).with_name(f".{Path(path).name}.{os.getpid()}.tmp")
    count = 0
    try:
        hidden.parent.mkdir(parents=True, exist_ok=True)
        with _writer(hidden, schema, path.lower().endswith(".csv")) as writer:
            for batch in batches:
                writer.write_batch(batch)
                count += batch.num_rows
        os.replace(hidden, path)
        return count
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        hidden.unlink(missing_ok=True)


def _writer(path: Path, schema: Any, is_csv: bool) -> Any:
    if not is_csv:
        return pq.ParquetWriter(path, schema, compression="zstd")
    rows = [field.name for field in schema if pa.types.is_nested(field.type)]
    if rows:
        raise UsageError(f"a CSV file cannot hold the rows of {rows[0]}", help="write .parquet")
    return pc.CSVWriter(path, schema)
