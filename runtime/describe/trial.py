"""A trial run: the batch scorer over some customers, for counts beside boxes and rules."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from interact.compiler.core.program import Channel, Segment
from interact.compiler.pipeline import plan_channel
from interact.runtime.batch.job import Progress, run_job
from interact.runtime.batch.no_sink import NoSink
from interact.runtime.cli.tables import left_out_of, read_of
from interact.runtime.describe.model import Count, TableRows
from interact.runtime.project import Project
from interact.runtime.run_report import RunReport
from interact.runtime.scoring import Run, open_customers, scorer_of
from interact.runtime.tables.opening import told as tables_told
from interact.runtime.tables.rows import TableSpec


@dataclass(frozen=True, slots=True)
class TrialRun:
    """What a trial run found.

    Attributes:
        told: Over whom it was, in words.
        members: Of each cell, by flowchart and name; of each segment with no flowchart.
        rules: Of each rule of the channel, for how many customers it was given, and came first.
        tables: What was read of each table of offers, and the rows that were left out.
    """

    told: str = ""
    members: Mapping[tuple[str, str], Count] = field(default_factory=dict)
    rules: Mapping[int, tuple[Count, Count]] = field(default_factory=dict)
    tables: tuple[TableRows, ...] = ()


NO_RUN = TrialRun()


def run_trial(
    project: Project,
    channel: Channel,
    customers: str,
    as_of: datetime,
    progress: Progress,
    tables: tuple[TableSpec, ...] = (),
) -> TrialRun:
    """Score all customers of some files, and keep the counts only.

    Raises:
        InteractError: There are none, or they do not fit.
    """
    cells = _cells(channel)
    # A segment joins cells of one name in all flowcharts; a box stands for that of its own.
    asked = replace(
        channel,
        segments=(*channel.segments, *(Segment(n, found) for (_, n), found in cells.items())),
    )
    plan = plan_channel(project.program, asked)
    run = Run(project, asked, plan, customers, "", as_of, tables=tables)
    opened = open_customers(run)
    report: RunReport = run_job(
        opened.source, scorer_of(run, opened), NoSink(), None, progress
    ).report
    whole = report.customers
    places = [("", segment.name) for segment in channel.segments] + list(cells)
    told = f"{whole:,} customers of {customers} as of {as_of:%Y-%m-%d}"
    return TrialRun(
        told,
        {p: Count(n, whole) for p, n in zip(places, report.members.tolist(), strict=True)},
        {
            index: (Count(int(given), whole), Count(int(best), whole))
            for index, (given, best) in enumerate(
                zip(report.given.sum(axis=0), report.best.sum(axis=0), strict=True)
            )
        },
        tuple(
            TableRows(read_of(table), tuple(left_out_of(table)))
            for table in tables_told(opened.tables, project.program, opened.inputs)
        ),
    )


def _cells(channel: Channel) -> dict[tuple[str, str], tuple[int, ...]]:
    """Return the cells behind each name of each flowchart."""
    found: dict[tuple[str, str], tuple[int, ...]] = {}
    for segment in channel.segments:
        for index in segment.cells:
            place = (channel.cells[index].flowchart, segment.name)
            found[place] = (*found.get(place, ()), index)
    return found
