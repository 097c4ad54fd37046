"""Checked integer arithmetic against Python's unbounded integers."""

from __future__ import annotations

import operator
from typing import Any

import numpy as np
import pytest

EXTREMES = [0, 1, -1, 2, 2**31, 2**32 + 1, 2**62, -(2**62), 2**63 - 1, -(2**63), 3037000500]


def check(kernels: Any, op: str, x: Any, y: Any, out: Any, ok: Any) -> None:
    exact = [getattr(operator, op)(int(a), int(b)) for a, b in zip(x, y, strict=True)]
    fits = [-(2**63) <= e < 2**63 for e in exact]
    assert kernels.unpack(ok).tolist() == fits
    assert out.tolist() == [(e + 2**63) % 2**64 - 2**63 for e in exact]


@pytest.mark.parametrize("op", ["add", "sub", "mul"])
def test_overflow_is_told(kernels: Any, rng: Any, words: int, op: str) -> None:
    x, y = (rng.choice(np.array(EXTREMES, np.int64), 64 * words) for _ in range(2))
    out, ok = np.empty(64 * words, np.int64), np.zeros(words, np.uint64)
    kernels(f"{op}.i64", x, y, out, ok, words=words)
    check(kernels, op, x, y, out, ok)
    for k in EXTREMES:
        constant = np.full(64 * words, k, np.int64)
        kernels(f"{op}.i64.k", x, constant, out, ok, words=words)
        check(kernels, op, x, constant, out, ok)


def test_constant_minus_column(kernels: Any, rng: Any, words: int) -> None:
    x = rng.choice(np.array(EXTREMES, np.int64), 64 * words)
    out, ok = np.empty(64 * words, np.int64), np.zeros(words, np.uint64)
    for k in EXTREMES:
        constant = np.full(64 * words, k, np.int64)
        kernels("sub.i64.rk", constant, x, out, ok, words=words)
        check(kernels, "sub", constant, x, out, ok)
