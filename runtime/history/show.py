"""Rows of a history for a person or a program: the latest, or all, in some format."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as csv
import pyarrow.parquet as pq

from interact.runtime.errors import OutputError, UsageError
from interact.runtime.history.publish import PARQUET
from interact.runtime.history.select import Selection

FORMATS = (".parquet", ".csv")


def latest(selection: Selection, count: int) -> Any:
    """Return the last rows, in order of time; newer days are read first, and no more than needed.

    Raises:
        DataError: A file is damaged.
    """
    held = selection.schema.empty_table()
    for tables in selection.days(newest_first=True):
        for table in tables:
            held = _last(pa.concat_tables([held, table]), count)
        if held.num_rows == count and not _is_of_log(held, selection):
            break
    return held.sort_by([("at", "ascending"), ("event", "ascending")])


def all_rows(selection: Selection) -> Iterator[Any]:
    """Yield all rows as tables, by day.

    Raises:
        DataError: A file is damaged.
    """
    for tables in selection.days():
        yield from tables


def json_lines(tables: Iterable[Any]) -> Iterator[str]:
    """Yield each row as a line of JSON; what is null is left out."""
    for table in tables:
        times = pc.strftime(table["at"], format="%Y-%m-%dT%H:%M:%SZ")
        for row, at in zip(table.to_pylist(), times.to_pylist(), strict=True):
            told = {name: value for name, value in row.items() if value is not None}
            yield json.dumps({**told, "at": at, "extra": dict(row["extra"] or ())})


def write(tables: Iterable[Any], schema: Any, path: str) -> int:
    """Write rows as a file, whole or not at all; return how many.

    Raises:
        UsageError: The ending is none of ``FORMATS``.
        OutputError: It cannot be written.
    """
    ending = Path(path).suffix
    if ending not in FORMATS:
        raise UsageError(f"cannot write {path}", help=f"end its name with {' or '.join(FORMATS)}")
    hidden = Path(path).with_name(f".{Path(path).name}.{os.getpid()}.tmp")
    opener: Callable[[], Any] = (
        (lambda: pq.ParquetWriter(hidden, schema, **PARQUET))
        if ending == ".parquet"
        else (lambda: csv.CSVWriter(hidden, _flat(schema.empty_table()).schema))
    )
    count = 0
    try:
        with opener() as writer:
            for table in tables:
                writer.write_table(table if ending == ".parquet" else _flat(table))
                count += table.num_rows
        os.replace(hidden, path)
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror or error}") from error
    finally:
        hidden.unlink(missing_ok=True)
    return count


def _last(table: Any, count: int) -> Any:
    if table.num_rows <= count:
        return table
    keys = [("at", "descending"), ("event", "descending")]
    return table.take(pc.select_k_unstable(table, count, keys))


def _is_of_log(held: Any, selection: Selection) -> bool:
    """Return whether there are rows of logs among the last, which do not say that a day is over."""
    return bool(pc.any(pc.is_in(held["event"], selection.logged)).as_py())


def _flat(table: Any) -> Any:
    """Return a table with texts in place of lists and maps, which CSV cannot hold."""
    for number, column in enumerate(table.schema):
        if pa.types.is_list(column.type):
            flat = pc.binary_join(table[column.name].combine_chunks(), "|")
        elif pa.types.is_map(column.type):
            maps = (
                None if m is None else json.dumps(dict(m)) for m in table[column.name].to_pylist()
            )
            flat = pa.array(maps, pa.string())
        else:
            continue
        table = table.set_column(number, column.name, flat)
    return table
