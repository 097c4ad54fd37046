"""Texts and dictionaries of every Arrow type through ``adapt``."""

from __future__ import annotations

import struct
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings, strategies as st
from tests.runtime.batch.adapting import INTEGERS, UNSIGNED, check, maybe, read

from interact.runtime.batch.adapt import Adapter, adapt
from interact.runtime.batch.schema import Needed
from interact.runtime.errors import DataError
from interact.stdlib.types import TEXT

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


def test_codes_beyond_the_dictionary_are_an_error() -> None:
    codes = pa.array([0, 2, None], pa.int8())
    array = pa.DictionaryArray.from_arrays(codes, pa.array(["a", "b"]), safe=False)
    with pytest.raises(DataError, match="column `x` is damaged"):
        adapt(pa.record_batch({"x": array}), [Needed("x", "x", TEXT)])


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
