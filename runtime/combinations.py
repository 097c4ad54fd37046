"""Which combinations of segments occur in a batch, and which one each customer has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

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
    firsts = np.zeros(min(length, 1), np.int64)
    for start in range(0, len(bitmaps), _GROUP):
        group = _bytes(bitmaps[start : start + _GROUP], length)
        codes, firsts = _numbered(codes * np.int64(256) + group, len(firsts) * 256)
    return Combinations(codes, _members(bitmaps, firsts))


def _bytes(bitmaps: Sequence[Bitmap], length: int) -> npt.NDArray[np.uint8]:
    """Return up to eight bitmaps as a byte for each customer."""
    held = np.zeros(length, np.uint8)
    for place, bits in enumerate(bitmaps):
        held |= np.unpackbits(bits, count=length, bitorder="little") << np.uint8(place)
    return held


def _numbered(values: npt.NDArray[np.int64], size: int) -> tuple[Codes, npt.NDArray[np.int64]]:
    """Return values below ``size`` as dense codes in their order, and a row that has each."""
    if size > _DENSE:
        _, firsts, codes = np.unique(values, return_index=True, return_inverse=True)
        return codes.astype(np.int32), firsts
    row_of = np.full(size, -1, np.int64)
    row_of[values] = np.arange(len(values))
    present = np.flatnonzero(row_of >= 0)
    number: Codes = np.zeros(size, np.int32)
    number[present] = np.arange(len(present))
    return number[values], row_of[present]


def _members(bitmaps: Sequence[Bitmap], rows: npt.NDArray[np.int64]) -> tuple[tuple[int, ...], ...]:
    """Return the segments of each of some customers."""
    found: list[list[int]] = [[] for _ in rows]
    for segment, bits in enumerate(bitmaps):
        for place in np.flatnonzero(bits[rows >> 3] >> (rows & 7).astype(np.uint8) & 1).tolist():
            found[place].append(segment)
    return tuple(map(tuple, found))
