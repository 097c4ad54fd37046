"""Result kernels against reading the keys one by one."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from interact.stdlib.ranking import key_rank, sort_key

RULES = 5


def zone(rng: Any, words: int, k: int) -> tuple[Any, Any, Any]:
    """Keys of k slots, the exact scores behind them, and their score table."""
    scores = rng.normal(size=(RULES, 64 * words))
    keys = np.zeros((k, 64 * words), np.uint64)
    for row in range(64 * words):
        ranks = rng.permutation(RULES)[: rng.integers(0, k + 1)]
        found = sorted((sort_key(scores[r, row], int(r), False) for r in ranks), reverse=True)
        keys[: len(found), row] = found
    table = np.array([[scores[r].ctypes.data, 8] for r in range(RULES)], np.int64)
    return keys, scores, table


def test_emit_writes_rules_and_exact_scores(kernels: Any, rng: Any, words: int) -> None:
    rows, k = 64 * words, 3
    keys, scores, table = zone(rng, words, k)
    stride = rows + 10
    rules, out = np.zeros((k, stride), np.int16), np.zeros((k, stride))
    kernels(f"top.emit.k{k}", keys, table, rules, out, stride, words=words)
    for j in range(k):
        for row in range(rows):
            rank = key_rank(int(keys[j, row])) if keys[j, row] else -1
            assert rules[j, row] == rank
            assert math.isnan(out[j, row]) if rank < 0 else out[j, row] == scores[rank, row]
    assert not rules[:, rows:].any()
    assert not out[:, rows:].any()


def test_a_constant_score_has_stride_zero(kernels: Any) -> None:
    constant, keys = np.array([42.5]), np.zeros((1, 64), np.uint64)
    keys[0, 7] = sort_key(42.5, 0, False)
    rules, out = np.zeros((1, 64), np.int16), np.zeros((1, 64))
    table = np.array([[constant.ctypes.data, 0]], np.int64)
    kernels("top.emit.k1", keys, table, rules, out, 64, words=1)
    assert out[0, 7] == 42.5
    assert rules[0].tolist().count(0) == 1


@pytest.mark.parametrize(("lane", "dtype"), [("i32", np.int32), ("i64", np.int64)])
def test_rows_come_by_customer_then_zone_then_position(
    kernels: Any, rng: Any, words: int, lane: str, dtype: Any
) -> None:
    zones, k, rows = [zone(rng, words, 2) for _ in range(3)], 2, 64 * words
    slots = np.array(
        [
            [zones[z][0][j].ctypes.data, z, j, zones[z][2].ctypes.data]
            for z in range(3)
            for j in range(k)
        ],
        np.int64,
    )
    first, cursor, scratch = np.array([500]), np.array([3]), np.zeros(8 * words * 70 + 64, np.uint8)
    types = (dtype, np.int8, np.int8, np.int16, np.float64)
    out = [np.zeros(rows * 6 + 3, t) for t in types]
    kernels(f"rows.emit.{lane}", first, len(slots), slots, scratch, cursor, *out, words=words)
    want = [
        (500 + row, z, j, (rank := key_rank(int(keys[j, row]))), scores[rank, row])
        for row in range(rows)
        for z, (keys, scores, _) in enumerate(zones)
        for j in range(k)
        if keys[j, row]
    ]
    assert list(zip(*(column[3 : cursor[0]].tolist() for column in out), strict=True)) == want
    assert first[0] == 500 + rows
