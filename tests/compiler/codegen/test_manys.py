"""Reductions of child rows to parents against Python loops."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

OFFSETS = {"o32": np.int32, "o64": np.int64}


class Family:
    """Parents with zero to three children each, the first children being before the slice."""

    def __init__(self, kernels: Any, rng: Any, parents: int, offsets: str) -> None:
        counts = rng.integers(0, 4, parents)
        self.offsets = np.cumsum([5, *counts]).astype(OFFSETS[offsets])
        children = 64 * (int(self.offsets[-1]) // 64 + 1)
        self.flags = rng.random(children) < 0.6
        self.mask = kernels.pack(self.flags)
        self.floats = rng.normal(size=children) * 10.0 ** rng.integers(-9, 9, children)
        self.ints = rng.integers(-100, 100, children)

    def groups(self, values: Any) -> list[list[Any]]:
        spans = zip(self.offsets[:-1], self.offsets[1:], strict=True)
        return [[values[c].item() for c in range(a, b) if self.flags[c]] for a, b in spans]


@pytest.fixture(params=["o32", "o64"])
def offsets(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=[1, 63, 64, 65, 200])
def parents(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture
def family(kernels: Any, rng: Any, parents: int, offsets: str) -> Family:
    return Family(kernels, rng, parents, offsets)


def bits(kernels: Any, mask: Any, parents: int) -> list[bool]:
    flags = kernels.unpack(mask)
    assert not flags[parents:].any()
    return list(flags[:parents].tolist())


def test_count_and_any(kernels: Any, family: Family, parents: int, offsets: str) -> None:
    groups, out = family.groups(family.ints), np.empty(parents, np.int64)
    kernels(f"many.count.{offsets}", family.offsets, family.mask, out, words=parents)
    assert out.tolist() == [len(g) for g in groups]
    found = np.full((parents + 63) // 64, 2**64 - 1, np.uint64)
    kernels(f"many.any.{offsets}", family.offsets, family.mask, found, words=parents)
    assert bits(kernels, found, parents) == [bool(g) for g in groups]


def test_floats(kernels: Any, family: Family, parents: int, offsets: str) -> None:
    groups, out = family.groups(family.floats), np.empty(parents)
    for op, function in {"sum": in_order, "min": min, "max": max}.items():
        shape = f"many.{op}.f64.{offsets}"
        kernels(shape, family.offsets, family.floats, family.mask, out, words=parents)
        want = [function(g) if g or op == "sum" else None for g in groups]
        assert [None if math.isnan(v) else v for v in out.tolist()] == want


def in_order(values: list[float]) -> float:
    total = 0.0
    for value in values:
        total += value
    return total


def test_ints(kernels: Any, family: Family, parents: int, offsets: str) -> None:
    groups, out = family.groups(family.ints), np.empty(parents, np.int64)
    valid = np.zeros((parents + 63) // 64, np.uint64)
    for op, function in {"sum": sum, "min": min, "max": max}.items():
        shape = f"many.{op}.i64.{offsets}"
        kernels(shape, family.offsets, family.ints, family.mask, out, valid, words=parents)
        want = [function(g) if g or op == "sum" else None for g in groups]
        found = zip(out.tolist(), bits(kernels, valid, parents), strict=True)
        assert [value if ok else None for value, ok in found] == want


def test_sums_that_do_not_fit_are_null(kernels: Any) -> None:
    offsets, mask = np.array([0, 2, 4], np.int64), np.array([15], np.uint64)
    ints, out = np.array([2**63 - 1, 1, 2**62, 2**62 - 1]), np.empty(2, np.int64)
    valid = np.zeros(1, np.uint64)
    kernels("many.sum.i64.o64", offsets, ints, mask, out, valid, words=2)
    assert valid[0] == 0b10
    assert out[1] == 2**63 - 1
    floats, sums = np.array([1e308, 1e308, 1.0, 2.0]), np.empty(2)
    kernels("many.sum.f64.o64", offsets, floats, mask, sums, words=2)
    assert math.isnan(sums[0])
    assert sums[1] == 3.0
