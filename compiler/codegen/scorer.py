"""Score batches of customers: the compiled form of a channel."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt

from interact.compiler.codegen import host
from interact.compiler.codegen.bind_stages import MASK, SCORE, numbered
from interact.compiler.codegen.folds import Folder
from interact.compiler.codegen.frame import Machine
from interact.compiler.codegen.from_columnar import (
    LONG_LAYOUTS,
    Layout,
    bind_plan,
    bind_rows,
)
from interact.compiler.codegen.operands import InputKey
from interact.compiler.codegen.outputs import Long, LongPool, allocate, long_rows
from interact.compiler.codegen.store import KernelStore
from interact.compiler.codegen.table import Columns, Outputs, Table
from interact.compiler.codegen.texts import Texts
from interact.compiler.columnar.batch import Batch, Bitmap, Column, Lane
from interact.compiler.columnar.nodes import Op, OpKind, Plan, SnapshotPlan, input_key
from interact.compiler.core.interpret import Moment
from interact.compiler.source import Span
from interact.stdlib.types import TEXT


@dataclass(frozen=True, slots=True, eq=False)
class Scores:
    """What a channel decides for a batch of ``length`` customers.

    Attributes:
        segments: A bitmap of members for each segment of the channel.
        members: The number of members of each segment.
        wide: In the wide layout, for each zone the rules ``(top, n)`` (int16, -1 for none) and
            their scores ``(top, n)`` (NaN for none), best first; ``n`` is padded to whole blocks.
        long: In the long layout, a row for each offer: the customer's ``row``, ``zone``,
            ``position`` from 1, ``rule``, ``score``; by customer, zone and position.
        failures: For how many customers (or rows of them) each operation had no result.
        masks: In the explained layout, the bitmaps of stages by operation of the plan.
        values: In the explained layout, the scores ``(n,)`` by operation, NaN for null; padded.
        fields: The values of snapshots, null for those who are not in them; padded.
    """

    length: int
    segments: tuple[Bitmap, ...]
    members: tuple[int, ...]
    wide: tuple[tuple[npt.NDArray[np.int16], npt.NDArray[np.float64]], ...]
    long: Mapping[str, npt.NDArray[np.generic]]
    failures: Counter[Span]
    masks: Mapping[int, Bitmap] = field(default_factory=dict)
    values: Mapping[int, npt.NDArray[np.float64]] = field(default_factory=dict)
    fields: tuple[Column, ...] = ()


class Scorer:
    """The compiled form of a channel's plan; several threads may score at once."""

    def __init__(self, plan: Plan, store: KernelStore) -> None:
        self.plan, self._store = plan, store
        self._customers = Table(plan.ops, store)
        self._rows = tuple(Table(rows.ops, store) for rows in plan.rows)
        self._texts = Texts()
        self._long = LongPool()

    @property
    def reads(self) -> frozenset[InputKey]:
        """The columns that the plan reads: ``("", attribute)`` or ``(rows, field)``."""
        return self._customers.reads.union(*(rows.reads for rows in self._rows))

    def score(self, batch: Batch, moment: Moment, top: int, layout: Layout) -> Scores:
        """Decide for every customer of a batch.

        Args:
            batch: Holds at least the columns of ``reads``.
            moment: The decision's own time.
            top: Offers to keep in each zone, 1 to 64.
            layout: How results come.
        """
        table, plan = self._customers, self.plan
        columns: Columns = {k: batch.columns[k[1]] for k in self.reads if k[0] == ""}
        failures: Counter[Span] = Counter()
        texts = self._texts_of(moment)
        for number in range(len(plan.rows)):
            self._fold_rows(number, batch, columns, moment, texts, failures)
        table.prepare(columns, batch.length, texts)
        bound = table.bind(
            columns,
            (layout, top, moment.today),
            lambda storages: bind_plan(plan, storages, moment, top, layout),
        )
        rows = long_rows(batch.length, len(plan.zones) * top)
        long = self._long.take(rows) if layout in LONG_LAYOUTS else {}
        outputs = allocate(bound, batch.length, long)
        machine = table.run(bound, batch.length, columns, outputs, moment, texts)
        try:
            scores = self._collect(machine, batch.length, outputs, long, failures)
            return replace(scores, fields=tuple(self._fields(outputs, columns)))
        finally:
            table.give_back(machine)

    def _texts_of(self, moment: Moment) -> Texts:
        """Return the answers that are remembered; all of them were worked out at one moment."""
        texts = self._texts
        if texts.moment != moment:
            texts = self._texts = Texts(moment)
        return texts

    def _fold_rows(
        self,
        number: int,
        batch: Batch,
        customers: Columns,
        moment: Moment,
        texts: Texts,
        failures: Counter[Span],
    ) -> None:
        """Work out the folds of one ``many`` attribute, and add them to the customers' columns."""
        plan, table = self.plan.rows[number], self._rows[number]
        rows = batch.rows[plan.rows]
        counts = np.diff(rows.offsets)
        length = int(rows.offsets[-1])
        columns: Columns = {
            key: rows.columns[key[1]]
            if key[0] == plan.rows
            else host.repeated(customers[key], batch.length, counts)
            for key in table.reads | table.folds
        }
        table.prepare(columns, length, texts)
        bound = table.bind(
            columns, moment.today, lambda storages: bind_rows(plan, storages, moment)
        )
        outputs = allocate(bound, length, {})
        machine = table.run(bound, length, columns, outputs, moment, texts)
        failures.update(_failures(machine))
        table.give_back(machine)
        folder = Folder(rows.offsets, self._store)
        for index, fold in enumerate(plan.folds):
            text = None if fold.value is None else _text_column(fold.value, plan.ops, columns)
            made = folder.fold(index, fold, outputs, text)
            customers["#fold", str(number), str(index)] = made
            if fold.expr.function == "sum":
                failures[fold.expr.span] += batch.length - _present(made, batch.length)

    def _collect(
        self, machine: Machine, length: int, outputs: Outputs, long: Long, failures: Counter[Span]
    ) -> Scores:
        failures.update(_failures(machine))
        counted = dict(zip(machine.program.counters, machine.counters.tolist(), strict=False))
        segments, zones = range(len(self.plan.segments)), range(len(self.plan.zones))
        return Scores(
            length,
            tuple(outputs[f"segment.{i}"].view(np.uint8) for i in segments),
            tuple(int(counted["segment", i]) for i in segments),
            tuple((outputs[f"rules.{z}"], outputs[f"scores.{z}"]) for z in zones)
            if "rules.0" in outputs
            else (),
            self._long.written(long, machine.rows_written if "long.row" in outputs else 0)
            if long
            else {},
            +failures,
            {op: bits.view(np.uint8) for op, bits in numbered(outputs, MASK)},
            dict(numbered(outputs, SCORE)),
        )

    def _fields(self, outputs: Outputs, columns: Columns) -> Iterator[Column]:
        """Yield the fields of snapshots."""
        plan = self.plan
        for number, found in enumerate(plan.fields if isinstance(plan, SnapshotPlan) else ()):
            has = outputs[f"has.{number}"].view(np.uint8)
            if (data := outputs.get(f"field.{number}")) is not None:
                yield Column(Lane.F64 if data.dtype == np.float64 else Lane.I64, data, has)
            else:
                text = _text_column(found.value, plan.ops, columns)
                assert text is not None
                yield Column(text.lane, text.data, has, text.dictionary)


def _text_column(value: int, ops: tuple[Op, ...], columns: Columns) -> Column | None:
    """Return the column of a fold's operand when that is a text."""
    op = ops[value]
    if op.type != TEXT:
        return None
    return columns["#text", str(value)] if op.kind is OpKind.TEXT else columns[input_key(op)]


def _present(column: Column, length: int) -> int:
    if column.valid is not None:
        return int(host.unpacked(column.valid, length).sum())
    return length - int(np.isnan(column.data).sum()) if column.lane is Lane.F64 else length


def _failures(machine: Machine) -> Counter[Span]:
    """Return what a machine counted of operations without a result."""
    found: Counter[Span] = Counter()
    for what, count in zip(machine.program.counters, machine.counters.tolist(), strict=False):
        if isinstance(what, Span):
            found[what] += count
    return found
