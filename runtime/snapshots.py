"""Snapshots of flowcharts in a batch run: tables beside the offers and segments."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from interact.compiler.codegen.from_columnar import Layout
from interact.compiler.codegen.host import unpacked
from interact.compiler.codegen.scorer import Scorer
from interact.compiler.columnar.batch import Column
from interact.compiler.core.interpret import Moment
from interact.compiler.core.program import Audience
from interact.compiler.core.snapshots import Snapshot
from interact.compiler.source import Span
from interact.runtime.arrays import plain
from interact.runtime.batch.adapt import Losses
from interact.runtime.customer_scorer import CustomerScorer, Reader, Selection
from interact.runtime.rationing import Rationed
from interact.runtime.result import key_columns, key_types
from interact.stdlib.types import Kind, Type

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


def arrow_values(column: Column, rows: Any, kind: Type) -> Any:
    """Return the values of a field in some rows; a day beyond those of dates is null.

    A plan has bools as numbers, and texts as codes.
    """
    data, missing = column.data[rows], _missing(column, rows)
    match kind.kind:
        case Kind.TEXT:
            words = pa.array(column.dictionary or ("",), pa.string())
            return words.take(pa.array(data, pa.int32(), mask=missing | (data < 0)))
        case Kind.BOOL:
            return pa.array(data == 1, pa.bool_(), mask=missing)
        case Kind.FLOAT:
            return pa.array(data, pa.float64(), mask=missing | np.isnan(data))
        case Kind.DATE:
            missing |= (data < -_MOST_DAYS) | (data >= _MOST_DAYS)
            return pa.array(data.astype(np.int32), pa.int32(), mask=missing).cast(pa.date32())
        case Kind.DECIMAL:
            whole = pa.array(data, pa.int64(), mask=missing).cast(pa.decimal128(19, 0))
            found = arrow_type(kind)
            return pa.Array.from_buffers(found, len(whole), whole.buffers(), whole.null_count)
        case _:
            return pa.array(data, pa.int64(), mask=missing).cast(arrow_type(kind))


def _missing(column: Column, rows: Any) -> Any:
    if column.valid is None:
        return np.zeros(len(rows), np.bool_)
    return ~unpacked(column.valid, 8 * len(column.valid))[rows]


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
        taken = self.members.score(found, self.moment, 1, Layout.LONG)
        fields = iter(taken.fields)
        tables = [
            (s.name, self._table(s, batch, unpacked(bits, found.length), fields))
            for s, bits in zip(self.snapshots, taken.segments, strict=True)
        ]
        return Taken(scored, tables, taken.failures)

    def _table(self, snapshot: Snapshot, batch: Any, inside: Any, fields: Iterator[Column]) -> Any:
        members = np.flatnonzero(inside)
        keys = [k.take(plain(members)) for k in key_columns(batch, self.audience).values()]
        pairs = zip(snapshot.fields, fields, strict=False)
        columns = [arrow_values(column, members, f.type) for f, column in pairs]
        schema = schema_of(snapshot, self.audience)
        return pa.RecordBatch.from_arrays([*keys, *columns], schema=schema)
