"""Find one customer in a file, as the interpreter sees it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from interact.compiler.codegen.host import column_values
from interact.compiler.columnar.batch import Batch, Column
from interact.compiler.core.interpret import Customer
from interact.runtime.batch.adapt import Losses
from interact.runtime.batch.source import open_source
from interact.runtime.customer_scorer import Reader, needed_of, reader_of
from interact.runtime.errors import DataError, UsageError
from interact.runtime.inputs import Input
from interact.runtime.result import key_column
from interact.runtime.tables.join import Join
from interact.stdlib.types import INT_MAX, INT_MIN, Kind, Value


def find_customer(
    path: str, inputs: Sequence[Input], key: Sequence[str], tables: Sequence[Join] = ()
) -> Customer:
    """Return the first customer of a file whose key is spelled as ``key``.

    Args:
        path: A file, folder or glob, as a batch job reads it.
        inputs: What the channel reads.
        key: One text for each key attribute.
        tables: Rows of tables, which are looked up by the key.

    Raises:
        InteractError: there is no such customer, or the file does not fit.
    """
    keys = [i for i in inputs if i.role == "key"]
    if len(keys) != len(key):
        named = ", ".join(i.name for i in keys)
        parts = f"{len(keys)} part{'s' * (len(keys) != 1)}"
        raise UsageError(f"the key has {parts}: {named}", help="give --id once for each")
    wanted = [_read_key(part, text) for part, text in zip(keys, key, strict=True)]
    for records, reader in _read(path, inputs, tables):
        place = _place(records, keys, wanted)
        if place >= 0:
            return _customer(reader(records.slice(place, 1), Losses()))
    raise DataError(f"no customer {', '.join(key)} in {path}")


def each_customer(path: str, inputs: Sequence[Input]) -> Iterator[Customer]:
    """Yield the customers of a file, in its order.

    Args:
        path: A file, folder or glob, as a batch job reads it.
        inputs: What is read of them.

    Raises:
        InteractError: the file does not fit.
    """
    for records, reader in _read(path, inputs):
        yield from customers_of(reader(records, Losses()))


def _read(
    path: str, inputs: Sequence[Input], tables: Sequence[Join] = ()
) -> Iterator[tuple[Any, Reader]]:
    """Yield record batches of a file, each with what reads it."""
    joined = {state for table in tables for state in table.states}
    optional = {
        i.column: i.name for i in inputs if i.is_optional and i.is_read and i.name not in joined
    }
    in_data = {name for c, name in optional.items() if c in open_source(path, []).schema.names}
    needed = needed_of(i for i in inputs if i.is_needed or i.name in in_data)
    source = open_source(path, needed=needed)
    reader = reader_of(inputs, in_data, tables)
    for task in source.tasks:
        for records in source.read(task):
            yield records, reader


def _read_key(part: Input, text: str) -> int | date | str:
    """Return a part of a key that was spelled; refuse one that no customer can have."""
    kinds: dict[Kind, tuple[Callable[[str], int | date], str]] = {
        Kind.INT: (_whole, "a whole number"),
        Kind.DATE: (date.fromisoformat, "a date such as 2026-01-31"),
    }
    read, wanted = kinds.get(part.type.kind, (str, ""))
    try:
        return read(text)
    except ValueError:
        raise UsageError(f"{part.name} is {wanted}, and this is {text}") from None


def _whole(text: str) -> int:
    number = int(text)
    if not INT_MIN <= number <= INT_MAX:
        raise UsageError(f"a whole number has 64 bits, and {text} has more")
    return number


def _place(records: Any, keys: Sequence[Input], key: Sequence[int | date | str]) -> int:
    """Return the row that has these values as its key, -1 when there is none."""
    columns = [key_column(records, i.column, i.type.kind) for i in keys]
    masks = [
        pc.equal(column, pa.scalar(value, column.type))
        for column, value in zip(columns, key, strict=True)
    ]
    joined = masks[0]
    for mask in masks[1:]:
        joined = pc.and_(joined, mask)
    return int(pc.index(joined, True).as_py())


def _customer(batch: Batch) -> Customer:
    return next(customers_of(batch))


def customers_of(batch: Batch) -> Iterator[Customer]:
    """Yield the customers of a batch as the interpreter sees them."""
    values = _records(batch.columns, batch.length)
    many = {
        name: (rows.offsets.tolist(), _records(rows.columns, int(rows.offsets[-1])))
        for name, rows in batch.rows.items()
    }
    for number, record in enumerate(values):
        rows = {
            name: records[offsets[number] : offsets[number + 1]]
            for name, (offsets, records) in many.items()
        }
        yield Customer(record, rows)


def _records(columns: Mapping[str, Column], length: int) -> list[dict[str, Value]]:
    values = {name: column_values(column, length) for name, column in columns.items()}
    return [{name: values[name][i] for name in values} for i in range(length)]
