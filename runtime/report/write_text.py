"""Reports in a terminal, and the words of values that pages share."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from typing import Final

from interact.runtime.cli.wording import columns, printable
from interact.runtime.report.model import Cell, Column, Kind, Report, Section

_NUMBERS: Final = (Kind.COUNT, Kind.RATE, Kind.CHANGE, Kind.LIFT, Kind.CHANCE)


def written(value: Cell, kind: Kind) -> str:
    """Return a value as people read it; nothing for null.

    >>> written(12345, Kind.COUNT), written(0.0123, Kind.RATE), written(-0.02, Kind.CHANGE)
    ('12,345', '1.23 %', '-2.00 pp')
    >>> written(0.25, Kind.LIFT), written(0.00001, Kind.CHANCE), written(None, Kind.RATE)
    ('+25.0 %', '<0.001', '')
    """
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if not isinstance(value, int | float):
        return value
    match kind:
        case Kind.COUNT:
            return f"{value:,}"
        case Kind.RATE:
            return f"{100 * value:.2f} %"
        case Kind.CHANGE:
            return f"{100 * value:+.2f} pp"
        case Kind.LIFT:
            return f"{100 * value:+.1f} %"
        case Kind.CHANCE:
            return "<0.001" if value < 0.001 else f"{value:.3f}"
    return str(value)


def is_number(column: Column) -> bool:
    """Return whether values of a column stand at the right."""
    return column.kind in _NUMBERS


def lines(report: Report, most: int) -> Iterator[str]:
    """Yield a report as lines of text, of each section its first rows."""
    yield printable(head(report))
    for note in report.notes:
        yield f"  note: {note}"
    told = [f"{f.title} {written(f.value, f.kind)}" for f in report.figures if f.value is not None]
    yield "  " + ", ".join(told)
    for section in report.sections:
        yield ""
        yield from _section(section, most)


def head(report: Report) -> str:
    """Return what is reported on."""
    if report.first is None or report.last is None:
        return f"{report.source} has no contacts in these days"
    return f"{report.source}, {report.first} to {report.last}: {', '.join(report.channels)}"


def _section(section: Section, most: int) -> Iterator[str]:
    yield section.title
    shown = section.rows[:most]
    titles = tuple(c.title for c in section.columns)
    rows = [
        tuple(printable(written(v, c.kind)) for v, c in zip(row, section.columns, strict=True))
        for row in shown
    ]
    used = [i for i in range(len(titles)) if not rows or any(row[i] for row in rows)]
    align = "".join(">" if is_number(section.columns[i]) else "<" for i in used)
    table = [tuple(row[i] for i in used) for row in [titles, *rows]]
    yield from (f"  {line}" for line in columns(table, align))
    if len(section.rows) > most:
        yield f"  and {len(section.rows) - most:,} more; --out FOLDER writes all"
