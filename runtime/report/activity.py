"""What was posted and what was met: events and patterns, from histories that keep them."""

from __future__ import annotations

from typing import Any, Final, Literal

from interact.runtime.report.cube import Period
from interact.runtime.report.model import Column, Kind, Section

Sort = Literal["posted", "met"]
_ABOUT: Final[dict[Sort, tuple[str, str, str, str]]] = {
    "posted": ("events", "Events", "event", "How often each declared event was posted."),
    "met": ("patterns", "Patterns of events", "pattern", "How often each pattern was met."),
}


def activity(db: Any, sort: Sort) -> Section:
    """Return each event or pattern with its counts; the number of customers is near.

    The table ``activity`` has nothing where the source keeps none.
    """
    name, title, what, about = _ABOUT[sort]
    rows = db.execute(
        "SELECT channel, category, name, times, customers, sessions, last FROM activity"
        " WHERE kind = ? ORDER BY channel, times DESC, name",
        [sort],
    ).fetchall()
    columns = (
        Column("channel", "Channel"),
        Column("category", "Category"),
        Column(what, what.capitalize()),
        Column("times", "Times", Kind.COUNT),
        Column("customers", "Customers, about", Kind.COUNT),
        Column("sessions", "Sessions, about", Kind.COUNT),
        Column("last", "Last", Kind.MOMENT),
    )
    return Section(name, title, about, columns, rows)


_QUERY: Final = """
CREATE TEMP TABLE activity AS
SELECT channel, kind, category, name, count(*) AS times,
       approx_count_distinct(customer) AS customers,
       approx_count_distinct(session) AS sessions, max(happened) AT TIME ZONE 'UTC' AS last
FROM ({activity}) AS a {where} GROUP BY channel, kind, category, name
"""


def fill_activity(db: Any, period: Period, query: str) -> None:
    """Make the table ``activity`` of a query for what happened, with ``day`` and ``happened``."""
    where, values = period.where()
    db.execute(_QUERY.format(activity=query, where=where), values)


NO_ACTIVITY: Final = (
    "SELECT NULL::DATE AS day, NULL::TIMESTAMPTZ AS happened, '' AS channel, '' AS kind,"
    " '' AS category, '' AS name, '' AS customer, '' AS session WHERE false"
)
