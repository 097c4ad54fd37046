"""Generated customers, as the interpreter reads them."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from tests.properties.schema import FieldSpec, Schema
from tests.properties.vocabulary import DRAWS, INFINITE, small_int

from interact.compiler.core.interpret import Customer
from interact.stdlib.types import INT, TEXT, Kind, Value

NAN = float("nan")
LONG = (1023, 1024, 1025, 2500)
"""Numbers of rows of one customer that go on into another block of a kernel."""


def draw_value(chance: random.Random, spec: FieldSpec, today: int) -> Value:
    """Return a value of an attribute; None, or a NaN, is null."""
    if chance.random() < spec.null_share:
        return NAN if spec.type.kind is Kind.FLOAT and chance.random() < 0.5 else None
    if spec.ints:
        return chance.choice(spec.ints)
    if spec.type == TEXT:
        return chance.choice(spec.texts[: chance.choice((3, len(spec.texts)))])
    if spec.type == INT and spec.small:
        return small_int(chance)
    if spec.type.kind is Kind.FLOAT and chance.random() < 0.03:
        return chance.choice(INFINITE)
    return DRAWS[spec.type.kind](chance, today)


def draw_customers(chance: random.Random, schema: Schema, today: int, count: int) -> list[Customer]:
    """Return ``count`` customers; a few have many rows, some none, and one perhaps very many."""

    def record(fields: Sequence[FieldSpec]) -> Mapping[str, Value]:
        return {f.name: draw_value(chance, f, today) for f in fields}

    def rows(fields: Sequence[FieldSpec]) -> list[Mapping[str, Value]]:
        length = chance.choice((0, 0, 1, 1, 2, 3, 5, 20 if chance.random() < 0.1 else 4))
        return [record(fields) for _ in range(length)]

    customers = [
        Customer(record(schema.attributes), {n: rows(f) for n, f in schema.rows.items()})
        for _ in range(count)
    ]
    if customers and chance.random() < 0.1:
        length = chance.choice(LONG)
        longest = {n: [record(f) for _ in range(length)] for n, f in schema.rows.items()}
        place = chance.randrange(count)
        customers[place] = Customer(customers[place].values, longest)
    return customers
