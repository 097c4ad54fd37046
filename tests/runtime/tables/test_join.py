"""Rows joined to customers say what plain loops over the rows say."""

from __future__ import annotations

import random
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from tests.runtime.tables.generated import (
    EPOCH,
    KEYS,
    WRITERS,
    as_parquet,
    expected,
    keys_of,
    program_of,
    rows_of,
)

from interact.compiler.codegen.host import column_values
from interact.compiler.core.program import Program
from interact.runtime.tables.customer import CustomerRows
from interact.runtime.tables.join import Join
from interact.runtime.tables.load import load_table
from interact.runtime.tables.rows import TableSpec


def join_of(program: Program, spec: TableSpec) -> Join:
    channel = program.channels[0]
    states = [state.name for state in channel.states]
    return Join(load_table(spec, program.tables[0], program, channel, states), program.audiences[0])


def machine(value: Any) -> Any:
    """Return a value as the interpreter has it."""
    if isinstance(value, date):
        return (value - EPOCH).days
    return int(value * 100) if isinstance(value, Decimal) else value


def customers(keys: list[tuple[Any, ...]], key: str, chance: random.Random) -> pa.RecordBatch:
    names = [name for name, _ in KEYS[key]]
    columns = [pa.array(list(part)) for part in zip(*keys, strict=True)]
    if key == "whole" and chance.random() < 0.5:
        columns = [columns[0].cast(pa.decimal128(30, 0))]
    if key == "text" and chance.random() < 0.5:
        columns = [columns[0].dictionary_encode()]
    return pa.RecordBatch.from_arrays(columns, names)


@pytest.mark.parametrize("writer", WRITERS)
@pytest.mark.parametrize("key", KEYS)
def test_every_customer_has_the_states_of_its_rows(writer: str, key: str, tmp_path: Path) -> None:
    for seed in range(3):
        chance = random.Random(f"{seed}.{writer}.{key}")
        by_zone = chance.random() < 0.5
        program = program_of(key, by_zone)
        keys = keys_of(chance, key, 40)
        rows = rows_of(chance, key, keys[:30], chance.choice((0, 1, 200)))
        folder = tmp_path / str(seed)
        folder.mkdir()
        join = join_of(program, WRITERS[writer](rows, key, folder))
        found = dict(join.columns(customers(keys, key, chance)))
        values = {name: column_values(column, len(keys)) for name, column in found.items()}
        wanted = expected(rows, key, by_zone)
        for place, customer in enumerate(keys):
            states = {n: machine(v) for n, v in wanted.get(customer, {}).items()}
            for name in values:
                assert values[name][place] == states.get(name), (name, customer)
        _same_for_one(join, {_machine_key(k): wanted.get(k, {}) for k in keys}, values)
        unused = sum(row["offer"] == "Other" for row in rows)
        assert join.loaded.report.elsewhere == unused


def _machine_key(key: tuple[Any, ...]) -> tuple[Any, ...]:
    return tuple(map(machine, key))


def _same_for_one(
    join: Join, wanted: dict[tuple[Any, ...], dict[str, Any]], names: dict[str, Any]
) -> None:
    """Check that a customer's rows looked up alone say the same."""
    rows = CustomerRows(join.loaded, tuple(part.type for part in join.audience.key))
    for key, states in wanted.items():
        found = rows.states(key)
        assert {n: found.get(n) for n in names} == {n: machine(states.get(n)) for n in names}


def test_customers_without_a_key_have_no_rows(tmp_path: Path) -> None:
    program = program_of("whole", by_zone=False)
    rows = rows_of(random.Random(1), "whole", [(0,)], 1)
    join = join_of(program, as_parquet(rows, "whole", tmp_path))
    batch = pa.RecordBatch.from_arrays([pa.array([None, 0], pa.int64())], ["id"])
    offer = {"CC-GOLD": "Card"}.get(rows[0]["offer"], rows[0]["offer"])
    if offer != "Other":
        column = dict(join.columns(batch))[f"T.{offer}"]
        assert column_values(column, 2) == [None, True]
