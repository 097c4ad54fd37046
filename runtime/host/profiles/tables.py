"""Profiles from files: columns as Arrow has them, found by a sorted index of the keys.

Nothing is a Python object before a customer is asked for. A file of Arrow IPC that is not
compressed is mapped: the system reads what is asked for, and processes share it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from interact.compiler.columnar.batch import Column, Lane
from interact.compiler.core.program import Attribute, Audience
from interact.runtime.batch.adapt import fixed_width, nulls
from interact.runtime.batch.rows import lists
from interact.runtime.batch.schema import Needed
from interact.runtime.batch.source import open_source
from interact.runtime.batch.texts import require_utf8
from interact.runtime.errors import DataError
from interact.runtime.host.profiles.keys import Hashes, hash_columns, hash_key
from interact.runtime.host.profiles.source import Key, Profile
from interact.stdlib.types import Kind, Value

Places = npt.NDArray[np.int64]
Values: TypeAlias = Column | Any
"""A lane, or an Arrow array of texts."""


@dataclass(frozen=True, slots=True, eq=False)
class Many:
    """The rows of a ``many`` attribute: those of customer ``i`` begin at ``offsets[i]``."""

    offsets: Places
    columns: Mapping[str, Values]


@dataclass(frozen=True, slots=True, eq=False)
class Piece:
    """Customers of a batch of the file."""

    length: int
    columns: Mapping[str, Values]
    rows: Mapping[str, Many]


@dataclass(frozen=True, slots=True, eq=False)
class TableProfiles:
    """Profiles of one audience level.

    Attributes:
        hashes: Of all keys, ascending; ``rows`` has the row of each.
        starts: The first row of each piece.
    """

    key: tuple[str, ...]
    pieces: tuple[Piece, ...]
    starts: Places
    hashes: Hashes
    rows: npt.NDArray[np.uint32] | Places

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def history(self) -> tuple[str, ...]:
        """The columns that say what customers did, such as ``Gold.rejected``."""
        return tuple(name for name in self.pieces[0].columns if "." in name)

    def has(self, needs: Sequence[Needed]) -> bool:
        """Return whether all of these were read."""
        piece = self.pieces[0]
        return all(need.name in (piece.rows if need.is_many else piece.columns) for need in needs)

    def load(self, key: Key) -> Profile | None:
        """Return the profile of a key; of several the first in the files."""
        wanted = np.uint64(hash_key(key))
        place = int(self.hashes.searchsorted(wanted))
        while place < len(self.hashes) and self.hashes[place] == wanted:
            row = int(self.rows[place])
            number = int(self.starts.searchsorted(row, "right")) - 1
            piece, inside = self.pieces[number], row - int(self.starts[number])
            if tuple(value_at(piece.columns[name], inside) for name in self.key) == key:
                return _profile(piece, inside)
            place += 1
        return None

    def close(self) -> None:
        """Do nothing: files are closed when they have been read."""


def _profile(piece: Piece, place: int) -> Profile:
    values = {name: value_at(column, place) for name, column in piece.columns.items()}
    rows = {}
    for name, many in piece.rows.items():
        first, last = int(many.offsets[place]), int(many.offsets[place + 1])
        rows[name] = [
            {field: value_at(column, i) for field, column in many.columns.items()}
            for i in range(first, last)
        ]
    return Profile(values, rows)


def value_at(column: Values, place: int) -> Value:
    """Return the machine value of one row; None is null."""
    if not isinstance(column, Column):
        text: str | None = column[place].as_py()
        return text
    valid = column.valid
    if valid is not None and not valid[place >> 3] >> (place & 7) & 1:
        return None
    if column.lane is Lane.BITS:
        return bool(column.data[place >> 3] >> (place & 7) & 1)
    value: Any = column.data[place].item()
    found: Value = None if value != value else value
    return found


def open_profiles(path: str, audience: Audience, needs: Sequence[Needed] = ()) -> TableProfiles:
    """Read the profiles of an audience level: the attributes that the files have columns for.

    Args:
        path: A file, folder or glob, as ``interact score`` reads customers.
        needs: What must be there beside the key.

    Raises:
        InteractError: There is none, or a column is missing or of a type that does not serve.
    """
    wanted = {need.name for need in needs}
    found = set(open_source(path, []).schema.names)
    needed = [
        _needed(a) for a in (*audience.key, *audience.profile, *audience.session)
        if a.column in found or a in audience.key or a.name in wanted
    ]  # fmt: skip
    needed += [
        Needed(rows.name, rows.column, fields=tuple(map(_needed, rows.fields)), many=True)
        for rows in audience.rows
        if rows.column in found or rows.name in wanted
    ]
    source = open_source(path, needed=needed)
    pieces = tuple(
        _piece(data, needed)
        for task in source.tasks
        for data in source.reader.read(task)  # as they lie there: to join batches is to copy them
        if data.num_rows
    )
    if not pieces:
        raise DataError(f"there is no customer in {path}")
    names = tuple(a.name for a in audience.key)
    hashes = np.concatenate([hash_columns([p.columns[n] for n in names], p.length) for p in pieces])
    starts = np.cumsum([0, *(p.length for p in pieces[:-1])])
    return TableProfiles(names, pieces, starts, *_ordered(hashes))


def _ordered(hashes: Hashes) -> tuple[Hashes, Any]:
    """Return hashes in ascending order, and the row of each."""
    size = np.uint32 if len(hashes) < 1 << 32 else np.int64
    if (hashes[1:] >= hashes[:-1]).all():
        return hashes, np.arange(len(hashes), dtype=size)
    order = np.argsort(hashes, kind="stable")
    return hashes[order], order.astype(size)


def _needed(attribute: Attribute) -> Needed:
    return Needed(attribute.name, attribute.column, attribute.type, attribute.nullable)


def _piece(data: Any, needed: Sequence[Needed]) -> Piece:
    columns: dict[str, Values] = {}
    rows: dict[str, Many] = {}
    for need in needed:
        array = data.column(need.column)
        if need.is_many:
            found = lists(array, [part.column for part in need.fields])
            fields = zip(need.fields, found.fields, strict=True)
            rows[need.name] = Many(
                found.offsets, {part.name: _values(v, part) for part, v in fields}
            )
        else:
            columns[need.name] = _values(array, need)
    return Piece(data.num_rows, columns, rows)


def _values(array: Any, need: Needed) -> Values:
    array = array.storage if isinstance(array, pa.ExtensionArray) else array
    if need.type.kind is Kind.TEXT:
        require_utf8(array, need.column)
        return array
    if pa.types.is_null(array.type):
        return nulls(need.type, len(array))
    return fixed_width(array, need.type)[0]
