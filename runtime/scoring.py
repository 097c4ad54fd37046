"""One batch run: a channel of a project over the customers of some files."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from interact.compiler.codegen.scorer import Scorer
from interact.compiler.columnar.nodes import Plan
from interact.compiler.core.impressions import Used
from interact.compiler.core.interpret import Moment
from interact.compiler.core.program import Attribute, Audience, Channel
from interact.runtime.batch.former import Former, Kept
from interact.runtime.batch.job import JobReport, Progress, run_job
from interact.runtime.batch.key_texts import one_key
from interact.runtime.batch.keys import KeyCounter
from interact.runtime.batch.sink import Sink
from interact.runtime.batch.sink_format import OutputFormat
from interact.runtime.batch.source import Source, open_source
from interact.runtime.customer_scorer import CustomerScorer, Selection, needed_of, reader_of
from interact.runtime.errors import UsageError
from interact.runtime.inputs import Input, inputs_of
from interact.runtime.kernel_cache import FileKernelStore
from interact.runtime.limits_used import states_with
from interact.runtime.project import Project
from interact.runtime.rationing import Rationed
from interact.runtime.result import ResultTables, key_columns
from interact.runtime.snapshots import SnapshotScorer, schema_of
from interact.runtime.tables.join import Join
from interact.runtime.tables.opening import joins
from interact.runtime.tables.rows import TableSpec

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Run:
    """What to do.

    Attributes:
        channel: May be cut down to the rules of some zones (``only_zones``).
        plan: Of that channel.
        used: The impressions that were given before, by the keys of limits.
        snapshots: A plan of the snapshots to take; None for none.
        where: A plan whose only segment are the customers to score; None for all.
        tables: Where the rows of tables of offers are.
    """

    project: Project
    channel: Channel
    plan: Plan
    customers: str
    out: str
    as_of: datetime
    top: int = 3
    where: Plan | None = None
    limit: int | None = None
    threads: int | None = None
    format: OutputFormat = OutputFormat.PARQUET
    overwrite: bool = False
    refuse_null_keys: bool = False
    refuse_duplicate_keys: bool = False
    used: Mapping[str, Used] = field(default_factory=dict)
    tables: tuple[TableSpec, ...] = ()
    snapshots: Plan | None = None

    @property
    def states(self) -> tuple[Attribute, ...]:
        """What decisions read of history, with what is left of limits of impressions."""
        return states_with(self.channel, self.used, self.moment.now)

    @property
    def audience(self) -> Audience:
        return self.project.program.audience_of(self.channel)

    @property
    def moment(self) -> Moment:
        return Moment((self.as_of - EPOCH) // timedelta(microseconds=1))


@dataclass(frozen=True, slots=True)
class Opened:
    """The customers of a run, and what is read of them; ``in_data`` names those of its
    session attributes and states that the data have, ``tables`` hold the rows of tables."""

    source: Source
    inputs: tuple[Input, ...]
    in_data: frozenset[str]
    tables: tuple[Join, ...] = ()


def only_zones(channel: Channel, names: Sequence[str]) -> Channel:
    """Return a channel with the rules of some zones only.

    Raises:
        UsageError: There is no such zone.
    """
    known = [zone.name for zone in channel.zones]
    for name in names:
        if name not in known:
            raise UsageError(
                f"no zone {name} on {channel.name}", help=f"the zones are {', '.join(known)}"
            )
    return replace(channel, rules=tuple(r for r in channel.rules if known[r.zone] in names))


def open_customers(run: Run) -> Opened:
    """Find the customers, and check that they have what the run reads.

    Raises:
        InteractError: There are none, or columns are missing or of other types.
    """
    _refuse_within(run.out, run.customers)
    plans = [plan for plan in (run.plan, run.where, run.snapshots) if plan is not None]
    inputs = inputs_of(run.audience, *plans, states=run.states)
    tables = joins(run.tables, run.project.program, run.channel, inputs)
    counted = {limit.state for limit in run.channel.limits}
    counted |= {state for table in tables for state in table.states}
    optional = {
        i.column: i.name for i in inputs if i.is_optional and i.is_read and i.name not in counted
    }
    found = set(open_source(run.customers, []).schema.names) if optional else set()
    in_data = frozenset(name for column, name in optional.items() if column in found)
    needed = needed_of(i for i in inputs if i.is_needed or i.name in in_data)
    source = open_source(run.customers, needed=needed, limit=run.limit)
    return Opened(source, inputs, in_data, tables)


def _refuse_within(out: str, customers: str) -> None:
    """Refuse a result in the folder of the customers, whose next run would read it as such."""
    folder = os.path.realpath(customers)
    place = os.path.realpath(out)
    if os.path.isdir(folder) and os.path.commonpath([folder, place]) == folder:
        raise UsageError(
            f"--out {out} lies in the folder of the customers, {customers}",
            help="choose a folder beside it",
        )


def score_customers(
    run: Run,
    opened: Opened,
    manifest: Callable[[JobReport], dict[str, Any]],
    progress: Progress = lambda rows_done: None,
) -> dict[str, Any]:
    """Score all customers into ``run.out``; return the manifest that is kept there.

    Args:
        run: What to do.
        opened: Its customers.
        manifest: Makes the manifest of what was done.
        progress: Told how many customers are done.
    """
    looked_up = [a.name for a in run.audience.key]
    scorer = rationed(scorer_of(run, opened), run)
    threads = 1 if isinstance(scorer, Rationed) else run.threads
    taken = with_snapshots(scorer, run, opened)
    former = Former(run.out, kept_tables(run), run.format)
    former.check(run.overwrite)
    with Sink(run.out, run.format, run.overwrite, looked_up) as sink:
        report = run_job(opened.source, taken, sink, threads, progress, keys_of(run))
        told = manifest(report)
        told["impressions"] = scorer.told() if isinstance(scorer, Rationed) else {}
        for name, count in former.keep(sink.working).items():
            told["tables"].setdefault(name, {"rows": 0, "files": 0})["kept"] = count
        sink.commit(told)
    return told


def rationed(scorer: CustomerScorer, run: Run) -> CustomerScorer | Rationed:
    """Return what scores in order, where that matters: with limits of impressions."""
    limits = run.channel.limits
    return Rationed(scorer, limits, run.used) if limits else scorer


def with_snapshots(
    scorer: CustomerScorer | Rationed, run: Run, opened: Opened
) -> CustomerScorer | Rationed | SnapshotScorer:
    """Return what takes the snapshots of a channel, too, when it has any."""
    if run.snapshots is None:
        return scorer
    inner = scorer.scorer if isinstance(scorer, Rationed) else scorer
    inputs = inputs_of(run.audience, run.snapshots, states=run.states)
    return SnapshotScorer(
        scorer,
        run.audience,
        run.channel.snapshots,
        reader_of(inputs, opened.in_data),
        Scorer(run.snapshots, FileKernelStore()),
        run.moment,
        inner.selection,
    )


def kept_tables(run: Run) -> list[Kept]:
    """Return the snapshots of whose former rows some stay."""
    key = tuple(a.name for a in run.audience.key)
    shots = () if run.snapshots is None else run.channel.snapshots
    return [
        Kept(s.name, schema_of(s, run.audience), key if s.mode == "update" else ())
        for s in shots
        if s.mode != "replace"
    ]


def scorer_of(run: Run, opened: Opened) -> CustomerScorer:
    """Return what scores the batches of a run."""
    store = FileKernelStore()
    selection = None
    if run.where is not None:
        inputs = inputs_of(run.audience, run.where)
        selection = Selection(reader_of(inputs, opened.in_data), Scorer(run.where, store))
    return CustomerScorer(
        run.channel,
        reader_of(
            inputs_of(run.audience, run.plan, states=run.states), opened.in_data, opened.tables
        ),
        Scorer(run.plan, store),
        ResultTables(
            run.audience,
            run.channel,
            run.project.program.offers,
            run.moment.today,
            with_lists=run.format is not OutputFormat.CSV,
        ),
        run.moment,
        run.top,
        selection,
    )


def keys_of(run: Run) -> KeyCounter:
    """Return what looks at the keys of the customers of a run."""
    told = ", ".join(part.column for part in run.audience.key)
    read = partial(_keys, audience=run.audience)
    return KeyCounter(told, run.refuse_null_keys, run.refuse_duplicate_keys, read=read)


def _keys(batch: Any, audience: Audience) -> Any:
    """Return the key of each customer, the same whatever types the files store keys in."""
    return one_key(list(key_columns(batch, audience).values()))
