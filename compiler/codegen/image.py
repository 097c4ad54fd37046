"""A bound program laid out in memory: instructions with the addresses of their operands.

What moves from block to block or changes from run to run (columns, tables, settings) is *dynamic*:
its places among the operands are known, and are filled all at once before a run.
"""

from __future__ import annotations

from array import array
from collections.abc import Hashable

from interact.compiler.codegen.abi import WORD_ROWS
from interact.compiler.codegen.assembler import block_bytes
from interact.compiler.codegen.from_columnar import Bound
from interact.compiler.codegen.link import link
from interact.compiler.codegen.memory import Arena, Layout, constant_bytes, pool_bytes
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
from interact.compiler.columnar.lanes import Lane
from interact.compiler.columnar.nodes import Plan

Dynamic = Input | Output | Parameter | Setting
_DATA = frozenset({Constant, Pool})
_DYNAMIC = frozenset({Input, Output, Parameter, Setting})
CONSTANT_SCORES = "constant scores"
COUNTERS = "counters"
BYTES = {"i2": 2, "i8": 8, "f8": 8}


class Image:
    """The memory of one machine.

    Attributes:
        dynamic: The dynamic operands, numbered in order.
        slots: Where dynamic operands are among ``ops``; ``owners`` has whose each is.
    """

    def __init__(self, bound: Bound, store: KernelStore, output_rows: int = 0) -> None:
        """Lay out a program, with outputs of its own when they have ``output_rows``."""
        self.bound, self.program = bound, bound.program
        self._data: dict[int, bytes] = {}
        layout = self._reserve(output_rows)
        self.arena, self.places = Arena(layout.size), layout.places
        self._registers = [self.address(Reg(n)) for n in range(len(self.program.registers))]
        self.dynamic: dict[Dynamic, int] = {}
        self.slots, self.owners = array("q"), array("q")
        self.ops = self._resolved()
        self.code = self._code(store)
        self._write_constants()
        self._write_score_table()

    # -- building ---------------------------------------------------------------------------

    def _reserve(self, output_rows: int) -> Layout:
        layout, program = Layout(), self.program
        for number, size in enumerate(program.registers):
            layout.reserve(Reg(number), size)
        for name, size in program.buffers.items():
            layout.reserve(Buffer(name), size)
        words = program.words
        layout.reserve(Buffer("live"), 8 * words)
        layout.reserve(COUNTERS, 8 * max(1, len(program.counters)))
        layout.reserve(CONSTANT_SCORES, 8 * (max(self.bound.places, default=0) + 1))
        for instruction in program.instructions:
            for operand in instruction.operands:
                if operand.__class__ in _DATA:
                    self._data[id(operand)] = found = _data_bytes(operand)
                    layout.reserve(found, len(found) or 8)
        for key, storage in program.inputs.items():
            layout.reserve(Input(key, "data"), block_bytes(storage.lane, words))
            layout.reserve(Input(key, "valid"), 8 * words)
        if output_rows:
            for name, form in program.outputs.items():
                size = 8 * words if form == "bits" else BYTES[form] * output_rows * self.bound.top
                layout.reserve(Output(name), size)
        return layout

    def _resolved(self) -> array[int]:
        """Return all operands of all instructions, the dynamic ones still 0."""
        ops, known = array("q"), dict[int, int]()
        for instruction in self.program.instructions:
            for operand in instruction.operands:
                if operand.__class__ in _DYNAMIC:
                    self.slots.append(len(ops))
                    self.owners.append(self.dynamic.setdefault(operand, len(self.dynamic)))  # type: ignore[arg-type]
                    ops.append(0)
                    continue
                # By identity: 0.0 and -0.0 are equal.
                if (address := known.get(id(operand))) is None:
                    address = known[id(operand)] = self._resolve(operand)
                ops.append(address)
        ops.append(0)
        return ops

    def _code(self, store: KernelStore) -> array[int]:
        """Return the driver's table: for each instruction its kernel and its operands' address."""
        instructions = self.program.instructions
        kernels = link({i.shape for i in instructions}, store)
        at = self.ops.buffer_info()[0]
        code = array("q")
        for instruction in instructions:
            code.extend((kernels[instruction.shape], at))
            at += 8 * len(instruction.operands)
        return code

    def _resolve(self, operand: Operand) -> int:
        match operand:
            case Reg(number=number):
                return self._registers[number]
            case Immediate(value=value):
                return value
            case Constant() | Pool():
                return self.address(self._data[id(operand)])
            case Counter(number=number):
                return self.address(COUNTERS) + 8 * number
            case Buffer(name=name, offset=offset):
                return self.address(Buffer(name)) + offset
            case _:
                return self.address(operand)

    def _write_constants(self) -> None:
        for key, place in self.places.items():
            if isinstance(key, bytes):
                self.arena.bytes[place : place + len(key)] = key

    def _write_score_table(self) -> None:
        """Write where the exact score of each rule is, and those that are constant."""
        if not self.bound.places:
            return
        ints, table = self.arena.ints, self.places[Buffer("score_table")] // 8
        constants = self.places[CONSTANT_SCORES] // 8
        for rule, place in self.bound.places.items():
            if place.constant is not None:
                self.arena.floats[constants + rule] = place.constant
                ints[table + 2 * rule] = self.address(CONSTANT_SCORES) + 8 * rule
            else:
                offset = block_bytes(Lane.F64, self.program.words) * place.column
                ints[table + 2 * rule] = self.address(Buffer(place.buffer)) + offset
                ints[table + 2 * rule + 1] = 8

    # -- using ------------------------------------------------------------------------------

    def address(self, what: Hashable) -> int:
        return self.arena.address + self.places[what]

    def has(self, what: Hashable) -> bool:
        return what in self.places

    def word(self, what: Hashable) -> int:
        """Return the place of something among the arena's 64-bit words."""
        return self.places[what] // 8

    def write_slots(self, words: int) -> None:
        """Write where the keys of each slot are in blocks of so many words, for the long form."""
        if not self.has(Buffer("slots")):
            return
        plan, top = self.bound.plan, self.bound.top
        assert isinstance(plan, Plan)
        at, table = self.word(Buffer("slots")), self.address(Buffer("score_table"))
        for zone in range(len(plan.zones)):
            state = self.address(Buffer(f"state.{zone}"))
            for position in range(top):
                slot = (state + 8 * WORD_ROWS * words * position, zone, position + 1, table)
                self.arena.ints[at : at + 4] = array("q", slot)
                at += 4


def _data_bytes(operand: Operand) -> bytes:
    if isinstance(operand, Pool):
        return pool_bytes(operand.values)
    assert isinstance(operand, Constant)
    return constant_bytes(operand.value, operand.lane)
