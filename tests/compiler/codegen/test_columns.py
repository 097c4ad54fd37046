"""Loads, conversions, look-ups and selections against NumPy."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest


def same(a: Any, b: Any) -> bool:
    """The same bits, any NaN being like another."""
    return bool(np.array_equal(a, b, equal_nan=True))


@pytest.fixture
def valid(masks: Any) -> Any:
    return masks(0.7)


def integers(rng: Any, dtype: Any, rows: int) -> Any:
    info = np.iinfo(dtype)
    return rng.choice(np.array([0, 1, -1, info.min, info.max, 12345], dtype), rows)


@pytest.mark.parametrize(("lane", "dtype"), [("i32", np.int32), ("i64", np.int64)])
def test_integers_become_floats_and_null_becomes_nan(
    kernels: Any, rng: Any, valid: Any, words: int, lane: str, dtype: Any
) -> None:
    x, out = integers(rng, dtype, 64 * words), np.empty(64 * words)
    kernels(f"f64.{lane}", x, out, words=words)
    assert same(out, x.astype(float))
    kernels(f"f64.{lane}.v", x, valid, out, words=words)
    assert same(out, np.where(kernels.unpack(valid), x.astype(float), np.nan))


def test_decimals_become_floats(kernels: Any, rng: Any, valid: Any, words: int) -> None:
    x, divisor = integers(rng, np.int64, 64 * words), np.array([100.0])
    out = np.empty(64 * words)
    kernels("f64.dec", x, divisor, out, words=words)
    assert same(out, x.astype(float) / 100.0)
    kernels("f64.dec.v", x, divisor, valid, out, words=words)
    assert same(out, np.where(kernels.unpack(valid), x.astype(float) / 100.0, np.nan))


def test_load_and_valid_are_inverse(kernels: Any, rng: Any, valid: Any, words: int) -> None:
    x, out = rng.normal(size=64 * words), np.empty(64 * words)
    kernels("load.f64", x, valid, out, words=words)
    assert same(out, np.where(kernels.unpack(valid), x, np.nan))
    back = np.zeros(words, np.uint64)
    kernels("valid.f64", out, back, words=words)
    assert (back == valid).all()


def test_widen(kernels: Any, rng: Any, words: int) -> None:
    x, out = integers(rng, np.int32, 64 * words), np.empty(64 * words, np.int64)
    kernels("i64.i32", x, out, words=words)
    assert (out == x).all()


@pytest.mark.parametrize(("lane", "dtype"), [("f64", np.float64), ("i64", np.int64)])
def test_fill_and_select(
    kernels: Any, rng: Any, masks: Any, words: int, lane: str, dtype: Any
) -> None:
    a, b = (rng.integers(-9, 9, 64 * words).astype(dtype) for _ in range(2))
    mask, out = masks(0.5), np.empty(64 * words, dtype)
    kernels(f"select.{lane}", mask, a, b, out, words=words)
    assert (out == np.where(kernels.unpack(mask), a, b)).all()
    kernels(f"fill.{lane}", np.array([-7], dtype), out, words=words)
    assert (out == -7).all()


@pytest.mark.parametrize(("lane", "dtype"), [("f64", np.float64), ("i64", np.int64)])
def test_look_up_has_an_entry_for_null(
    kernels: Any, rng: Any, words: int, lane: str, dtype: Any
) -> None:
    codes = rng.integers(-1, 5, 64 * words).astype(np.int32)
    table, out = np.array([-1, 10, 20, 30, 40, 50], dtype), np.empty(64 * words, dtype)
    kernels(f"lut.{lane}", codes, table, out, words=words)
    assert (out == table[codes + 1]).all()


CODES = np.array([-(2**31), -1, 0, 1, 31, 32, 62, 63, 64, 126, 127, 128, 255, 256, 2**31 - 1])


@pytest.mark.parametrize("members", [[], [0, 126], [1, 63, 64, 100]])
def test_set_over_narrowed_codes(kernels: Any, rng: Any, words: int, members: list[int]) -> None:
    codes, out = rng.choice(CODES, 64 * words).astype(np.int32), np.zeros(words, np.uint64)
    narrow, table = np.empty(64 * words, np.uint8), np.zeros(128, np.uint8)
    kernels("u8.i32", codes, narrow, words=words)
    assert (narrow == np.where((codes >= 0) & (codes < 127), codes, 127)).all()
    table[members] = 255
    kernels("in.u8", narrow, table, out, words=words)
    assert (kernels.unpack(out) == np.isin(codes, members)).all()


def test_set_of_a_large_dictionary(kernels: Any, rng: Any, words: int) -> None:
    codes = rng.integers(-1, 1000, 64 * words).astype(np.int32)
    table, out = (rng.random(1001) < 0.4).astype(np.uint8), np.zeros(words, np.uint64)
    kernels("in.lut", codes, table, out, words=words)
    assert (kernels.unpack(out) == (table[codes + 1] != 0)).all()
