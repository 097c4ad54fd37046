"""Pictures of sections, as Vega-Lite specifications: what is drawn, not how."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import date
from typing import Any, Final

from interact.runtime.report.model import Column, Row

MOST_BARS: Final = 25
WIDTH: Final = 780
_DOTS: Final = [25, 300]
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
        rows: ``MOST_BARS`` that have contacts are drawn: the first, or in order the last ones.
        name: The column that names a line.
        in_order: Keep the rows' order; else the best rate comes first.
    """
    whole = [r for r in records_of(columns, rows) if r["accept_rate"] is not None]
    records = whole[-MOST_BARS:] if in_order else whole[:MOST_BARS]
    if not records:
        return None
    for number, (record, label) in enumerate(zip(records, _labels(records, name), strict=True)):
        record["label"], record["place"] = label, number
    sort = {"field": "place" if in_order else "accept_rate"}
    y = _named(240, {**sort, "order": "ascending" if in_order else "descending"})
    low_to_high = {
        "x": quantity("accept_rate_low", "Accept rate", _RATE),
        "x2": {"field": "accept_rate_high"},
    }
    size = {
        "field": "contacts",
        "type": "quantitative",
        "title": "Contacts",
        "scale": {"range": _DOTS},
        "legend": {"format": ",.0f", "orient": "bottom", "tickCount": 4},
    }
    return spec(
        records,
        layer=[
            {"mark": {"type": "rule", "strokeWidth": 2}, "encoding": {"y": y, **low_to_high}},
            {
                "mark": {"type": "point", "filled": True, "opacity": 1},
                "encoding": {"y": y, "x": quantity("accept_rate", None, _RATE), "size": size},
            },
        ],
        height={"step": 22},
        **left_out(len(records), len(whole), "latest" if in_order else "of most contacts"),
    )


def grid(columns: Sequence[Column], rows: Sequence[Row], x: str, y: str) -> Spec | None:
    """Return accept rates as a grid of colours, of the names that have most contacts."""
    records = [r for r in records_of(columns, rows) if r["accept_rate"] is not None]
    whole = tuple(len({r[name] for r in records}) for name in (x, y))
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
    return spec(
        records,
        mark="rect",
        encoding={**axes, "color": color},
        width={"step": 34},
        height={"step": 18},
        **left_out(min(max(whole), MOST_BARS), max(whole), "of most contacts"),
    )


def differences(columns: Sequence[Column], rows: Sequence[Row]) -> Spec | None:
    """Return differences from controls with their intervals; right of the line is better."""
    whole = records_of(columns, rows)
    records = whole[:MOST_BARS]
    if not records:
        return None
    for record in records:
        record["label"] = f"{record['segment']} to {record['control']}: {record['offer']}"
    y = _named(320, None)
    scale = {"domain": ["better", "no difference shown", "worse"]}
    color = {
        "field": "verdict",
        "type": "nominal",
        "title": None,
        "scale": {**scale, "range": ["#2a8a4a", "#8a8f98", "#c0392b"]},
        "legend": {"orient": "bottom", "columnPadding": 40},
    }
    title = "Accept rate above the control's"
    low = {"x": quantity("difference_low", title, {"format": "+.1%"}), "y": y}
    return spec(
        records,
        layer=[
            {"mark": {"type": "rule", "color": "#8a8f98"}, "encoding": {"x": {"datum": 0}}},
            {
                "mark": {"type": "rule", "strokeWidth": 2},
                "encoding": {**low, "x2": {"field": "difference_high"}, "color": color},
            },
            {
                "mark": {"type": "point", "filled": True, "size": 60, "opacity": 1},
                "encoding": {"x": quantity("difference", None, {}), "y": y, "color": color},
            },
        ],
        height={"step": 22},
        **left_out(len(records), len(whole), "first"),
    )


def spec(records: list[Spec], **parts: Any) -> Spec:
    """Return a picture of records: marks and encodings, or panes."""
    if "vconcat" not in parts:
        parts.setdefault("width", WIDTH)
    return {
        "$schema": "https://vega.github.io/schema/vega-lite/v5.json",
        "background": "transparent",
        "data": {"values": records},
        "config": _CONFIG,
        **parts,
    }


def _named(width: int, sort: Spec | None) -> Spec:
    axis = {"labelLimit": width, "labelPadding": 12}
    return {"field": "label", "type": "nominal", "title": None, "axis": axis, "sort": sort}


def quantity(field: str, title: str | None, axis: dict[str, Any]) -> Spec:
    """Return the encoding of a number, with an axis where it has a form."""
    found: Spec = {"field": field, "type": "quantitative", "title": title}
    return {**found, "axis": {**axis, "tickCount": 5}} if axis else found


def records_of(columns: Sequence[Column], rows: Sequence[Row]) -> list[Spec]:
    """Return rows as records by name, days as text."""
    names = [c.name for c in columns]
    return [
        {n: v.isoformat() if isinstance(v, date) else v for n, v in zip(names, row, strict=True)}
        for row in rows
    ]


def _labels(records: Sequence[Spec], name: str) -> list[str]:
    """Return names, with what tells them apart: channels where there are several, or codes."""
    several = len({r.get("channel") for r in records}) > 1
    labels = []
    for record in records:
        parts = [record.get("channel")] * several + [record.get("zone", "")] * (name == "point")
        labels.append(" ".join(filter(None, [*parts, record[name]])))
    twice = {label for label, count in Counter(labels).items() if count > 1}
    return [
        f"{label} ({record['code']})" if label in twice and "code" in record else label
        for label, record in zip(labels, records, strict=True)
    ]


def left_out(shown: int, whole: int, which: str) -> Spec:
    """Return a title that tells how many are drawn, unless all are."""
    if shown >= whole:
        return {}
    text = f"The {shown} {which} are drawn, of {whole:,}."
    return {"title": {"text": text, "anchor": "start", "fontSize": 13, "fontWeight": "normal"}}
