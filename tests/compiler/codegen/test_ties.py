"""Kernels that shuffle the ranks of candidates, and put them back."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from tests.compiler.codegen.test_tops import best, listed

from interact.stdlib.ranking import key_rank, shuffled, sort_key


@pytest.mark.parametrize("k", [1, 3, 12])
def test_ranks_are_shuffled_by_row_and_restored(kernels: Any, rng: Any, words: int, k: int) -> None:
    rows = 64 * words
    hashes = rng.integers(0, 2**53, rows)
    state, keys, rank_of = np.zeros((k, rows), np.uint64), [], {}
    for rank in range(6):
        flags = rng.random(rows) < 0.6
        buffer, column = listed(rng, words, flags, rank, dense=rank % 2 == 0)
        kernels("ties.mix", buffer, hashes, words=words)
        kernels(f"top.insert.k{k}", buffer, state, words=words)
        mixed = column.copy()
        for r in np.flatnonzero(column):
            place = shuffled(rank, int(hashes[r]))
            mixed[r] = np.uint64((int(column[r]) & ~0xFFFF) | (0xFFFF - place))
            rank_of[r, place] = rank
        keys.append(mixed)
    assert (state == best(keys, k, words)).all()
    shown = state.copy()
    kernels(f"ties.restore.k{k}", state, hashes, words=words)
    for j, r in zip(*np.nonzero(shown), strict=True):
        assert key_rank(int(state[j, r])) == rank_of[r, key_rank(int(shown[j, r]))]
    assert ((state == 0) == (shown == 0)).all()
    assert (state >> np.uint64(16) == shown >> np.uint64(16)).all()


def test_a_rank_without_chance_is_another() -> None:
    assert sort_key(1.0, shuffled(3, 0), False) >> 16 == sort_key(1.0, 3, False) >> 16
