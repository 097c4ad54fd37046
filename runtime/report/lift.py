"""Whether offers work: segments against a control, which chance alone made another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from interact.runtime.report import charts
from interact.runtime.report.model import (
    ACCEPT_RATE,
    CONTACTS,
    Cell,
    Column,
    Kind,
    Row,
    Section,
    interval,
)
from interact.runtime.report.rates import difference

ALL_OFFERS: Final = "all offers"
_CERTAIN = 0.05
_LEAST = 30
"""Contacts of either side without which there is no verdict."""
_DIFFERENCE: Final = Column("difference", "Difference", Kind.CHANGE)
COLUMNS: Final = (
    Column("segment", "Segment"),
    Column("control", "Control"),
    Column("offer", "Offer"),
    CONTACTS,
    ACCEPT_RATE,
    Column("control_contacts", "Control contacts", Kind.COUNT),
    Column("control_rate", "Control rate", Kind.RATE),
    _DIFFERENCE,
    *interval(_DIFFERENCE),
    Column("lift", "Lift", Kind.LIFT),
    Column("chance", "By chance", Kind.CHANCE),
    Column("verdict", "Verdict"),
)
Counts = Mapping[tuple[str, str], tuple[int, int]]


def lift(db: Any, controls: Sequence[str], siblings: Mapping[str, Sequence[str]]) -> Section:
    """Compare segments with their controls.

    Args:
        db: Has the cube.
        controls: Segments that are controls.
        siblings: The other cells of the sample that made a control, where that is known; else
            all segments are compared that share no contact with it.
    """
    counts = _counts(db)
    rows: list[Row] = []
    for control in controls:
        others = siblings.get(control) or _apart(db, control)
        rows += [row for other in others for row in _rows(other, control, counts)]
    whole = [row for row in rows if row[2] == ALL_OFFERS]
    return Section(
        "lift",
        "Lift against control",
        "Accept rates of segments against a control that a sample drew by chance. The difference is"
        " in percentage points; the lift is the difference as a part of the control's rate. By"
        " chance is how probable such a difference is without any effect; it counts as shown below"
        f" {_CERTAIN:.0%}, which one of twenty comparisons without an effect reaches. Where either"
        f" side has less than {_LEAST} contacts, there is no verdict.",
        COLUMNS,
        whole + [row for row in rows if row[2] != ALL_OFFERS],
        charts.differences(COLUMNS, whole if len(whole) > 1 else rows),
    )


def _counts(db: Any) -> Counts:
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for offer in ("offer", f"'{ALL_OFFERS}'"):
        rows = db.execute(
            f"SELECT segment, {offer}, sum(accepts)::BIGINT, sum(contacts)::BIGINT FROM"
            " (SELECT *, unnest(segments) AS segment FROM cube) GROUP BY 1, 2"
        ).fetchall()
        found |= {(segment, name): (accepts, trials) for segment, name, accepts, trials in rows}
    return found


def _apart(db: Any, control: str) -> list[str]:
    """Return the segments that no contact of the control is in."""
    rows = db.execute(
        "SELECT segment FROM (SELECT segments, unnest(segments) AS segment FROM cube)"
        " GROUP BY 1 HAVING NOT bool_or(list_contains(segments, ?)) ORDER BY 1",
        [control],
    ).fetchall()
    return [name for (name,) in rows]


def _rows(segment: str, control: str, counts: Counts) -> Iterator[Row]:
    shared = sorted(o for s, o in counts if s == segment and (control, o) in counts)
    for offer in sorted(shared, key=lambda o: o != ALL_OFFERS):
        yield from _row(segment, control, offer, counts)


def _row(segment: str, control: str, offer: str, counts: Counts) -> Iterator[Row]:
    (accepts, trials), (base, base_trials) = counts[segment, offer], counts[control, offer]
    found = difference(accepts, trials, base, base_trials)
    if found is None:
        return
    told: tuple[Cell, ...] = (
        *(found.value, found.low, found.high, found.lift, found.chance),
        verdict(found.value, found.chance, min(trials, base_trials)),
    )
    yield (
        segment,
        control,
        offer,
        trials,
        accepts / trials,
        base_trials,
        base / base_trials,
        *told,
    )


def verdict(value: float, chance: float, contacts: int) -> str:
    """Say what a difference means, of which the smaller side has so many contacts.

    >>> verdict(0.03, 0.01, 90), verdict(-0.03, 0.01, 90), verdict(0.03, 0.2, 90)
    ('better', 'worse', 'no difference shown')
    >>> verdict(0.9, 0.01, 1)
    'too few contacts'
    """
    if contacts < _LEAST:
        return "too few contacts"
    if chance >= _CERTAIN:
        return "no difference shown"
    return "better" if value > 0 else "worse"
