"""Pictures of offers over time."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Final

from interact.runtime.report.charts import WIDTH, Spec, left_out, quantity, records_of, spec
from interact.runtime.report.model import Column, Row

MOST_LINES: Final = 8
"""More colours than this cannot be told apart."""
MOST_STEPS: Final = 40
"""With more points than this a line has small marks, which show a step between two gaps."""
MOST_TICKS: Final = 8


def lines(columns: Sequence[Column], rows: Sequence[Row], step: str) -> Spec | None:
    """Return contacts and accept rates over time, the offers of most contacts each in a line.

    Where an offer had no contacts its line is at zero, and that of its rate has a gap.
    """
    records = records_of(columns, rows)
    times = steps_between({date.fromisoformat(r[step]) for r in records}, step)
    if len(times) < 2:
        return None
    contacts: dict[str, int] = {}
    for record in records:
        contacts[record["offer"]] = contacts.get(record["offer"], 0) + record["contacts"]
    best = sorted(contacts, key=lambda o: (-contacts[o], o))[:MOST_LINES]
    had = {(r[step], r["offer"]): r for r in records}
    nothing = {"contacts": 0, "accept_rate": None}
    shown = [
        had.get((t, offer), {step: t, "offer": offer, **nothing})
        for offer in best
        for t in (time.isoformat() for time in times)
    ]
    color = {
        "field": "offer",
        "type": "nominal",
        "sort": best,
        "title": None,
        "legend": {"orient": "bottom", "columns": 4, "labelLimit": 200},
    }
    dots = {"point": {"size": 40 if len(times) <= MOST_STEPS else 8}}
    panes = [
        {
            "width": WIDTH,
            "height": height,
            "mark": {"type": "line", **dots, "invalid": "break-paths-filter-domains"},
            "encoding": {
                "x": _times(times, step),
                "y": quantity(field, title, axis),
                "color": color,
            },
        }
        for field, title, axis, height in (
            ("contacts", "Contacts", {"format": "~s"}, 130),
            ("accept_rate", "Accept rate", {"format": ".1%"}, 190),
        )
    ]
    return spec(shown, vconcat=panes, **left_out(len(best), len(contacts), "of most contacts"))


def _times(times: Sequence[date], step: str) -> Spec:
    """Return an axis of days, whose names are those of UTC wherever it is drawn."""
    form = "%b %Y" if step == "month" else "%-d %b"
    if step != "month" and times[0].year != times[-1].year:
        form = "%-d %b %Y"
    ticks = {"interval": step, "step": -(-len(times) // MOST_TICKS)}
    axis = {"format": form, "tickCount": ticks, "labelOverlap": True}
    return {
        "field": step,
        "type": "temporal",
        "title": None,
        "scale": {"type": "utc"},
        "axis": axis,
    }


def steps_between(found: Collection[date], step: str) -> list[date]:
    """Return all steps from the first to the last one.

    >>> [d.isoformat() for d in steps_between({date(2026, 1, 1), date(2026, 3, 1)}, "month")]
    ['2026-01-01', '2026-02-01', '2026-03-01']
    """
    if not found:
        return []
    times, last = [min(found)], max(found)
    while times[-1] < last:
        here = times[-1]
        if step == "month":
            times.append(date(here.year + here.month // 12, here.month % 12 + 1, 1))
        else:
            times.append(here + timedelta(days=7 if step == "week" else 1))
    return times
