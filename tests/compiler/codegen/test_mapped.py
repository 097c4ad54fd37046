"""Mapped Python functions: nulls, failures, and every kind of argument and result."""

from __future__ import annotations

import math
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from interact.compiler.codegen.kernels.mapped import map_source

FUNCTIONS = """
import math


def ratio(a, b):
    return None if b == 0.0 else a / b


def half(n):
    return None if n % 2 else halve(n)


def halve(n):
    return n // 2


def is_past(n, limit):
    return None if n < 0 else n > limit


def logarithm(x):
    return math.log(x) if x > 0.0 else None


def either(a, n):
    return a or n == 7


def answer():
    return 42.0
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """A folder on the path, with the module ``scalar_functions``."""
    folder = tmp_path_factory.mktemp("functions")
    (folder / "scalar_functions.py").write_text(FUNCTIONS)
    sys.path.insert(0, str(folder))
    yield folder
    sys.path.remove(str(folder))


@pytest.fixture
def live(masks: Any) -> Any:
    return masks(0.8)


def test_float_result(kernels: Any, rng: Any, live: Any, words: int, folder: Path) -> None:
    a, b = (rng.choice([0.0, 1.0, -3.0, 1e308, 1e-308, math.nan], 64 * words) for _ in range(2))
    out, failed = np.empty(64 * words), np.zeros(words, np.uint64)
    kernels("map:scalar_functions.ratio:f64,f64->f64", live, a, b, out, failed, words=words)
    with np.errstate(all="ignore"):
        quotient = a / b
    asked = kernels.unpack(live) & ~np.isnan(a) & ~np.isnan(b)
    good = asked & np.isfinite(quotient)
    assert np.array_equal(out, np.where(good, quotient, np.nan), equal_nan=True)
    assert (kernels.unpack(failed) == asked & ~good).all()


def test_int_result(
    kernels: Any, rng: Any, live: Any, masks: Any, words: int, folder: Path
) -> None:
    n, valid = rng.integers(-9, 9, 64 * words), masks(0.7)
    out, good, failed = np.empty(64 * words, np.int64), masks(0), masks(1)
    kernels("map:scalar_functions.half:i64->i64", live, n, valid, out, good, failed, words=words)
    asked = kernels.unpack(live & valid)
    assert (kernels.unpack(good) == asked & (n % 2 == 0)).all()
    assert (kernels.unpack(failed) == asked & (n % 2 != 0)).all()
    assert (out == np.where(kernels.unpack(good), n // 2, 0)).all()


def test_bool_result_and_constant(
    kernels: Any, rng: Any, live: Any, masks: Any, words: int, folder: Path
) -> None:
    n, valid = rng.integers(-9, 9, 64 * words).astype(np.int32), masks(0.7)
    limit, yes, no, failed = np.array([3]), masks(1), masks(1), masks(1)
    shape = "map:scalar_functions.is_past:i32,i64k->bits"
    kernels(shape, live, n, valid, limit, yes, no, failed, words=words)
    asked = kernels.unpack(live & valid)
    assert (kernels.unpack(yes) == asked & (n > 3)).all()
    assert (kernels.unpack(no) == asked & (n >= 0) & (n <= 3)).all()
    assert (kernels.unpack(failed) == asked & (n < 0)).all()


def test_bool_argument_and_a_function_without_none(
    kernels: Any, rng: Any, live: Any, masks: Any, words: int, folder: Path
) -> None:
    a, valid_a, n, valid_n = masks(0.5), masks(0.7), rng.integers(6, 9, 64 * words), masks(0.7)
    yes, no, failed = masks(1), masks(1), masks(1)
    shape = "map:scalar_functions.either:bits,i64->bits"
    kernels(shape, live, a, valid_a, n, valid_n, yes, no, failed, words=words)
    asked, true = kernels.unpack(live & valid_a & valid_n), kernels.unpack(a) | (n == 7)
    assert (kernels.unpack(yes) == asked & true).all()
    assert (kernels.unpack(no) == asked & ~true).all()
    assert not failed.any()


def test_library_function(kernels: Any, rng: Any, live: Any, words: int, folder: Path) -> None:
    x, out = rng.normal(size=64 * words), np.empty(64 * words)
    failed = np.zeros(words, np.uint64)
    kernels("map:scalar_functions.logarithm:f64->f64", live, x, out, failed, words=words)
    asked = kernels.unpack(live)
    want = [math.log(v) if ok and v > 0 else math.nan for v, ok in zip(x, asked, strict=True)]
    assert np.allclose(out, want, rtol=1e-15, equal_nan=True)
    assert (kernels.unpack(failed) == asked & (x <= 0)).all()


def test_no_argument(kernels: Any, live: Any, words: int, folder: Path) -> None:
    out, failed = np.empty(64 * words), np.ones(words, np.uint64)
    kernels("map:scalar_functions.answer:->f64", live, out, failed, words=words)
    assert (np.isnan(out) == ~kernels.unpack(live)).all()
    assert not failed.any()


def test_a_function_of_the_library(kernels: Any, rng: Any, live: Any, words: int) -> None:
    x = rng.choice(np.array([-(2**63), -5, 0, 5]), 64 * words)
    every = kernels.pack(np.ones(64 * words))
    out, good, failed = np.empty(64 * words, np.int64), every.copy(), every.copy()
    shape = "map:interact.stdlib.numeric.abs_int:i64->i64"
    kernels(shape, live, x, every, out, good, failed, words=words)
    assert (kernels.unpack(failed) == kernels.unpack(live) & (x == -(2**63))).all()
    assert (out == np.where(kernels.unpack(good), np.abs(x), 0)).all()


def test_unknown_lane_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown lane"):
        map_source("map:scalar_functions.half:text->i64")
