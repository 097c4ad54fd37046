"""Scores record batches of customers: what the batch job runs in all its threads."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import chain
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from interact.compiler.codegen.from_columnar import Layout
from interact.compiler.codegen.scorer import Scorer, Scores
from interact.compiler.columnar.batch import Batch, Column, Lane
from interact.compiler.core.interpret import Moment
from interact.compiler.core.nodes import Const
from interact.compiler.core.program import Channel
from interact.runtime.batch.adapt import Adapter, Losses, nulls
from interact.runtime.batch.bitmaps import Mask, pack
from interact.runtime.batch.schema import Needed
from interact.runtime.inputs import Input
from interact.runtime.result import ResultTables
from interact.runtime.run_report import RunReport, report_of

if TYPE_CHECKING:
    from interact.runtime.tables.join import Join

_NO_STATES: Mapping[str, int] = {}


_BLOCK = 8 * 1024
_MOST_STATES = 32 * 1024 * 1024
"""How many states are made at a time: some 300 MB."""


@dataclass(frozen=True, slots=True)
class Scored:
    """The results of one batch."""

    offers: Any
    segments: Any
    report: RunReport

    @property
    def tables(self) -> tuple[tuple[str, Any], ...]:
        return ("offers", self.offers), ("segments", self.segments)


@dataclass(frozen=True, slots=True)
class Parts:
    """The results of one batch, in parts that were scored one after the other."""

    parts: Sequence[Scored]

    @property
    def tables(self) -> Iterable[tuple[str, Any]]:
        return chain.from_iterable(part.tables for part in self.parts)

    @property
    def report(self) -> RunReport:
        return reduce(RunReport.merge, (part.report for part in self.parts))


@dataclass(frozen=True, slots=True)
class Reader:
    """Gives batches as kernels read them: columns of the data, and defaults of a session.

    Attributes:
        defaults: Session attributes and states that the data have no column for.
        tables: What makes states of rows.
    """

    adapter: Adapter
    defaults: tuple[Input, ...]
    tables: tuple[Join, ...] = ()

    @property
    def states(self) -> int:
        """How many states tables make of a customer."""
        return sum(len(table.states) for table in self.tables)

    def __call__(self, data: Any, losses: Losses) -> Batch:
        batch = self.adapter(data, losses)
        if not self.defaults and not self.tables:
            return batch
        made = {i.name: default_column(i, batch.length) for i in self.defaults}
        for table in self.tables:
            made.update(table.columns(data))
        return Batch(batch.length, {**batch.columns, **made}, batch.rows)


@dataclass(frozen=True, slots=True)
class Selection:
    """Which customers to score: those of the only segment of a plan."""

    reader: Reader
    scorer: Scorer

    def apply(self, data: Any, moment: Moment) -> Any:
        """Return the customers of a record batch that are to be scored."""
        batch = self.reader(data, Losses())
        bits = self.scorer.score(batch, moment, 1, Layout.LONG).segments[0]
        held = [None, pa.py_buffer(np.ascontiguousarray(bits))]
        return data.filter(pa.BooleanArray.from_buffers(pa.bool_(), batch.length, held))


@dataclass(frozen=True, slots=True)
class CustomerScorer:
    """Everything that turns customers into result tables. Threads share it."""

    channel: Channel
    reader: Reader
    scorer: Scorer
    tables: ResultTables
    moment: Moment
    top: int
    selection: Selection | None = None

    def score(self, batch: Any, /) -> Scored | Parts:
        """Score a record batch of customers; in parts, where tables make very many states."""
        batch = self.selected(batch)
        size = _MOST_STATES // max(self.reader.states, 1) // _BLOCK * _BLOCK
        if batch.num_rows <= max(size, _BLOCK):
            return self.told(batch, *self.decided(batch))
        firsts = range(0, batch.num_rows, max(size, _BLOCK))
        parts = (batch.slice(first, max(size, _BLOCK)) for first in firsts)
        return Parts([self.told(part, *self.decided(part)) for part in parts])

    def selected(self, batch: Any) -> Any:
        """Return the customers of a record batch that are to be scored."""
        return batch if self.selection is None else self.selection.apply(batch, self.moment)

    def decided(self, batch: Any, states: Mapping[str, int] = _NO_STATES) -> tuple[Scores, Losses]:
        """Return the scores of customers; ``states`` are the same for all of them."""
        losses = Losses()
        found = self.reader(batch, losses)
        if states:
            made = {n: Column(Lane.I64, np.full(found.length, v)) for n, v in states.items()}
            found = Batch(found.length, {**found.columns, **made}, found.rows)
        return self.scorer.score(found, self.moment, self.top, Layout.LONG), losses

    def told(self, batch: Any, scores: Scores, losses: Losses) -> Scored:
        """Return the results of scores."""
        offers, segments = self.tables.build(batch, scores)
        return Scored(offers, segments, report_of(scores, self.channel, losses))


def needed_of(inputs: Iterable[Input]) -> list[Needed]:
    """Return inputs as a source and an adapter want them."""
    return [_needed(i) for i in inputs]


def _needed(found: Input) -> Needed:
    fields = tuple(_needed(f) for f in found.fields if f.is_read)
    return Needed(
        found.name, found.column, found.type, found.nullable, fields, many=found.attribute is None
    )


def reader_of(
    inputs: Sequence[Input], in_data: Iterable[str] = (), tables: Sequence[Join] = ()
) -> Reader:
    """Return the reader of what is read among ``inputs``.

    Args:
        inputs: Of a channel.
        in_data: Session attributes and states that the data have a column for.
        tables: What makes states of rows.
    """
    joined = {state for table in tables for state in table.states}
    read = [i for i in inputs if i.is_read and i.name not in joined]
    held = [i for i in read if not i.is_optional or i.name in set(in_data)]
    return Reader(Adapter(needed_of(held)), tuple(i for i in read if i not in held), tuple(tables))


def default_column(found: Input, length: int) -> Column:
    """Return a column that holds the default of a session attribute for everyone."""
    default = found.attribute.default if found.attribute is not None else None
    value = default.value if isinstance(default, Const) else None
    if value is None:
        return nulls(found.type, length)
    if isinstance(value, str):
        return Column(Lane.CODE, np.zeros(length, np.int32), None, (value,))
    if isinstance(value, bool):
        every: Mask = np.full(length, value)
        return Column(Lane.BITS, pack(every))
    lane = nulls(found.type, 0).lane
    return Column(lane, np.full(length, value, lane.dtype))
