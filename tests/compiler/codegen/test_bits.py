"""Mask kernels against NumPy on the words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

ALL = np.uint64(0xFFFF_FFFF_FFFF_FFFF)


def test_copy_writes_whole_words(kernels: Any, masks: Any, words: int) -> None:
    a, out = masks(0.5), np.zeros(words, np.uint64)
    kernels("bits.copy", a, out, words=words)
    assert (out == a).all()


@pytest.mark.parametrize("n", [1, 2, 3, 7])
def test_and_and_or_combine_any_number_of_masks(
    kernels: Any, masks: Any, words: int, n: int
) -> None:
    inputs, out = [masks(0.7) for _ in range(n)], np.zeros(words, np.uint64)
    kernels("bits.and", n, out, *inputs, words=words)
    assert (out == np.bitwise_and.reduce(inputs)).all()
    kernels("bits.or", n, out, *inputs, words=words)
    assert (out == np.bitwise_or.reduce(inputs)).all()


def test_minus_and_select(kernels: Any, masks: Any, words: int) -> None:
    mask, a, b, out = masks(0.5), masks(0.5), masks(0.5), np.zeros(words, np.uint64)
    kernels("bits.minus", a, b, out, words=words)
    assert (out == a & ~b).all()
    kernels("bits.select", mask, a, b, out, words=words)
    assert (out == (mask & a) | (~mask & b)).all()


def test_count_adds_to_the_counter(kernels: Any, masks: Any, words: int) -> None:
    mask, counter = masks(0.3), np.array([1000], np.int64)
    kernels("bits.count", mask, counter, words=words)
    assert counter[0] == 1000 + kernels.unpack(mask).sum()


def test_prefetch_changes_nothing(kernels: Any, masks: Any, words: int) -> None:
    mask = masks(0.5)
    before = mask.copy()
    kernels("prefetch", mask, -64, 1 << 20, words=words)
    assert (mask == before).all()
