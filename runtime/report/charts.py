"""Pictures of sections, as Vega-Lite specifications: what is drawn, not how."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from interact.runtime.report.model import Column, Row

MOST_BARS: Final = 25
MOST_LINES: Final = 8
"""More colours than this cannot be told apart."""
MOST_STEPS: Final = 40
"""With more points than this a line has no marks."""
WIDTH: Final = 780
_RATE: Final = {"format": ".1%"}
_FONT: Final = {"labelFontSize": 13, "titleFontSize": 13, "titleFontWeight": "normal"}
_CONFIG: Final = {
    "view": {"stroke": None},
    "padding": {"left": 40, "right": 30, "top": 5, "bottom": 5},
    "point": {"size": 40},
    "font": "system-ui, sans-serif",
    "axis": _FONT,
    "legend": _FONT,
}
Spec = dict[str, Any]


def intervals(
    columns: Sequence[Column], rows: Sequence[Row], name: str, *, in_order: bool = False
) -> Spec | None:
    """Return accept rates with their intervals, a line for each row; None with nothing to draw.

    Args:
        columns: Of the rows, measures among them.
        rows: The first ``MOST_BARS`` that have contacts are drawn.
        name: The column that names a line.
        in_order: Keep the rows' order; else the best rate comes first.
    """
    records = [r for r in _records(columns, rows) if r["accept_rate"] is not None][:MOST_BARS]
    if not records:
        return None
    for number, record in enumerate(records):
        record["label"] = _label(record, name, records)
        record["place"] = number
    sort = {"field": "place" if in_order else "accept_rate"}
    y = _labels(240, {**sort, "order": "ascending" if in_order else "descending"})
    low_to_high = {
        "x": _quantity("accept_rate_low", "Accept rate", _RATE),
        "x2": {"field": "accept_rate_high"},
    }
    size = {
        "field": "contacts",
        "type": "quantitative",
        "title": "Contacts",
        "legend": {"format": "~s", "orient": "bottom", "tickCount": 4},
    }
    return _spec(
        records,
        layer=[
            {"mark": {"type": "rule", "strokeWidth": 2}, "encoding": {"y": y, **low_to_high}},
            {
                "mark": {"type": "point", "filled": True, "opacity": 1},
                "encoding": {"y": y, "x": _quantity("accept_rate", None, _RATE), "size": size},
            },
        ],
        height={"step": 22},
    )


def lines(columns: Sequence[Column], rows: Sequence[Row], step: str) -> Spec | None:
    """Return contacts and accept rates over time, the offers of most contacts each in a line."""
    records = _records(columns, rows)
    steps = len({r[step] for r in records})
    if steps < 2:
        return None
    contacts: dict[str, int] = {}
    for record in records:
        contacts[record["offer"]] = contacts.get(record["offer"], 0) + record["contacts"]
    best = sorted(contacts, key=lambda o: (-contacts[o], o))[:MOST_LINES]
    shown = [r for r in records if r["offer"] in best and r["accept_rate"] is not None]
    x = {"field": step, "type": "temporal", "title": None}
    color = {
        "field": "offer",
        "type": "nominal",
        "sort": best,
        "title": None,
        "legend": {"orient": "bottom", "columns": 4, "labelLimit": 200},
    }
    mark = {"type": "line", "point": steps <= MOST_STEPS}
    panes = [
        {
            "width": WIDTH,
            "height": height,
            "mark": mark,
            "encoding": {"x": x, "y": _quantity(field, title, axis), "color": color},
        }
        for field, title, axis, height in (
            ("contacts", "Contacts", {"format": "~s"}, 130),
            ("accept_rate", "Accept rate", {"format": ".1%"}, 190),
        )
    ]
    return _spec(shown, vconcat=panes)


def grid(columns: Sequence[Column], rows: Sequence[Row], x: str, y: str) -> Spec | None:
    """Return accept rates as a grid of colours, of the names that have most contacts."""
    records = [r for r in _records(columns, rows) if r["accept_rate"] is not None]
    if len({r[x] for r in records}) < 2 or len({r[y] for r in records}) < 2:
        return None
    for name in (x, y):
        most = list(dict.fromkeys(r[name] for r in records))[:MOST_BARS]
        records = [r for r in records if r[name] in most]
    color = {
        "field": "accept_rate",
        "type": "quantitative",
        "title": "Accept rate",
        "scale": {"scheme": "blues"},
        "legend": {"format": ".1%"},
    }
    axes = {
        "x": {"field": x, "type": "nominal", "title": None, "axis": {"labelAngle": -40}},
        "y": {"field": y, "type": "nominal", "title": None},
    }
    return _spec(
        records,
        mark="rect",
        encoding={**axes, "color": color},
        width={"step": 34},
        height={"step": 18},
    )


def differences(columns: Sequence[Column], rows: Sequence[Row]) -> Spec | None:
    """Return differences from controls with their intervals; right of the line is better."""
    records = _records(columns, rows)[:MOST_BARS]
    if not records:
        return None
    for record in records:
        record["label"] = f"{record['segment']} to {record['control']}: {record['offer']}"
    y = _labels(320, None)
    scale = {"domain": ["better", "no difference shown", "worse"]}
    color = {
        "field": "verdict",
        "type": "nominal",
        "title": None,
        "scale": {**scale, "range": ["#2a8a4a", "#8a8f98", "#c0392b"]},
        "legend": {"orient": "bottom", "columnPadding": 40},
    }
    title = "Accept rate above the control's"
    low = {"x": _quantity("difference_low", title, {"format": "+.1%"}), "y": y}
    return _spec(
        records,
        layer=[
            {"mark": {"type": "rule", "color": "#8a8f98"}, "encoding": {"x": {"datum": 0}}},
            {
                "mark": {"type": "rule", "strokeWidth": 2},
                "encoding": {**low, "x2": {"field": "difference_high"}, "color": color},
            },
            {
                "mark": {"type": "point", "filled": True, "size": 60, "opacity": 1},
                "encoding": {"x": _quantity("difference", None, {}), "y": y, "color": color},
            },
        ],
        height={"step": 22},
    )


def _spec(records: list[Spec], **parts: Any) -> Spec:
    if "vconcat" not in parts:
        parts.setdefault("width", WIDTH)
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "background": "transparent",
        "data": {"values": records},
        "config": _CONFIG,
        **parts,
    }


def _labels(width: int, sort: Spec | None) -> Spec:
    axis = {"labelLimit": width}
    return {"field": "label", "type": "nominal", "title": None, "axis": axis, "sort": sort}


def _quantity(field: str, title: str | None, axis: dict[str, Any]) -> Spec:
    found: Spec = {"field": field, "type": "quantitative", "title": title}
    return {**found, "axis": {**axis, "tickCount": 5}} if axis else found


def _records(columns: Sequence[Column], rows: Sequence[Row]) -> list[Spec]:
    names = [c.name for c in columns]
    return [
        {n: v.isoformat() if isinstance(v, date) else v for n, v in zip(names, row, strict=True)}
        for row in rows
    ]


def _label(record: Spec, name: str, records: list[Spec]) -> str:
    """Return a name, with its channel where the records are of several."""
    several = len({r.get("channel") for r in records}) > 1
    zone = f"{record['zone']} " if name == "point" else ""
    return f"{record['channel']} {zone}{record[name]}" if several else f"{zone}{record[name]}"
