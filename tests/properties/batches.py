"""Generated batches: customers as columns, in every form in which columns may arrive."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from tests.properties.schema import FieldSpec, Schema

from interact.compiler.columnar.batch import Batch, Bitmap, Column, Lane, Rows
from interact.compiler.core.interpret import Customer
from interact.stdlib.types import Kind, Value

Numbers = np.random.Generator
_GARBAGE = {Lane.I32: np.int32, Lane.I64: np.int64}


def make_batch(chance: random.Random, schema: Schema, customers: Sequence[Customer]) -> Batch:
    """Return customers as a batch; its forms are drawn anew for each."""
    columns = {
        f.name: make_column(chance, f, [c.values[f.name] for c in customers])
        for f in schema.attributes
    }
    rows = {name: _rows(chance, name, fields, customers) for name, fields in schema.rows.items()}
    return Batch(len(customers), columns, rows)


def _rows(
    chance: random.Random, name: str, fields: Sequence[FieldSpec], customers: Sequence[Customer]
) -> Rows:
    counts = [len(c.rows[name]) for c in customers]
    offsets = np.concatenate([[0], np.cumsum(counts, dtype=np.int64)]).astype(np.int64)
    records = [record for c in customers for record in c.rows[name]]
    columns = {f.name: make_column(chance, f, [r[f.name] for r in records]) for f in fields}
    return Rows(offsets, columns)


def make_column(chance: random.Random, spec: FieldSpec, values: Sequence[Value]) -> Column:
    """Return values as a column, with something else behind each null."""
    numbers = np.random.default_rng(chance.randrange(2**32))
    present = np.array([v is not None and v == v for v in values], np.bool_)
    match spec.type.kind:
        case Kind.BOOL:
            flags = np.where(
                present, [v is True for v in values], numbers.random(len(values)) < 0.5
            )
            return Column(Lane.BITS, bitmap(flags, numbers), _validity(chance, present, numbers))
        case Kind.FLOAT:
            return _floats(chance, values, present, numbers)
        case Kind.TEXT:
            return _texts(chance, spec, values, present, numbers)
        case _:
            lane = _lane(chance, spec)
            made = numbers.integers(-(2**31), 2**31, len(values)).astype(_GARBAGE[lane])
            made[present] = [v for v, ok in zip(values, present, strict=True) if ok]
            return Column(lane, made, _validity(chance, present, numbers))


def _lane(chance: random.Random, spec: FieldSpec) -> Lane:
    if spec.type.kind is Kind.DATE:
        return Lane.I32
    small = spec.type.kind is Kind.INT and spec.small
    return Lane.I32 if small and chance.random() < 0.8 else Lane.I64


def _floats(
    chance: random.Random, values: Sequence[Value], present: npt.NDArray[np.bool_], numbers: Numbers
) -> Column:
    """Return floats with nulls as NaN, by validity bits, or some of each."""
    made = np.array([np.nan if v is None else v for v in values], np.float64)
    form = chance.randrange(3)
    if form == 0:
        return Column(Lane.F64, made)
    hidden = ~present if form == 1 else ~present & (numbers.random(len(values)) < 0.5)
    made[hidden] = numbers.choice([1.5, np.nan, np.inf, 0.0], int(hidden.sum()))
    return Column(Lane.F64, made, bitmap(~hidden, numbers))


def _texts(
    chance: random.Random,
    spec: FieldSpec,
    values: Sequence[Value],
    present: npt.NDArray[np.bool_],
    numbers: Numbers,
) -> Column:
    """Return codes into a dictionary: the words in use, or more than those, in any order."""
    used = list(dict.fromkeys(v for v in values if isinstance(v, str)))
    words = used if chance.random() < 0.3 else list(spec.texts)
    words = words or ["never seen"]
    chance.shuffle(words)
    codes = {word: i for i, word in enumerate(words)}
    made = numbers.integers(0, len(words), len(values)).astype(np.int32)
    made[present] = [codes[v] for v in values if isinstance(v, str)]
    return Column(Lane.CODE, made, _validity(chance, present, numbers), tuple(words))


def _validity(
    chance: random.Random, present: npt.NDArray[np.bool_], numbers: Numbers
) -> Bitmap | None:
    if present.all() and chance.random() < 0.7:
        return None
    return bitmap(present, numbers)


def bitmap(flags: npt.NDArray[np.bool_], numbers: Numbers) -> Bitmap:
    """Return flags as whole words, with anything in the spare bits."""
    words = -(-len(flags) // 64) * 64
    bits = numbers.random(words) < 0.5
    bits[: len(flags)] = flags
    return np.packbits(bits, bitorder="little")
