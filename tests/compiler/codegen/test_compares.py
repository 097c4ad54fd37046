"""Comparison kernels against NumPy, at the extremes of every lane."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
import pytest

OPS = ["lt", "le", "gt", "ge", "eq", "ne"]
EXTREMES = {
    "f64": np.array([0.0, -0.0, np.nan, np.inf, -np.inf, 5e-324, 1.7e308, 1.0, -1.0]),
    "i64": np.array([0, 1, -1, 2**63 - 1, -(2**63), 2**32], np.int64),
    "i32": np.array([0, 1, -1, 2**31 - 1, -(2**31)], np.int32),
}


def expected(op: str, x: Any, y: Any) -> Any:
    """Ordered comparison: NaN is neither equal to anything nor different from it."""
    return getattr(operator, op)(x, y) & (x == x) & (y == y)


@pytest.mark.parametrize("op", OPS)
@pytest.mark.parametrize("lane", ["f64", "i64", "i32"])
def test_comparison(kernels: Any, rng: Any, masks: Any, words: int, op: str, lane: str) -> None:
    x, y = (rng.choice(EXTREMES[lane], 64 * words) for _ in range(2))
    out, valid = np.zeros(words, np.uint64), masks(0.5)
    kernels(f"cmp.{op}.{lane}", x, y, out, words=words)
    assert (kernels.unpack(out) == expected(op, x, y)).all()
    for k in EXTREMES[lane]:
        constant = np.array([k])
        kernels(f"cmp.{op}.{lane}.k", x, constant, out, words=words)
        assert (kernels.unpack(out) == expected(op, x, constant)).all()
        kernels(f"cmp.{op}.{lane}.kv", x, constant, valid, out, words=words)
        assert (kernels.unpack(out) == expected(op, x, constant) & kernels.unpack(valid)).all()
