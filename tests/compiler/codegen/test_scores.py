"""Score kernels against Python floats and the one definition of the sort key."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from interact.compiler.codegen.abi import candidate_bytes
from interact.compiler.codegen.kernels.expression import parse
from interact.stdlib.ranking import sort_key

SPECIAL = [0.0, -0.0, 1.5, -2.0, 1e308, -1e308, math.nan, math.inf, -math.inf]
Constants = list[float]


def finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


def capped(c: Constants, x: list[Any]) -> float | None:
    inner = finite(c[1] + c[2] * x[0] + c[3] * x[1])
    return None if inner is None else min(c[0], inner)


def clipped(c: Constants, x: list[Any]) -> float | None:
    if not math.isfinite(x[0]):
        return None
    return finite(max(c[0], -abs(x[0])) - float(x[1]))


CASES: dict[str, tuple[Constants, Callable[[Constants, list[Any]], float | None]]] = {
    "min(c0,add(add(c1,mul(c2,f64)),mul(c3,i32)))": ([100.0, 50.0, 3.0, 0.5], capped),
    "sub(max(c0,neg(abs(f64))),i64)": ([-5.0], clipped),
    "c0": ([80.0], lambda c, x: c[0]),
    "f64": ([], lambda c, x: finite(x[0])),
}


def columns(rng: Any, expression: str, rows: int, special: bool) -> list[Any]:
    make = {
        "f64": lambda: rng.choice(SPECIAL, rows) if special else rng.normal(0, 20, rows),
        "i64": lambda: rng.integers(-(2**63), 2**63 - 1, rows, np.int64),
        "i32": lambda: rng.integers(-(2**31), 2**31 - 1, rows).astype(np.int32),
    }
    return [make[lane]() for lane in parse(expression).inputs]


def candidates(buffer: Any, words: int) -> dict[int, int]:
    """Row to key of a candidate list, in either form, without the empty keys."""
    count, keys = buffer[:8].view(np.int64)[0], buffer[64 : 64 + 512 * words].view(np.uint64)
    rows = buffer[64 + 512 * words :].view(np.int32)
    pairs = enumerate(keys) if count < 0 else zip(rows[:count], keys[:count], strict=True)
    return {int(row): int(key) for row, key in pairs if key}


@pytest.mark.parametrize("special", [False, True])
@pytest.mark.parametrize("density", [0.0, 0.03, 0.15, 0.5, 1.0])
@pytest.mark.parametrize("expression", CASES)
def test_score_is_the_same_number_whatever_the_density(
    kernels: Any, rng: Any, masks: Any, words: int, expression: str, density: float, special: bool
) -> None:
    constants, reference = CASES[expression]
    inputs, mask = columns(rng, expression, 64 * words, special), masks(density)
    buffer, scores = np.zeros(candidate_bytes(words), np.uint8), np.zeros(64 * words)
    failures, array = np.array([7], np.int64), np.array([*constants, 0.0])
    kernels(
        f"score:{expression}",
        mask,
        3,
        special,
        buffer,
        scores,
        failures,
        array,
        *inputs,
        words=words,
    )
    rows = [int(r) for r in np.flatnonzero(kernels.unpack(mask))]
    want = {r: reference(constants, [x[r].item() for x in inputs]) for r in rows}
    found = candidates(buffer, words)
    assert found == {r: sort_key(s, 3, special) for r, s in want.items() if s is not None}
    assert all(scores[r] == want[r] for r in found)
    asked = [r for r in rows if not any(math.isnan(x[r]) for x in inputs)]
    assert failures[0] == 7 + sum(want[r] is None for r in asked)


@pytest.mark.parametrize("expression", CASES)
def test_map_evaluates_every_row(
    kernels: Any, rng: Any, masks: Any, words: int, expression: str
) -> None:
    constants, reference = CASES[expression]
    inputs, mask = columns(rng, expression, 64 * words, True), masks(0.5)
    out, failures = np.zeros(64 * words), np.zeros(1, np.int64)
    array = np.array([*constants, 0.0])
    kernels(f"map.f64:{expression}", mask, out, failures, array, *inputs, words=words)
    want = [reference(constants, [x[r].item() for x in inputs]) for r in range(64 * words)]
    assert [None if math.isnan(v) else v for v in out.tolist()] == want
    asked = [
        r for r in np.flatnonzero(kernels.unpack(mask)) if not any(math.isnan(x[r]) for x in inputs)
    ]
    assert failures[0] == sum(want[r] is None for r in asked)


@pytest.mark.parametrize("score", [0.0, -0.0, 1.0, -1.0, 1.7976931348623157e308, 5e-324, -80.5])
@pytest.mark.parametrize(("rank", "pinned"), [(0, False), (65535, False), (12, True)])
def test_key_is_that_of_the_interpreter(
    kernels: Any, score: float, rank: int, pinned: bool
) -> None:
    buffer, scores = np.zeros(candidate_bytes(1), np.uint8), np.zeros(64)
    kernels(
        "score:f64",
        np.array([1], np.uint64),
        rank,
        pinned,
        buffer,
        scores,
        np.zeros(1, np.int64),
        np.zeros(1),
        np.full(64, score),
        words=1,
    )
    assert candidates(buffer, 1) == {0: sort_key(score, rank, pinned)}


def test_keys_order_as_scores_then_ranks() -> None:
    ordered = [-1e300, -2.0, -1e-300, 0.0, 1e-300, 1.0, 1.0 + 1e-9, 1e300]
    keys = [sort_key(s, r, False) for s in ordered for r in (9, 3)]
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)
    assert keys[0] > 0
    assert keys[-1] < sort_key(-1e300, 65535, True)


@pytest.mark.parametrize("text", ["", "c", "add(c0)", "add(c0,c1", "f32", "pow(c0,f64)", "c0 c1"])
def test_malformed_expression_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="score expression"):
        parse(text)
