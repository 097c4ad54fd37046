"""Counts of contacts and of what came of them, by all that reports tell apart.

All sections are made from one small table, so a history is read once, by whatever holds it. A
contact counts on its own day; an accept or reject counts for the contact of its treatment, on the
contact's day, once whatever the customer repeats.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Final

DIMENSIONS: Final = (
    *("day", "channel", "offer", "code", "zone", "point", "rule", "bundle", "segments"),
)
COUNTS: Final = ("contacts", "accepts", "rejects", "first", "last")

_QUERY = """
WITH contacts AS NOT MATERIALIZED ({contacts}), responses AS NOT MATERIALIZED ({responses}),
answer AS (
    SELECT treatment, max(CASE WHEN counts = 1 THEN 1 ELSE 0 END) AS accepted,
           max(CASE WHEN counts = 2 THEN 1 ELSE 0 END) AS rejected
    FROM responses WHERE treatment <> '' AND counts IN (1, 2) GROUP BY treatment
), hit AS (
    SELECT (array_agg(event ORDER BY contacted, event))[1] AS event, max(accepted) AS accepted,
           max(rejected) AS rejected
    FROM contacts JOIN answer ON contacts.treatment = answer.treatment {where}
    GROUP BY answer.treatment
)
SELECT {dimensions}, count(*) AS contacts, CAST(coalesce(sum(accepted), 0) AS BIGINT) AS accepts,
       CAST(coalesce(sum(rejected), 0) AS BIGINT) AS rejects,
       min(contacted) AT TIME ZONE 'UTC' AS first, max(contacted) AT TIME ZONE 'UTC' AS last
FROM contacts LEFT JOIN hit ON contacts.event = hit.event
{where} GROUP BY {ordinals}
"""


@dataclass(frozen=True, slots=True)
class Period:
    """Days, both included, and a channel; None is all."""

    first: date | None = None
    last: date | None = None
    channel: str | None = None

    def includes(self, day: str) -> bool:
        """Return whether a day, as ISO 8601 writes it, is one of them."""
        first = "" if self.first is None else self.first.isoformat()
        last = "9" if self.last is None else self.last.isoformat()
        return first <= day <= last

    def where(self) -> tuple[str, list[object]]:
        """Return a condition on contacts as SQL, and its parameters."""
        tests = {"day >= ?": self.first, "day <= ?": self.last, "channel = ?": self.channel}
        given = {test: value for test, value in tests.items() if value is not None}
        text = f"WHERE {' AND '.join(given)}" if given else ""
        return text, list(given.values())


def cube_query(period: Period, contacts: str, responses: str) -> tuple[str, list[object]]:
    """Return the query for the cube, and its parameters; DuckDB and PostgreSQL read it alike.

    Args:
        period: What is counted.
        contacts: A query for the dimensions, ``event``, ``treatment`` and ``contacted`` (a
            timestamp).
        responses: A query for ``day``, ``channel``, ``treatment``, ``kind`` and ``counts``: 1 for
            an accept, 2 for a reject.
    """
    where, values = period.where()
    text = _QUERY.format(
        contacts=contacts,
        responses=responses,
        dimensions=", ".join(DIMENSIONS),
        ordinals=", ".join(str(i + 1) for i in range(len(DIMENSIONS))),
        where=where,
    )
    return text, values * 2


def kinds_query(period: Period, contacts: str, responses: str) -> tuple[str, list[object]]:
    """Return the query for responses as they came, by channel and kind, and its parameters."""
    where, values = period.where()
    text = (
        "SELECT channel, kind, count(*) AS responses, count(DISTINCT treatment) AS treatments,"
        f" max(counts) AS counts FROM ({responses}) AS r {where} GROUP BY 1, 2"
    )
    return text, values
