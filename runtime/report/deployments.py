"""What each deployed version did: its rates, and those of the version before it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from interact.runtime.report import charts
from interact.runtime.report.lift import verdict
from interact.runtime.report.measure import MEASURES, SUMS, measures
from interact.runtime.report.model import Cell, Column, Kind, Row, Section
from interact.runtime.report.rates import difference

if TYPE_CHECKING:
    from interact.runtime.registry.entries import Entry

_SHORT = 12
COLUMNS = (
    Column("channel", "Channel"),
    Column("bundle", "Version"),
    Column("deployed", "Deployed"),
    Column("first_contact", "First contact", Kind.MOMENT),
    Column("last_contact", "Last contact", Kind.MOMENT),
    *MEASURES,
    Column("change", "Against the one before", Kind.CHANGE),
    Column("chance", "By chance", Kind.CHANCE),
    Column("verdict", "Verdict"),
)


def told_of(entries: Sequence[Entry]) -> dict[str, str]:
    """Return when, by whom and why each bundle of an environment was deployed last, by digest."""
    told: dict[str, str] = {}
    for entry in entries:
        at = entry.at[:16].replace("T", " ")
        why = f": {entry.why}" if entry.why else ""
        for digest in entry.digests:
            told[digest] = f"version {entry.version}, {at}, {entry.action} by {entry.by}{why}"
    return told


def deployments(db: Any, told: Mapping[str, str]) -> Section:
    """Return the versions of each channel in the order they came.

    Args:
        db: Has the cube.
        told: What is known of a deployment, by the digest of its bundle: when, who and why.
    """
    found = db.execute(
        f"SELECT channel, bundle, min(first), max(last), {SUMS} FROM cube GROUP BY 1, 2"
        " ORDER BY 1, 3, 2"
    ).fetchall()
    rows: list[Row] = []
    before: tuple[Any, ...] | None = None
    for row in found:
        same_channel = before is not None and before[0] == row[0]
        rows.append(_row(row, before if same_channel else None, told))
        before = row
    return Section(
        "deployments",
        "Versions",
        "Each deployed version with what came of its contacts, and how its accept rate differs from"
        " that of the version before it. Other things than the version change with time, too.",
        COLUMNS,
        rows,
        charts.intervals(COLUMNS, rows, "bundle", in_order=True),
    )


def _row(
    row: Sequence[Any], before: Sequence[Any] | None, told: Mapping[str, str]
) -> tuple[Cell, ...]:
    channel, bundle, first, last, contacts, accepts, rejects = row
    change: tuple[Cell, ...] = (None, None, "")
    if before is not None:
        found = difference(accepts, contacts, before[5], before[4])
        if found is not None:
            least = min(contacts, before[4])
            change = (found.value, found.chance, verdict(found.value, found.chance, least))
    name = bundle.removeprefix("sha256:")[:_SHORT]
    about = told.get(bundle, "")
    counted = measures(contacts, accepts, rejects)
    return (channel, name, about, first, last, *counted, *change)
