"""Snapshots of flowcharts in a batch run: tables beside the offers and segments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from interact.compiler.codegen.from_columnar import Layout
from interact.compiler.codegen.host import column_values, unpacked
from interact.compiler.codegen.scorer import Scorer
from interact.compiler.columnar.batch import Batch
from interact.compiler.core.interpret import Frame, Moment, Place, evaluate
from interact.compiler.core.nodes import Attr
from interact.compiler.core.program import Audience
from interact.compiler.core.snapshots import Snapshot, SnapshotField
from interact.compiler.source import Span
from interact.runtime.arrays import plain
from interact.runtime.batch.adapt import Losses
from interact.runtime.customer_scorer import CustomerScorer, Reader, Selection
from interact.runtime.lookup import customers_of
from interact.runtime.rationing import Rationed
from interact.runtime.result import key_columns, key_types
from interact.stdlib.types import Kind, Type, Value

_TYPES = {
    Kind.BOOL: pa.bool_(),
    Kind.INT: pa.int64(),
    Kind.FLOAT: pa.float64(),
    Kind.TEXT: pa.string(),
    Kind.DATE: pa.date32(),
    Kind.TIMESTAMP: pa.timestamp("us", "UTC"),
    Kind.DURATION: pa.duration("us"),
}
_MOST_DAYS = 2**31


def schema_of(snapshot: Snapshot, audience: Audience) -> pa.Schema:
    """Return the columns of the table of a snapshot."""
    fields = [(f.name, arrow_type(f.type)) for f in snapshot.fields]
    return pa.schema([*key_types(audience).items(), *fields])


def arrow_type(kind: Type) -> pa.DataType:
    """Return how a type is stored."""
    if kind.kind is Kind.DECIMAL:
        return pa.decimal128(19, kind.scale)
    return _TYPES[kind.kind]


def arrow_values(values: Sequence[Value], kind: Type) -> Any:
    """Return machine values as an array; a day beyond those of dates is null."""
    match kind.kind:
        case Kind.DECIMAL:
            whole = pa.array(values, pa.int64()).cast(pa.decimal128(19, 0))
            found = arrow_type(kind)
            return pa.Array.from_buffers(found, len(whole), whole.buffers(), whole.null_count)
        case Kind.DATE:
            return pa.array(list(map(_day, values)), pa.int32()).cast(pa.date32())
        case Kind.TIMESTAMP | Kind.DURATION:
            return pa.array(values, pa.int64()).cast(arrow_type(kind))
        case _:
            return pa.array(values, arrow_type(kind))


def _day(value: Value) -> int | None:
    if value is None or not -_MOST_DAYS <= (day := int(value)) < _MOST_DAYS:
        return None
    return day


@dataclass(frozen=True, slots=True)
class Taken:
    """The results of a batch with the snapshots of it."""

    scored: Any
    snapshots: Sequence[tuple[str, Any]]
    failures: Counter[Span]

    @property
    def tables(self) -> Iterable[tuple[str, Any]]:
        return (*self.scored.tables, *self.snapshots)

    @property
    def report(self) -> Any:
        found = self.scored.report
        # What a decision and a snapshot both work out is counted once.
        return replace(found, failures=found.failures | self.failures)


@dataclass(frozen=True, slots=True)
class SnapshotScorer:
    """Scores batches and takes snapshots of them. Threads share it as they share ``scorer``.

    Attributes:
        members: Of the plan whose segments are the customers of the snapshots.
        selection: That of the scorer.
    """

    scorer: CustomerScorer | Rationed
    audience: Audience
    snapshots: tuple[Snapshot, ...]
    reader: Reader
    members: Scorer
    moment: Moment
    selection: Selection | None = None

    def score(self, batch: Any, /) -> Taken:
        """Score a record batch of customers."""
        scored = self.scorer.score(batch)
        if self.selection is not None:
            batch = self.selection.apply(batch, self.moment)
        found = self.reader(batch, Losses())
        members = self.members.score(found, self.moment, 1, Layout.LONG).segments
        failed: set[tuple[int, Span, Place]] = set()
        tables = [
            (s.name, self._table(s, batch, np.flatnonzero(unpacked(bits, found.length)), failed))
            for s, bits in zip(self.snapshots, members, strict=True)
        ]
        return Taken(scored, tables, Counter(span for _, span, _ in failed))

    def _table(
        self, snapshot: Snapshot, batch: Any, members: Any, failed: set[tuple[int, Span, Place]]
    ) -> Any:
        data = batch.take(plain(members))
        part = self.reader(data, Losses())
        computed = any(not isinstance(f.value, Attr) for f in snapshot.fields)
        frames = [Frame(c, self.moment) for c in customers_of(part)] if computed else []
        columns = [arrow_values(_values(f, part, frames), f.type) for f in snapshot.fields]
        failed.update(
            (row, span, place)
            for row, frame in zip(members.tolist(), frames, strict=False)
            for span, place in frame.failures
        )
        keys = key_columns(data, self.audience)
        schema = schema_of(snapshot, self.audience)
        return pa.RecordBatch.from_arrays([*keys.values(), *columns], schema=schema)


def _values(field: SnapshotField, part: Batch, frames: Sequence[Frame]) -> list[Value]:
    """Return the values of a field; what several fields fold is folded once."""
    if isinstance(field.value, Attr):
        return column_values(part.columns[field.value.name], part.length)
    return [evaluate(field.value, frame) for frame in frames]
