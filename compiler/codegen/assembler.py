"""Collect instructions, then lay their scratch memory out tightly."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from interact.compiler.codegen.abi import BLOCK_WORDS, LANE_BYTES, WORD_ROWS
from interact.compiler.codegen.operands import (
    Buffer,
    Counter,
    Input,
    InputKey,
    Instruction,
    Operand,
    Output,
    Parameter,
    Program,
    Reg,
    Storage,
    TextTable,
)
from interact.compiler.codegen.schedule import fetch_ahead, tests_first
from interact.compiler.columnar.lanes import Lane

_WORD_BYTES = {
    Lane.BITS: 8,
    Lane.I32: LANE_BYTES["i32"] * WORD_ROWS,
    Lane.CODE: LANE_BYTES["i32"] * WORD_ROWS,
    Lane.I64: LANE_BYTES["i64"] * WORD_ROWS,
    Lane.F64: LANE_BYTES["f64"] * WORD_ROWS,
}


def block_bytes(lane: Lane, words: int) -> int:
    """Return the bytes of a block of so many words of rows.

    >>> block_bytes(Lane.F64, 16), block_bytes(Lane.BITS, 1)
    (8192, 8)
    """
    return _WORD_BYTES[lane] * words


@dataclass
class Assembler:
    """Instructions so far, and the memory that they name, for blocks of ``words``."""

    words: int = BLOCK_WORDS
    instructions: list[Instruction] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    buffers: dict[str, int] = field(default_factory=dict)
    inputs: dict[InputKey, Storage] = field(default_factory=dict)
    outputs: dict[str, str] = field(default_factory=dict)
    tables: list[TextTable] = field(default_factory=list)
    counters: list[object] = field(default_factory=list)

    def emit(self, shape: str, *operands: Operand) -> None:
        self.instructions.append(Instruction(shape, operands))

    def register(self, lane: Lane) -> Reg:
        """Return new scratch memory for one block of a lane."""
        return self.scratch(block_bytes(lane, self.words))

    def scratch(self, size: int) -> Reg:
        self.sizes.append(size)
        return Reg(len(self.sizes) - 1)

    @property
    def rows(self) -> int:
        """The rows of a block."""
        return WORD_ROWS * self.words

    @property
    def mask_bytes(self) -> int:
        return 8 * self.words

    def buffer(self, name: str, size: int) -> Buffer:
        self.buffers[name] = max(size, self.buffers.get(name, 0))
        return Buffer(name)

    def score_column(self, name: str, column: int) -> Buffer:
        """Return the place of the exact scores of one rule in its zone's score buffer."""
        size = block_bytes(Lane.F64, self.words)
        self.buffer(name, size * (column + 1))
        return Buffer(name, size * column)

    def input(self, key: InputKey, column: Storage, part: str = "data") -> Input:
        self.inputs[key] = column
        return Input(key, part)

    def output(self, name: str, form: str) -> Output:
        """Return a new output: ``bits``, a numpy type, or ``long`` for a column with a cursor."""
        self.outputs[name] = form
        return Output(name)

    def table(self, op: int, column: InputKey, form: str) -> Parameter:
        """Return the parameter that will hold a table over a column's dictionary."""
        parameter = len(self.tables)
        self.tables.append(TextTable(op, column, form, parameter))
        return Parameter(parameter)

    def counter(self, what: object) -> Counter:
        self.counters.append(what)
        return Counter(len(self.counters) - 1)

    def finish(self, *, many_blocks: bool) -> Program:
        """Return the program, scheduled, with registers shared between values that never meet.

        ``many_blocks`` says that it will run over long columns, whose next block is fetched ahead.
        """
        scheduled = tests_first(self.instructions)
        places, registers = _share_registers(scheduled, self.sizes)
        if many_blocks:
            scheduled = fetch_ahead(scheduled, self._block_bytes(scheduled))
        shared = [Reg(place) for place in range(len(registers))]
        instructions = tuple([_placed(i, places, shared) for i in scheduled])
        return Program(
            self.words,
            instructions,
            tuple(registers),
            self.buffers,
            self.inputs,
            self.outputs,
            tuple(self.tables),
            len(self.tables),
            tuple(self.counters),
        )

    def _block_bytes(self, instructions: Sequence[Instruction]) -> dict[Input, int]:
        """Return the bytes of a block of every column that is read, in order of first use."""
        read = (o for i in instructions for o in i.operands if isinstance(o, Input))
        return {
            o: block_bytes(self.inputs[o.key].lane if o.part == "data" else Lane.BITS, self.words)
            for o in read
        }


def _placed(instruction: Instruction, places: Sequence[int], shared: Sequence[Reg]) -> Instruction:
    operands = instruction.operands
    if Reg not in map(type, operands):
        return instruction
    moved = [shared[places[o.number]] if isinstance(o, Reg) else o for o in operands]
    return Instruction(instruction.shape, tuple(moved))


def _share_registers(
    instructions: Sequence[Instruction], sizes: Sequence[int]
) -> tuple[list[int], list[int]]:
    """Return the place of each register and the size of each place.

    A register's place is free again after the last instruction that names it, so that what a
    block needs stays in the first-level cache however many rules there are.
    """
    uses = [_registers(i) for i in instructions]
    last = {number: at for at, named in enumerate(uses) for number in named}
    places = [-1] * len(sizes)
    kept: list[int] = []
    free: defaultdict[int, list[int]] = defaultdict(list)
    for at, named in enumerate(uses):
        for number in named:
            if places[number] < 0:
                places[number] = _take(sizes[number], free, kept)
        for number in named:
            if last[number] == at:
                free[sizes[number]].append(places[number])
    return places, kept


def _take(size: int, free: defaultdict[int, list[int]], kept: list[int]) -> int:
    if free[size]:
        return free[size].pop()
    kept.append(size)
    return len(kept) - 1


def _registers(instruction: Instruction) -> list[int]:
    """Return the registers that an instruction names, each once, in order of number."""
    named = [o.number for o in instruction.operands if isinstance(o, Reg)]
    return sorted(set(named)) if len(named) > 1 else named
