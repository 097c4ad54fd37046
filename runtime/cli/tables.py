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
    read = f"{name}: {plural(table['rows'], 'row')} of {table['source']}"
    channels = table.get("channels", {})
    if len(channels) > 1:
        return f"{read}, used: {', '.join(f'{used:,} on {c}' for c, used in channels.items())}"
    elsewhere = table["elsewhere"]
    about = f", {elsewhere:,} about offers that are not proposed here" if elsewhere else ""
    return f"{read}, {table['used']:,} used{about}"


def left_out_of(table: Json) -> Iterator[str]:
    """Yield how many rows of a table are wrong, for each reason."""
    for wrong in table.get("malformed", ()):
        examples = ", ".join(map(_example, wrong["examples"]))
        more = wrong.get("values", 0) - len(wrong["examples"])
        examples += f" and {plural(more, 'other value')}" if more > 0 else ""
        yield f"{plural(wrong['rows'], 'row')} left out, as {wrong['reason']}: {examples}"


def of_channels(channels: Collection[Any]) -> Iterator[str]:
    """Yield what became of the rows that hosts read, each table once."""
    yield from lines(reports_of(channels))


def reports_of(channels: Collection[Any]) -> list[Json]:
    """Return what became of the rows that hosts read, each table once.

    Of a table that several channels read, ``channels`` has how many rows each uses; what else is
    told is that of the channel that uses most.
    """
    reports: dict[tuple[str, str], Json] = {}
    for served in (s for s in channels if s.listed is not None):
        for name, rows in served.listed.rows.items():
            told = rows.loaded.report.as_json()
            key = name, told["source"]
            before = reports.get(key, {"used": -1, "channels": {}})
            used = {**before["channels"], served.channel.name: told["used"]}
            reports[key] = {**max(told, before, key=lambda t: t["used"]), "channels": used}
    missing = {
        name: {"table": name, "source": None}
        for served in channels
        if served.listed is not None
        for name in served.listed.missing
    }
    return [*reports.values(), *missing.values()]


def _example(example: Json) -> str:
    rows = example.get("rows", 1)
    often = f", {rows:,} times" if rows > 1 else ""
    value = f" ({example['value']!r}{often})" if example["value"] else ""
    return f"{example['source']} row {example['row']:,}{value}"
