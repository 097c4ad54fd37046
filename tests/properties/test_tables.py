"""Rows of generated tables: joined to batches, looked up for one customer, and in plain loops.

What they say is then decided by the interpreter and by kernels, as for all that customers have.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from tests.properties.cases import Subject
from tests.properties.customers import draw_customers
from tests.properties.programs import Generated, generate

from interact.compiler.codegen.host import column_values
from interact.compiler.codegen.store import KernelStore
from interact.compiler.core.interpret import Customer
from interact.compiler.core.program import OfferTable, Program
from interact.runtime.host.offers.listed import ListedRows
from interact.runtime.tables.join import Join
from interact.runtime.tables.load import load_table
from interact.runtime.tables.opening import states_of
from interact.runtime.tables.rows import TableSpec
from interact.stdlib.types import Kind, Type, Value

PROGRAMS, CUSTOMERS, TOP = 6, 90, 3
_ARROW = {
    Kind.INT: pa.int64(),
    Kind.FLOAT: pa.float64(),
    Kind.BOOL: pa.bool_(),
    Kind.TEXT: pa.string(),
    Kind.DATE: pa.int32(),
}
Row = dict[str, Any]


def with_tables() -> Iterator[Generated]:
    """Yield programs whose channel reads tables, each with another seed."""
    for seed in count(31_036):
        found = generate(seed, depth=2)
        declared = {t.name: t for t in found.program.tables}
        states = [s.name for s in found.channel.states]
        if any(states_of(t, states, declared) for t in found.program.tables):
            yield found


def test_rows_mean_the_same_everywhere(store: KernelStore, tmp_path: Path) -> None:
    for number, generated in zip(range(PROGRAMS), with_tables(), strict=False):
        folder = tmp_path / str(number)
        folder.mkdir()
        _check(generated, random.Random(number), folder, store)


def _check(generated: Generated, chance: random.Random, folder: Path, store: KernelStore) -> None:
    program, moment = generated.program, generated.moment
    customers = draw_customers(chance, generated.schema, moment.today, CUSTOMERS)
    states = [s.name for s in generated.channel.states]
    specs, plain = [], [dict[str, Value]() for _ in customers]
    for table in program.tables:
        rows = list(_rows(chance, table, generated, customers))
        specs.append(_written(table, rows, program, folder))
        for values, customer in zip(plain, customers, strict=True):
            values.update(_expected(table, rows, generated, customer))
    listed = ListedRows(specs, program, generated.channel)
    keys = [tuple(c.values[a.name] for a in program.audiences[0].key) for c in customers]
    joined = _joined(generated, specs, keys)
    known = []
    for place, (customer, key, expected) in enumerate(zip(customers, keys, plain, strict=True)):
        alone = listed.states(key)
        for name in (n for n in states if n.partition(".")[0] in {t.name for t in program.tables}):
            wanted = expected.get(name)
            assert (alone.get(name), joined[name][place]) == (wanted, wanted), (name, key)
        ours = {name: expected.get(name) for name in joined}
        known.append(Customer({**customer.values, **ours}, customer.rows))
    subject = Subject.of(generated, store)
    decisions = subject.decide(known, moment)
    assert subject.try_batch(chance, known, decisions, moment) == ()
    assert list(subject.try_single(known[:20], decisions[:20], moment, TOP)) == []


def _joined(
    generated: Generated, specs: Sequence[TableSpec], keys: Sequence[tuple[Any, ...]]
) -> dict[str, list[Value]]:
    """Return the states of a batch, by name."""
    program, audience = generated.program, generated.program.audiences[0]
    columns = [_array(part.type, [key[i] for key in keys]) for i, part in enumerate(audience.key)]
    batch = pa.RecordBatch.from_arrays(columns, [part.column for part in audience.key])
    declared = {t.name: t for t in program.tables}
    states = [s.name for s in generated.channel.states]
    found: dict[str, list[Value]] = {}
    for spec in specs:
        table = declared[spec.name]
        names = states_of(table, states, declared)
        loaded = load_table(spec, table, program, generated.channel, names)
        for name, column in Join(loaded, audience).columns(batch):
            found[name] = column_values(column, len(keys))
    return found


def _rows(
    chance: random.Random, table: OfferTable, generated: Generated, customers: Sequence[Customer]
) -> Iterator[Row]:
    program = generated.program
    zones = [None, *(z.name for z in generated.channel.zones)]
    for _ in range(chance.choice((0, 1, 5, 200))):
        chosen = chance.choice(customers)
        row: Row = {"offer": chance.choice(program.offers).name, "zone": chance.choice(zones)}
        if table.kind != "defaults":
            row |= {a.column: chosen.values[a.name] for a in program.audiences[0].key}
        for column in table.columns:
            is_null = column.nullable and chance.random() < 0.3
            row[column.column] = None if is_null else _value(chance, column.type, generated)
        yield row


def _value(chance: random.Random, kind: Type, generated: Generated) -> Value:
    match kind.kind:
        case Kind.BOOL:
            return chance.random() < 0.5
        case Kind.FLOAT:
            return chance.choice((0.5, -2.0, 80.0, 1e300))
        case Kind.TEXT:
            return chance.choice(("", "silver", "Gold card", "ü", "nothing"))
        case Kind.DATE:
            return generated.moment.today + chance.randrange(-3, 4)
        case _:
            return chance.choice((-3, 0, 7, 80, 100_000))


def _written(table: OfferTable, rows: Sequence[Row], program: Program, folder: Path) -> TableSpec:
    kinds = {a.column: a.type for a in (*program.audiences[0].key, *table.columns)}
    if table.kind == "defaults":
        kinds = {a.column: a.type for a in table.columns}
    columns = {name: _array(kind, [row[name] for row in rows]) for name, kind in kinds.items()}
    for name in ("offer", "zone"):
        columns[name] = pa.array([row[name] for row in rows], pa.string())
    place = folder / f"{table.name}.parquet"
    pq.write_table(pa.table(columns), place)
    return TableSpec(table.name, str(place))


def _array(kind: Type, values: Sequence[Any]) -> Any:
    """Return machine values as Arrow has them."""
    if kind.kind is Kind.DECIMAL:
        numbers = [None if v is None else Decimal(v).scaleb(-kind.scale) for v in values]
        return pa.array(numbers, pa.decimal128(20, kind.scale))
    array = pa.array(values, _ARROW[kind.kind])
    return array.cast(pa.date32()) if kind.kind is Kind.DATE else array


def _expected(
    table: OfferTable, rows: Sequence[Row], generated: Generated, customer: Customer
) -> dict[str, Value]:
    """Return what rows say of a customer: the first for an offer and zone, a named zone's first."""
    key = generated.program.audiences[0].key
    own: Sequence[Row] = rows
    if table.kind != "defaults":
        parts = [(a.column, customer.values[a.name]) for a in key]
        own = [r for r in rows if all(v is not None and r[n] == v for n, v in parts)]
    found: dict[str, Value] = {}
    for row in sorted(own, key=lambda row: table.by_zone and row["zone"] is None):
        zones: list[str | None] = [None]
        if table.by_zone:
            zones = [z.name for z in generated.channel.zones if row["zone"] in (None, z.name)]
        for zone in zones:
            head = ".".join(p for p in (table.name, row["offer"], zone) if p is not None)
            if head not in found:
                found[head] = True
                found.update({f"{head}.{c.name}": row[c.column] for c in table.columns})
    return found


def test_every_sort_of_table_is_tried() -> None:
    tried = [g for _, g in zip(range(PROGRAMS), with_tables(), strict=False)]
    kinds = {t.kind for g in tried for t in g.program.tables}
    assert kinds == {"suppressions", "overrides", "proposals", "defaults"}
