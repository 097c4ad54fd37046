"""Keys as 64-bit numbers, and how often such numbers repeat."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from interact.runtime.batch.bitmaps import unpack, validity
from interact.runtime.batch.numbers import Int64s, numbers
from interact.runtime.batch.schema import is_text

Hashes = npt.NDArray[np.uint64]

_ODD = np.uint64(0x9E3779B97F4A7C15)  # 2**64 divided by the golden ratio
_ODD_INVERSE = np.uint64(pow(0x9E3779B97F4A7C15, -1, 2**64))
_OTHER_ODD = np.uint64(0xD6E8FEB86659FD93)
_HALF = np.uint64(32)
_SMALL = 4096


def scramble(keys: Hashes) -> Hashes:
    """Spread keys over all 64 bits; ``unscramble`` undoes it."""
    return keys * _ODD


def unscramble(scrambled: Hashes) -> Hashes:
    """Return the keys that were scrambled."""
    return scrambled * _ODD_INVERSE


def sampled(scrambled: Hashes, shift: int) -> Hashes:
    """Keep one of ``2**shift`` keys, always the same ones."""
    if shift == 0:
        return scrambled
    other = (scrambled ^ (scrambled >> _HALF)) * _OTHER_ODD
    kept: Hashes = scrambled[(other >> np.uint64(64 - shift)) == 0]
    return kept


def count_repeats(keys: Hashes) -> int:
    """Return how many keys are equal to an earlier one.

    Each key is put into the slot of a table that its bits name, and the last to come stays.
    Those that find themselves there, less one for each slot in use, repeat; the others go
    through the same again with other bits, without the winners. Five times as fast as sorting.
    """
    repeats = 0
    while len(keys) > _SMALL:
        bits = (2 * len(keys) - 1).bit_length()
        slots = ((keys * _ODD) >> np.uint64(64 - bits)).astype(np.int64)
        table = np.zeros(1 << bits, np.uint64)
        used = np.zeros(1 << bits, np.bool_)
        table[slots] = keys
        used[slots] = True
        losers = keys[table[slots] != keys]
        repeats += len(keys) - len(losers) - int(np.count_nonzero(used))
        keys = losers * _OTHER_ODD
        keys ^= keys >> _HALF
    return repeats + len(repeated(keys))


def repeated(keys: Hashes) -> Hashes:
    """Return every key that is equal to an earlier one."""
    ordered = np.sort(keys)
    again: Hashes = ordered[1:][ordered[1:] == ordered[:-1]]
    return again


def hash_keys(array: Any) -> Hashes:
    """Return a number for each key that is not null: an integer itself, a hash of others."""
    if pa.types.is_integer(array.type):
        values: Hashes = numbers(array).astype(np.int64, copy=False).view(np.uint64)
        kept: Hashes = values[unpack(validity(array), len(array))] if array.null_count else values
        return kept
    return hash_texts(pc.drop_null(_texts(array)))


def _texts(array: Any) -> Any:
    """Return texts, or the texts of other values, with 64-bit offsets."""
    return array.cast(pa.large_string() if is_text(array.type) else pa.string()).cast(
        pa.large_string()
    )


def hash_texts(array: Any) -> Hashes:
    """Hash texts by 8 bytes of each at a time, mixing as in Knuth's multiplicative hashing."""
    if len(array) == 0:
        return np.zeros(0, np.uint64)
    start = array.offset * 8
    offsets: Int64s = np.frombuffer(array.buffers()[1], np.int64, len(array) + 1, start)
    words = _words(array.buffers()[2], int(offsets[-1]))
    left, places = np.diff(offsets), offsets[:-1]
    hashes: Hashes = left.astype(np.uint64) * _OTHER_ODD
    while (active := left > 0).any():
        some = slice(None) if active.all() else np.flatnonzero(active)
        word = words[places[some]] & _mask(left[some])
        mixed = (hashes[some] ^ word) * _ODD
        hashes[some] = mixed ^ (mixed >> _HALF)
        left, places = left - 8, places + 8
    return hashes


def _words(buffer: Any, size: int) -> Hashes:
    """Return the 8 bytes that begin at each byte, shape ``(size + 1,)``, as a view."""
    padded = np.zeros(size + 8, np.uint8)
    if size:
        padded[:size] = np.frombuffer(buffer, np.uint8, size)
    return np.ndarray((size + 1,), "<u8", padded, strides=(1,))


def _mask(left: Int64s) -> Hashes:
    """Return bits for the first ``left`` bytes of a word, all of them from 8 on."""
    short = (np.minimum(left, 7) * 8).astype(np.uint64)
    return np.where(left < 8, (np.uint64(1) << short) - np.uint64(1), ~np.uint64(0))
