"""How decisions would shift from one version to another, customer by customer.

Both versions decide for the same customers at the same moment, batch by batch beside each other, so
that who moves is counted, and not only how many more or less there are.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from interact.compiler.codegen.from_columnar import Layout
from interact.compiler.codegen.scorer import Scorer, Scores
from interact.compiler.core.interpret import Moment
from interact.compiler.core.program import Channel
from interact.runtime.batch.adapt import Losses
from interact.runtime.batch.job import JobReport, Progress, run_job
from interact.runtime.batch.no_sink import NoSink
from interact.runtime.batch.source import open_source
from interact.runtime.customer_scorer import Reader, needed_of, reader_of
from interact.runtime.errors import DataError
from interact.runtime.kernel_cache import FileKernelStore
from interact.runtime.project import Project
from interact.runtime.scoring import Opened, Run, open_customers
from interact.runtime.tables.opening import told
from interact.runtime.tables.rows import TableSpec

Counts = npt.NDArray[np.int64]
TOP = 3
_NOBODY = -1


@dataclass(frozen=True, slots=True)
class Names:
    """What either version has, in the order of the new one."""

    segments: tuple[str, ...]
    zones: tuple[str, ...]
    offers: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Moved:
    """Counts of customers, summed over batches.

    Attributes:
        segments: ``(segments, 4)``: members before and after, who enters, who leaves.
        best: ``(zones, offers, 2)``: for whom an offer is first, before and after.
        given: ``(zones, offers, 2)``: who gets it at any of the first three ranks.
        zones: ``(zones, 2)``: who gets another first offer, and another list.
    """

    customers: int
    segments: Counts
    best: Counts
    given: Counts
    zones: Counts

    def merge(self, other: Moved) -> Moved:
        """Return the sum of both."""
        return Moved(
            self.customers + other.customers,
            self.segments + other.segments,
            self.best + other.best,
            self.given + other.given,
            self.zones + other.zones,
        )


@dataclass(frozen=True, slots=True)
class Shift:
    """How a channel would shift.

    Attributes:
        moved: None when only one of the versions has the channel.
        is_gone: Whether the new version does not have it.
        without_rows: The tables of offers that either version reads and nobody gave rows of.
    """

    channel: str
    names: Names
    moved: Moved | None
    is_gone: bool = False
    without_rows: tuple[str, ...] = ()

    @property
    def most(self) -> float:
        """The largest share of customers that enter or leave one segment, or get another first
        offer in one zone; 1 for a channel that is gone."""
        if self.moved is None:
            return float(self.is_gone)
        counts = [*self.moved.segments[:, 2:].sum(axis=1), *self.moved.zones[:, 0]]
        return max(map(int, counts), default=0) / self.moved.customers


@dataclass(frozen=True, slots=True)
class Side:
    """One version of a channel, as a batch is decided by it.

    Attributes:
        offer_of: For each rule its offer's place among the names.
    """

    reader: Reader
    scorer: Scorer
    segments: Counts
    zones: Counts
    offer_of: Counts

    def decide(self, data: Any, moment: Moment) -> Scores:
        return self.scorer.score(self.reader(data, Losses()), moment, TOP, Layout.LONG)

    def members(self, scores: Scores, names: Names) -> npt.NDArray[np.bool_]:
        """Return who is in which segment, ``(segments, n)``."""
        found = np.zeros((len(names.segments), scores.length), np.bool_)
        for place, bits in zip(self.segments, scores.segments, strict=True):
            whole = np.unpackbits(np.asarray(bits).view(np.uint8), bitorder="little")
            found[place] = whole[: scores.length]
        return found

    def offers(self, scores: Scores, names: Names) -> npt.NDArray[np.int64]:
        """Return which offers are given, ``(zones, n, ranks)``."""
        long: dict[str, Any] = dict(scores.long)
        found = np.full((len(names.zones), scores.length, TOP), _NOBODY, np.int64)
        zone, row = self.zones[long["zone"]], long["row"].astype(np.int64)
        rank = long["position"].astype(np.int64) - 1
        found[zone, row, rank] = self.offer_of[long["rule"].view(np.uint16)]
        return found


@dataclass(frozen=True, slots=True)
class Scored:
    """A batch that was decided by both; there is nothing to write."""

    report: Moved
    tables: tuple[tuple[str, Any], ...] = ()


@dataclass(frozen=True, slots=True)
class Comparing:
    """Decides batches by both versions. Threads share it."""

    before: Side
    after: Side
    names: Names
    moment: Moment

    def score(self, data: Any, /) -> Scored:
        old, new = (side.decide(data, self.moment) for side in (self.before, self.after))
        was, now = self.before.members(old, self.names), self.after.members(new, self.names)
        segments = np.stack([m.sum(axis=1) for m in (was, now, now & ~was, was & ~now)], axis=1)
        had, has = self.before.offers(old, self.names), self.after.offers(new, self.names)
        differ = had != has
        zones = np.stack([differ[..., 0].sum(axis=1), differ.any(axis=2).sum(axis=1)], axis=1)
        count = len(self.names.offers)
        best = np.stack([_counted(o[..., :1], count) for o in (had, has)], axis=-1)
        given = np.stack([_counted(o, count) for o in (had, has)], axis=-1)
        return Scored(Moved(data.num_rows, segments, best, given, zones))


def _counted(offers: npt.NDArray[np.int64], count: int) -> Counts:
    """Return how often each offer is in each zone, ``(zones, offers)``."""
    found = [np.bincount(zone.ravel() + 1, minlength=count + 1)[1:] for zone in offers]
    return np.stack(found) if found else np.zeros((0, count), np.int64)


def shifts(
    before: Project,
    after: Project,
    customers: str,
    as_of: datetime,
    channel: str | None = None,
    progress: Progress = lambda rows_done: None,
    tables: Sequence[TableSpec] = (),
) -> Iterator[Shift]:
    """Yield for each channel how it would shift for the customers of some files.

    Args:
        channel: Only this one.
        tables: Where the rows of tables of offers are, of those that a version has.

    Raises:
        InteractError: There are none, or they do not fit.
    """
    old = {c.name: c for c in before.program.channels}
    chosen = after.program.channels if channel is None else (after.channel(channel),)
    for found in chosen:
        if found.name in old:
            runs = [
                Run(p, c, p.plan_of(c), customers, "", as_of, TOP, tables=_tables_of(p, tables))
                for p, c in ((before, old[found.name]), (after, found))
            ]
            yield _shift(runs[0], runs[1], progress)
        else:
            yield Shift(found.name, Names((), (), ()), None)
    new = {c.name for c in after.program.channels}
    if channel is None:
        for name in old.keys() - new:
            yield Shift(name, Names((), (), ()), None, is_gone=True)


def _tables_of(project: Project, specs: Sequence[TableSpec]) -> tuple[TableSpec, ...]:
    declared = {table.name for table in project.program.tables}
    return tuple(spec for spec in specs if spec.name in declared)


def _shift(before: Run, after: Run, progress: Progress) -> Shift:
    names = Names(
        _either(*([s.name for s in r.channel.segments] for r in (after, before))),
        _either(*([z.name for z in r.channel.zones] for r in (after, before))),
        _either(*(_offers(r.project, r.channel) for r in (after, before))),
    )
    opened = [open_customers(run) for run in (before, after)]
    needed = [
        need
        for one in opened
        for need in needed_of(i for i in one.inputs if i.is_needed or i.name in one.in_data)
    ]
    sides = [_side(run, one, names) for run, one in zip((before, after), opened, strict=True)]
    comparing = Comparing(sides[0], sides[1], names, after.moment)
    source = open_source(after.customers, needed=needed)
    job: JobReport = run_job(source, comparing, NoSink(), None, progress)
    if not job.customers:
        raise DataError(f"there is no customer in {after.customers}")
    without = _either(*map(_without_rows, (after, before), reversed(opened)))
    return Shift(after.channel.name, names, job.report, without_rows=without)


def _without_rows(run: Run, opened: Opened) -> list[str]:
    found = told(opened.tables, run.project.program, opened.inputs)
    return [table["table"] for table in found if table["source"] is None]


def _side(run: Run, opened: Opened, names: Names) -> Side:
    channel, offers = run.channel, run.project.program.offers
    return Side(
        reader_of(opened.inputs, opened.in_data, opened.tables),
        Scorer(run.plan, FileKernelStore()),
        np.array([names.segments.index(s.name) for s in channel.segments], np.int64),
        np.array([names.zones.index(z.name) for z in channel.zones], np.int64),
        np.array([names.offers.index(offers[r.offer].name) for r in channel.rules], np.int64),
    )


def _offers(project: Project, channel: Channel) -> list[str]:
    """Return the offers that rules of a channel give, in the order of their declarations."""
    given = {rule.offer for rule in channel.rules}
    return [offer.name for i, offer in enumerate(project.program.offers) if i in given]


def _either(first: Sequence[str], second: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys([*first, *second]))
