"""The order of instructions: tests of columns first, column by column, the next block fetched.

What decides how fast a block goes is memory: a column that several tests read should be read
while it is in the first-level cache, and the next block should be on its way before it is needed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from interact.compiler.codegen.operands import (
    Immediate,
    Input,
    InputKey,
    Instruction,
    Reg,
)

CHUNK = 1024
"""Bytes that one prefetch instruction asks for: sixteen cache lines."""
_TESTS = ("cmp.", "in.", "u8.")


def tests_first(instructions: Sequence[Instruction]) -> list[Instruction]:
    """Move the tests of input columns to the front, those of one column together.

    Each of them writes its last operand and reads only columns, constants and tables, or codes
    narrowed by another, so the order among them is free but for that.
    """
    column: dict[Reg, InputKey] = {}
    front: list[tuple[InputKey, Instruction]] = []
    rest: list[Instruction] = []
    for instruction in instructions:
        key = _column_tested(instruction, column)
        if key is None:
            rest.append(instruction)
        else:
            front.append((key, instruction))
    front.sort(key=lambda pair: pair[0])
    return [instruction for _, instruction in front] + rest


def _column_tested(instruction: Instruction, column: dict[Reg, InputKey]) -> InputKey | None:
    """Return the column that an instruction tests, None when it is no such test."""
    if not instruction.shape.startswith(_TESTS):
        return None
    *read, out = instruction.operands
    inputs = [o for o in read if isinstance(o, Input)]
    registers = [o for o in read if isinstance(o, Reg)]
    if any(r not in column for r in registers):
        return None
    keys = [i.key for i in inputs] + [column[r] for r in registers]
    if not keys or not isinstance(out, Reg):
        return None
    if instruction.shape.startswith("u8."):
        column[out] = keys[0]
    return keys[0]


def fetch_ahead(
    instructions: Sequence[Instruction], block_bytes: Mapping[Input, int]
) -> list[Instruction]:
    """Spread requests for the next block of every column evenly over the instructions."""
    fetches = list(_fetches(block_bytes))
    scheduled: list[Instruction] = []
    done = 0
    for position, instruction in enumerate(instructions, start=1):
        scheduled.append(instruction)
        due = len(fetches) * position // len(instructions)
        scheduled += fetches[done:due]
        done = due
    return scheduled


def _fetches(block_bytes: Mapping[Input, int]) -> Iterator[Instruction]:
    for column, size in block_bytes.items():
        for first in range(size, 2 * size, CHUNK):
            last = min(first + CHUNK, 2 * size)
            yield Instruction("prefetch", (column, Immediate(first), Immediate(last)))
