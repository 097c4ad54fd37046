"""A bound program laid out in memory: instructions with the addresses of their operands.

What moves from block to block or changes from run to run (columns, tables, settings) is *dynamic*:
its places among the operands are known, and are filled all at once before a run.
"""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

import numpy as np
import numpy.typing as npt

from interact.compiler.codegen.abi import WORD_ROWS
from interact.compiler.codegen.assembler import LANE_BLOCK_BYTES, MASK_BYTES
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
    Operand,
    Output,
    Parameter,
    Pool,
    Reg,
    Setting,
)
from interact.compiler.codegen.store import KernelStore
from interact.compiler.columnar.batch import Lane
from interact.compiler.columnar.nodes import Plan

Dynamic = Input | Output | Parameter | Setting
Array = npt.NDArray[Any]
Ints = npt.NDArray[np.int64]


class Image:
    """The memory of one machine."""

    def __init__(self, bound: Bound, store: KernelStore) -> None:
        self.bound, self.program = bound, bound.program
        layout = self._reserve()
        self.arena, self.places = Arena.allocate(layout.size), layout.places
        self.dynamic: dict[Dynamic, int] = {}
        self.code, self.ops, self._slots, self._owners = self._assemble(store)
        self._write_constants()
        self._constant_scores = self._write_score_table()
        base = address_of(self.ops)
        self._slot_addresses = base + 8 * self._slots
        self.code_address = address_of(self.code)

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
        for key, storage in program.inputs.items():
            layout.reserve(Input(key, "data"), LANE_BLOCK_BYTES[storage.lane])
            layout.reserve(Input(key, "valid"), MASK_BYTES)
        return layout

    def _assemble(self, store: KernelStore) -> tuple[Ints, Ints, Ints, npt.NDArray[np.intp]]:
        """Return the driver's code, its operands, and where the dynamic ones are and whose."""
        instructions = self.program.instructions
        kernels = link({i.shape for i in instructions}, store)
        operands = [o for i in instructions for o in i.operands]
        ops = np.zeros(len(operands) + 1, np.int64)
        slots: list[int] = []
        owners: list[int] = []
        for at, operand in enumerate(operands):
            if isinstance(operand, Input | Output | Parameter | Setting):
                slots.append(at)
                owners.append(self.dynamic.setdefault(operand, len(self.dynamic)))
            else:
                ops[at] = self._resolve(operand)
        code = np.zeros((len(instructions), 2), np.int64)
        sizes = np.array([0, *(len(i.operands) for i in instructions)], np.int64)
        code[:, 0] = [kernels[i.shape] for i in instructions]
        code[:, 1] = address_of(ops) + 8 * np.cumsum(sizes)[:-1]
        return code, ops, np.array(slots, np.int64), np.array(owners, np.intp)

    def _resolve(self, operand: Operand) -> int:
        match operand:
            case Immediate(value=value):
                return value
            case Constant(value=value, lane=lane):
                return self.address(constant_bytes(value, lane))
            case Pool(values=values):
                return self.address(pool_bytes(values))
            case Counter(number=number):
                return self.address("counters") + 8 * number
            case Buffer(name=name, offset=offset):
                return self.address(Buffer(name)) + offset
            case _:
                return self.address(operand)

    def _write_constants(self) -> None:
        for key, place in self.places.items():
            if isinstance(key, bytes):
                self.arena.data[place : place + len(key)] = np.frombuffer(key, np.uint8)

    def _write_score_table(self) -> npt.NDArray[np.float64]:
        """Write where the exact score of each rule is; return those that are constant."""
        places = self.bound.places
        constants = np.zeros(max(places, default=-1) + 1)
        if not places:
            return constants
        table = self.view(Buffer("score_table"), "i8", 2 * len(constants))
        for rule, place in places.items():
            if place.constant is not None:
                constants[rule] = place.constant
                table[2 * rule] = address_of(constants) + 8 * rule
            else:
                offset = LANE_BLOCK_BYTES[Lane.F64] * place.column
                table[2 * rule] = self.address(Buffer(place.buffer)) + offset
                table[2 * rule + 1] = 8
        return constants

    # -- using ------------------------------------------------------------------------------

    def address(self, what: Hashable) -> int:
        return self.arena.address + self.places[what]

    def has(self, what: Hashable) -> bool:
        return what in self.places

    def view(self, what: Hashable, dtype: npt.DTypeLike, count: int) -> Array:
        return self.arena.view(self.places[what], dtype, count)

    def point(self, addresses: Ints) -> None:
        """Set every dynamic operand; ``addresses`` are in the order of ``dynamic``."""
        self.ops[self._slots] = addresses[self._owners]

    def moves(self, strides: Ints) -> Ints:
        """Return the driver's table of operands that move; ``strides`` are bytes a block."""
        steps = strides[self._owners]
        moving = steps != 0
        return np.stack([self._slot_addresses[moving], steps[moving]], axis=1)

    def write_slots(self, words: int) -> None:
        """Write where the keys of each slot are in blocks of so many words, for the long form."""
        if not self.has(Buffer("slots")):
            return
        plan, top = self.bound.plan, self.bound.top
        assert isinstance(plan, Plan)
        slots = self.view(Buffer("slots"), "i8", 4 * len(plan.zones) * top).reshape(-1, 4)
        table = self.address(Buffer("score_table"))
        for zone in range(len(plan.zones)):
            state = self.address(Buffer(f"state.{zone}"))
            for position in range(top):
                keys = state + 8 * WORD_ROWS * words * position
                slots[zone * top + position] = keys, zone, position + 1, table
