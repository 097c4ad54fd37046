"""Score batches of customers: the compiled form of a channel.

A scorer binds its plan to the columns as they arrive (lanes, nulls, sizes of dictionaries) and to
the day, keeps what it bound, and keeps machines for reuse; several threads may score at once.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from threading import Lock

import numpy as np
import numpy.typing as npt

from interact.compiler.codegen import host
from interact.compiler.codegen.abi import BLOCK_ROWS
from interact.compiler.codegen.folds import Folder
from interact.compiler.codegen.frame import Machine
from interact.compiler.codegen.from_columnar import Bound, Layout, bind_plan, bind_rows
from interact.compiler.codegen.memory import address_of
from interact.compiler.codegen.operands import InputKey, Storage, TextTable
from interact.compiler.codegen.store import KernelStore
from interact.compiler.codegen.texts import (
    Texts,
    byte_table,
    code_set,
    code_step,
    lookup_table,
    present_table,
    value_table,
)
from interact.compiler.columnar.batch import Batch, Bitmap, Column, Lane
from interact.compiler.columnar.nodes import Op, OpKind, Plan, RowsPlan
from interact.compiler.core.interpret import Moment
from interact.compiler.source import Span
from interact.stdlib.types import TEXT

Columns = dict[InputKey, Column]
LONG_TYPES = {"row": "i4", "zone": "u1", "position": "u1", "rule": "i2", "score": "f8"}
HOST_KINDS = (OpKind.TEXT, OpKind.TEXT_TRUTH, OpKind.TEXT_FAILED, OpKind.HASH)
Outputs = dict[str, npt.NDArray[np.generic]]


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
    """

    length: int
    segments: tuple[Bitmap, ...]
    members: tuple[int, ...]
    wide: tuple[tuple[npt.NDArray[np.int16], npt.NDArray[np.float64]], ...]
    long: Mapping[str, npt.NDArray[np.generic]]
    failures: Counter[Span]


@dataclass
class Scorer:
    """The compiled form of a channel's plan."""

    plan: Plan
    store: KernelStore
    _seen: dict[InputKey, Storage] = field(default_factory=dict)
    _bound: dict[object, Bound] = field(default_factory=dict)
    _idle: dict[int, list[Machine]] = field(default_factory=dict)
    _texts: dict[Moment, Texts] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    @property
    def reads(self) -> frozenset[InputKey]:
        """The columns that the plan reads: ``("", attribute)`` or ``(rows, field)``."""
        tables = (self.plan.ops, *(r.ops for r in self.plan.rows))
        return frozenset(key for ops in tables for key in _columns_read(ops))

    def score(self, batch: Batch, moment: Moment, top: int, layout: Layout) -> Scores:
        """Decide for every customer of a batch.

        Args:
            batch: Holds at least the columns of ``reads``.
            moment: The decision's own time.
            top: Offers to keep in each zone, 1 to 64.
            layout: How results come.
        """
        columns: Columns = {("", name): column for name, column in batch.columns.items()}
        failures: Counter[Span] = Counter()
        texts = self._texts_of(moment)
        bound_rows = []
        for number, rows_plan in enumerate(self.plan.rows):
            bound = self._fold_rows(number, rows_plan, batch, columns, moment, texts, failures)
            bound_rows.append(bound)
        self._prepare(self.plan.ops, columns, batch.length, texts)
        storages = self._storages(columns, "")
        key = (layout, top, moment.today, tuple(sorted(storages.items())))
        bound = self._bind(
            key, lambda: bind_plan(self.plan, storages, moment, top, layout, bound_rows)
        )
        outputs = _allocate(bound, batch.length, len(self.plan.zones) * top)
        machine = self._run(bound, batch.length, columns, outputs, moment, texts)
        return self._collect(machine, bound, batch.length, outputs, failures)

    # -- one table of rows ------------------------------------------------------------------

    def _prepare(self, ops: tuple[Op, ...], columns: Columns, length: int, texts: Texts) -> None:
        """Add the columns that the host makes."""
        for index, op in enumerate(ops):
            if op.kind not in HOST_KINDS:
                continue
            inputs = [_input_key(ops[a]) for a in op.args]
            if op.kind in (OpKind.TEXT, OpKind.TEXT_TRUTH, OpKind.TEXT_FAILED):
                single = len(inputs) == 1 and columns[inputs[0]].lane is Lane.CODE
                if not single or (op.kind is OpKind.TEXT and op.type == TEXT):
                    made = host.combined(op, [columns[k] for k in inputs], length, texts)
                    columns["#text", str(index)] = made
                else:
                    sane = (*inputs[0], "#null")
                    if sane not in columns:
                        columns[sane] = host.sane_codes(columns[inputs[0]], length)
            else:
                keys = [columns[k] for k in inputs]
                if any(k.lane is Lane.CODE for k in keys):
                    columns["#hash", str(index)] = host.hashed(str(op.data), keys, length)

    def _storages(self, columns: Columns, table: str) -> dict[InputKey, Storage]:
        """Return how columns arrive, joined with how they arrived before.

        A column that had nulls once is taken to have them, a dictionary to be as large as the
        largest: then a program is bound a few times, not once for each batch.
        """
        return {key: self._storage(table, key, column) for key, column in columns.items()}

    def _storage(self, table: str, key: InputKey, column: Column) -> Storage:
        codes = 0 if column.dictionary is None else code_step(len(column.dictionary))
        with self._lock:
            seen = self._seen.get((table, *key), Storage(column.lane, False, 0))
            now = Storage(
                column.lane,
                column.valid is not None or (seen.has_nulls and seen.lane is column.lane),
                max(codes, seen.codes),
            )
            self._seen[(table, *key)] = now
        return now

    def _bind(self, key: object, make: Callable[[], Bound]) -> Bound:
        with self._lock:
            if key not in self._bound:
                self._bound[key] = make()
            return self._bound[key]

    def _run(
        self,
        bound: Bound,
        length: int,
        columns: Columns,
        outputs: Outputs,
        moment: Moment,
        texts: Texts,
    ) -> Machine:
        """Run a bound program; the machine is the caller's until it is given back."""
        with self._lock:
            idle = self._idle.setdefault(id(bound), [])
            machine = idle.pop() if idle else None
        machine = machine or Machine(bound, self.store)
        machine.counters[:] = 0
        tables = [_table(t, bound.plan.ops, columns, texts) for t in bound.program.tables]
        parameters = {
            t.parameter: made if isinstance(made, int) else address_of(made)
            for t, made in zip(bound.program.tables, tables, strict=True)
        }
        machine.run(length, columns, outputs, parameters, moment.now)
        return machine

    def _give_back(self, machine: Machine) -> None:
        with self._lock:
            self._idle[id(machine.bound)].append(machine)

    def _texts_of(self, moment: Moment) -> Texts:
        with self._lock:
            if moment not in self._texts:
                self._texts.clear()
                self._texts[moment] = Texts(moment)
            return self._texts[moment]

    # -- rows and results -------------------------------------------------------------------

    def _fold_rows(
        self,
        number: int,
        plan: RowsPlan,
        batch: Batch,
        customers: Columns,
        moment: Moment,
        texts: Texts,
        failures: Counter[Span],
    ) -> Bound:
        """Work out the folds of one ``many`` attribute, as columns of customers."""
        rows = batch.rows[plan.rows]
        counts = np.diff(rows.offsets)
        length = int(rows.offsets[-1])
        columns: Columns = {(plan.rows, name): c for name, c in rows.columns.items()}
        for key in _columns_read(plan.ops):
            if key[0] == "":
                columns[key] = host.repeated(customers[key], batch.length, counts)
        self._prepare(plan.ops, columns, length, texts)
        storages = self._storages(columns, plan.rows)
        key = (plan.rows, moment.today, tuple(sorted(storages.items())))
        bound = self._bind(key, lambda: bind_rows(plan, storages, moment))
        outputs = _allocate(bound, length, 0)
        machine = self._run(bound, length, columns, outputs, moment, texts)
        for span, count in _failures(machine):
            failures[span] += count
        self._give_back(machine)
        folder = Folder(rows.offsets, self.store)
        for index, fold in enumerate(plan.folds):
            text = None if fold.value is None else _text_column(fold.value, plan.ops, columns)
            made = folder.fold(index, fold, outputs, text)
            customers["#fold", str(number), str(index)] = made
            if fold.expr.function == "sum":
                lost = batch.length - _present(made, batch.length)
                failures[fold.expr.span] += lost
        return bound

    def _collect(
        self,
        machine: Machine,
        bound: Bound,
        length: int,
        outputs: Outputs,
        failures: Counter[Span],
    ) -> Scores:
        for span, count in _failures(machine):
            failures[span] += count
        counted = dict(zip(bound.program.counters, machine.counters.tolist(), strict=False))
        written = machine.rows_written if "long.row" in outputs else 0
        self._give_back(machine)
        segments = range(len(self.plan.segments))
        zones = range(len(self.plan.zones))
        return Scores(
            length,
            tuple(outputs[f"segment.{i}"].view(np.uint8) for i in segments),
            tuple(int(counted["segment", i]) for i in segments),
            tuple((outputs[f"rules.{z}"], outputs[f"scores.{z}"]) for z in zones)
            if "rules.0" in outputs
            else (),
            {n[5:]: a[:written] for n, a in outputs.items() if n.startswith("long.")},
            +failures,
        )


def _columns_read(ops: tuple[Op, ...]) -> Iterator[InputKey]:
    for op in ops:
        if op.kind is OpKind.COLUMN:
            yield op.data  # type: ignore[misc]


def _input_key(op: Op) -> InputKey:
    """Return the column that a host-made column is made from."""
    if op.kind is OpKind.COLUMN:
        return op.data  # type: ignore[return-value]
    assert isinstance(op.data, tuple)
    return ("#fold", *map(str, op.data))


def _text_column(value: int, ops: tuple[Op, ...], columns: Columns) -> Column | None:
    """Return the column of a fold's operand when that is a text."""
    op = ops[value]
    key = ("#text", str(value)) if op.kind is OpKind.TEXT else _input_key(op)
    column = columns.get(key)
    return column if column is not None and column.lane is Lane.CODE else None


def _present(column: Column, length: int) -> int:
    if column.valid is not None:
        return int(host.unpacked(column.valid, length).sum())
    return length - int(np.isnan(column.data).sum()) if column.lane is Lane.F64 else length


def _failures(machine: Machine) -> Iterator[tuple[Span, int]]:
    for what, count in zip(machine.program.counters, machine.counters.tolist(), strict=False):
        if isinstance(what, Span) and count:
            yield what, int(count)


def _allocate(bound: Bound, length: int, slots: int) -> Outputs:
    """Return arrays for what a program writes, padded to whole blocks."""
    padded = max(1, -(-length // BLOCK_ROWS)) * BLOCK_ROWS
    made: Outputs = {}
    for name, form in bound.program.outputs.items():
        if form == "bits":
            made[name] = np.zeros(padded // 64, np.uint64)
        elif form == "long":
            made[name] = np.empty(length * slots + 64, LONG_TYPES[name[5:]])
        elif name.startswith("value."):
            made[name] = np.empty(padded, form)
        else:
            made[name] = np.empty((bound.top, padded), form)
    return made


def _table(
    table: TextTable, ops: tuple[Op, ...], columns: Columns, texts: Texts
) -> int | npt.NDArray[np.generic]:
    """Return what a program needs to know of a dictionary."""
    op = ops[table.op]
    answers = texts.answers(op, columns[table.column].dictionary or ())
    match table.form:
        case "bits":
            return code_set(answers)
        case "u8":
            return byte_table(answers)
        case "lut":
            return lookup_table(answers, texts.answer(op, (None,)))
        case "present":
            return present_table(answers, texts.answer(op, (None,)))
        case _:
            return value_table(op, answers, texts.answer(op, (None,)))
