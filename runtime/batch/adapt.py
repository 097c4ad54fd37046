"""Customers in Arrow form as the lanes that kernels read.

Fixed-width columns whose storage is a lane already are views on the Arrow buffers; so are
bitmaps that start on a word. The views keep their buffers alive.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from interact.compiler.columnar.batch import Batch, Bitmap, Column, Lane, Rows
from interact.runtime.batch.bitmaps import (
    Mask,
    count_nulls,
    from_buffer,
    pack,
    unpack,
    validity,
    without,
    word_bytes,
)
from interact.runtime.batch.numbers import Fitted, floats, ints, nans, scaled
from interact.runtime.batch.rows import lists
from interact.runtime.batch.schema import Needed, lane_of, storage_type
from interact.runtime.batch.texts import Dictionaries, texts
from interact.runtime.batch.times import dates, microseconds, timestamps
from interact.stdlib.types import Kind, Type


@dataclass(slots=True)
class Losses:
    """What adapting did to the data, by attribute (``accounts.balance`` for a field of rows).

    Attributes:
        out_of_range: Values that became null because their lane cannot hold them.
        unexpected_nulls: Nulls, these among them, of attributes declared without null.
    """

    out_of_range: Counter[str] = field(default_factory=Counter)
    unexpected_nulls: Counter[str] = field(default_factory=Counter)

    def merge(self, other: Losses) -> Losses:
        """Return the sum of both."""
        return Losses(
            self.out_of_range + other.out_of_range,
            self.unexpected_nulls + other.unexpected_nulls,
        )


@dataclass(slots=True)
class Adapter:
    """Adapts the batches of a run, which mostly share their dictionaries.

    Threads may share it, each with its own ``Losses``.
    """

    needed: Sequence[Needed]
    dictionaries: Dictionaries = field(default_factory=Dictionaries)

    def __call__(self, data: Any, losses: Losses | None = None) -> Batch:
        """Return the needed attributes of a record batch or table that passed ``check_schema``.

        Args:
            data: A ``pyarrow.RecordBatch`` or ``pyarrow.Table`` of customers.
            losses: Where to count what became null.
        """
        losses = Losses() if losses is None else losses
        columns: dict[str, Column] = {}
        rows: dict[str, Rows] = {}
        for need in self.needed:
            array = _one_array(data.column(need.column))
            if need.is_many:
                rows[need.name] = self._rows(array, need, losses)
            else:
                columns[need.name] = self._column(array, need, need.name, losses)
        return Batch(data.num_rows, columns, rows)

    def _rows(self, array: Any, need: Needed, losses: Losses) -> Rows:
        found = lists(array, [part.column for part in need.fields])
        columns = {
            part.name: self._column(values, part, f"{need.name}.{part.name}", losses)
            for part, values in zip(need.fields, found.fields, strict=True)
        }
        return Rows(found.offsets, columns)

    def _column(self, array: Any, need: Needed, path: str, losses: Losses) -> Column:
        array = array.storage if isinstance(array, pa.ExtensionArray) else array
        if pa.types.is_null(array.type):
            column, lost = nulls(need.type, len(array)), 0
        elif need.type.kind is Kind.TEXT:
            column, lost = texts(array, path, self.dictionaries), 0
        else:
            column, lost = fixed_width(array, need.type)
        if lost:
            losses.out_of_range[path] += lost
        if not need.nullable and (missing := _missing(column, len(array))):
            losses.unexpected_nulls[path] += missing
        return column


def adapt(data: Any, needed: Sequence[Needed], losses: Losses | None = None) -> Batch:
    """Adapt one record batch or table; an ``Adapter`` is better for many."""
    return Adapter(needed)(data, losses)


def _one_array(column: Any) -> Any:
    if not isinstance(column, pa.ChunkedArray):
        return column
    return column.chunk(0) if column.num_chunks == 1 else column.combine_chunks()


def _missing(column: Column, length: int) -> int:
    if column.lane is not Lane.F64:
        return count_nulls(column.valid, length)
    if column.valid is None:
        return int(np.count_nonzero(np.isnan(column.data)))
    return int(np.count_nonzero(np.isnan(column.data) | ~unpack(column.valid, length)))


def nulls(declared: Type, length: int) -> Column:
    """Return a column without a value."""
    lane = lane_of(declared, pa.null())
    size = word_bytes(length) if lane is Lane.BITS else length
    none: Mask = np.zeros(length, np.bool_)
    dictionary = ("",) if lane is Lane.CODE else None
    return Column(lane, np.zeros(size, lane.dtype), pack(none), dictionary)


def fixed_width(array: Any, declared: Type) -> tuple[Column, int]:
    """Return the column of any type but text, and how many values it could not hold."""
    valid = validity(array)
    if declared.kind is Kind.BOOL:
        return Column(Lane.BITS, _bits(array), valid), 0
    values, bad = _FIT[declared.kind](array, declared)
    lost = 0
    if declared.kind is Kind.DECIMAL and (missing := nans(array)) is not None:
        valid, _ = without(valid, missing)
    if bad is not None:
        valid, lost = without(valid, bad)
    return Column(lane_of(declared, storage_type(array.type)), values, valid), lost


def _bits(array: Any) -> Bitmap:
    if len(array) == 0:
        return np.zeros(0, np.uint8)
    return from_buffer(array.buffers()[1], array.offset, len(array))


_FIT: dict[Kind, Callable[[Any, Type], Fitted]] = {
    Kind.INT: lambda array, _: ints(array),
    Kind.FLOAT: lambda array, _: floats(array),
    Kind.DECIMAL: lambda array, declared: scaled(array, declared.scale),
    Kind.DATE: lambda array, _: dates(array),
    Kind.TIMESTAMP: lambda array, _: timestamps(array),
    Kind.DURATION: lambda array, _: microseconds(array),
}
