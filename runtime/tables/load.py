"""Rows of a table of offers are read, brought to their types and sorted; wrong ones are counted.

Nothing is a Python object for each row; distinct codes of offers are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from interact.compiler.core.offer_tables import CODE_PARTS, OFFER, ZONE
from interact.compiler.core.program import Attribute, Channel, OfferTable, Program
from interact.compiler.core.table_states import Place, place_of
from interact.runtime.batch.bitmaps import Mask
from interact.runtime.batch.key_hashes import scramble
from interact.runtime.errors import SchemaError
from interact.runtime.tables.convert import cast, converted, lane_values, unpacked
from interact.runtime.tables.key_index import KeyIndex, Rows, arranged, numbers_of
from interact.runtime.tables.loaded import Loaded, Stored
from interact.runtime.tables.names import Named, Names
from interact.runtime.tables.report import NAMED, Reason, TableReport
from interact.runtime.tables.rows import Broken, Chunk, RowSource, TableSpec, open_rows
from interact.stdlib.types import Kind

_KEYS = {Kind.INT: pa.int64(), Kind.TEXT: pa.large_string(), Kind.DATE: pa.date32()}


def load_table(
    spec: TableSpec, table: OfferTable, program: Program, channel: Channel, states: Sequence[str]
) -> Loaded:
    """Read the rows of a table.

    Args:
        states: The names of the states that are wanted.

    Raises:
        InteractError: The file, the query or a column is not there.
    """
    known = {t.name: t for t in program.tables}
    places = {name: place_of(name, known) for name in states}
    about = {name: p for name, p in places.items() if p is not None and p.table == table.name}
    loader = _Loader(spec, table, program, channel, about)
    source = open_rows(spec)
    loader.check(source)
    for chunk in source.read(loader.wanted(source.columns()), loader.broken):
        loader.add(chunk)
    return loader.finished()


@dataclass(slots=True)
class _Part:
    """The good rows of a chunk."""

    keys: list[Any]
    slots: npt.NDArray[np.int32]
    at: Rows
    chunk: int
    columns: dict[str, Stored]


@dataclass(slots=True)
class _Loader:
    spec: TableSpec
    table: OfferTable
    program: Program
    channel: Channel
    places: dict[str, Place]
    names: Names = field(init=False)
    columns: list[Attribute] = field(init=False)
    broken: Broken = field(default_factory=Broken)
    parts: list[_Part] = field(default_factory=list)
    chunks: list[tuple[str, int]] = field(default_factory=list)
    report: TableReport = field(init=False)

    def __post_init__(self) -> None:
        read = {place.column for place in self.places.values()}
        self.columns = [c for c in self.table.columns if c.name in read]
        self.names = Names.of(self.program, self.table, self.channel, self.places.values())
        self.report = TableReport(self.table.name, self.spec.told, self.broken)

    @property
    def _key(self) -> tuple[Attribute, ...]:
        is_for_all = self.table.kind == "defaults"
        return () if is_for_all else self.program.audiences[self.table.audience].key

    # ---------------------------------------------------------------- columns

    def check(self, source: RowSource) -> None:
        """Check that the columns are there.

        Raises:
            SchemaError: Some are not.
        """
        there = set(source.columns())
        needed = [a.column for a in (*self._key, *self.columns)]
        needed += [ZONE] if self.table.by_zone else []
        needed += [] if CODE_PARTS[0] in there else [OFFER]
        missing = [f"`{name}`" for name in needed if name not in there]
        if missing:
            shown = ", ".join(f"`{name}`" for name in list(source.columns())[:20])
            plural = "s" * (len(missing) > 1)
            raise SchemaError(
                f"{self.spec.told} has no column{plural} {', '.join(missing)},"
                f" which the rows of {self.table.name} need",
                help=f"the columns are {shown or 'none'}; a column may have another name in the"
                ' data: points: int from "SCORE"',
            )

    def wanted(self, there: Sequence[str]) -> list[str]:
        """Return the columns to read."""
        naming = [OFFER] if OFFER in there else [n for n in CODE_PARTS if n in there]
        naming += [ZONE] if self.table.by_zone else []
        return list(dict.fromkeys([*(a.column for a in (*self._key, *self.columns)), *naming]))

    # ---------------------------------------------------------------- rows

    def add(self, chunk: Chunk) -> None:
        """Take in the rows of a chunk."""
        rows, number = chunk.rows, len(self.chunks)
        self.chunks.append((chunk.source, chunk.first))
        self.report.rows += rows.num_rows
        left: Mask = np.ones(rows.num_rows, np.bool_)
        keys = [self._of_key(a, rows, chunk, left) for a in self._key]
        named = self.names.read(rows)
        self._named(named, chunk, left)
        columns = {a.name: self._of_column(a, rows, chunk, left) for a in self.columns}
        good = np.flatnonzero(left)
        self.parts.append(
            _Part(
                [key.take(pa.array(good)) for key in keys],
                named.slots[good],
                good,
                number,
                {name: _taken(column, good) for name, column in columns.items()},
            )
        )

    def _of_key(self, part: Attribute, rows: Any, chunk: Chunk, left: Mask) -> Any:
        array = rows.column(part.column)
        values, bad = converted(array, part.type)
        wanted = _KEYS[part.type.kind]
        if values.type != wanted:
            values, wrong = cast(values, wanted)
            bad = bad | wrong
        self._drop(Reason("key", part.column, str(part.type)), bad, chunk, left, array)
        self._drop(Reason("null key", part.column), ~unpacked(values), chunk, left)
        return values

    def _named(self, named: Named, chunk: Chunk, left: Mask) -> None:
        self._drop(Reason("no offer"), named.without_offer, chunk, left)
        self._drop(Reason("offer"), named.unknown_offer, chunk, left, named.offers)
        self._drop(Reason("zone"), named.unknown_zone, chunk, left, named.zones)
        elsewhere = left & named.elsewhere
        self.report.elsewhere += int(np.count_nonzero(elsewhere))
        left &= ~elsewhere

    def _of_column(self, column: Attribute, rows: Any, chunk: Chunk, left: Mask) -> Stored:
        array = rows.column(column.column)
        found, bad = converted(array, column.type)
        if column.type.kind is Kind.TEXT:
            there = unpacked(found)
            stored = Stored(np.zeros(0), there, found.cast(pa.large_string()))
        else:
            values, there, lost = lane_values(found, column.type)
            bad = bad | lost
            stored = Stored(values, there)
        self._drop(Reason("value", column.column, str(column.type)), bad, chunk, left, array)
        if not column.nullable:
            self._drop(Reason("null", column.column), ~there, chunk, left)
        return stored

    def _drop(
        self, reason: Reason, bad: Mask, chunk: Chunk, left: Mask, values: Any = None
    ) -> None:
        """Leave rows out that are wrong, unless they are left out already."""
        wrong = left & bad
        if wrong.any():
            self.report.add(reason, np.flatnonzero(wrong), chunk.source, chunk.first, values)
            left &= ~wrong

    # ---------------------------------------------------------------- order

    def finished(self) -> Loaded:
        """Return the good rows, sorted."""
        keys = self._keys()
        slots = _joined([part.slots for part in self.parts], np.int32)
        numbers = numbers_of(keys)[0] if keys else np.zeros(len(slots), np.uint64)
        scattered = scramble(numbers)
        order = arranged(scattered, slots)
        numbers, slots = scattered[order], slots[order]
        first = np.ones(len(order), np.bool_)
        first[1:] = numbers[1:] != numbers[:-1]
        alike = ~first & ~_same(keys, order)
        repeated = ~first & ~alike
        repeated[1:] &= slots[1:] == slots[:-1]
        self._report_repeated(order[repeated], "repeated")
        self._report_repeated(order[alike], "alike")
        kept = ~(repeated | alike)
        order, slots, first = order[kept], slots[kept], first[kept]
        starts = np.flatnonzero(first)
        self.report.used = len(order)
        found = [key.take(pa.array(order[starts])) for key in keys]
        return Loaded(
            self.table,
            self.places,
            self.names.offers,
            self.names.zones,
            slots,
            np.append(starts, len(order)),
            KeyIndex.of(numbers[kept][starts]),
            tuple(found),
            {column.name: self._column(column, order) for column in self.columns},
            self.report,
        )

    def _keys(self) -> list[Any]:
        kinds = [_KEYS[part.type.kind] for part in self._key]
        if not self.parts:
            return [pa.array([], kind) for kind in kinds]
        return [pa.concat_arrays([part.keys[i] for part in self.parts]) for i in range(len(kinds))]

    def _column(self, column: Attribute, order: Rows) -> Stored:
        parts = [part.columns[column.name] for part in self.parts]
        valid = _joined([part.valid for part in parts], np.bool_)[order]
        if column.type.kind is Kind.TEXT:
            texts = pa.concat_arrays([p.texts for p in parts]) if parts else pa.array([], TEXTS)
            return Stored(np.zeros(0), valid, texts.take(pa.array(order)))
        return Stored(_joined([part.values for part in parts], np.int64)[order], valid)

    def _report_repeated(self, rows: Rows, reason: str) -> None:
        """Report rows by their places among the good ones, the first ones in the source by name."""
        ends = np.cumsum([len(part.at) for part in self.parts])
        for row in np.sort(rows)[:NAMED].tolist():
            self._report_one(row, ends, reason)
        self.report.count(Reason(reason), max(len(rows) - NAMED, 0))

    def _report_one(self, row: int, ends: Rows, reason: str) -> None:
        number = int(np.searchsorted(ends, row, "right"))
        part = self.parts[number]
        place = part.at[row - (int(ends[number - 1]) if number else 0)]
        source, first = self.chunks[part.chunk]
        self.report.add(Reason(reason), np.array([place]), source, first)


TEXTS = pa.large_string()


def _taken(column: Stored, rows: Rows) -> Stored:
    if column.texts is not None:
        return Stored(column.values, column.valid[rows], column.texts.take(pa.array(rows)))
    return Stored(column.values[rows], column.valid[rows])


def _joined(parts: Sequence[npt.NDArray[Any]], empty: Any) -> npt.NDArray[Any]:
    return np.concatenate(parts) if parts else np.zeros(0, empty)


def _same(keys: Sequence[Any], order: Rows) -> Mask:
    """Return where a row has the key of the one before, in an order by their numbers."""
    same: Mask = np.ones(len(order), np.bool_)
    for key in keys:
        if pa.types.is_large_string(key.type) or len(keys) > 1:
            ordered = key.take(pa.array(order))
            if len(ordered) > 1:
                same[1:] &= pc.equal(ordered[1:], ordered[:-1]).to_numpy(zero_copy_only=False)
    return same
