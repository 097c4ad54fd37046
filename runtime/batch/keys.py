"""Null and duplicate keys of a run.

Every key becomes 64 bits: an integer by itself, a text by a hash (among a hundred million
texts the chance that any two share one is 1 in 4,000). Up to ``LIMIT`` keys all are kept, at 8
bytes each, and the count is exact. Beyond, only keys of an ever smaller part of the hash space
are kept and the count is estimated from them, so memory stays bounded.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np
import pyarrow as pa

from interact.runtime.batch.key_hashes import (
    Hashes,
    count_repeats,
    hash_keys,
    repeated,
    sampled,
    scramble,
    unscramble,
)
from interact.runtime.errors import DataError

LIMIT = 200_000_000
EXAMPLES = 5
_PARTITIONS = 256


@dataclass(frozen=True, slots=True)
class KeyReport:
    """What the keys of a run were like.

    Attributes:
        nulls: Customers without a key.
        duplicates: Customers whose key another one had already.
        exact: Whether every key was compared; else ``duplicates`` is an estimate.
        examples: Some of the keys that several customers have; integers only.
    """

    nulls: int
    duplicates: int
    exact: bool
    examples: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class _Run:
    """The keys of a batch: as they came when they ascend, else scrambled and in partitions.

    ``ends`` has the end of each partition, which the first 8 bits name; None for ascending.
    """

    keys: Hashes
    ends: Any = None

    def partitioned(self) -> _Run:
        if self.ends is not None:
            return self
        scrambled = scramble(self.keys)
        parts = (scrambled >> np.uint64(56)).astype(np.uint8)
        order = np.argsort(parts, kind="stable")  # a radix sort, for bytes
        return _Run(scrambled[order], np.cumsum(np.bincount(parts, minlength=_PARTITIONS)))

    def part(self, number: int) -> Hashes:
        return self.keys[self.ends[number - 1] if number else 0 : self.ends[number]]

    def sampled(self, shift: int) -> _Run:
        if self.ends is None:
            return _Run(unscramble(sampled(scramble(self.keys), shift)))
        return _Run(unscramble(sampled(self.keys, shift))).partitioned()


def _run(keys: Hashes) -> _Run:
    if (keys[1:] > keys[:-1]).all():
        return _Run(keys.copy())  # a view would hold its whole batch in memory
    return _Run(keys).partitioned()


@dataclass(slots=True)
class KeyCounter:
    """Collects the keys of a run, from any thread.

    Attributes:
        column: What messages call the key: its column in the customer data.
        refuse_nulls: Raise a ``DataError`` at the first customer without a key.
        refuse_duplicates: Raise a ``DataError`` at the end when a key comes twice.
        limit: Keep no more keys than this.
        read: Returns the keys of a record batch; those of ``column`` by default.
    """

    column: str
    refuse_nulls: bool = False
    refuse_duplicates: bool = False
    limit: int = LIMIT
    read: Callable[[Any], Any] | None = None
    nulls: int = 0
    kept: int = 0
    shift: int = 0
    is_number: bool = False
    runs: list[_Run] = field(default_factory=list)
    lock: Any = field(default_factory=threading.Lock)

    def add(self, batch: Any) -> None:
        """Count the keys of a record batch of customers."""
        array = batch.column(self.column) if self.read is None else self.read(batch)
        hashes = hash_keys(array)
        nulls = len(array) - len(hashes)
        if nulls and self.refuse_nulls:
            raise DataError(f"{nulls} customers have no `{self.column}`, their key")
        run = _run(hashes)
        with self.lock:
            self.nulls += nulls
            self.is_number = pa.types.is_integer(array.type)
            self._keep(run)

    def _keep(self, run: _Run) -> None:
        self.runs.append(run.sampled(self.shift) if self.shift else run)
        self.kept += len(self.runs[-1].keys)
        while self.kept > self.limit:
            self.shift += 1
            self.runs = [kept.sampled(self.shift) for kept in self.runs]
            self.kept = sum(len(kept.keys) for kept in self.runs)

    def report(self) -> KeyReport:
        """Compare all keys.

        Raises:
            DataError: A key comes twice, and that was to be refused.
        """
        count, examples = 0, np.zeros(0, np.uint64)
        for keys in [] if _ascend(self.runs) else _partitions(self.runs):
            if found := count_repeats(keys):
                count += found
                if self.is_number and len(examples) < EXAMPLES:
                    examples = np.concatenate([examples, np.unique(repeated(keys))])
        shown = tuple(unscramble(examples[:EXAMPLES]).view(np.int64).tolist())
        report = KeyReport(self.nulls, count << self.shift, self.shift == 0, shown)
        if count and self.refuse_duplicates:
            raise DataError(
                f"{report.duplicates} customers have a `{self.column}` that another one has"
                + (": " if shown else "")
                + ", ".join(map(str, shown))
            )
        return report


def _ascend(runs: list[_Run]) -> bool:
    """Return whether the runs, as those of a sorted file do, follow each other."""
    if any(run.ends is not None for run in runs):
        return False
    ordered = sorted((run.keys for run in runs if len(run.keys)), key=lambda keys: int(keys[0]))
    return all(a[-1] < b[0] for a, b in pairwise(ordered))


def _partitions(runs: list[_Run]) -> Iterator[Hashes]:
    """Yield the scrambled keys of each partition, which are few enough for a fast table."""
    parted = [run.partitioned() for run in runs]
    for number in range(_PARTITIONS):
        yield np.concatenate([run.part(number) for run in parted])
