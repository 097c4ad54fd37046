"""How fast one core reads memory: what bounds scoring in the end."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numba
import numpy as np
import numpy.typing as npt

from benchmarks.measure import best_of

MEGABYTES = 512
"""Much more than any cache holds."""

Words = npt.NDArray[np.uint64]


def read_bandwidth(rounds: int) -> float:
    """Return bytes a second: the best of two ways to sum an array, from one place and from four."""
    words: Words = np.ones((MEGABYTES << 20) // 8, np.uint64)
    ways: dict[str, Callable[[], Any]] = {
        "one stream": partial(_sum, words),
        "four streams": partial(_sum_four, words),
    }
    for way in ways.values():
        way()  # compiles it
    return float(words.nbytes / min(best_of(rounds, ways).values()))


@numba.njit(nogil=True)
def _sum(words: Words) -> np.uint64:
    total = np.uint64(0)
    for i in range(len(words)):
        total += words[i]
    return total


@numba.njit(nogil=True)
def _sum_four(words: Words) -> np.uint64:
    part = len(words) // 4
    first, second, third, fourth = (
        words[:part],
        words[part : 2 * part],
        words[2 * part : 3 * part],
        words[3 * part : 4 * part],
    )
    total = np.uint64(0)
    for i in range(part):
        total += first[i] ^ second[i] ^ third[i] ^ fourth[i]
    return total


@numba.njit(nogil=True)
def spin(turns: int) -> int:
    """Keep a core busy without memory, to tell how many cores there are for us."""
    state = 1
    for _ in range(turns):
        state = (state * 6364136223846793005 + 1442695040888963407) & 0x7FFFFFFFFFFFFFFF
    return state
