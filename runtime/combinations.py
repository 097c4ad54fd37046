"""Which combinations of segments occur in a batch, and which one each customer has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from interact.compiler.columnar.batch import Bitmap

Codes = npt.NDArray[np.int32]
_GROUP = 8
_DENSE = 1 << 20


@dataclass(frozen=True, slots=True, eq=False)
class Combinations:
    """A code for each customer, into the ``distinct`` combinations of segment numbers."""

    codes: Codes
    distinct: tuple[tuple[int, ...], ...]

    def flattened(self) -> tuple[Codes, Codes]:
        """Return the segments of all customers one after another, and where each one's start.

        Returns:
            Offsets, shape ``(n + 1,)``, and segment numbers, as an Arrow list has them.
        """
        sizes = np.array([len(c) for c in self.distinct], np.int32)
        widest = max(sizes, default=0)
        table = np.full((len(sizes), widest), -1, np.int32)
        for row, combination in zip(table, self.distinct, strict=True):
            row[: len(combination)] = combination
        offsets = np.zeros(len(self.codes) + 1, np.int32)
        np.cumsum(sizes[self.codes], out=offsets[1:])
        each = table[self.codes].ravel()
        return offsets, each if len(each) == offsets[-1] else each[each >= 0]


def combinations(bitmaps: Sequence[Bitmap], length: int) -> Combinations:
    """Return the combinations of the first ``length`` customers, given a bitmap per segment.

    They are numbered in an order that depends on which ones occur, not on who has them.
    """
    codes = np.zeros(length, np.int32)
    patterns = [0] if length else []
    for start in range(0, len(bitmaps), _GROUP):
        values: npt.NDArray[np.integer[Any]] = _bytes(bitmaps[start : start + _GROUP], length)
        if start:
            values = codes * np.int64(256) + values
        codes, present = _numbered(values, len(patterns) * 256)
        patterns = [patterns[v >> 8] | (v & 255) << start for v in present]
    return Combinations(codes, tuple(_members(pattern) for pattern in patterns))


def _bytes(bitmaps: Sequence[Bitmap], length: int) -> npt.NDArray[np.uint8]:
    """Return up to eight bitmaps as a byte for each customer."""
    held = np.zeros(length, np.uint8)
    for place, bits in enumerate(bitmaps):
        held |= np.unpackbits(bits, count=length, bitorder="little") << np.uint8(place)
    return held


def _numbered(values: npt.NDArray[np.integer[Any]], size: int) -> tuple[Codes, list[int]]:
    """Return values below ``size`` as dense codes in their order, and the value of each code."""
    if size > _DENSE:
        present, codes = np.unique(values, return_inverse=True)
        return codes.astype(np.int32), present.tolist()
    present = np.flatnonzero(np.bincount(values, minlength=size))
    number: Codes = np.zeros(max(size, 1), np.int32)
    number[present] = np.arange(len(present))
    return number[values], present.tolist()


def _members(pattern: int) -> tuple[int, ...]:
    """Return the numbers of the bits that are set."""
    return tuple(i for i in range(pattern.bit_length()) if pattern >> i & 1)
