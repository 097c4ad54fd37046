"""Arrays that programs write to, padded to whole blocks."""

from __future__ import annotations

from collections.abc import Mapping
from threading import Lock
from typing import Any

import numpy as np
import numpy.typing as npt

from interact.compiler.codegen.abi import BLOCK_ROWS
from interact.compiler.codegen.from_columnar import Bound
from interact.compiler.codegen.table import Outputs

LONG_TYPES = {"row": "i4", "zone": "u1", "position": "u1", "rule": "i2", "score": "f8"}
_PREFIX = "long."

Long = dict[str, npt.NDArray[Any]]


class LongPool:
    """The arrays of the long form, of one size for all threads that score at once.

    They have room for the most rows that there could be, of which a few are written, so they are
    kept from batch to batch and what was written is copied: fresh memory costs more.
    """

    def __init__(self) -> None:
        self._idle: list[Long] = []
        self._lock = Lock()

    def take(self, rows: int) -> Long:
        """Return arrays for so many rows; the caller's until ``written``."""
        with self._lock:
            found = self._idle.pop() if self._idle else {}
        if found and len(found["row"]) >= rows:
            return found
        return {name: np.empty(rows, dtype) for name, dtype in LONG_TYPES.items()}

    def written(self, long: Long, count: int) -> Long:
        """Return the rows that were written, and keep the arrays for others, or give them away.

        Where more than half of them are filled, copies would cost more than fresh arrays.
        """
        if 2 * count > len(long["row"]):
            return {name: array[:count] for name, array in long.items()}
        copied = {name: array[:count].copy() for name, array in long.items()}
        with self._lock:
            self._idle.append(long)
        return copied


def allocate(bound: Bound, length: int, long: Mapping[str, npt.NDArray[Any]]) -> Outputs:
    """Return what a program writes for ``length`` rows; ``long`` holds its long form."""
    padded = max(1, -(-length // BLOCK_ROWS)) * BLOCK_ROWS
    made: Outputs = {}
    for name, form in bound.program.outputs.items():
        if form == "bits":
            made[name] = np.zeros(padded // 64, np.uint64)
        elif form == "long":
            made[name] = long[name.removeprefix(_PREFIX)]
        elif name.startswith(("value.", "field.")):
            made[name] = np.empty(padded, form)
        else:
            made[name] = np.empty((bound.top, padded), form)
    return made


def long_rows(length: int, slots: int) -> int:
    """Return the most rows of the long form for ``length`` customers with so many slots each."""
    return length * slots + 64
