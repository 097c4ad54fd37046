"""Keys of profiles as 64-bit numbers: a column at once, or one key.

A single whole number is its own. Everything else is mixed part by part; equal numbers are no proof
of equal keys.
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from interact.compiler.columnar.batch import Column, Lane
from interact.runtime.batch.key_hashes import hash_texts

Hashes = npt.NDArray[np.uint64]
_ALL = (1 << 64) - 1
_ODD = 0x9E3779B97F4A7C15
_OTHER_ODD = 0xD6E8FEB86659FD93
_HALF = np.uint64(32)


def hash_columns(columns: Sequence[Column | Any], length: int) -> Hashes:
    """Return the numbers of the keys whose parts are such columns; of a null it is any number.

    Args:
        columns: Lanes, or Arrow arrays of texts.
        length: How many keys.
    """
    if len(columns) == 1 and _is_whole(columns[0]):
        return _numbers(columns[0], length)
    state = np.zeros(length, np.uint64)
    for column in columns:
        state ^= _numbers(column, length)
        state *= np.uint64(_ODD)
        state ^= state >> _HALF
    return state


def hash_key(key: Sequence[Any]) -> int:
    """Return the number of a key.

    >>> hash_key((7,)), hash_key((-1,)) == 2**64 - 1
    (7, True)
    """
    if len(key) == 1 and type(key[0]) is int:
        return key[0] & _ALL
    state = 0
    for part in key:
        state = ((state ^ _number(part)) * _ODD) & _ALL
        state ^= state >> 32
    return state


def _is_whole(column: Column | Any) -> bool:
    return isinstance(column, Column) and column.lane in (Lane.I32, Lane.I64)


def _numbers(column: Column | Any, length: int) -> Hashes:
    if not isinstance(column, Column):
        return _of_texts(column)
    if column.lane is Lane.BITS:
        return np.unpackbits(column.data.view(np.uint8), bitorder="little")[:length].astype(
            np.uint64
        )
    data = column.data[:length]
    if column.lane is Lane.F64:
        return data.astype(np.float64).view(np.uint64)
    return data.astype(np.int64).view(np.uint64)


def _of_texts(array: Any) -> Hashes:
    if pa.types.is_dictionary(array.type):
        known = _of_texts(array.dictionary)
        codes = array.indices.fill_null(0).to_numpy(zero_copy_only=False)
        return known[codes] if len(known) else np.zeros(len(array), np.uint64)
    return hash_texts(pc.fill_null(array.cast(pa.large_string()), ""))


def _number(part: object) -> int:
    if isinstance(part, str):
        return _of_text(part.encode())
    if isinstance(part, float):
        return int(struct.unpack("<Q", struct.pack("<d", part))[0])
    return int(part) & _ALL if isinstance(part, int) else 0


def _of_text(data: bytes) -> int:
    """Return what ``hash_texts`` makes of a text."""
    state = (len(data) * _OTHER_ODD) & _ALL
    for start in range(0, len(data), 8):
        mixed = ((state ^ int.from_bytes(data[start : start + 8], "little")) * _ODD) & _ALL
        state = mixed ^ (mixed >> 32)
    return state
