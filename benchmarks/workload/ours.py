"""The workload in this project's own language, compiled, on customers in memory."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pyarrow as pa

from benchmarks.workload.answers import Answers
from benchmarks.workload.project import write_project
from benchmarks.workload.rules import TOP, ZONES, Rule
from interact.compiler.codegen.from_columnar import Layout
from interact.compiler.codegen.scorer import Scorer, Scores
from interact.compiler.codegen.store import KernelStore
from interact.compiler.columnar.batch import Batch, Lane
from interact.compiler.core.interpret import Moment
from interact.runtime.batch.adapt import Adapter
from interact.runtime.batch.schema import Needed
from interact.runtime.batch.source import BATCH_ROWS
from interact.runtime.inputs import inputs_of
from interact.runtime.kernel_cache import FileKernelStore
from interact.runtime.project import Project, open_project
from interact.runtime.scoring import Run

AS_OF = datetime(2026, 11, 24, 12, tzinfo=UTC)
MOMENT = Moment(int(AS_OF.timestamp()) * 1_000_000)


@dataclass(frozen=True, slots=True)
class Ours:
    """A compiled channel and customers in batches, as a job has them."""

    scorer: Scorer
    batches: Sequence[Batch]

    def run(self) -> list[Scores]:
        """Score all batches, in the long form."""
        return [self._score(batch) for batch in self.batches]

    def run_in(self, pool: ThreadPoolExecutor) -> list[Scores]:
        """Score all batches on the threads of a pool."""
        return list(pool.map(self._score, self.batches))

    def _score(self, batch: Batch) -> Scores:
        return self.scorer.score(batch, MOMENT, TOP, Layout.LONG)

    @property
    def row_bytes(self) -> float:
        """Bytes of one customer in the columns that are read, validity bits included."""
        lanes = {Lane.BITS: 1, Lane.I32: 32, Lane.I64: 64, Lane.F64: 64, Lane.CODE: 32}
        batch = self.batches[0]
        columns = [batch.columns[name] for _, name in self.scorer.reads]
        return sum(lanes[c.lane] + (c.valid is not None) for c in columns) / 8


def prepare(customers: pa.Table, project: Project, store: KernelStore | None = None) -> Ours:
    """Compile a project and bring customers into lanes."""
    channel = project.channel(None)
    scorer = Scorer(project.plan_of(channel), store or FileKernelStore())
    needed = needed_by(project)
    adapter = Adapter(needed)
    starts = range(0, customers.num_rows, BATCH_ROWS)
    return Ours(scorer, [adapter(customers.slice(start, BATCH_ROWS)) for start in starts])


def open_rules(folder: Path, rules: Sequence[Rule]) -> Project:
    """Write the project of some rules, and compile it up to its plan."""
    return open_project(str(write_project(folder, rules)))


def run_of(project: Project, customers: str, out: str) -> Run:
    """Return the batch run that scores a file of customers, on all cores."""
    channel = project.channel(None)
    plan = project.plan_of(channel)
    return Run(project, channel, plan, customers, out, AS_OF, TOP, overwrite=True)


def needed_by(project: Project) -> list[Needed]:
    """Return what the only channel reads, as what is asked of the data."""
    channel = project.channel(None)
    inputs = inputs_of(project.program.audience_of(channel), project.plan_of(channel))
    return [Needed(i.name, i.column, i.type, i.nullable) for i in inputs if i.is_read]


def answers(batches: Sequence[Scores]) -> Answers:
    """Return what a run decided."""
    count = sum(scores.length for scores in batches)
    rules = np.full((ZONES, TOP, count), -1, np.int64)
    values = np.full((ZONES, TOP, count), np.nan)
    segments = np.full(count, -1, np.int64)
    first = 0
    for scores in batches:
        rows = scores.long["row"].astype(np.int64) + first
        slot = (scores.long["zone"], scores.long["position"].astype(np.int64) - 1, rows)
        rules[slot], values[slot] = scores.long["rule"], scores.long["score"]
        for number, members in enumerate(scores.segments):
            inside = np.unpackbits(members, count=scores.length, bitorder="little")
            segments[first : first + scores.length][inside.view(np.bool_)] = number
        first += scores.length
    return Answers(segments, rules, values)
