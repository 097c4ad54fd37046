"""Null and duplicate keys of a run.

Every key becomes 64 bits: an integer by itself, a text by a hash (two different texts share
one with a chance below 2**-56). Up to ``LIMIT`` keys they are all kept, 8 bytes each, and the
count is exact. Beyond, only keys of an ever smaller part of the hash space are kept, and the
count is estimated from them; memory stays bounded.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from interact.runtime.batch.bitmaps import unpack, validity
from interact.runtime.batch.numbers import numbers
from interact.runtime.batch.schema import is_text
from interact.runtime.errors import DataError

LIMIT = 200_000_000
EXAMPLES = 5

Hashes = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class KeyReport:
    """What the keys of a run were like.

    Attributes:
        nulls: Customers without a key.
        duplicates: Customers whose key an other one had already.
        exact: Whether every key was compared; else ``duplicates`` is an estimate.
        examples: Some of the keys that several customers have; integers only.
    """

    nulls: int
    duplicates: int
    exact: bool
    examples: tuple[int, ...] = ()


@dataclass(slots=True)
class KeyCounter:
    """Collects the keys of a run, from any thread.

    Attributes:
        column: The key's column in the customer data.
        refuse_nulls: Raise a ``DataError`` at the first customer without a key.
        refuse_duplicates: Raise a ``DataError`` at the end when a key comes twice.
        limit: Keep no more keys than this.
    """

    column: str
    refuse_nulls: bool = False
    refuse_duplicates: bool = False
    limit: int = LIMIT
    nulls: int = 0
    kept: int = 0
    shift: int = 0
    is_number: bool = False
    runs: list[Hashes] = field(default_factory=list)
    lock: Any = field(default_factory=threading.Lock)

    def add(self, batch: Any) -> None:
        """Count the keys of a record batch of customers."""
        array = batch.column(self.column)
        nulls = array.null_count
        if nulls and self.refuse_nulls:
            raise DataError(f"{nulls} customers have no `{self.column}`, their key")
        hashes = _sorted(_hashes(array))
        with self.lock:
            self.nulls += nulls
            self.is_number = pa.types.is_integer(array.type)
            self._keep(hashes)

    def _keep(self, hashes: Hashes) -> None:
        self.runs.append(_sampled(hashes, self.shift))
        self.kept += len(self.runs[-1])
        while self.kept > self.limit:
            self.shift += 1
            self.runs = [_sampled(run, self.shift) for run in self.runs]
            self.kept = sum(len(run) for run in self.runs)

    def report(self) -> KeyReport:
        """Compare all keys.

        Raises:
            DataError: A key comes twice, and that was to be refused.
        """
        again = _repeated(self.runs)
        examples: tuple[int, ...] = ()
        if self.is_number:
            examples = tuple(np.unique(again)[:EXAMPLES].view(np.int64).tolist())
        report = KeyReport(self.nulls, len(again) << self.shift, self.shift == 0, examples)
        if report.duplicates and self.refuse_duplicates:
            shown = ", ".join(map(str, examples))
            raise DataError(
                f"{report.duplicates} customers have a `{self.column}` that another one has"
                + (f": {shown}" if shown else "")
            )
        return report


def _sampled(hashes: Hashes, shift: int) -> Hashes:
    """Keep the one of ``2**shift`` keys whose scrambled bits begin with zeros."""
    if shift == 0:
        return hashes
    scrambled: Hashes = hashes * np.uint64(0x9E3779B97F4A7C15)
    kept: Hashes = hashes[(scrambled >> np.uint64(64 - shift)) == 0]
    return kept


def _sorted(hashes: Hashes) -> Hashes:
    """Sort, but files are mostly in the order of their key already."""
    if (hashes[1:] >= hashes[:-1]).all():
        return hashes.copy() if hashes.base is not None else hashes  # a view would hold its batch
    ordered: Hashes = np.sort(hashes)
    return ordered


def _repeated(runs: list[Hashes]) -> Hashes:
    """Return each hash as often as it comes beyond the first time, given sorted runs.

    Runs that follow each other, as those of a sorted file do, need no merging.
    """
    runs = sorted((run for run in runs if len(run)), key=lambda run: int(run[0]))
    if any(a[-1] >= b[0] for a, b in pairwise(runs)):
        runs = [np.concatenate(runs)]
        runs[0].sort()
    found = [run[1:][run[1:] == run[:-1]] for run in runs]
    return np.concatenate(found) if found else np.zeros(0, np.uint64)


def _hashes(array: Any) -> Hashes:
    """Return 64 bits for each key that is not null."""
    if pa.types.is_string_view(array.type):
        array = array.cast(pa.large_string())
    if is_text(array.type):
        return _text_hashes(pc.drop_null(array))
    if pa.types.is_integer(array.type):
        values: Hashes = numbers(array).astype(np.int64, copy=False).view(np.uint64)
        return values[unpack(validity(array), len(array))] if array.null_count else values
    return _text_hashes(pc.drop_null(array).cast(pa.string()))


_MULTIPLIERS = np.random.default_rng(0x1A7E).integers(0, 2**63, 4096, np.uint64) * 2 + 1


def _text_hashes(array: Any) -> Hashes:
    """Hash the bytes of each text by a random odd multiplier for each place.

    Source:
        D. Lemire and O. Kaser, Strongly universal string hashing is fast (2014).
    """
    if pa.types.is_dictionary(array.type):
        codes = numbers(array.indices)
        hashes: Hashes = _text_hashes(array.dictionary.fill_null(""))[codes]
        return hashes
    array = array.cast(pa.large_string())
    if len(array) == 0:
        return np.zeros(0, np.uint64)
    start = array.offset * 8
    offsets = np.frombuffer(array.buffers()[1], np.int64, len(array) + 1, start)
    data = array.buffers()[2]
    raw = np.frombuffer(data, np.uint8) if data is not None and data.size else np.zeros(0, np.uint8)
    lengths = np.diff(offsets)
    place = np.arange(offsets[0], offsets[-1]) - np.repeat(offsets[:-1], lengths)
    terms = (raw[offsets[0] : offsets[-1]].astype(np.uint64) + 1) * _MULTIPLIERS[place % 4096]
    sums = np.zeros(len(terms) + 1, np.uint64)
    np.cumsum(terms, out=sums[1:])
    ends = offsets - offsets[0]
    mixed: Hashes = sums[ends[1:]] - sums[ends[:-1]]
    mixed += lengths.astype(np.uint64) * np.uint64(0xD6E8FEB86659FD93)
    return mixed
