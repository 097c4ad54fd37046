"""Which rows of which writers are there: a bit for each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow.compute as pc

MOST = 1 << 40
Ranges = list[tuple[int, int]]
"""Numbers from the first to the last, both included."""
_Bits = npt.NDArray[np.uint8]


@dataclass(slots=True)
class Sequences:
    """Sets of sequence numbers by writer."""

    _bits: dict[str, _Bits] = field(default_factory=dict)

    @property
    def writers(self) -> list[str]:
        return sorted(self._bits)

    def add(self, writer: str, numbers: npt.NDArray[np.int64]) -> int:
        """Add numbers, at least one; return how many were there already."""
        first = int(numbers.min()) >> 3
        counts = np.bincount(numbers - first * 8)
        bits = np.packbits(counts > 0, bitorder="little")
        held = self._held(writer, first + len(bits))[first : first + len(bits)]
        double = int((counts[counts > 1] - 1).sum()) + int(np.bitwise_count(held & bits).sum())
        held |= bits
        return double

    def put(self, writer: str, number: int) -> bool:
        """Add one number; return whether it was there already."""
        held, bit = self._held(writer, (number >> 3) + 1), 1 << (number & 7)
        was = bool(held[number >> 3] & bit)
        held[number >> 3] |= bit
        return was

    def add_ranges(self, ranges: Mapping[str, Sequence[Sequence[int]]]) -> None:
        """Add what ``ranges`` told."""
        for writer, pairs in ranges.items():
            for first, last in pairs:
                held, begin, end = self._held(writer, (last >> 3) + 1), first >> 3, last >> 3
                after, before = 0xFF << (first & 7) & 0xFF, 0xFF >> (7 - (last & 7))
                held[begin] |= after & before if begin == end else after
                held[begin + 1 : end] = 0xFF
                held[end] |= before if begin < end else 0

    def include(self, other: Sequences) -> None:
        """Add what another has."""
        for writer, bits in other._bits.items():
            held = self._held(writer, len(bits))
            held[: len(bits)] |= bits

    def largest(self, writer: str) -> int:
        """Return the largest number of a writer, 0 when there is none."""
        found = np.flatnonzero(self._held(writer, 0))
        if not len(found):
            return 0
        return int(found[-1]) * 8 + int(self._bits[writer][found[-1]]).bit_length() - 1

    def ranges(self, writer: str) -> Ranges:
        """Return the numbers that are there."""
        return _runs(self._flags(writer, 0))

    def missing(self, writer: str, last: int) -> Ranges:
        """Return the numbers from 1 to ``last`` that are not there."""
        there = self._flags(writer, last + 1)
        return [(a + 1, b + 1) for a, b in _runs(~there[1 : last + 1])]

    def count_beyond(self, other: Sequences, writer: str) -> int:
        """Return how many numbers of a writer another does not have."""
        own = self._held(writer, 0)
        others = other._bits.get(writer, np.zeros(0, np.uint8))[: len(own)]
        shared = np.bitwise_count(own[: len(others)] & others).sum()
        return int(np.bitwise_count(own).sum() - shared)

    def _flags(self, writer: str, size: int) -> npt.NDArray[np.bool_]:
        flags = np.unpackbits(self._held(writer, (size + 7) >> 3), bitorder="little")
        return flags.view(np.bool_)

    def _held(self, writer: str, size: int) -> _Bits:
        held = self._bits.get(writer, np.zeros(0, np.uint8))
        if len(held) < size:
            more = np.zeros(max(size, 2 * len(held)) - len(held), np.uint8)
            held = np.concatenate([held, more])
        self._bits[writer] = held
        return held


def _runs(flags: npt.NDArray[np.bool_]) -> Ranges:
    edges = np.flatnonzero(np.diff(np.concatenate([[False], flags, [False]]).astype(np.int8)))
    return [(int(a), int(b) - 1) for a, b in edges.reshape(-1, 2)]


def by_writer(data: Any) -> Iterator[tuple[str, npt.NDArray[np.int64]]]:
    """Yield the sequence numbers of rows by writer; rows without a number are left out.

    Args:
        data: A batch or table with ``writer`` and ``sequence``.
    """
    writers, numbers = data["writer"].cast("string"), data["sequence"]
    for writer in pc.unique(writers.filter(numbers.is_valid())).to_pylist():
        chosen = numbers.filter(pc.equal(writers, writer)).drop_null()
        if len(chosen):
            yield writer, chosen.to_numpy(zero_copy_only=False)
