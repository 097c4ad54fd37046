"""Profiles from files: columns as kernels have them, found by a sorted index of the keys.

A customer is a few array look-ups; nothing is a Python object before it is asked for, but the
distinct texts of a column.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from interact.compiler.columnar.batch import Batch, Column, Lane
from interact.compiler.core.program import Attribute, Audience
from interact.runtime.batch.adapt import Adapter, Losses
from interact.runtime.batch.schema import Needed
from interact.runtime.batch.source import open_source
from interact.runtime.errors import DataError
from interact.runtime.host.profiles import Key, Profile
from interact.stdlib.chance import customer_hash
from interact.stdlib.types import Value

_SEED = "profile"
Hashes = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class TableProfiles:
    """Profiles of one audience level.

    Attributes:
        hashes: Of all keys, ascending; ``rows`` has the row of each.
        starts: The first row of each batch.
    """

    key: tuple[str, ...]
    batches: tuple[Batch, ...]
    starts: Hashes
    hashes: Hashes
    rows: Hashes

    def __len__(self) -> int:
        return len(self.rows)

    def load(self, key: Key) -> Profile | None:
        """Return the profile of a key; of several the first in the files."""
        wanted = _hash(key)
        place = int(np.searchsorted(self.hashes, wanted))
        while place < len(self.hashes) and self.hashes[place] == wanted:
            found = self._profile(int(self.rows[place]))
            if tuple(found.values[name] for name in self.key) == key:
                return found
            place += 1
        return None

    def _profile(self, row: int) -> Profile:
        number = int(np.searchsorted(self.starts, row, "right")) - 1
        batch, place = self.batches[number], row - int(self.starts[number])
        values = {name: value_at(column, place) for name, column in batch.columns.items()}
        rows = {}
        for name, many in batch.rows.items():
            first, last = int(many.offsets[place]), int(many.offsets[place + 1])
            rows[name] = [_record(many.columns, i) for i in range(first, last)]
        return Profile(values, rows)


def _record(columns: Mapping[str, Column], place: int) -> dict[str, Value]:
    return {name: value_at(column, place) for name, column in columns.items()}


def value_at(column: Column, place: int) -> Value:
    """Return the machine value of one row; None is null."""
    valid = column.valid
    if valid is not None and not valid[place >> 3] >> (place & 7) & 1:
        return None
    if column.lane is Lane.BITS:
        return bool(column.data[place >> 3] >> (place & 7) & 1)
    value: Any = column.data[place].item()
    if column.lane is Lane.CODE:
        return str((column.dictionary or ("",))[value])
    found: Value = None if value != value else value
    return found


def open_profiles(path: str, audience: Audience) -> TableProfiles:
    """Read the profiles of an audience level: the attributes that the files have columns for.

    Args:
        path: A file, folder or glob, as ``interact score`` reads customers.

    Raises:
        InteractError: There is none, or a column is of a type that does not serve.
    """
    found = set(open_source(path, []).schema.names)
    needed = [
        _needed(a) for a in (*audience.key, *audience.profile, *audience.session)
        if a.column in found or a in audience.key
    ]  # fmt: skip
    needed += [
        Needed(rows.name, rows.column, fields=tuple(map(_needed, rows.fields)), many=True)
        for rows in audience.rows
        if rows.column in found
    ]
    source, adapter = open_source(path, needed=needed), Adapter(needed)
    batches = tuple(
        adapter(data, Losses())
        for task in source.tasks
        for data in source.read(task)
        if data.num_rows
    )
    if not batches:
        raise DataError(f"there is no customer in {path}")
    names = tuple(a.name for a in audience.key)
    hashes = np.concatenate([_hashes(batch, names) for batch in batches])
    order = np.argsort(hashes, kind="stable")
    starts = np.cumsum([0, *(batch.length for batch in batches[:-1])])
    return TableProfiles(names, batches, starts, hashes[order], order)


def _needed(attribute: Attribute) -> Needed:
    return Needed(attribute.name, attribute.column, attribute.type, attribute.nullable)


def _hashes(batch: Batch, names: Sequence[str]) -> Hashes:
    columns = [batch.columns[name] for name in names]
    if len(columns) == 1 and columns[0].lane in (Lane.I32, Lane.I64):
        return columns[0].data[: batch.length].astype(np.int64)
    keys = (tuple(value_at(c, place) for c in columns) for place in range(batch.length))
    return np.fromiter(map(_hash, keys), np.int64)


def _hash(key: Sequence[Any]) -> int:
    """Return 64 bits of a key: a single whole number is its own."""
    if len(key) == 1 and isinstance(key[0], int):
        return key[0]
    if None in key:
        return 0
    return customer_hash(_SEED, key)
