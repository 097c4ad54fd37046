"""The batch job from Parquet to Parquet, against decoding and encoding alone, and its memory."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import pyarrow as pa
import pyarrow.parquet as pq

from benchmarks.measure import Figure, Settings, best_of, run_fresh
from benchmarks.workload.customers import KEY, make_customers
from benchmarks.workload.ours import open_rules, run_of
from benchmarks.workload.project import write_project
from benchmarks.workload.rules import make_rules
from interact.compiler.codegen.scorer import Scorer
from interact.runtime.batch.job import run_job
from interact.runtime.batch.sink import Sink
from interact.runtime.batch.source import BATCH_ROWS
from interact.runtime.customer_scorer import CustomerScorer, reader_of
from interact.runtime.kernel_cache import FileKernelStore
from interact.runtime.result import ResultTables
from interact.runtime.run_manifest import manifest_of
from interact.runtime.scoring import Opened, Run, open_customers, score_customers

MEMORY_GROWTH = 1.15
_PIECE, _ROUNDS = 1_000_000, 3


def job(settings: Settings) -> Iterator[Figure]:
    """Score a file, and only read and write the same."""
    path = write_customers(settings.folder / "small.parquet", settings.small_job)
    run = run_of(
        open_rules(settings.folder / "job", make_rules(40)), path, str(settings.folder / "out")
    )
    opened = open_customers(run)
    replay = Replay.record(run, opened)
    contenders = {"job": lambda: score(run, opened), "files": lambda: copy(run, opened, replay)}
    best = best_of(_ROUNDS * settings.rounds, contenders)  # short ones: many, against noise
    threads = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    yield Figure("job, Parquet to Parquet", settings.small_job / best["job"] / 1e6, "M rows/s")
    yield Figure(
        "job, to reading and writing alone",
        best["job"] / best["files"],
        "x",
        1.3,
        False,
        f"decoding and encoding with {threads} threads, {best['files']:.2f} s",
    )


def job_memory(settings: Settings) -> Iterator[Figure]:
    """Score a small and a large file, each in a new process."""
    folder = write_project(settings.folder / "memory", make_rules(40))
    peaks = []
    for name, count in (("small", settings.small_job), ("large", settings.large_job)):
        path = write_customers(settings.folder / f"{name}.parquet", count)
        out = settings.folder / f"out-{name}"
        _, found = run_fresh("score", folder, path, out, cache=settings.folder / "cache-job")
        peaks.append(found["peak"])
        yield Figure(f"job, memory for {count:,} customers", found["peak"] / 2**20, "MB")
    yield Figure(
        "job, memory for a larger file",
        peaks[1] / peaks[0],
        "x",
        MEMORY_GROWTH,
        False,
        f"{settings.large_job / settings.small_job:g} times fewer customers",
    )


def write_customers(path: Path, count: int) -> str:
    """Write a file of customers, unless it is there."""
    if not path.exists():
        with pq.ParquetWriter(path, make_customers(0).schema, compression="zstd") as writer:
            for number, start in enumerate(range(0, count, _PIECE)):
                piece = make_customers(min(_PIECE, count - start), seed=number)
                place = piece.schema.get_field_index(KEY)
                keys = pa.array(range(start, start + piece.num_rows), pa.int64())
                writer.write_table(piece.set_column(place, KEY, keys), BATCH_ROWS)
    return str(path)


def score(run: Run, opened: Opened) -> None:
    """Do what ``interact score`` does."""
    score_customers(run, opened, lambda report: manifest_of(run, opened, report, {}))


def copy(run: Run, opened: Opened, replay: Replay) -> None:
    """Read the same columns and write the same tables, and nothing else."""
    with Sink(run.out, run.format, run.overwrite, [KEY]) as sink:
        report = run_job(opened.source, replay, sink, run.threads)
        sink.commit({"customers": report.customers})


@dataclass(frozen=True, slots=True)
class Nothing:
    """A report of nothing."""

    def merge(self, other: Self, /) -> Self:
        return self


@dataclass(frozen=True, slots=True)
class Recorded:
    """The tables of one batch, as they were made before."""

    offers: Any
    segments: Any
    report: Nothing

    @property
    def tables(self) -> tuple[tuple[str, Any], ...]:
        return ("offers", self.offers), ("segments", self.segments)


@dataclass(slots=True)
class Replay:
    """A scorer that knows the results of every batch, by the key of its first customer."""

    known: dict[int, Recorded] = field(default_factory=dict)

    @classmethod
    def record(cls, run: Run, opened: Opened) -> Self:
        """Score all customers, and keep the tables."""
        tables = ResultTables(
            run.audience, run.channel, run.project.program.offers, run.moment.today
        )
        reader = reader_of(opened.inputs)
        scorer = Scorer(run.plan, FileKernelStore())
        real = CustomerScorer(run.channel, reader, scorer, tables, run.moment, run.top)
        made = cls()
        for task in opened.source.tasks:
            for batch in opened.source.read(task):
                found = real.score(batch)
                made.known[_first(batch)] = Recorded(found.offers, found.segments, Nothing())
        return made

    def score(self, batch: Any, /) -> Recorded:
        """Return what was recorded."""
        return self.known[_first(batch)]


def _first(batch: Any) -> int:
    key: int = batch.column(KEY)[0].as_py()
    return key
