"""A machine: a bound program with memory of its own, which one thread runs at a time.

Columns are read where they are. The rows after the last whole block are copied to staged blocks,
which are padded, and run as one shorter block; a mask of the rows that exist keeps the padding out
of every result.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from math import nan

import numpy as np
import numpy.typing as npt

from interact.compiler.codegen.abi import BLOCK_ROWS, BLOCK_WORDS, WORD_ROWS
from interact.compiler.codegen.assembler import LANE_BLOCK_BYTES, MASK_BYTES
from interact.compiler.codegen.driver import driver
from interact.compiler.codegen.from_columnar import Bound
from interact.compiler.codegen.link import link
from interact.compiler.codegen.memory import (
    Arena,
    Layout,
    address_of,
    constant_bytes,
    pool_bytes,
)
from interact.compiler.codegen.operands import (
    Buffer,
    Constant,
    Counter,
    Immediate,
    Input,
    InputKey,
    Operand,
    Output,
    Parameter,
    Pool,
    Reg,
    Setting,
)
from interact.compiler.codegen.store import KernelStore
from interact.compiler.columnar.batch import Bitmap, Column, Lane, Values
from interact.stdlib.types import Value

Outputs = Mapping[str, npt.NDArray[np.generic]]
Dynamic = Input | Output | Parameter | Setting


class Machine:
    """Runs a bound program. ``counters`` holds what was counted since they were last zeroed."""

    def __init__(self, bound: Bound, store: KernelStore) -> None:
        self.bound, self.program = bound, bound.program
        self._drive = driver(store)
        self._slots: defaultdict[Dynamic, list[int]] = defaultdict(list)
        layout = self._reserve()
        self._arena = Arena.allocate(layout.size)
        self._places = layout.places
        self._code, self._ops = self._assemble(store)
        self.counters = self._view("counters", np.int64, max(1, len(self.program.counters)))
        self._live = self._view(Buffer("live"), np.uint64, BLOCK_WORDS)
        self._live[:] = np.uint64(2**64 - 1)
        has_now = Buffer("now") in self._places
        self._now = self._view(Buffer("now"), np.int64, 1) if has_now else None
        self._fill_score_table()

    # -- building ---------------------------------------------------------------------------

    def _reserve(self) -> Layout:
        layout, program = Layout(), self.program
        for number, size in enumerate(program.registers):
            layout.reserve(Reg(number), size)
        for name, size in program.buffers.items():
            layout.reserve(Buffer(name), size)
        layout.reserve(Buffer("live"), MASK_BYTES)
        layout.reserve("counters", 8 * max(1, len(program.counters)))
        for instruction in program.instructions:
            for operand in instruction.operands:
                if isinstance(operand, Constant):
                    layout.reserve(constant_bytes(operand.value, operand.lane), 8)
                elif isinstance(operand, Pool):
                    layout.reserve(pool_bytes(operand.values), 8 * len(operand.values) or 8)
        for key, column in program.inputs.items():
            layout.reserve(Input(key, "data"), LANE_BLOCK_BYTES[column.lane])
            layout.reserve(Input(key, "valid"), MASK_BYTES)
        return layout

    def _assemble(self, store: KernelStore) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """Return the driver's code, and the operands that it points into."""
        instructions = self.program.instructions
        kernels = link({i.shape for i in instructions}, store)
        ops = np.zeros(sum(len(i.operands) for i in instructions) + 1, np.int64)
        code = np.zeros(2 * len(instructions), np.int64)
        base, at = address_of(ops), 0
        for number, instruction in enumerate(instructions):
            code[2 * number : 2 * number + 2] = kernels[instruction.shape], base + 8 * at
            for operand in instruction.operands:
                if isinstance(operand, Input | Output | Parameter | Setting):
                    self._slots[operand].append(at)
                else:
                    ops[at] = self._resolve(operand)
                at += 1
        for key, place in self._places.items():
            if isinstance(key, bytes):
                self._arena.data[place : place + len(key)] = np.frombuffer(key, np.uint8)
        return code, ops

    def _resolve(self, operand: Operand) -> int:
        match operand:
            case Immediate(value=value):
                return value
            case Constant(value=value, lane=lane):
                return self._address(constant_bytes(value, lane))
            case Pool(values=values):
                return self._address(pool_bytes(values))
            case Counter(number=number):
                return self._address("counters") + 8 * number
            case Buffer(name=name, offset=offset):
                return self._address(Buffer(name)) + offset
            case _:
                return self._address(operand)

    def _address(self, what: object) -> int:
        return self._arena.address + self._places[what]  # type: ignore[index]

    def _view(self, what: object, dtype: npt.DTypeLike, count: int) -> npt.NDArray[np.generic]:
        return self._arena.view(self._places[what], dtype, count)  # type: ignore[index]

    def _fill_score_table(self) -> None:
        """Write where the exact score of each rule is."""
        if not self.bound.places:
            return
        table = self._view(Buffer("score_table"), np.int64, 2 * (max(self.bound.places) + 1))
        constants = np.zeros(len(table) // 2)
        self._constants = constants
        for rule, place in self.bound.places.items():
            if place.constant is not None:
                constants[rule] = place.constant
                table[2 * rule] = address_of(constants) + 8 * rule
            else:
                size = LANE_BLOCK_BYTES[Lane.F64]
                table[2 * rule] = self._address(Buffer(place.buffer)) + size * place.column
                table[2 * rule + 1] = 8

    def _fill_slots(self, words: int) -> None:
        """Write where the keys of each slot are in a block of so many words, for the long form."""
        if Buffer("slots") not in self._places:
            return
        zones, top = len(self.bound.plan.zones), self.bound.top  # type: ignore[union-attr]
        slots = self._view(Buffer("slots"), np.int64, 4 * zones * top)
        for zone in range(zones):
            for position in range(top):
                at = 4 * (zone * top + position)
                slots[at : at + 4] = (
                    self._address(Buffer(f"state.{zone}")) + 8 * WORD_ROWS * words * position,
                    zone,
                    position + 1,
                    self._address(Buffer("score_table")),
                )

    # -- running ----------------------------------------------------------------------------

    def run(
        self,
        length: int,
        columns: Mapping[InputKey, Column],
        outputs: Outputs,
        parameters: Mapping[int, int],
        now: int,
    ) -> None:
        """Run the program over ``length`` rows.

        ``outputs`` are padded to whole blocks. ``parameters`` gives each parameter its address or
        immediate. Releases the GIL.
        """
        if self._now is not None:
            self._now[0] = now
        for name in ("cursor", "first_row"):
            if Buffer(name) in self._places:
                self._view(Buffer(name), np.int64, 1)[0] = 0
        for number, value in parameters.items():
            self._set(Parameter(number), value)
        whole, rest = divmod(length, BLOCK_ROWS)
        self._bind_outputs(outputs)
        if whole:
            moves = self._moves(columns, outputs)
            self._call(moves, whole, BLOCK_WORDS)
        if rest:
            self._run_rest(whole, rest, columns, outputs)

    # -- one row ----------------------------------------------------------------------------

    def prepare_row(self, outputs: Outputs) -> None:
        """Point every operand at a staged block, for runs over one row that ``cells`` fill."""
        for key in self.program.inputs:
            for part in ("data", "valid"):
                self._set(Input(key, part), self._address(Input(key, part)))
        self._bind_outputs(outputs)
        self._set_live(1)

    def cells(self, keys: Iterable[InputKey]) -> list[tuple[InputKey, Callable[[Value], None]]]:
        """Return a function for each input that writes its value for the row; None is null."""
        ints = memoryview(self._arena.data).cast("q")
        floats = memoryview(self._arena.data).cast("d")
        return [(key, self._cell(key, ints, floats)) for key in keys]

    def _cell(
        self, key: InputKey, ints: memoryview, floats: memoryview
    ) -> Callable[[Value], None]:
        at = self._places[Input(key, "data")] // 8
        valid = self._places[Input(key, "valid")] // 8
        storage = self.program.inputs[key]

        def write_float(value: Value) -> None:
            floats[at] = nan if value is None else value

        def write_int(value: Value) -> None:
            if value is None:
                ints[valid] = 0
            else:
                ints[at] = value
                ints[valid] = 1

        def write_text(value: Value) -> None:
            ints[valid] = value is not None

        if storage.lane is Lane.F64:
            return write_float
        return write_text if storage.lane is Lane.CODE else write_int

    def run_row(self, now: int) -> None:
        """Run the program over the row that the cells hold."""
        if self._now is not None:
            self._now[0] = now
        code = self._code
        self._drive(address_of(code), len(code) // 2, 0, 0, 1, 1)

    @property
    def rows_written(self) -> int:
        """Rows that the last run appended in the long form."""
        return int(self._view(Buffer("cursor"), np.int64, 1)[0])

    def _run_rest(
        self, whole: int, rest: int, columns: Mapping[InputKey, Column], outputs: Outputs
    ) -> None:
        for key, storage in self.program.inputs.items():
            column = columns[key]
            self._stage(Input(key, "data"), column.data, storage.lane, whole, rest)
            if column.valid is not None:
                self._stage(Input(key, "valid"), column.valid, Lane.BITS, whole, rest)
            elif Input(key, "valid") in self._slots:
                self._view(Input(key, "valid"), np.uint8, MASK_BYTES)[:] = 255
                self._set(Input(key, "valid"), self._address(Input(key, "valid")))
        for name, array in outputs.items():
            self._set(Output(name), address_of(array) + whole * self._block_bytes(name))
        words = -(-rest // WORD_ROWS)
        self._set_live(rest)
        self._call([], 1, words)
        self._set_live(BLOCK_ROWS)

    def _stage(
        self, place: Input, data: Values | Bitmap, lane: Lane, whole: int, rest: int
    ) -> None:
        """Copy the rows after the last whole block to the staged block of an input."""
        if lane is Lane.BITS:
            part = data[whole * BLOCK_ROWS // 8 :][: -(-rest // 8)].view(np.uint8)
            self._view(place, np.uint8, len(part))[:] = part
        else:
            part = data[whole * BLOCK_ROWS :][:rest]
            self._view(place, lane.dtype, len(part))[:] = part
        self._set(place, self._address(place))

    def _set_live(self, rows: int) -> None:
        bits = np.zeros(BLOCK_ROWS, np.uint8)
        bits[:rows] = 1
        self._live[:] = np.packbits(bits, bitorder="little").view(np.uint64)

    def _bind_outputs(self, outputs: Outputs) -> None:
        for name, array in outputs.items():
            self._set(Output(name), address_of(array))
            if array.ndim == 2:
                self._set(Setting("stride"), array.shape[-1])

    def _moves(self, columns: Mapping[InputKey, Column], outputs: Outputs) -> list[tuple[int, int]]:
        """Point the inputs at their columns; return how operands move from block to block."""
        moves: list[tuple[int, int]] = []
        for key, storage in self.program.inputs.items():
            column = columns[key]
            moves += self._point(Input(key, "data"), column.data, LANE_BLOCK_BYTES[storage.lane])
            if column.valid is not None:
                moves += self._point(Input(key, "valid"), column.valid, MASK_BYTES)
            elif Input(key, "valid") in self._slots:
                self._view(Input(key, "valid"), np.uint8, MASK_BYTES)[:] = 255
                self._set(Input(key, "valid"), self._address(Input(key, "valid")))
        for name in outputs:
            moves += [(at, self._block_bytes(name)) for at in self._slots[Output(name)]]
        return [(at, stride) for at, stride in moves if stride]

    def _block_bytes(self, name: str) -> int:
        """Bytes by which an output moves from block to block."""
        form = self.program.outputs[name]
        if form == "long":
            return 0
        return MASK_BYTES if form == "bits" else np.dtype(form).itemsize * BLOCK_ROWS

    def _point(
        self, operand: Dynamic, array: Values | Bitmap, stride: int
    ) -> list[tuple[int, int]]:
        self._set(operand, address_of(array))
        return [(at, stride) for at in self._slots[operand]]

    def _set(self, operand: Dynamic, value: int) -> None:
        for at in self._slots.get(operand, ()):
            self._ops[at] = value

    def _call(self, moves: list[tuple[int, int]], blocks: int, words: int) -> None:
        self._fill_slots(words)
        base = address_of(self._ops)
        table = np.array([(base + 8 * at, stride) for at, stride in moves], np.int64)
        count = len(self.program.instructions)
        self._drive(address_of(self._code), count, address_of(table), len(moves), blocks, words)
