"""Bitmaps: one bit per row, least significant bit first, starting at bit 0, in whole words."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt

from interact.compiler.columnar.batch import Bitmap

Mask = npt.NDArray[np.bool_]

WORD = 8


def word_bytes(length: int) -> int:
    """Return how many bytes hold ``length`` bits in whole 64-bit words.

    >>> word_bytes(0), word_bytes(1), word_bytes(64), word_bytes(65)
    (0, 8, 8, 16)
    """
    return (length + 63) // 64 * WORD


def from_buffer(buffer: Any, offset: int, length: int) -> Bitmap:
    """Return bits ``offset`` to ``offset + length`` of an Arrow buffer.

    They stay where they are when that place is aligned and the whole of the last word is
    known to belong to the buffer, and are copied otherwise.
    """
    first, shift = divmod(offset, 8)
    size = word_bytes(length)
    raw = np.frombuffer(buffer, np.uint8) if buffer.size else np.zeros(0, np.uint8)
    if shift == 0 and first + size <= raw.size and (buffer.address + first) % WORD == 0:
        return raw[first : first + size]
    return _moved(raw[first : (offset + length + 7) // 8], shift, length)


def _moved(raw: Bitmap, shift: int, length: int) -> Bitmap:
    """Copy ``length`` bits that start at bit ``shift`` of the first byte."""
    bits = np.zeros(word_bytes(length), np.uint8)
    held = (length + 7) // 8
    np.right_shift(raw[:held], shift, out=bits[:held])
    if shift:
        bits[: len(raw) - 1] |= raw[1:] << (8 - shift)
    return bits


def pack(mask: Mask) -> Bitmap:
    """Return the bitmap of a byte mask.

    >>> pack(np.array([True, False, True])).tolist()
    [5, 0, 0, 0, 0, 0, 0, 0]
    """
    bits = np.zeros(word_bytes(len(mask)), np.uint8)
    bits[: (len(mask) + 7) // 8] = np.packbits(mask, bitorder="little")
    return bits


def unpack(bits: Bitmap | None, length: int) -> Mask:
    """Return the byte mask of a bitmap; all true for None."""
    if bits is None:
        return np.ones(length, np.bool_)
    return np.unpackbits(bits, count=length, bitorder="little").view(np.bool_)


def validity(array: Any) -> Bitmap | None:
    """Return the validity of an Arrow array that has a validity buffer; None without nulls."""
    if array.null_count == 0:
        return None
    return from_buffer(array.buffers()[0], array.offset, len(array))


def without(valid: Bitmap | None, bad: Mask) -> tuple[Bitmap | None, int]:
    """Take the ``bad`` rows out of ``valid``; return that and how many were valid before."""
    lost = bad & unpack(valid, len(bad)) if bad.any() else bad
    count = int(np.count_nonzero(lost))
    if count == 0:
        return valid, 0
    return pack(unpack(valid, len(bad)) & ~lost), count


def count_nulls(valid: Bitmap | None, length: int) -> int:
    """Return how many of ``length`` rows are null."""
    if valid is None:
        return 0
    return length - int(np.count_nonzero(unpack(valid, length)))
