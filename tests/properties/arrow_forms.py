"""Generated customers as Arrow tables, in every type that serves for what is declared."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from decimal import Context, Decimal
from itertools import pairwise
from typing import Any

import pyarrow as pa
from tests.properties.schema import FieldSpec, Schema

from interact.compiler.core.interpret import Customer
from interact.stdlib.types import INT_MAX, MICROSECONDS_PER_DAY, Kind, Value

_EXACT = Context(prec=80)
_ZONES = (None, "UTC", "Asia/Kathmandu", "America/New_York")
_PER_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
_INTS = (pa.int8(), pa.int16(), pa.int32(), pa.uint8(), pa.uint16(), pa.uint32(), pa.uint64())
Values = Sequence[Value]


def table_of(
    chance: random.Random, schema: Schema, customers: Sequence[Customer], *, plain: bool
) -> pa.Table:
    """Return customers as a table; a ``plain`` one has no form that Parquet files cannot have."""
    columns = {
        f.name: _column(chance, f, [c.values[f.name] for c in customers], plain)
        for f in schema.attributes
    }
    for name, fields in schema.rows.items():
        columns[name] = _rows(chance, name, fields, customers, plain)
    names = list(columns)
    chance.shuffle(names)
    return pa.table({name: columns[name] for name in names})


def _rows(
    chance: random.Random,
    name: str,
    fields: Sequence[FieldSpec],
    customers: Sequence[Customer],
    plain: bool,
) -> Any:
    records = [record for c in customers for record in c.rows[name]]
    columns = [_column(chance, f, [r[f.name] for r in records], plain) for f in fields]
    ends = [0]
    for customer in customers:
        ends.append(ends[-1] + len(customer.rows[name]))
    empty = [a == b and chance.random() < 0.5 for a, b in pairwise(ends)]
    kinds = [(pa.ListArray, pa.int32()), (pa.LargeListArray, pa.int64())]
    kinds += [] if plain else [(pa.ListViewArray, pa.int32()), (pa.LargeListViewArray, pa.int64())]
    made, offset = chance.choice(kinds)
    values = pa.StructArray.from_arrays(columns, [f.name for f in fields])
    starts, mask = pa.array(ends, offset), pa.array(empty)
    if made in (pa.ListArray, pa.LargeListArray):
        return made.from_arrays(starts, values, mask=mask)
    sizes = pa.array([b - a for a, b in pairwise(ends)], offset)
    return made.from_arrays(pa.array(ends[:-1], offset), sizes, values, mask=mask)


def _column(chance: random.Random, spec: FieldSpec, values: Values, plain: bool) -> Any:
    if all(v is None for v in values) and chance.random() < 0.5:
        return pa.nulls(len(values))
    if spec.type.kind is Kind.DECIMAL:
        return _decimals(chance, values, spec.type.scale)
    if spec.type.kind is Kind.TEXT:
        return _texts(chance, values, plain)
    return _MAKERS[spec.type.kind](chance, values)


def _fitting(chance: random.Random, values: Values, kinds: Sequence[Any]) -> Any:
    """Return values in one of the types that hold them all; the last one does."""
    for kind in chance.sample(kinds[:-1], len(kinds) - 1):
        try:
            return pa.array(values, kind)
        except (pa.ArrowInvalid, OverflowError):
            continue
    return pa.array(values, kinds[-1])


def _ints(chance: random.Random, values: Values) -> Any:
    if chance.random() < 0.2:
        return pa.array([None if v is None else Decimal(v) for v in values], pa.decimal128(38, 0))
    return _fitting(chance, values, (*_INTS, pa.int64()))


def _floats(chance: random.Random, values: Values) -> Any:
    whole = pa.array(values, pa.float64())
    narrow = whole.cast(pa.float32())
    exact = all(
        a is None or a != a or a == b for a, b in zip(values, narrow.to_pylist(), strict=True)
    )
    return narrow if exact and chance.random() < 0.8 else whole


def _decimals(chance: random.Random, values: Values, scale: int) -> Any:
    more = chance.choice((0, 0, 3, 9))
    kind = chance.choice((pa.decimal128(38, scale + more), pa.decimal256(60, scale + more)))
    numbers = [None if v is None else Decimal(v).scaleb(-scale, _EXACT) for v in values]
    return pa.array(numbers, kind)


def _texts(chance: random.Random, values: Values, plain: bool) -> Any:
    kinds = [pa.string(), pa.large_string()] + ([] if plain else [pa.string_view()])
    kind = chance.choice(kinds)
    if chance.random() < 0.5:
        return pa.array(values, kind)
    words = [*dict.fromkeys(v for v in values if v is not None), "never used"]
    words += [] if plain else [None, *words[:1]]
    chance.shuffle(words)
    places: dict[Value, list[int | None]] = {None: [None]}
    for place, word in enumerate(words):
        places.setdefault(word, []).append(place)
    codes = pa.array([chance.choice(places[v]) for v in values], pa.int16())
    return pa.DictionaryArray.from_arrays(codes, pa.array(words, kind))


def _days(chance: random.Random, values: Values) -> Any:
    form = chance.choice(("date32", "date64", *_PER_SECOND))
    if form == "date32":
        return pa.array(values, pa.int32()).cast(pa.date32())
    unit = "ms" if form == "date64" else form
    later = 0 if form == "date64" else MICROSECONDS_PER_DAY - 1
    times = [None if v is None else int(v) * MICROSECONDS_PER_DAY + later for v in values]
    made = _times(times, unit)
    if made is None:
        return pa.array(values, pa.int32()).cast(pa.date32())
    return made.cast(pa.date64() if form == "date64" else pa.timestamp(unit, chance.choice(_ZONES)))


def _instants(chance: random.Random, values: Values) -> Any:
    unit = chance.choice(("us", "ns"))
    made, zone = _times(values, unit), chance.choice(_ZONES)
    whole = pa.array(values, pa.int64()).cast(pa.timestamp("us", zone))
    return whole if made is None else made.cast(pa.timestamp(unit, zone))


def _durations(chance: random.Random, values: Values) -> Any:
    unit = chance.choice(("us", "ns"))
    made = _times(values, unit)
    whole = pa.array(values, pa.int64()).cast(pa.duration("us"))
    return whole if made is None else made.cast(pa.duration(unit))


def _times(microseconds: Values, unit: str) -> Any:
    """Return numbers in a unit, the part of one cut off; None when 64 bits do not hold them."""
    rate = _PER_SECOND[unit]
    numbers = [None if v is None else int(v) * rate // 1_000_000 for v in microseconds]
    fits = all(v is None or abs(v) <= INT_MAX for v in numbers)
    return pa.array(numbers, pa.int64()) if fits else None


_MAKERS: dict[Kind, Callable[[random.Random, Values], Any]] = {
    Kind.BOOL: lambda chance, values: pa.array(values, pa.bool_()),
    Kind.INT: _ints,
    Kind.FLOAT: _floats,
    Kind.DATE: _days,
    Kind.TIMESTAMP: _instants,
    Kind.DURATION: _durations,
}
