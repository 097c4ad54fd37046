"""What a report is, whatever it is shown as: sections, each one table, some with a chart."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final, TypeAlias

Cell: TypeAlias = str | int | float | date | datetime | bool | None
Row: TypeAlias = tuple[Cell, ...]


class Kind(StrEnum):
    """What a column holds, and so how it is written."""

    TEXT = "text"
    COUNT = "count"
    RATE = "rate"
    """A part of one, written in per cent."""
    CHANGE = "change"
    """A difference of rates, written in percentage points with its sign."""
    LIFT = "lift"
    """A difference as a part of something, written in per cent with its sign."""
    CHANCE = "chance"
    """A probability, such as that of a difference by chance."""
    DAY = "day"
    MOMENT = "moment"


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its name in files, and its title where people read it."""

    name: str
    title: str
    kind: Kind = Kind.TEXT


CONTACTS: Final = Column("contacts", "Contacts", Kind.COUNT)
ACCEPT_RATE: Final = Column("accept_rate", "Accept rate", Kind.RATE)


def interval(column: Column) -> tuple[Column, Column]:
    """Return the columns of the interval that a column's value is in."""
    return (
        Column(f"{column.name}_low", "from", column.kind),
        Column(f"{column.name}_high", "to", column.kind),
    )


@dataclass(frozen=True, slots=True)
class Section:
    """One table of a report.

    Attributes:
        name: In files and options.
        title: For people.
        about: A sentence that says what is counted.
        chart: A picture of it as a Vega-Lite specification, None without.
    """

    name: str
    title: str
    about: str
    columns: tuple[Column, ...]
    rows: Sequence[Row]
    chart: dict[str, Any] | None = None

    def column(self, name: str) -> list[Cell]:
        """Return the values of a column."""
        place = [c.name for c in self.columns].index(name)
        return [row[place] for row in self.rows]


@dataclass(frozen=True, slots=True)
class Figure:
    """A number of the report's head, with what it means."""

    title: str
    value: Cell
    kind: Kind
    note: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """A report over some days of a source."""

    source: str
    first: date | None
    last: date | None
    channels: tuple[str, ...]
    figures: tuple[Figure, ...]
    sections: tuple[Section, ...]
    notes: tuple[str, ...] = field(default=())
