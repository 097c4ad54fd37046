"""The batch job: read, score and write, overlapped on all cores.

Each worker takes a piece of the input, and decodes, scores and encodes it batch by batch; all
three leave the interpreter's lock to the others. What comes out depends on the pieces alone,
so that any number of workers writes the same bytes.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from types import TracebackType
from typing import Any, Protocol, Self

from interact.compiler.codegen.link import COMPILED
from interact.runtime.batch.feed import Feed, Piece
from interact.runtime.batch.keys import KeyCounter, KeyReport
from interact.runtime.batch.source import Source

_LOOK_SECONDS = 0.1

Progress = Callable[[int], None]


class Report(Protocol):
    """What a scorer found out about its customers."""

    def merge(self, other: Self, /) -> Self:
        """Return the sum of both; called in the order of the input."""
        ...


class ScoredBatch(Protocol):
    """The results of one batch of customers.

    ``tables`` are record batches or tables, each with the name of the table that it is added to;
    they may be made one by one while they are taken, and ``report`` is read after that.
    """

    @property
    def tables(self) -> Iterable[tuple[str, Any]]: ...
    @property
    def report(self) -> Any: ...


class Scorer(Protocol):
    """Scores a record batch of customers. Threads share it."""

    def score(self, batch: Any, /) -> ScoredBatch: ...


class PartWriter(Protocol):
    """Takes the result tables of a piece; ``rows`` counts what it took, by table."""

    @property
    def rows(self) -> dict[str, int]: ...
    def __enter__(self) -> Self: ...
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...
    def write(self, table: str, data: Any) -> None: ...


class Output(Protocol):
    """Where results go: a sink, or nowhere."""

    def part(self, task: int, piece: int = 0) -> PartWriter: ...


@dataclass(frozen=True, slots=True)
class JobReport:
    """What a run did.

    Attributes:
        customers: How many were read.
        rows: How many result rows were written, by table.
        parts: How many files each table has.
        seconds: Elapsed.
        kernels: How many kernels had to be compiled, in ``compiling`` of these seconds.
        keys: Null and duplicate keys; None when they were not looked at.
        report: The scorer's reports, merged; None when there was no batch.
    """

    customers: int
    rows: dict[str, int]
    parts: int
    seconds: float
    keys: KeyReport | None
    report: Any
    kernels: int = 0
    compiling: float = 0.0


@dataclass(slots=True)
class _Outcome:
    """What became of one piece."""

    customers: int = 0
    rows: dict[str, int] = field(default_factory=dict)
    report: Any = None


@dataclass(slots=True)
class _Run:
    """What the workers of a job share."""

    feed: Feed
    scorer: Scorer
    sink: Output
    keys: KeyCounter | None
    progress: Progress
    done: int = 0
    error: BaseException | None = None
    outcomes: dict[tuple[int, int], _Outcome] = field(default_factory=dict)
    stop: threading.Event = field(default_factory=threading.Event)
    lock: Any = field(default_factory=threading.Lock)

    def work(self) -> None:
        """Work through pieces until there is none, or somebody failed."""
        piece: Piece | None = None
        try:
            while not self.stop.is_set() and (piece := self.feed.take(piece)) is not None:
                self._piece(piece)
        except _Stopped:
            pass
        except BaseException as error:
            with self.lock:
                self.error = self.error or error
            self.stop.set()

    def _piece(self, piece: Piece) -> None:
        outcome = _Outcome()
        with self.sink.part(piece.task.index, piece.number) as part:
            for batch in piece:
                scored = self._scored(batch)
                for table, data in scored.tables:
                    part.write(table, data)
                _add(outcome, scored.report, batch.num_rows)
                self._advance(batch.num_rows)
            outcome.rows = part.rows
        self.outcomes[piece.task.index, piece.number] = outcome

    def _scored(self, batch: Any) -> ScoredBatch:
        if self.stop.is_set():
            raise _Stopped
        if self.keys is not None:
            self.keys.add(batch)
        return self.scorer.score(batch)

    def _advance(self, rows: int) -> None:
        with self.lock:
            self.done += rows
            self.progress(self.done)


class _Stopped(Exception):
    """Another worker failed, or the user gave up."""


def _add(outcome: _Outcome, report: Any, customers: int) -> None:
    outcome.customers += customers
    outcome.report = report if outcome.report is None else outcome.report.merge(report)


def run_job(
    source: Source,
    scorer: Scorer,
    sink: Output,
    threads: int | None = None,
    progress: Progress = lambda rows_done: None,
    keys: KeyCounter | None = None,
) -> JobReport:
    """Score all customers of ``source`` into ``sink``, which the caller opens and commits.

    Args:
        source: The customers.
        scorer: Shared by all threads; it should let go of the interpreter's lock.
        sink: Open; nothing is published here.
        threads: How many workers; None for one per core.
        progress: Told how many customers are done, after each batch, from any thread.
        keys: Looks at the keys of all customers.

    Raises:
        InteractError: The first failure of any worker; the others have stopped by then.
        KeyboardInterrupt: The user gave up; likewise.
    """
    started, before = time.perf_counter(), (COMPILED.kernels, COMPILED.seconds)
    run = _Run(Feed(source), scorer, sink, keys, progress)
    count = max(1, threads or _cores())
    workers = [threading.Thread(target=run.work, name=f"batch-{i}") for i in range(count)]
    _work_all(run, workers)
    if run.error is not None:
        raise run.error
    summed = _summed(run, time.perf_counter() - started)
    kernels, compiling = COMPILED.kernels - before[0], COMPILED.seconds - before[1]
    return replace(summed, kernels=kernels, compiling=compiling)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _work_all(run: _Run, workers: list[threading.Thread]) -> None:
    """Start the workers and wait; on Ctrl-C they stop at their next batch."""
    try:
        for worker in workers:
            worker.start()
        for worker in workers:
            while worker.is_alive():
                worker.join(_LOOK_SECONDS)
    except BaseException:
        run.stop.set()
        for worker in workers:
            if worker.ident is not None:
                worker.join()
        raise


def _summed(run: _Run, seconds: float) -> JobReport:
    total = _Outcome()
    for _, outcome in sorted(run.outcomes.items()):
        _add(total, outcome.report, outcome.customers)
        for table, rows in outcome.rows.items():
            total.rows[table] = total.rows.get(table, 0) + rows
    keys = run.keys.report() if run.keys is not None else None
    return JobReport(total.customers, total.rows, len(run.outcomes), seconds, keys, total.report)
