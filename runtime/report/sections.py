"""How offers, segments and places do: sections that need nothing but the cube."""

from __future__ import annotations

from typing import Any, Final, Literal

from interact.runtime.report import chart_over_time, charts
from interact.runtime.report.measure import MEASURES, grouped
from interact.runtime.report.model import Column, Kind, Section

Step = Literal["day", "week", "month"]
_CHANNEL: Final = Column("channel", "Channel")
_OFFER: Final = Column("offer", "Offer")
_EACH_SEGMENT: Final = "(SELECT * EXCLUDE (segments), unnest(segments) AS segment FROM cube)"


def offers(db: Any) -> Section:
    """Each offer over the whole period."""
    columns = (_OFFER, Column("code", "Code"), *MEASURES)
    rows = grouped(db, ["offer", "code"])
    return Section(
        "offers",
        "Offers",
        "How often each offer was shown, and what came of it; rates are of contacts, with their"
        " 95 % confidence interval.",
        columns,
        rows,
        charts.intervals(columns, rows, "offer"),
    )


def trend(db: Any, step: Step) -> Section:
    """Each offer in each step of time."""
    columns = (Column(step, step.capitalize(), Kind.DAY), _OFFER, *MEASURES)
    rows = grouped(db, [f"date_trunc('{step}', day)::DATE", "offer"], order="1, 2")
    return Section(
        "trend",
        "Offers over time",
        f"Contacts of each {step}, and what came of them whenever it came.",
        columns,
        rows,
        chart_over_time.lines(columns, rows, step),
    )


def segments(db: Any) -> Section:
    """Each segment; a contact counts in every segment of its customer."""
    columns = (_CHANNEL, Column("segment", "Segment"), *MEASURES)
    rows = grouped(db, ["channel", "segment"], _EACH_SEGMENT)
    return Section(
        "segments",
        "Segments",
        "A contact counts in each segment that its customer was in.",
        columns,
        rows,
        charts.intervals(columns, rows, "segment"),
    )


def segment_offers(db: Any) -> Section:
    """Each offer in each segment."""
    columns = (_CHANNEL, Column("segment", "Segment"), _OFFER, *MEASURES)
    rows = grouped(db, ["channel", "segment", "offer"], _EACH_SEGMENT)
    return Section(
        "segment-offers",
        "Offers by segment",
        "Which offer does well in which segment.",
        columns,
        rows,
        charts.grid(columns, rows, "segment", "offer"),
    )


def points(db: Any) -> Section:
    """Each interaction point."""
    columns = (_CHANNEL, Column("zone", "Zone"), Column("point", "Point"), *MEASURES)
    rows = grouped(db, ["channel", "zone", "point"])
    return Section(
        "points",
        "Interaction points",
        "Where offers were shown.",
        columns,
        rows,
        charts.intervals(columns, rows, "point"),
    )


def responses(db: Any) -> Section:
    """Responses as they came, those that answer no contact too."""
    meaning = "CASE counts WHEN 1 THEN 'accept' WHEN 2 THEN 'reject' ELSE 'neither' END"
    rows = db.execute(
        f"SELECT channel, kind, {meaning}, responses, treatments FROM kinds ORDER BY 1, 4 DESC, 2"
    ).fetchall()
    columns = (
        _CHANNEL,
        Column("kind", "Type"),
        Column("counts_as", "Counts as"),
        Column("responses", "Responses", Kind.COUNT),
        Column("treatments", "Treatments", Kind.COUNT),
    )
    return Section(
        "responses",
        "Responses",
        "All that came in, by type, on the day it came, repeated or without a contact too.",
        columns,
        rows,
    )
