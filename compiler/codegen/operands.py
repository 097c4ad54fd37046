"""What instructions refer to, before there are addresses."""

from __future__ import annotations

from typing import TypeAlias

from interact.compiler.codegen.abi import Shape
from interact.compiler.columnar.lanes import Lane
from interact.stdlib.records import record

InputKey: TypeAlias = tuple[str, ...]
"""A column to read: ``("", "age")``, ``("accounts", "balance")``, or one that the host makes."""


@record
class Reg:
    """A block of scratch memory, written once and reused after its last use."""

    number: int


@record
class Buffer:
    """Scratch memory that lives as long as the machine: top-k states, candidate lists."""

    name: str
    offset: int = 0
    """Bytes from its start."""


@record
class Input:
    """The data or the validity bits of a column; moves from block to block."""

    key: InputKey
    part: str
    """``data`` or ``valid``."""


@record
class Output:
    """A column that the program writes; moves from block to block."""

    name: str


@record
class Constant:
    """The address of a constant, stored in a lane's form."""

    value: int | float
    lane: Lane


@record
class Pool:
    """The address of several float constants, one after the other."""

    values: tuple[float, ...]


@record
class Immediate:
    """A number that is itself the operand."""

    value: int


@record
class Parameter:
    """The address of a table that the host makes for each batch's dictionary."""

    number: int


@record
class Setting:
    """A number that is set for each run, such as the rows of an output column."""

    name: str


@record
class Counter:
    """The address of a counter, which the program adds to."""

    number: int


Operand: TypeAlias = (
    Reg | Buffer | Input | Output | Constant | Pool | Immediate | Parameter | Setting | Counter
)


@record
class Instruction:
    """A kernel and its operands, in the order of the shape table."""

    shape: Shape
    operands: tuple[Operand, ...]


@record
class Storage:
    """How an input column arrives: its lane, and whether validity bits come with it."""

    lane: Lane
    has_nulls: bool
    codes: int = 0
    """For texts: at least the number of distinct ones, in the steps of ``texts.CODE_STEPS``;
    0 when there is no dictionary, and the host answers for each row."""


@record
class Value:
    """Where a value lies.

    ``valid`` masks the rows that are not null; None means that none is, or, in the lane ``f64``,
    that nulls are NaN. A constant has its value in ``constant`` and no data.
    """

    lane: Lane
    data: Operand
    valid: Operand | None = None
    constant: int | float | None = None


@record
class TextTable:
    """A table over the dictionary of one column, made by the host for each dictionary.

    ``op`` is the plan's operation; ``form`` says what the parameter points to: ``u8`` (128 bytes
    by code), ``lut`` (bytes by code + 1), ``values`` (8-byte
    values by code + 1), ``present`` (bytes by code + 1: whether the value is not null).
    """

    op: int
    column: InputKey
    form: str
    parameter: int


@record
class Program:
    """Instructions for one block, with all that a machine needs to run them.

    Attributes:
        words: Of a block, at most.
        registers: Bytes of each register.
        buffers: Bytes of each buffer.
        inputs: The columns read, and how they must arrive.
        outputs: The form of each output: ``bits``, a numpy type, or ``long`` for a column that
            does not move from block to block, since it has a cursor.
        tables: Tables that the host makes from dictionaries.
        counters: What each counter counts, in order.
    """

    words: int
    instructions: tuple[Instruction, ...]
    registers: tuple[int, ...]
    buffers: dict[str, int]
    inputs: dict[InputKey, Storage]
    outputs: dict[str, str]
    tables: tuple[TextTable, ...]
    parameters: int
    counters: tuple[object, ...]
