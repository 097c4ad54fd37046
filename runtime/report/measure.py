"""Sections that count contacts and what came of them, by any columns of the cube."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from interact.runtime.report.model import ACCEPT_RATE, CONTACTS, Cell, Column, Kind, Row, interval
from interact.runtime.report.rates import rate

MEASURES: Final = (
    CONTACTS,
    Column("accepts", "Accepts", Kind.COUNT),
    ACCEPT_RATE,
    *interval(ACCEPT_RATE),
    Column("rejects", "Rejects", Kind.COUNT),
    Column("reject_rate", "Reject rate", Kind.RATE),
)
SUMS: Final = "sum(contacts)::BIGINT, sum(accepts)::BIGINT, sum(rejects)::BIGINT"


def measures(contacts: int, accepts: int, rejects: int) -> tuple[Cell, ...]:
    """Return the values of ``MEASURES``; rates of no contacts are null."""
    accepted = rate(accepts, contacts)
    if accepted is None:
        return (contacts, accepts, None, None, None, rejects, None)
    return (
        *(contacts, accepts, accepted.value, accepted.low, accepted.high),
        *(rejects, rejects / contacts),
    )


def grouped(db: Any, columns: Sequence[str], source: str = "cube", order: str = "") -> list[Row]:
    """Return groups of the cube with their measures, those of most contacts first.

    Args:
        db: Has the cube.
        columns: Expressions to group by.
        source: A table or query with the columns of the cube.
        order: SQL, in place of the order by contacts.
    """
    by = ", ".join(str(i + 1) for i in range(len(columns)))
    rows = db.execute(
        f"SELECT {', '.join(columns)}, {SUMS} FROM {source} GROUP BY {by}"
        f" ORDER BY {order or f'sum(contacts) DESC, {by}'}"
    ).fetchall()
    width = len(columns)
    return [(*row[:width], *measures(*row[width:])) for row in rows]
