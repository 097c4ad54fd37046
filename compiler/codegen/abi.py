"""The contract between the plan, the kernels and the driver.

A kernel is a native ``void kernel(i64* ops, i64 words)``. ``ops[i]`` is its i-th operand: the
address of the current block of a column, or an immediate. A block holds ``64 * words`` rows, so no
kernel has a tail: the caller pads the last block and starts it from a mask of live rows.

Lanes: ``f64`` carries null in-band as NaN, ``i64`` and ``i32`` carry it in a separate bitmask,
``bits`` is one bit a row, least significant first (Arrow's own bitmap layout), 64 rows a word.
"""

from __future__ import annotations

Shape = str
"""The canonical text of a kernel, such as ``cmp.ge.i32.k``."""

DRIVE: Shape = "drive"
"""The kernel that runs a program of others."""

WORD_ROWS = 64
"""Rows of one mask word."""

BLOCK_ROWS = 1024
"""Rows of one block, sixteen mask words. 2048 ran 5 % faster with 40 rules and slower with 400."""

BLOCK_WORDS = BLOCK_ROWS // WORD_ROWS

LANE_BYTES = {"f64": 8, "i64": 8, "i32": 4, "i16": 2, "u8": 1}
"""Bytes of one row of a lane; ``bits`` is an eighth of a byte."""

MAX_TOP = 64
"""The largest number of best candidates that a zone may keep."""


def candidate_bytes(words: int) -> int:
    """Size of a candidate list, the hand-over from a score kernel to a top kernel.

    Layout: ``i64 count``, 56 bytes unused, ``i64 keys[64 * words]``, ``i32 rows[64 * words + 64]``.
    ``count`` of -1 says that ``keys`` is dense: one key a row, 0 for no candidate.

    >>> candidate_bytes(1)
    1088
    """
    rows = WORD_ROWS * words
    return 64 + 8 * rows + 4 * (rows + WORD_ROWS)
