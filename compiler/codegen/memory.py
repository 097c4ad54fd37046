"""The memory of a machine: one arena for registers, buffers, constants and staged columns."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from interact.compiler.columnar.batch import Lane

ALIGNMENT = 64
PAGE, STAGGER = 4096, 192
"""Places of a page or more are moved apart by some lines: equal offsets in a page would compete
for the same lines of the first-level cache."""
OVERRUN = 512
"""Bytes beyond the last block that kernels may read: whole vectors, prefetches."""


@dataclass
class Layout:
    """Places in an arena that is not allocated yet, in bytes from its start."""

    size: int = 0
    places: dict[Hashable, int] = field(default_factory=dict)

    def reserve(self, what: Hashable, size: int) -> int:
        """Return the place of ``what``, reserving ``size`` bytes when it is new."""
        if what not in self.places:
            self.places[what] = self.size
            self.size += -(-size // ALIGNMENT) * ALIGNMENT + (STAGGER if size >= PAGE else 0)
        return self.places[what]


@dataclass(frozen=True, slots=True)
class Arena:
    """Allocated memory: zeroes, aligned to a cache line."""

    data: npt.NDArray[np.uint8]
    address: int

    @staticmethod
    def allocate(size: int) -> Arena:
        raw = np.zeros(size + ALIGNMENT + OVERRUN, np.uint8)
        skip = -address_of(raw) % ALIGNMENT
        data = raw[skip : skip + size + OVERRUN]
        return Arena(data, address_of(data))

    def view(self, place: int, dtype: npt.DTypeLike, count: int) -> npt.NDArray[Any]:
        """Return ``count`` elements at ``place``."""
        size = np.dtype(dtype).itemsize * count
        return self.data[place : place + size].view(dtype)


def address_of(array: npt.NDArray[np.generic]) -> int:
    """Return the address of an array's first element."""
    address: int = array.__array_interface__["data"][0]
    return address


def constant_bytes(value: int | float, lane: Lane) -> bytes:
    """Return a constant as kernels read it, in eight bytes.

    >>> constant_bytes(1, Lane.I32)
    b'\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00'
    """
    if lane is Lane.F64:
        return np.float64(value).tobytes()
    if lane is Lane.I32:
        return np.int32(value).tobytes() + bytes(4)
    return np.int64(value).tobytes()


def pool_bytes(values: Sequence[float]) -> bytes:
    """Return several float constants, one after the other."""
    return np.array(values, np.float64).tobytes()
