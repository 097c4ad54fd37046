"""The states that rows of a table make of a batch of customers."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from interact.compiler.columnar.batch import Column, Lane
from interact.compiler.core.program import Audience
from interact.compiler.core.table_states import Place
from interact.runtime.batch.adapt import nulls
from interact.runtime.batch.bitmaps import Mask, pack
from interact.runtime.batch.schema import lane_of
from interact.runtime.batch.texts import Dictionaries, texts
from interact.runtime.result import key_columns
from interact.runtime.tables.key_index import Rows, numbers_of
from interact.runtime.tables.loaded import Loaded, Stored
from interact.stdlib.types import BOOL, Type

Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Matched:
    """Rows for the customers of a batch, by slot: whose they are, and where they stand."""

    customers: dict[int, Rows]
    rows: dict[int, Rows]


@dataclass(slots=True)
class Join:
    """Joins the rows of a table to batches by key; threads share it.

    Attributes:
        types: Of the columns of the table.
    """

    loaded: Loaded
    audience: Audience
    types: dict[str, Type] = field(init=False)
    dictionaries: Dictionaries = field(default_factory=Dictionaries)

    def __post_init__(self) -> None:
        self.types = {column.name: column.type for column in self.loaded.table.columns}

    @property
    def states(self) -> frozenset[str]:
        """The states that this makes."""
        return frozenset(self.loaded.places)

    def columns(self, data: Any) -> Iterator[tuple[str, Column]]:
        """Yield each state with its column, for a record batch of customers."""
        matched = self._matched(data)
        for name, place in self.loaded.places.items():
            yield name, self._column(name, place, matched, data.num_rows)

    def _matched(self, data: Any) -> Matched:
        loaded, length = self.loaded, data.num_rows
        if not len(loaded.slots):
            return Matched({}, {})
        if loaded.table.kind == "defaults":
            every = np.arange(length)
            rows = {int(slot): np.full(length, row) for row, slot in enumerate(loaded.slots)}
            return Matched(dict.fromkeys(rows, every), rows)
        customers, found = self._customers(data)
        counts = loaded.starts[found + 1] - loaded.starts[found]
        whose = np.repeat(customers, counts)
        before = np.repeat(np.cumsum(counts) - counts, counts)
        rows_of = np.repeat(loaded.starts[found], counts) + np.arange(len(whose)) - before
        return _by_slot(loaded.slots[rows_of], whose, rows_of)

    def _customers(self, data: Any) -> tuple[Rows, Rows]:
        """Return the customers of a batch that have rows, and their places in the index."""
        parts = [_large(part) for part in key_columns(data, self.audience).values()]
        numbers, whole = numbers_of(parts)
        found = self.loaded.index.find(numbers)
        customers = np.flatnonzero((found >= 0) & whole)
        places = found[customers].astype(np.int64)
        for part, known in zip(parts, self.loaded.keys, strict=True):
            if len(parts) > 1 or not pa.types.is_integer(part.type):
                same = pc.equal(part.take(pa.array(customers)), known.take(pa.array(places)))
                kept = same.to_numpy(zero_copy_only=False)
                customers, places = customers[kept], places[kept]
        return customers, places

    def _column(self, name: str, place: Place, matched: Matched, length: int) -> Column:
        kind = BOOL if place.column is None else self.types[place.column]
        slots = [s for s in self.loaded.slots_of(place) if s in matched.rows]
        if not slots:
            return nulls(kind, length)
        if place.column is None:
            there = pack(_marked(matched, slots, length))
            return Column(Lane.BITS, there, there)
        stored = self.loaded.columns[place.column]
        if stored.texts is not None:
            return self._texts(name, stored, matched, slots, length)
        return _values(stored, kind, matched, slots, length)

    def _texts(
        self, name: str, stored: Stored, matched: Matched, slots: Sequence[int], length: int
    ) -> Column:
        rows, there = np.zeros(length, np.int64), np.zeros(length, np.bool_)
        for slot in slots:
            rows[matched.customers[slot]] = matched.rows[slot]
            there[matched.customers[slot]] = True
        return texts(stored.texts.take(pa.array(rows, mask=~there)), name, self.dictionaries)


def _values(
    stored: Stored, kind: Type, matched: Matched, slots: Sequence[int], length: int
) -> Column:
    lane = lane_of(kind, pa.null())
    is_bool = lane is Lane.BITS
    values = np.zeros(length, np.bool_ if is_bool else lane.dtype)
    valid: Mask = np.zeros(length, np.bool_)
    for slot in slots:
        customers, rows = matched.customers[slot], matched.rows[slot]
        values[customers] = stored.values[rows]
        valid[customers] = stored.valid[rows]
    return Column(lane, pack(values) if is_bool else values, pack(valid))


def _marked(matched: Matched, slots: Sequence[int], length: int) -> Mask:
    there: Mask = np.zeros(length, np.bool_)
    for slot in slots:
        there[matched.customers[slot]] = True
    return there


def _by_slot(slots: npt.NDArray[np.int32], whose: Rows, rows: Rows) -> Matched:
    """Gather rows by slot; sorting 16-bit numbers is a matter of two passes."""
    small = slots.astype(np.int16) if len(slots) and slots.max() < 2**15 else slots
    order = np.argsort(small, kind="stable")
    ordered = slots[order]
    cuts = np.flatnonzero(np.diff(ordered)) + 1
    found = {int(slots[o[0]]): o for o in np.split(order, cuts) if len(o)}
    return Matched(
        {slot: whose[o] for slot, o in found.items()}, {slot: rows[o] for slot, o in found.items()}
    )


def _large(part: Any) -> Any:
    is_text = pa.types.is_string(part.type) or pa.types.is_dictionary(part.type)
    return part.cast(pa.large_string()) if is_text else part
