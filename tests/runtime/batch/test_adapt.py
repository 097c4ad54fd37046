"""Every Arrow type through ``adapt``, against plain Python values."""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from functools import partial
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings, strategies as st

from interact.compiler.columnar.batch import Column, Lane
from interact.runtime.batch.adapt import Adapter, Losses, adapt
from interact.runtime.batch.bitmaps import unpack
from interact.runtime.batch.schema import Needed, check_schema, lane_of
from interact.stdlib.types import (
    BOOL,
    DATE,
    DURATION,
    FLOAT,
    INT,
    INT_MAX,
    INT_MIN,
    TEXT,
    TIMESTAMP,
    Type,
    decimal,
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


def rounded(value: Fraction | int, scale: int) -> int | None:
    """Scale and round half away from zero, exactly."""
    scaled = Fraction(value) * 10**scale
    whole = (abs(scaled) + Fraction(1, 2)).__floor__()
    return in_64(whole if scaled >= 0 else -whole)


INTEGERS = [pa.int8(), pa.int16(), pa.int32(), pa.int64()]
UNSIGNED = [pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64()]


def integer_values(found: pa.DataType) -> st.SearchStrategy[int]:
    bits = found.bit_width
    if found in UNSIGNED:
        return st.integers(0, 2**bits - 1)
    return st.integers(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


@pytest.mark.parametrize("found", INTEGERS + UNSIGNED, ids=str)
@settings(max_examples=30)
@given(data=st.data())
def test_integers_of_every_width(found: pa.DataType, data: Any) -> None:
    values = data.draw(maybe(integer_values(found)))
    array = pa.array(values, found)
    check(data, array, INT, in_64, values)
    check(data, array, FLOAT, float, values)
    check(data, array, decimal(2), lambda v: rounded(v, 2), values)
    check(data, array, decimal(9), lambda v: rounded(v, 9), values)


@settings(max_examples=50)
@given(data=st.data())
def test_booleans(data: Any) -> None:
    values = data.draw(maybe(st.booleans()))
    check(data, pa.array(values, pa.bool_()), BOOL, bool, values)


def no_nan(value: float) -> float | None:
    return None if math.isnan(value) else value


@pytest.mark.parametrize("found", [pa.float16(), pa.float32(), pa.float64()], ids=str)
@settings(max_examples=50)
@given(data=st.data())
def test_floats_and_their_decimals(found: pa.DataType, data: Any) -> None:
    values = data.draw(maybe(st.floats(width=found.bit_width)))
    array = pa.array(values, found)
    check(data, array, FLOAT, no_nan, values)

    def exact(value: float) -> int | None:
        return rounded(Fraction(value), 2) if math.isfinite(value) else None

    check(data, array, decimal(2), exact, values)


@settings(max_examples=200)
@given(data=st.data(), scale=st.integers(0, 9))
def test_floats_near_a_tie_round_as_if_exact(data: Any, scale: int) -> None:
    near = st.tuples(st.integers(-(10**12), 10**12), st.integers(-2, 2)).map(
        lambda pair: step(float(Decimal(2 * pair[0] + 1).scaleb(-scale) / 2), pair[1])
    )
    values = data.draw(maybe(near | st.floats(-1e20, 1e20)))
    check(
        data, pa.array(values, pa.float64()), decimal(scale),
        lambda v: above_lowest(rounded(Fraction(v), scale)), values,
    )  # fmt: skip


def above_lowest(value: int | None) -> int | None:
    return None if value == INT_MIN else value


def rounded_decimal(scale: int, value: Decimal) -> int | None:
    return rounded(Fraction(value), scale)


def step(value: float, count: int) -> float:
    for _ in range(abs(count)):
        value = math.nextafter(value, math.inf if count > 0 else -math.inf)
    return value


DECIMALS = [
    pa.decimal32(9, 2),
    pa.decimal64(18, 4),
    pa.decimal128(38, 0),
    pa.decimal128(38, 2),
    pa.decimal128(38, 18),
    pa.decimal128(30, 30),
    pa.decimal128(5, -3),
    pa.decimal256(76, 2),
    pa.decimal256(76, 40),
]


@pytest.mark.parametrize("found", DECIMALS, ids=str)
@settings(max_examples=40)
@given(data=st.data())
def test_decimals_of_every_width(found: pa.DataType, data: Any) -> None:
    top = 10**found.precision - 1
    near = [INT_MAX, INT_MIN, 5 * 10**17, 15 * 10**17, 45, 55, 2**53, 2**53 + 1]
    whole = st.integers(-top, top) | st.integers(-1000, 1000) | st.sampled_from(near)
    unscaled = data.draw(maybe(whole.filter(lambda v: abs(v) <= top)))
    precise = Context(prec=80, rounding=ROUND_HALF_UP)
    values = [None if v is None else precise.scaleb(Decimal(v), -found.scale) for v in unscaled]
    array = pa.array(values, found)
    for scale in (0, 2, 9):
        check(data, array, decimal(scale), partial(rounded_decimal, scale), values)
    check(data, array, FLOAT, lambda v: float(Fraction(v)), values)
    if found.scale == 0:
        check(data, array, INT, lambda v: in_64(int(v)), values)


TEXTS = [pa.string(), pa.large_string(), pa.string_view()]


@pytest.mark.parametrize("found", TEXTS, ids=str)
@settings(max_examples=30)
@given(data=st.data())
def test_texts(found: pa.DataType, data: Any) -> None:
    values = data.draw(maybe(st.sampled_from(["", "a", "b", "ä\0"]) | st.text(max_size=5)))
    check(data, pa.array(values, found), TEXT, str, values)


@pytest.mark.parametrize("index", INTEGERS + UNSIGNED, ids=str)
@pytest.mark.parametrize("value", TEXTS[:2], ids=str)
@settings(max_examples=15)
@given(data=st.data())
def test_dictionaries_with_duplicates_and_nulls(
    index: pa.DataType, value: pa.DataType, data: Any
) -> None:
    entries = data.draw(st.lists(st.none() | st.sampled_from("abc"), min_size=1, max_size=6))
    codes = data.draw(maybe(st.integers(0, len(entries) - 1)))
    array = pa.DictionaryArray.from_arrays(pa.array(codes, index), pa.array(entries, value))
    values = [None if code is None else entries[code] for code in codes]
    whole = array.slice(0)
    column = adapt(pa.record_batch({"x": whole}), [Needed("x", "x", TEXT)]).columns["x"]
    assert read(column, len(values)) == values


def test_codes_in_null_rows_may_be_garbage() -> None:
    codes = pa.Array.from_buffers(
        pa.int32(), 3, [pa.py_buffer(b"\x05"), pa.py_buffer(struct.pack("<3i", 1, -7, 0))]
    )
    array = pa.DictionaryArray.from_arrays(codes, pa.array(["a", "b"]), safe=False)
    column = adapt(pa.record_batch({"x": array}), [Needed("x", "x", TEXT)]).columns["x"]
    assert read(column, 3) == ["b", None, "a"]


def test_nested_dictionaries() -> None:
    inner = pa.DictionaryArray.from_arrays(pa.array([0, 1, 0]), pa.array(["a", "b"]))
    array = pa.DictionaryArray.from_arrays(pa.array([2, 1, None, 0]), inner)
    column = adapt(pa.record_batch({"x": array}), [Needed("x", "x", TEXT)]).columns["x"]
    assert read(column, 4) == ["a", "b", None, "a"]


def test_equal_dictionaries_give_the_same_tuple() -> None:
    adapter = Adapter([Needed("x", "x", TEXT)])
    one = adapter(pa.record_batch({"x": pa.array(["a", "b"]).dictionary_encode()}))
    two = adapter(pa.record_batch({"x": pa.array(["a", "b", "a"]).dictionary_encode()}))
    assert one.columns["x"].dictionary is two.columns["x"].dictionary


PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
ANY_64 = st.integers(INT_MIN, INT_MAX) | st.integers(-(10**6), 10**6)


def from_int64(values: list[Any], found: pa.DataType) -> Any:
    return pa.array(values, pa.int64()).view(found)


@pytest.mark.parametrize("unit", PER_SECOND)
@pytest.mark.parametrize("zone", [None, "UTC", "America/New_York"])
@settings(max_examples=25)
@given(data=st.data())
def test_timestamps_of_every_unit(unit: str, zone: str | None, data: Any) -> None:
    values = data.draw(maybe(ANY_64))
    array, rate = from_int64(values, pa.timestamp(unit, zone)), PER_SECOND[unit]
    check(data, array, TIMESTAMP, lambda v: in_64(v * 10**6 // rate), values)
    check(data, array, DATE, lambda v: in_range(-(2**31), 2**31 - 1)(v // (rate * 86_400)), values)


@pytest.mark.parametrize("unit", PER_SECOND)
@settings(max_examples=25)
@given(data=st.data())
def test_durations_of_every_unit(unit: str, data: Any) -> None:
    values = data.draw(maybe(ANY_64))
    array = from_int64(values, pa.duration(unit))
    check(data, array, DURATION, lambda v: in_64(v * 10**6 // PER_SECOND[unit]), values)


@settings(max_examples=50)
@given(data=st.data())
def test_dates(data: Any) -> None:
    values = data.draw(maybe(st.integers(-(2**31), 2**31 - 1)))
    array = pa.array(values, pa.int32()).view(pa.date32())
    check(data, array, DATE, int, values)
    check(data, array, TIMESTAMP, lambda v: in_64(v * 86_400 * 10**6), values)
    values = data.draw(maybe(ANY_64))
    array = from_int64(values, pa.date64())
    check(data, array, DATE, lambda v: in_range(-(2**31), 2**31 - 1)(v // 86_400_000), values)
    check(data, array, TIMESTAMP, lambda v: in_64(v * 1000), values)


ALL_TYPES = [BOOL, INT, FLOAT, decimal(2), TEXT, DATE, TIMESTAMP, DURATION]


@pytest.mark.parametrize("declared", ALL_TYPES, ids=str)
@pytest.mark.parametrize("length", [0, 1, 70])
def test_a_column_of_nulls_serves_every_type(declared: Type, length: int) -> None:
    needed = [Needed("x", "x", declared, nullable=False)]
    losses = Losses()
    batch = adapt(pa.table({"x": pa.nulls(length)}), needed, losses)
    assert read(batch.columns["x"], length) == [None] * length
    assert losses.unexpected_nulls["x"] == length


ROW = pa.struct([("product", pa.string()), ("balance", pa.decimal128(10, 2)), ("other", pa.int8())])
LISTS = [
    pa.list_(ROW),
    pa.large_list(ROW),
    pa.list_(ROW, 2),
    pa.list_view(ROW),
    pa.large_list_view(ROW),
]
ROWS = st.none() | st.fixed_dictionaries(
    {
        "product": st.none() | st.sampled_from(["x", "y"]),
        "balance": st.none() | st.integers(-999, 999).map(lambda v: Decimal(v).scaleb(-2)),
        "other": st.none(),
    }
)


@pytest.mark.parametrize("found", LISTS, ids=lambda t: str(t).split("<")[0])
@settings(max_examples=40)
@given(data=st.data())
def test_lists_of_rows(found: pa.DataType, data: Any) -> None:
    size = 2 if pa.types.is_fixed_size_list(found) else None
    one = st.lists(ROWS, min_size=size or 0, max_size=size or 4)
    values = data.draw(st.lists(st.none() | one, max_size=30))
    array = chunked(data.draw, pa.array(values, pa.list_(ROW)).cast(found) if size else
                    as_list(values, found))  # fmt: skip
    need = Needed(
        "accounts", "accounts", fields=(Needed("p", "product", TEXT),
                                        Needed("b", "balance", decimal(2), nullable=False)),
    )  # fmt: skip
    table = pa.table({"accounts": array})
    assert check_schema([need], table.schema) == []
    losses = Losses()
    rows = adapt(table, [need], losses).rows["accounts"]
    assert rows.offsets.tolist() == np.cumsum([0] + [len(v or []) for v in values]).tolist()
    flat = [row or {} for value in values for row in value or []]
    assert read(rows.columns["p"], len(flat)) == [row.get("product") for row in flat]
    balances = [row.get("balance") for row in flat]
    expected = [None if b is None else int(b * 100) for b in balances]
    assert read(rows.columns["b"], len(flat)) == expected
    assert losses.unexpected_nulls["accounts.b"] == expected.count(None)


def as_list(values: list[Any], found: pa.DataType) -> Any:
    return pa.array(values, found)


def test_a_list_view_may_be_in_any_order() -> None:
    rows = pa.array([{"a": 1}, {"a": 2}, {"a": 3}])
    array = pa.ListViewArray.from_arrays(
        pa.array([2, 0, 0], pa.int32()), pa.array([1, 2, 0], pa.int32()), rows
    )
    need = Needed("m", "m", fields=(Needed("a", "a", INT),))
    found = adapt(pa.record_batch({"m": array}), [need]).rows["m"]
    assert found.offsets.tolist() == [0, 1, 3, 3]
    assert read(found.columns["a"], 3) == [3, 1, 2]


def test_null_lists_over_rows_have_no_rows() -> None:
    rows = pa.array([{"a": 1}, {"a": 2}, {"a": 3}])
    array = pa.ListArray.from_arrays(
        pa.array([0, 1, 2, 3], pa.int32()), rows, mask=pa.array([False, True, False])
    )
    need = Needed("m", "m", fields=(Needed("a", "a", INT),))
    found = adapt(pa.record_batch({"m": array}), [need]).rows["m"]
    assert found.offsets.tolist() == [0, 1, 1, 2]
    assert read(found.columns["a"], 2) == [1, 3]


def test_stored_lanes_are_not_copied() -> None:
    arrays = {"i": pa.array([1, 2], pa.int32()), "f": pa.array([1.0, None]), "d": pa.array([1, 2])}
    needed = [Needed("i", "i", INT), Needed("f", "f", FLOAT), Needed("d", "d", INT)]
    batch = adapt(pa.record_batch(arrays), needed)
    for name, array in arrays.items():
        assert batch.columns[name].data.ctypes.data == array.buffers()[1].address


def test_lanes_outlive_their_arrow_arrays() -> None:
    batch = adapt(pa.record_batch({"f": pa.array(np.arange(1000.0))}), [Needed("f", "f", FLOAT)])
    assert batch.columns["f"].data.sum() == 499_500


@pytest.mark.parametrize("kind", [pa.decimal128(12, 2), pa.decimal256(40, 2), pa.decimal128(12, 4)])
def test_decimal_lanes_are_contiguous(kind: pa.DataType) -> None:
    values = pa.array([Decimal("1.50"), None, Decimal("-2.25")], kind)
    batch = adapt(pa.table({"x": values}), [Needed("x", "x", decimal(2), True)])
    assert batch.columns["x"].data.flags.c_contiguous
    assert batch.columns["x"].data[[0, 2]].tolist() == [150, -225]
