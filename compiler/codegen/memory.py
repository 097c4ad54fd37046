"""The memory of a machine: one arena for registers, buffers, constants and staged columns.

No numpy here, nor in what a single decision needs: a process that decides starts in half the time.
"""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field

from interact.compiler.columnar.lanes import Lane

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


class Arena:
    """Allocated memory: zeroes, aligned to a cache line, seen as bytes, integers and floats."""

    def __init__(self, size: int) -> None:
        total = -(-(size + OVERRUN) // ALIGNMENT) * ALIGNMENT
        owner = (ctypes.c_char * (total + ALIGNMENT))()
        skip = -ctypes.addressof(owner) % ALIGNMENT
        self.address = ctypes.addressof(owner) + skip
        self.bytes = memoryview(owner).cast("B")[skip : skip + total]
        self.ints = self.bytes.cast("q")
        self.floats = self.bytes.cast("d")


def constant_bytes(value: int | float, lane: Lane) -> bytes:
    """Return a constant as kernels read it, in eight bytes.

    >>> constant_bytes(1, Lane.I32)
    b'\\x01\\x00\\x00\\x00\\x00\\x00\\x00\\x00'
    """
    if lane is Lane.F64:
        return struct.pack("d", value)
    if lane is Lane.I32:
        return struct.pack("ixxxx", value)
    return struct.pack("q", value)


def pool_bytes(values: Sequence[float]) -> bytes:
    """Return several float constants, one after the other."""
    return struct.pack(f"{len(values)}d", *values)
