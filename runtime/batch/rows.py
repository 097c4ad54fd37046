"""Arrow lists of structs as offsets and flattened fields."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from interact.compiler.columnar.batch import Offsets
from interact.runtime.batch.bitmaps import unpack, validity
from interact.runtime.batch.numbers import Int64s, stored
from interact.runtime.batch.schema import storage_type


@dataclass(frozen=True, slots=True)
class Lists:
    """The rows of ``n`` lists: offsets, shape ``(n + 1,)``, from 0, and an array per field."""

    offsets: Offsets
    fields: tuple[Any, ...]


def lists(array: Any, names: Sequence[str]) -> Lists:
    """Flatten a list array of any kind; a null list has no rows, a null struct a row of nulls."""
    array = array.storage if isinstance(array, pa.ExtensionArray) else array
    if pa.types.is_null(array.type):
        empty = pa.nulls(0)
        return Lists(np.zeros(len(array) + 1, np.int64), tuple(empty for _ in names))
    starts, lengths = _extents(array)
    if (valid := validity(array)) is not None:
        lengths = np.where(unpack(valid, len(array)), lengths, 0)
    offsets = np.zeros(len(array) + 1, np.int64)
    np.cumsum(lengths, out=offsets[1:])
    children = _children(array.values, starts, lengths, offsets)
    return Lists(offsets, tuple(_field(children, name) for name in names))


def _extents(array: Any) -> tuple[Int64s, Int64s]:
    """Return where in ``array.values`` each list starts, and its length; shape ``(n,)`` both."""
    found, count = array.type, len(array)
    if pa.types.is_fixed_size_list(found):
        starts = (np.arange(count, dtype=np.int64) + array.offset) * found.list_size
        return starts, np.full(count, found.list_size, np.int64)
    wide = pa.types.is_large_list(found) or pa.types.is_large_list_view(found)
    dtype = np.dtype(np.int64 if wide else np.int32)
    if pa.types.is_list_view(found) or pa.types.is_large_list_view(found):
        sizes = (
            np.frombuffer(array.buffers()[2], dtype, count, array.offset * dtype.itemsize)
            if count
            else np.zeros(0, dtype)
        )
        return stored(array, dtype).astype(np.int64), sizes.astype(np.int64)
    ends = _offsets(array, dtype, count)
    return ends[:-1], np.diff(ends)


def _offsets(array: Any, dtype: np.dtype[Any], count: int) -> Int64s:
    if count == 0:
        return np.zeros(1, np.int64)
    start = array.offset * dtype.itemsize
    return np.frombuffer(array.buffers()[1], dtype, count + 1, start).astype(np.int64)


def _children(values: Any, starts: Int64s, lengths: Int64s, offsets: Offsets) -> Any:
    """Return the rows of all lists in order: a slice when they lie so, else a selection."""
    used = np.flatnonzero(lengths)
    if used.size == 0:
        return values.slice(0, 0)
    place = starts[used] - offsets[:-1][used]
    if (place == place[0]).all():
        return values.slice(int(starts[used[0]]), int(offsets[-1]))
    shift = np.repeat(starts - offsets[:-1], lengths)
    return values.take(pa.array(shift + np.arange(offsets[-1], dtype=np.int64)))


def _field(children: Any, name: str) -> Any:
    children = children.storage if isinstance(children, pa.ExtensionArray) else children
    if pa.types.is_null(storage_type(children.type)):
        return pa.nulls(len(children))
    # struct_field, unlike StructArray.field, makes the fields of a null struct null
    return pc.struct_field(children, [children.type.get_field_index(name)])
