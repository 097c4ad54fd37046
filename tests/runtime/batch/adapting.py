"""Arrow data through ``adapt``, read as a kernel would, against plain Python values."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
from hypothesis import strategies as st

from interact.compiler.columnar.batch import Column, Lane
from interact.runtime.batch.adapt import Losses, adapt
from interact.runtime.batch.bitmaps import unpack
from interact.runtime.batch.schema import Needed, check_schema, lane_of
from interact.stdlib.types import (
    INT_MAX,
    INT_MIN,
    Type,
)

Oracle = Callable[[Any], Any]


def read(column: Column, length: int) -> list[Any]:
    """Return the plain values of a column, as a kernel would read it."""
    assert column.data.dtype == column.lane.dtype
    valid = unpack(column.valid, length).tolist()
    if column.lane is Lane.BITS:
        values: list[Any] = unpack(column.data.view(np.uint8), length).tolist()
    elif column.lane is Lane.CODE:
        assert column.dictionary is not None
        assert len(set(column.dictionary)) == len(column.dictionary) > 0
        values = [column.dictionary[code] for code in column.data.tolist()]  # nulls are in range
    else:
        values = column.data.tolist()
    if column.lane is Lane.F64:
        valid = [v and not math.isnan(x) for v, x in zip(valid, values, strict=True)]
    return [x if v else None for v, x in zip(valid, values, strict=True)]


def chunked(draw: Any, array: Any) -> Any:
    """Cut an array at random, with garbage around it, so that slices have offsets."""
    padding = pa.nulls(draw(st.integers(0, 9)), array.type)
    whole = pa.concat_arrays([padding, array, padding]) if len(padding) else array
    cut = draw(st.integers(0, len(array)))
    first = whole.slice(len(padding), cut)
    second = whole.slice(len(padding) + cut, len(array) - cut)
    if draw(st.booleans()):
        return whole.slice(len(padding), len(array))
    return pa.chunked_array([first, second], type=array.type)


def check(data: Any, array: Any, declared: Type, oracle: Oracle, values: list[Any]) -> None:
    """Adapt ``array`` in random pieces, and compare with ``oracle`` of each value."""
    table = pa.table({"x": chunked(data.draw, array)})
    needed = [Needed("x", "x", declared, nullable=False)]
    assert check_schema(needed, table.schema) == []
    losses = Losses()
    batch = adapt(table, needed, losses)
    column = batch.columns["x"]
    assert batch.length == len(values)
    assert column.lane is lane_of(declared, array.type)
    expected = [None if value is None else oracle(value) for value in values]
    assert read(column, len(values)) == expected
    pairs = zip(values, expected, strict=True)
    lost = sum(v is not None and e is None and v == v for v, e in pairs)
    assert losses.out_of_range["x"] == lost
    assert losses.unexpected_nulls["x"] == expected.count(None)


def maybe(values: st.SearchStrategy[Any]) -> st.SearchStrategy[list[Any]]:
    return st.lists(st.none() | values, max_size=150)


def in_range(low: int, high: int) -> Callable[[int], int | None]:
    return lambda value: value if low <= value <= high else None


in_64 = in_range(INT_MIN, INT_MAX)


INTEGERS = [pa.int8(), pa.int16(), pa.int32(), pa.int64()]
UNSIGNED = [pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64()]
