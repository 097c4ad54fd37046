"""The tables of a run: named by options and settings, read, and ready to be joined."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from interact.compiler.core.program import Channel, OfferTable, Program
from interact.compiler.core.table_states import place_of
from interact.runtime.errors import UsageError
from interact.runtime.inputs import Input
from interact.runtime.tables.join import Join
from interact.runtime.tables.load import load_table
from interact.runtime.tables.rows import TableSpec
from interact.runtime.tables.settings import read_table_settings

Json = dict[str, Any]


def specs_of(path: str, given: Mapping[str, str]) -> tuple[TableSpec, ...]:
    """Return the tables that settings beside a project name, and those ``given`` instead."""
    settings = read_table_settings(path).tables
    return tuple((settings | {n: TableSpec(n, place) for n, place in given.items()}).values())


def joins(
    specs: Sequence[TableSpec], program: Program, channel: Channel, inputs: Sequence[Input]
) -> tuple[Join, ...]:
    """Read the tables whose states are read.

    Raises:
        InteractError: There is no table of a name, or its rows cannot be read.
    """
    declared = {table.name: table for table in program.tables}
    read = [i.name for i in inputs if i.is_read and i.role == "state"]
    found = []
    for spec in specs:
        table = declared_table(spec.name, declared)
        states = states_of(table, read, declared)
        if states:
            audience = program.audience_of(channel)
            found.append(Join(load_table(spec, table, program, channel, states), audience))
    return tuple(found)


def declared_table(name: str, declared: Mapping[str, OfferTable]) -> OfferTable:
    """Return the table of a name.

    Raises:
        UsageError: There is none.
    """
    if name not in declared:
        known = f"the tables are {', '.join(declared)}" if declared else "the project has none"
        raise UsageError(f"no table {name}", help=known)
    return declared[name]


def states_of(
    table: OfferTable, names: Sequence[str], declared: Mapping[str, OfferTable]
) -> list[str]:
    """Return the states among ``names`` that come from a table."""
    places = {name: place_of(name, declared) for name in names}
    return [name for name, place in places.items() if place and place.table == table.name]


def told(tables: Sequence[Join], program: Program, inputs: Sequence[Input]) -> list[Json]:
    """Return what ``run.json`` says of tables: what was read, and which had no rows."""
    return [table.loaded.report.as_json() for table in tables] + list(
        _not_given(tables, program, inputs)
    )


def _not_given(tables: Sequence[Join], program: Program, inputs: Sequence[Input]) -> Iterator[Json]:
    declared = {table.name: table for table in program.tables}
    given = {table.loaded.table.name for table in tables}
    read = [i.name for i in inputs if i.is_read and i.role == "state"]
    for table in program.tables:
        if table.name not in given and states_of(table, read, declared):
            yield {"table": table.name, "source": None}
