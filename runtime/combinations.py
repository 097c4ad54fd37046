"""Which combinations of segments occur in a batch, and which one each customer has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from interact.compiler.columnar.batch import Bitmap

Codes = npt.NDArray[np.integer[Any]]
_GROUP = 8
_DENSE = 1 << 20
_SWAPS = ((7, 0x00AA00AA00AA00AA), (14, 0x0000CCCC0000CCCC), (28, 0x00000000F0F0F0F0))


@dataclass(frozen=True, slots=True, eq=False)
class Combinations:
    """A code for each customer, into the ``distinct`` combinations of segment numbers."""

    codes: Codes
    distinct: tuple[tuple[int, ...], ...]

    def flattened(self, kind: type[np.integer[Any]]) -> tuple[npt.NDArray[np.int32], Codes]:
        """Return the segments of all customers one after another, and where each one's start.

        Args:
            kind: The signed type of segment numbers.

        Returns:
            Offsets, shape ``(n + 1,)``, and segment numbers, as an Arrow list has them.
        """
        sizes = [len(c) for c in self.distinct]
        widest = max(sizes, default=0)
        table = np.full((len(sizes), widest), -1, kind)
        for row, combination in zip(table, self.distinct, strict=True):
            row[: len(combination)] = combination
        each = table.take(self.codes, axis=0).ravel()
        if min(sizes, default=0) == widest:
            return np.arange(len(self.codes) + 1, dtype=np.int32) * np.int32(widest), each
        offsets = np.zeros(len(self.codes) + 1, np.int32)
        np.cumsum(np.array(sizes, np.int32).take(self.codes), out=offsets[1:])
        return offsets, each[each >= 0]


def combinations(bitmaps: Sequence[Bitmap], length: int) -> Combinations:
    """Return the combinations of the first ``length`` customers, given a bitmap per segment.

    They are numbered in an order that depends on which ones occur, not on who has them.
    """
    codes: Codes = np.zeros(length, np.uint8)
    patterns = [0] if length else []
    for start in range(0, len(bitmaps), _GROUP):
        values: Codes = _bytes(bitmaps[start : start + _GROUP], length)
        if start:
            values = codes * np.int64(256) + values
        codes, present = _numbered(values, len(patterns) * 256)
        patterns = [patterns[v >> 8] | (v & 255) << start for v in present]
    return Combinations(codes, tuple(_members(pattern) for pattern in patterns))


def _bytes(bitmaps: Sequence[Bitmap], length: int) -> npt.NDArray[np.uint8]:
    """Return up to eight bitmaps as a byte for each customer.

    The eight bytes of eight customers are a matrix of bits in a word, which three rounds of
    swaps transpose.
    """
    count = -(-length // 8)
    held = np.zeros((count, 8), np.uint8)
    for place, bits in enumerate(bitmaps):
        held[:, place] = bits[:count]
    words = held.view("<u8").ravel()
    for shift, mask in _SWAPS:
        swapped = words >> np.uint64(shift)
        swapped ^= words
        swapped &= np.uint64(mask)
        words ^= swapped
        swapped <<= np.uint64(shift)
        words ^= swapped
    return held.ravel()[:length]


def _numbered(values: Codes, size: int) -> tuple[Codes, list[int]]:
    """Return values below ``size`` as dense codes in their order, and the value of each code."""
    if size > _DENSE:
        present, codes = np.unique(values, return_inverse=True)
        return codes.astype(np.int32), present.tolist()
    present = np.flatnonzero(np.bincount(values, minlength=size))
    narrow = np.uint8 if len(present) <= 256 else np.int32
    number: Codes = np.zeros(max(size, 1), narrow)
    number[present] = np.arange(len(present))
    return number.take(values), present.tolist()


def _members(pattern: int) -> tuple[int, ...]:
    """Return the numbers of the bits that are set."""
    return tuple(i for i in range(pattern.bit_length()) if pattern >> i & 1)
