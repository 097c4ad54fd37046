"""A report of a source: counted once, then a section after the other."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from interact.runtime.errors import UsageError
from interact.runtime.report import sections
from interact.runtime.report.activity import activity
from interact.runtime.report.cube import Period
from interact.runtime.report.deployments import deployments
from interact.runtime.report.lift import lift
from interact.runtime.report.measure import measures
from interact.runtime.report.model import Figure, Kind, Report, Section
from interact.runtime.report.rules import Listed, rules
from interact.runtime.report.sources import connect, open_source
from interact.runtime.report.write_text import written


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a report shall tell.

    Attributes:
        period: Days and channel.
        step: A point of time in the trend: day, week or month.
        names: Sections, in this order; none is all that have rows.
        controls: Segments to compare others with.
        siblings: The other cells of a control's sample, where the project is known.
        listed: The rules of the project.
        deployed: What is known of deployments, by the digest of the bundle.
    """

    period: Period = field(default_factory=Period)
    step: sections.Step = "day"
    names: Sequence[str] = ()
    controls: Sequence[str] = ()
    siblings: Mapping[str, Sequence[str]] = field(default_factory=dict)
    listed: Sequence[Listed] = ()
    deployed: Mapping[str, str] = field(default_factory=dict)


_MAKERS: Final[dict[str, Callable[[Any, Wishes], Section]]] = {
    "offers": lambda db, _: sections.offers(db),
    "trend": lambda db, wishes: sections.trend(db, wishes.step),
    "lift": lambda db, wishes: lift(db, wishes.controls, wishes.siblings),
    "segments": lambda db, _: sections.segments(db),
    "segment-offers": lambda db, _: sections.segment_offers(db),
    "points": lambda db, _: sections.points(db),
    "rules": lambda db, wishes: rules(db, wishes.listed),
    "deployments": lambda db, wishes: deployments(db, wishes.deployed),
    "events": lambda db, _: activity(db, "posted"),
    "patterns": lambda db, _: activity(db, "met"),
    "responses": lambda db, _: sections.responses(db),
}
SECTIONS: Final = tuple(_MAKERS)


def build_report(source: str, wishes: Wishes) -> Report:
    """Read a source and count.

    Raises:
        UsageError: No such source, a library is missing, or only lift is asked for, against a
            control that no contact was in.
        DataError: The source cannot be read.
    """
    db, opened = connect(), open_source(source)
    try:
        opened.fill(db, wishes.period)
        empty = _empty_controls(db, wishes)
        made = [_MAKERS[name](db, wishes) for name in wishes.names or SECTIONS]
        kept = [s for s in made if s.rows or wishes.names]
        first, last = db.execute("SELECT min(day), max(day) FROM cube").fetchone()
        channels = db.execute("SELECT DISTINCT channel FROM cube ORDER BY 1").fetchall()
        names = tuple(name for (name,) in channels)
        figures = _figures(db)
        notes = (*opened.notes, *_unknown(wishes.period, names), *empty)
        return Report(opened.shown, first, last, names, figures, tuple(kept), notes)
    finally:
        db.close()


def _empty_controls(db: Any, wishes: Wishes) -> Sequence[str]:
    """Return what to say of controls that no contact was in, if lift is wanted.

    Raises:
        UsageError: There is one, and nothing but lift is asked for.
    """
    if wishes.names and "lift" not in wishes.names:
        return ()
    found = db.execute("SELECT DISTINCT unnest(segments) FROM cube").fetchall()
    known = sorted(name for (name,) in found)
    listed = ", ".join(known[:12]) + (" …" if len(known) > 12 else "")
    told = [f"no contact was in a segment {c}" for c in wishes.controls if c not in known]
    if told and tuple(wishes.names) == ("lift",):
        raise UsageError(told[0], help=f"there are {listed or 'none'}")
    return [f"{one}, so nothing is compared with it; there are {listed or 'none'}" for one in told]


def _unknown(period: Period, channels: Sequence[str]) -> Sequence[str]:
    named = period.channel is not None and period.channel not in channels
    return (f"no contact in these days was in a channel {period.channel}",) if named else ()


def _figures(db: Any) -> tuple[Figure, ...]:
    counts = db.execute(
        "SELECT coalesce(sum(contacts), 0)::BIGINT, coalesce(sum(accepts), 0)::BIGINT,"
        " coalesce(sum(rejects), 0)::BIGINT FROM cube"
    ).fetchone()
    contacts, accepts, value, low, high, rejects, reject_rate = measures(*counts)
    between = "" if value is None else f"{written(low, Kind.RATE)} to {written(high, Kind.RATE)}"
    return (
        Figure("Contacts", contacts, Kind.COUNT),
        Figure("Accepts", accepts, Kind.COUNT),
        Figure("Accept rate", value, Kind.RATE, between),
        Figure("Rejects", rejects, Kind.COUNT),
        Figure("Reject rate", reject_rate, Kind.RATE),
    )
