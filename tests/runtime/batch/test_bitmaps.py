"""Bitmaps against lists of booleans."""

from __future__ import annotations

import doctest

import numpy as np
import pyarrow as pa
from hypothesis import given, strategies as st

from interact.runtime.batch import bitmaps
from interact.runtime.batch.bitmaps import count_nulls, from_buffer, pack, unpack, without


def test_examples_hold() -> None:
    assert doctest.testmod(bitmaps).failed == 0


@given(st.lists(st.booleans(), max_size=300), st.integers(0, 40), st.integers(0, 200))
def test_any_bit_offset_reads_the_same(bits: list[bool], offset: int, length: int) -> None:
    offset = min(offset, len(bits))
    length = min(length, len(bits) - offset)
    packed = np.packbits(np.array(bits, np.bool_), bitorder="little")
    found = from_buffer(pa.py_buffer(packed.tobytes()), offset, length)
    assert unpack(found, length).tolist() == bits[offset : offset + length]
    assert found.size == (length + 63) // 64 * 8
    assert found.ctypes.data % 8 == 0 or found.size == 0


def test_a_whole_aligned_buffer_is_not_copied() -> None:
    array = pa.array([True, False] * 1024)
    buffer = array.buffers()[1]
    assert from_buffer(buffer, 512, 1024).ctypes.data == buffer.address + 64


@given(st.lists(st.tuples(st.booleans(), st.booleans()), max_size=200))
def test_without_takes_rows_out_and_counts_them(rows: list[tuple[bool, bool]]) -> None:
    valid = np.array([row[0] for row in rows], np.bool_)
    bad = np.array([row[1] for row in rows], np.bool_)
    left, lost = without(pack(valid), bad)
    assert unpack(left, len(rows)).tolist() == (valid & ~bad).tolist()
    assert lost == int((valid & bad).sum())
    assert count_nulls(left, len(rows)) == int((~(valid & ~bad)).sum())
