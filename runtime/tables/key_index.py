"""Keys found by number: an open-addressing table, filled and read a column at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from interact.runtime.batch.bitmaps import Mask, unpack, validity
from interact.runtime.batch.key_hashes import Hashes, hash_keys, scramble
from interact.runtime.batch.numbers import stored

Rows = npt.NDArray[np.int64]
_OTHER_ODD = np.uint64(0xD6E8FEB86659FD93)
_HALF = np.uint64(32)
_ODD, _ALL = int(scramble(np.ones(1, np.uint64))[0]), 2**64 - 1


@dataclass(frozen=True, slots=True)
class KeyIndex:
    """The place of each of some distinct numbers.

    Attributes:
        scattered: The numbers, scrambled and ascending: the place of a number is where it is.
        starts: Where those with each of the leading bits begin, and the end.
        shift: How many bits are not leading.
    """

    scattered: Hashes
    starts: npt.NDArray[np.int32]
    shift: int

    @staticmethod
    def of(scattered: Hashes) -> KeyIndex:
        """Return the index of distinct numbers, given scrambled and ascending."""
        bits = max(len(scattered), 1).bit_length()
        leading = (scattered >> np.uint64(64 - bits)).astype(np.int64)
        starts = np.zeros((1 << bits) + 1, np.int32)
        np.cumsum(np.bincount(leading, minlength=1 << bits), out=starts[1:])
        return KeyIndex(scattered, starts, 64 - bits)

    def find(self, numbers: Hashes) -> npt.NDArray[np.int32]:
        """Return the place of each number, -1 for one that is not there."""
        wanted = scramble(numbers)
        leading = (wanted >> np.uint64(self.shift)).astype(np.int64)
        places, ends = self.starts[leading], self.starts[leading + 1]
        found = np.full(len(numbers), -1, np.int32)
        left = np.flatnonzero(places < ends)
        while len(left):
            here = places[left]
            hit = self.scattered[here] == wanted[left]
            found[left[hit]] = here[hit]
            left = left[~hit]
            places[left] += 1
            left = left[places[left] < ends[left]]
        return found

    def find_one(self, number: int) -> int:
        """Return the place of a number, -1 for one that is not there."""
        wanted = number * _ODD & _ALL
        leading = wanted >> self.shift
        for place in range(int(self.starts[leading]), int(self.starts[leading + 1])):
            if int(self.scattered[place]) == wanted:
                return place
        return -1


def arranged(scattered: Hashes, slots: npt.NDArray[np.int32]) -> Rows:
    """Return the order by number, then slot, then place."""
    order = np.argsort(scattered)
    ordered = scattered[order]
    group = np.zeros(len(order), np.int64)
    np.cumsum(ordered[1:] != ordered[:-1], out=group[1:])
    of_slot, of_place = (int(x).bit_length() for x in (slots.max(initial=0), len(order)))
    if not len(order) or int(group[-1]).bit_length() + of_slot + of_place > 63:
        return np.lexsort((slots, scattered))
    packed = (group << (of_slot + of_place)) | (slots[order].astype(np.int64) << of_place) | order
    return np.asarray(np.sort(packed) & ((1 << of_place) - 1))


def numbers_of(parts: Sequence[Any]) -> tuple[Hashes, Mask]:
    """Return a number for each key, and whether it is whole: no part is null.

    A key of one whole number, or date, is its own number; of others it is a hash.

    Args:
        parts: Arrow arrays of int64, date32 or text, a part of the key each.
    """
    whole = np.ones(len(parts[0]), np.bool_)
    for part in parts:
        whole &= unpack(validity(part), len(part))
    if len(parts) == 1:
        return _numbers(parts[0]), whole
    mixed = np.zeros(len(parts[0]), np.uint64)
    for part in parts:
        mixed = (scramble(mixed ^ _numbers(part)) ^ (mixed >> _HALF)) * _OTHER_ODD
        mixed ^= mixed >> _HALF
    return mixed, whole


def _numbers(part: Any) -> Hashes:
    if pa.types.is_date32(part.type):
        return stored(part, np.int32).astype(np.int64).view(np.uint64)
    if pa.types.is_integer(part.type):
        return stored(part, np.int64).view(np.uint64)
    return hash_keys(part.fill_null(""))
