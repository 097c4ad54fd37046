"""Best-k kernels against sorting, for k with and without unrolling."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from interact.compiler.codegen.abi import candidate_bytes
from interact.stdlib.ranking import sort_key

KS = [1, 3, 5, 12, 64]


def listed(rng: Any, words: int, flags: Any, rank: int, dense: bool) -> tuple[Any, Any]:
    """A candidate list over the rows of ``flags``, and its key of each row."""
    rows = np.flatnonzero(flags)
    keys = np.zeros(64 * words, np.uint64)
    for r in rows:
        keys[r] = sort_key(float(rng.integers(0, 4)), rank, False)
    buffer = np.zeros(candidate_bytes(words), np.uint8)
    buffer[:8].view(np.int64)[0] = -1 if dense else len(rows)
    area = buffer[64 : 64 + 512 * words].view(np.uint64)
    area[: 64 * words if dense else len(rows)] = keys if dense else keys[rows]
    buffer[64 + 512 * words :].view(np.int32)[: len(rows)] = rows
    return buffer, keys


def best(keys: list[Any], k: int, words: int) -> Any:
    padded = np.concatenate([np.array(keys), np.zeros((k, 64 * words), np.uint64)])
    return np.sort(padded, axis=0)[::-1][:k]


@pytest.mark.parametrize("k", KS)
def test_insert_keeps_the_best_k(kernels: Any, rng: Any, words: int, k: int) -> None:
    state, keys = np.full((k, 64 * words), 99, np.uint64), []
    kernels(f"top.reset.k{k}", state, words=words)
    assert not state.any()
    for rank in range(2 * min(k, 10)):
        flags = rng.random(64 * words) < (0.9 if rank % 2 else 0.2)
        buffer, column = listed(rng, words, flags, rank, dense=rank % 3 == 0)
        kernels(f"top.insert.k{k}", buffer, state, words=words)
        keys.append(column)
    assert (state == best(keys, k, words)).all()


@pytest.mark.parametrize("k", [1, 3, 12])
def test_constant_scores_fill_the_slots_in_order(
    kernels: Any, rng: Any, words: int, k: int
) -> None:
    state, filled = np.zeros((k, 64 * words), np.uint64), np.full((k, words), 5, np.uint64)
    kernels(f"top.clear.k{k}", filled, words=words)
    keys = []
    for rank in range(6):
        flags, key = rng.random(64 * words) < 0.6, sort_key(50.0 - rank, rank, False)
        kernels(f"top.place.k{k}", kernels.pack(flags), key, filled, state, words=words)
        keys.append(np.where(flags, np.uint64(key), np.uint64(0)))
    assert (state == best(keys, k, words)).all()


@pytest.mark.parametrize("k", [1, 3, 12])
def test_an_offer_takes_one_slot(kernels: Any, rng: Any, words: int, k: int) -> None:
    state, rows = np.zeros((k, 64 * words), np.uint64), 64 * words
    merged, touched, keys = np.zeros(rows, np.uint64), np.zeros(words, np.uint64), []
    for offer in range(4):
        group = []
        for rank in (2 * offer, 2 * offer + 1):
            flags = rng.random(rows) < 0.4
            buffer, column = listed(rng, words, flags, rank, dense=rank % 3 == 0)
            kernels("group.add", buffer, kernels.pack(flags), merged, touched, words=words)
            group.append(column)
        kernels(f"group.insert.k{k}", touched, merged, state, words=words)
        keys.append(np.maximum(*group))
    assert (state == best(keys, k, words)).all()
    assert not merged.any()
    assert not touched.any()


@pytest.mark.parametrize(("k", "most"), [(1, 1), (3, 1), (3, 2), (12, 5)])
def test_slots_beyond_what_is_allowed_are_emptied(
    kernels: Any, rng: Any, words: int, k: int, most: int
) -> None:
    rows = 64 * words
    ranks = rng.integers(0, 3, (k, rows))
    filled = np.sort(rng.random((k, rows)) < 0.7, axis=0)[::-1]
    key_of = np.vectorize(lambda rank: sort_key(7.0, int(rank), False), otypes=[np.uint64])
    state = np.where(filled, key_of(ranks), np.uint64(0))
    beyond = np.arange(k)[:, None] >= most
    excluded = np.where(beyond & (ranks[0] == 1) & filled[0], np.uint64(0), state)
    found = state.copy()
    kernels(f"top.exclude.k{k}", found, 1, most, words=words)
    assert (found == excluded).all()
    kernels(f"top.cut.k{k}", state, most, words=words)
    assert (state[:most] != 0).any()
    assert not state[most:].any()
