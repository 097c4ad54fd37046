"""Customers as the kernels read them: raw lanes, one per attribute, beside validity bits.

A *lane* is a flat numpy array in one of five machine forms. A *bitmap* is a uint8 array that
holds one bit per row, least significant bit first, starting at bit 0; it is aligned and made
of whole 64-bit words, ``(n + 63) // 64 * 8`` bytes. What the spare bits and the values of null
rows are is not said, except that a code is in range in every row; a reader masks them.

Lanes are often views on memory that somebody else owns, so they are for reading only.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from interact.compiler.columnar.lanes import Lane as Lane

Bitmap = npt.NDArray[np.uint8]
Values = npt.NDArray[np.generic]
Offsets = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Column:
    """The values of one attribute.

    Attributes:
        lane: The form of ``data``.
        data: Values, shape ``(n,)``, contiguous; for ``BITS`` a bitmap. A NaN in an ``F64`` lane
            counts as null. A ``CODE`` is an index into ``dictionary``.
        valid: A bitmap, 1 for a value and 0 for a null; None when no row is null.
        dictionary: The distinct texts of a ``CODE`` lane, at least one; None for other lanes.
            Batches that share a dictionary mostly share this very tuple.
    """

    lane: Lane
    data: Values
    valid: Bitmap | None = None
    dictionary: tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Rows:
    """A ``many`` attribute: the child rows of every customer, one customer after another.

    Attributes:
        offsets: Shape ``(n + 1,)``, from 0; the rows of customer ``i`` are those from
            ``offsets[i]`` up to ``offsets[i + 1]``. A null list has no rows.
        columns: The fields of the rows, each of length ``offsets[n]``.
    """

    offsets: Offsets
    columns: Mapping[str, Column]


@dataclass(frozen=True, slots=True, eq=False)
class Batch:
    """``length`` customers: attributes by name, and their ``many`` attributes by name."""

    length: int
    columns: Mapping[str, Column]
    rows: Mapping[str, Rows]
