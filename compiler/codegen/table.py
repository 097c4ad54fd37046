"""One table of rows of a plan, customers or ``many`` rows: what is kept from batch to batch.

A program is bound to columns as they arrive (lanes, nulls, sizes of dictionaries) and to the day;
machines are kept for reuse, one for each thread that runs at the same time.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Mapping
from threading import Lock
from typing import Any

import numpy.typing as npt

from interact.compiler.codegen import host
from interact.compiler.codegen.frame import Machine
from interact.compiler.codegen.from_columnar import Bound
from interact.compiler.codegen.native import address_of
from interact.compiler.codegen.operands import InputKey, Storage, TextTable
from interact.compiler.codegen.store import KernelStore
from interact.compiler.codegen.text_tables import made_table
from interact.compiler.codegen.texts import Texts, code_step
from interact.compiler.columnar.batch import Column, Lane
from interact.compiler.columnar.nodes import TEXT_KINDS, Op, OpKind, input_key
from interact.compiler.core.interpret import Moment
from interact.stdlib.types import TEXT

Columns = dict[InputKey, Column]
Outputs = dict[str, npt.NDArray[Any]]
Made = npt.NDArray[Any]
FOLD_KINDS = (OpKind.FOLD, OpKind.FOLD_TRUTH)


class Table:
    """The operations of a table, with the programs bound for them."""

    def __init__(self, ops: tuple[Op, ...], store: KernelStore) -> None:
        self.ops, self._store = ops, store
        self.reads = frozenset(input_key(op) for op in ops if op.kind is OpKind.COLUMN)
        self.folds = frozenset(input_key(op) for op in ops if op.kind in FOLD_KINDS)
        self._host = tuple(_host_ops(ops))
        self._seen: dict[InputKey, Storage] = {}
        self._bound: dict[Hashable, Bound] = {}
        self._idle: defaultdict[int, list[Machine]] = defaultdict(list)
        self._made: dict[tuple[int, int], tuple[tuple[str, ...], Texts, Made]] = {}
        self._lock = Lock()

    def prepare(self, columns: Columns, length: int, texts: Texts) -> None:
        """Add to ``columns`` those that the host makes of others."""
        for index, op, inputs in self._host:
            if op.kind is OpKind.HASH:
                keys = [columns[k] for k in inputs]
                if any(k.lane is Lane.CODE for k in keys):
                    columns["#hash", str(index)] = host.hashed(
                        op.data.on(texts.moment.today), keys, length, self._store
                    )
            elif len(inputs) == 1 and columns[inputs[0]].lane is Lane.CODE and op.type != TEXT:
                sane = (*inputs[0], "#null")
                if sane not in columns:
                    columns[sane] = host.sane_codes(columns[inputs[0]], length)
            else:
                found = [columns[k] for k in inputs]
                columns["#text", str(index)] = host.combined(op, found, length, texts)

    def bind(
        self,
        columns: Columns,
        how: Hashable,
        make: Callable[[Mapping[InputKey, Storage]], Bound],
    ) -> Bound:
        """Return the program for columns that arrive so; ``how`` is all else that it depends on.

        A column that had nulls once is taken to have them, a dictionary to be as large as the
        largest: then a table is bound a few times, not once for each batch.
        """
        with self._lock:
            storages = {key: self._storage(key, column) for key, column in columns.items()}
            key = (how, *storages.items())
            if key not in self._bound:
                self._bound[key] = make(storages)
            return self._bound[key]

    def _storage(self, key: InputKey, column: Column) -> Storage:
        assert column.data.flags.c_contiguous, key
        codes = 0 if column.dictionary is None else code_step(len(column.dictionary))
        nulls = column.valid is not None
        seen = self._seen.get(key)
        if seen is None or seen.lane is not column.lane:
            seen = Storage(column.lane, nulls, codes)
        elif (nulls and not seen.has_nulls) or codes > seen.codes:
            seen = Storage(column.lane, nulls or seen.has_nulls, max(codes, seen.codes))
        self._seen[key] = seen
        return seen

    def run(
        self,
        bound: Bound,
        length: int,
        columns: Columns,
        outputs: Outputs,
        moment: Moment,
        texts: Texts,
    ) -> Machine:
        """Run a bound program; the machine is the caller's until ``give_back``."""
        with self._lock:
            idle = self._idle[id(bound)]
            machine = idle.pop() if idle else None
        machine = machine or Machine(bound, self._store)
        machine.counters[:] = 0
        tables = [self._table(bound, t, columns, texts) for t in bound.program.tables]
        parameters = [address_of(made) for made in tables]
        machine.run(length, columns, outputs, parameters, moment.now)
        return machine

    def give_back(self, machine: Machine) -> None:
        with self._lock:
            self._idle[id(machine.bound)].append(machine)

    def _table(self, bound: Bound, table: TextTable, columns: Columns, texts: Texts) -> Made:
        """Return what a program needs to know of a dictionary; made again when that changes."""
        dictionary = columns[table.column].dictionary or ()
        place = (id(bound), table.parameter)
        known = self._made.get(place)
        if known is not None and known[0] is dictionary and known[1] is texts:
            return known[2]
        made = made_table(self.ops[table.op], table.form, dictionary, texts)
        self._made[place] = (dictionary, texts, made)
        return made


def _host_ops(ops: tuple[Op, ...]) -> Iterator[tuple[int, Op, tuple[InputKey, ...]]]:
    for index, op in enumerate(ops):
        if op.kind in TEXT_KINDS or op.kind is OpKind.HASH:
            yield index, op, tuple(input_key(ops[a]) for a in op.args)
