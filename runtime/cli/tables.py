"""The option ``--table``, and what summaries say of the rows of tables."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import Any, TypeVar

import click

from interact.runtime.cli.wording import plural

Json = dict[str, Any]
F = TypeVar("F", bound=Callable[..., Any])


def _pairs(ctx: click.Context, param: click.Parameter, values: tuple[str, ...]) -> dict[str, str]:
    pairs = [value.partition("=") for value in values]
    for name, _, path in pairs:
        if not name or not path:
            raise click.BadParameter(f"{values[0]!r} is not NAME=FILE")
    return {name: path for name, _, path in pairs}


def table_option_of(where: str) -> Callable[[F], F]:
    """Return the option, whose help says which settings it takes the place of."""
    return click.option(
        "--table",
        "tables",
        metavar="NAME=FILE",
        multiple=True,
        callback=_pairs,
        help="The rows of a table of offers, in place of those in the interact.toml "
        f"{where}; may be repeated.",
    )


table_option = table_option_of("beside PATH")


def lines(tables: list[Json]) -> Iterator[str]:
    """Yield what became of the rows of tables."""
    for table in tables:
        yield read_of(table)
        yield from (f"  {line}" for line in left_out_of(table))


def read_of(table: Json) -> str:
    """Return what was read of a table."""
    name = table["table"]
    if table["source"] is None:
        return f"{name}: no rows were given (--table {name}=FILE)"
    elsewhere = table["elsewhere"]
    about = f", {elsewhere:,} about offers that are not proposed here" if elsewhere else ""
    read = plural(table["rows"], "row")
    return f"{name}: {read} of {table['source']}, {table['used']:,} used{about}"


def left_out_of(table: Json) -> Iterator[str]:
    """Yield how many rows of a table are wrong, for each reason."""
    for wrong in table.get("malformed", ()):
        examples = ", ".join(map(_example, wrong["examples"]))
        yield f"{plural(wrong['rows'], 'row')} left out, as {wrong['reason']}: {examples}"


def of_channels(channels: Collection[Any]) -> Iterator[str]:
    """Yield what became of the rows that hosts read, each table once."""
    yield from lines(reports_of(channels))


def reports_of(channels: Collection[Any]) -> list[Json]:
    """Return what became of the rows that hosts read, each table once."""
    reports = {
        (name, rows.loaded.report.source): rows.loaded.report.as_json()
        for served in channels
        if served.listed is not None
        for name, rows in served.listed.rows.items()
    }
    missing = {
        name: {"table": name, "source": None}
        for served in channels
        if served.listed is not None
        for name in served.listed.missing
    }
    return [*reports.values(), *missing.values()]


def _example(example: Json) -> str:
    value = f" ({example['value']!r})" if example["value"] else ""
    return f"{example['source']} row {example['row']:,}{value}"
