"""All rules of a project, or of a source: when each was last of use, and those that never were."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from interact.runtime.report.measure import MEASURES, SUMS, measures
from interact.runtime.report.model import Cell, Column, Kind, Row, Section

if TYPE_CHECKING:
    from interact.runtime.project import Project

COLUMNS = (
    Column("channel", "Channel"),
    Column("zone", "Zone"),
    Column("rule", "Rule"),
    Column("offer", "Offer"),
    Column("status", "Status"),
    Column("last_used", "Last used", Kind.MOMENT),
    *MEASURES,
)


@dataclass(frozen=True, slots=True)
class Listed:
    """A rule of a project."""

    channel: str
    zone: str
    rule: str
    offer: str
    enabled: bool


def rules_of(project: Project) -> Iterator[Listed]:
    """Yield the rules of a project in the order they are written."""
    program = project.program
    for channel in program.channels:
        for rule in channel.rules:
            offer, zone = program.offers[rule.offer].name, channel.zones[rule.zone].name
            yield Listed(channel.name, zone, rule.name, offer, rule.enabled)


def rules(db: Any, listed: Sequence[Listed]) -> Section:
    """Return all rules with their use; ``listed`` are those of the project, where it is given."""
    found = db.execute(
        f"SELECT channel, zone, rule, offer, max(last), {SUMS} FROM cube GROUP BY 1, 2, 3, 4"
        " ORDER BY 1, 2, sum(contacts) DESC, 3, 4"
    ).fetchall()
    used = {tuple(row[:4]): row[4:] for row in found}
    rows: list[Row] = []
    for rule in listed:
        place = (rule.channel, rule.zone, rule.rule, rule.offer)
        rows.append(_row(place, _status(rule, place in used), used.pop(place, None)))
    rows += [
        _row(place, "not in the project" if listed else "", use) for place, use in used.items()
    ]
    return Section(
        "rules",
        "Rules",
        "Each rule with its last use. A rule that was never used showed no offer in these days."
        if listed
        else "Rules that showed an offer. Name the project to see those that never did.",
        COLUMNS,
        rows,
    )


def _status(rule: Listed, was_used: bool) -> str:
    if not rule.enabled:
        return "disabled"
    return "used" if was_used else "never used"


def _row(place: tuple[str, ...], status: str, use: tuple[Any, ...] | None) -> Row:
    last, *counts = use if use is not None else (None, 0, 0, 0)
    told: tuple[Cell, ...] = (*place, status, last)
    return (*told, *measures(*counts))
