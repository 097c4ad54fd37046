"""Combinations of segments against their definition, and codes that outgrow their type."""

from __future__ import annotations

import doctest
from itertools import pairwise

import numpy as np
import pytest

from interact.runtime.arrays import coded, text_array
from interact.runtime.cli import wording
from interact.runtime.combinations import combinations


@pytest.mark.parametrize("segments", [0, 1, 8, 9, 17, 40])
@pytest.mark.parametrize("length", [0, 1, 63, 64, 1000])
@pytest.mark.parametrize("bits", [1, 40])
def test_every_customer_has_its_combination(segments: int, length: int, bits: int) -> None:
    chance = np.random.default_rng(segments * 1000 + length)
    held = chance.random((segments, length)) < bits / 80
    size = (length + 63) // 64 * 8 + 8  # spare bytes, and spare bits that are set
    bitmaps = []
    for row in held:
        packed = np.full(size, 255, np.uint8)
        full = np.ones(-(-length // 8) * 8, bool)
        full[:length] = row
        packed[: len(full) // 8] = np.packbits(full, bitorder="little")
        bitmaps.append(packed)
    found = combinations(bitmaps, length)
    expected = [tuple(np.flatnonzero(held[:, i])) for i in range(length)]
    assert [found.distinct[code] for code in found.codes] == expected
    assert len(set(found.distinct)) == len(found.distinct)
    offsets, members = found.flattened(np.int16)
    pairs = pairwise(offsets)
    assert [tuple(members[a:b]) for a, b in pairs] == expected


def test_the_order_of_combinations_depends_on_which_occur_only() -> None:
    chance = np.random.default_rng(1)
    codes = chance.integers(0, 1 << 12, 500)
    orders = set()
    for order in (codes, codes[::-1], np.repeat(codes, 3)):
        bitmaps = [np.packbits(order >> b & 1, bitorder="little") for b in range(12)]
        orders.add(combinations(bitmaps, len(order)).distinct)
    assert len(orders) == 1


def test_codes_are_signed_and_wide_enough() -> None:
    few, many = text_array(["a"] * 128), text_array(["a"] * 129)
    codes = np.array([0, 127], np.uint8)
    assert coded(codes, few).type.index_type == "int8"
    assert coded(codes, many).type.index_type == "int32"
    assert coded(np.array([200], np.uint8), text_array(["a"] * 256)).indices.to_pylist() == [200]


def test_the_examples_in_wording_hold() -> None:
    assert doctest.testmod(wording).failed == 0
