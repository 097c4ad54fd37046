"""Lists of customers as files, whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pc
import pyarrow.parquet as pq

from interact.runtime.errors import OutputError, UsageError

FORMATS = (".parquet", ".csv")


def check_name(path: str) -> None:
    """Refuse a file whose name does not say what it shall be.

    Raises:
        UsageError: It ends in none of ``FORMATS``.
    """
    if not path.lower().endswith(FORMATS):
        raise UsageError(f"what shall {path} be?", help="a name ends in .parquet or .csv")


def table(columns: Sequence[tuple[str, Any]], rows: Sequence[Sequence[Any]]) -> Any:
    """Return rows as a table; columns are names and Arrow types, None as the values are."""
    values = list(zip(*rows, strict=True)) or [()] * len(columns)
    arrays = [
        pa.array(_alike(column) if kind is None else column, kind)
        for (_, kind), column in zip(columns, values, strict=True)
    ]
    return pa.table(dict(zip([name for name, _ in columns], arrays, strict=True)))


def _alike(values: Sequence[Any]) -> list[Any]:
    """Return key values in one type: text when any is."""
    if any(isinstance(v, str) for v in values):
        return [None if v is None else str(v) for v in values]
    return list(values)


def write(found: Any, path: str) -> None:
    """Write a table as Parquet or CSV, as the name ends.

    Raises:
        OutputError: It cannot be written; what was there is still there.
    """
    write_batches(found.schema, found.to_batches(), path)


def write_batches(schema: Any, batches: Iterable[Any], path: str) -> None:
    """Write record batches of a schema, one after the other, as ``write`` does.

    Raises:
        OutputError: It cannot be written; what was there is still there.
    """
    hidden = Path(path).with_name(f".{Path(path).name}.{os.getpid()}.tmp")
    try:
        hidden.parent.mkdir(parents=True, exist_ok=True)
        with _writer(hidden, schema, path.lower().endswith(".csv")) as writer:
            for batch in batches:
                writer.write_batch(batch)
        os.replace(hidden, path)
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
