"""A machine: a bound program with memory of its own, which one thread runs at a time.

Columns are read where they are. The rows after the last whole block are copied to staged blocks,
which are padded, and run as one shorter block; a mask of the rows that exist keeps the padding out
of every result.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from interact.compiler.codegen.abi import BLOCK_ROWS, BLOCK_WORDS, WORD_ROWS
from interact.compiler.codegen.assembler import block_bytes
from interact.compiler.codegen.driver import driver
from interact.compiler.codegen.from_columnar import Bound
from interact.compiler.codegen.image import COUNTERS, Image
from interact.compiler.codegen.native import address_of
from interact.compiler.codegen.operands import (
    Buffer,
    Input,
    InputKey,
    Output,
    Parameter,
    Setting,
)
from interact.compiler.codegen.store import KernelStore
from interact.compiler.columnar.batch import Bitmap, Column, Lane, Values

_MASK_BYTES = block_bytes(Lane.BITS, BLOCK_WORDS)
Outputs = Mapping[str, npt.NDArray[Any]]
Columns = Mapping[InputKey, Column]
Ints = npt.NDArray[np.int64]


class Machine:
    """Runs a bound program. ``counters`` holds what was counted since they were last zeroed."""

    def __init__(self, bound: Bound, store: KernelStore) -> None:
        self.bound, self.program = bound, bound.program
        self.image = Image(bound, store)
        self._memory = np.frombuffer(self.image.arena.bytes, np.uint8)
        self._drive = driver(store)
        self.counters = self._view(COUNTERS, np.int64, max(1, len(self.program.counters)))
        self._live = self._view(Buffer("live"), np.uint64, BLOCK_WORDS)
        self._live[:] = np.uint64(2**64 - 1)
        self._cells = {
            name: self._view(Buffer(name), np.int64, 1)
            for name in ("now", "cursor", "first_row")
            if self.image.has(Buffer(name))
        }
        self._operands = _Operands(self.image)

    def _view(self, what: object, dtype: npt.DTypeLike, count: int) -> npt.NDArray[Any]:
        place = self.image.places[what]
        return self._memory[place : place + np.dtype(dtype).itemsize * count].view(dtype)

    @property
    def rows_written(self) -> int:
        """Rows that the last run appended in the long form."""
        return int(self._cells["cursor"][0])

    def run(
        self,
        length: int,
        columns: Columns,
        outputs: Outputs,
        parameters: Sequence[int],
        now: int,
    ) -> None:
        """Run the program over ``length`` rows, without the GIL.

        ``outputs`` are padded to whole blocks; ``parameters`` are the addresses of the program's
        tables.
        """
        for name, cell in self._cells.items():
            cell[0] = now if name == "now" else 0
        whole, rest = divmod(length, BLOCK_ROWS)
        operands = self._operands
        operands.set_fixed(parameters, outputs)
        if whole:
            self._point_at_columns(columns, outputs)
            self._run(operands.moves(), whole, BLOCK_WORDS)
        if rest:
            self._point_at_staged(whole, rest, columns, outputs)
            self._set_live(rest)
            self._run(np.zeros((0, 2), np.int64), 1, -(-rest // WORD_ROWS))
            self._set_live(BLOCK_ROWS)

    def _set_live(self, rows: int) -> None:
        bits = np.zeros(BLOCK_ROWS, np.uint8)
        bits[:rows] = 1
        self._live[:] = np.packbits(bits, bitorder="little").view(np.uint64)

    def _run(self, moves: Ints, blocks: int, words: int) -> None:
        self._operands.point()
        self.image.write_slots(words)
        code = self.image.code
        self._drive(
            code.buffer_info()[0], len(code) // 2, address_of(moves), len(moves), blocks, words
        )

    def _point_at_columns(self, columns: Columns, outputs: Outputs) -> None:
        """Point at the start of columns and outputs, each moving a block at a time."""
        operands = self._operands
        for key, data, valid, lane in operands.inputs:
            column = columns[key]
            if data is not None:
                operands.set(data, address_of(column.data), block_bytes(lane, BLOCK_WORDS))
            if valid is not None and column.valid is not None:
                operands.set(valid, address_of(column.valid), _MASK_BYTES)
            elif valid is not None:
                operands.set(valid, self._all_valid(Input(key, "valid")), 0)
        for name, number, stride in operands.outputs:
            operands.set(number, address_of(outputs[name]), stride)

    def _point_at_staged(self, whole: int, rest: int, columns: Columns, outputs: Outputs) -> None:
        """Copy the rows after the last whole block, and point at the copies."""
        operands = self._operands
        for key, data, valid, lane in operands.inputs:
            column = columns[key]
            if data is not None:
                staged = self._stage(Input(key, "data"), column.data, lane, whole, rest)
                operands.set(data, staged, 0)
            if valid is None:
                continue
            place = Input(key, "valid")
            if column.valid is None:
                operands.set(valid, self._all_valid(place), 0)
            else:
                operands.set(valid, self._stage(place, column.valid, Lane.BITS, whole, rest), 0)
        for name, number, stride in operands.outputs:
            operands.set(number, address_of(outputs[name]) + whole * stride, 0)

    def _stage(self, place: Input, data: Values | Bitmap, lane: Lane, whole: int, rest: int) -> int:
        if lane is Lane.BITS:
            part: Values = data[whole * BLOCK_ROWS // 8 :][: -(-rest // 8)].view(np.uint8)
        else:
            part = data[whole * BLOCK_ROWS :][:rest]
        self._view(place, part.dtype, len(part))[:] = part
        return self.image.address(place)

    def _all_valid(self, place: Input) -> int:
        self._view(place, np.uint8, _MASK_BYTES)[:] = 255
        return self.image.address(place)


class _Operands:
    """The dynamic operands of an image: their addresses, and the bytes by which they move.

    ``inputs`` are key, numbers of data and validity (None where the program does not read it) and
    lane; ``outputs`` are name, number and bytes of a block, 0 for one with a cursor.
    """

    def __init__(self, image: Image) -> None:
        number = image.dynamic
        self.inputs = [
            (key, number.get(Input(key, "data")), number.get(Input(key, "valid")), storage.lane)
            for key, storage in image.program.inputs.items()
        ]
        self.outputs = [
            (name, number[Output(name)], _block_bytes(form))
            for name, form in image.program.outputs.items()
        ]
        self._tables = [number.get(Parameter(i)) for i in range(image.program.parameters)]
        self._stride = number.get(Setting("stride"))
        self._addresses = np.zeros(len(number), np.int64)
        self._strides = np.zeros(len(number), np.int64)
        self._ops = np.frombuffer(image.ops, np.int64)
        self._slots = np.frombuffer(image.slots, np.int64).astype(np.intp)
        self._owners = np.frombuffer(image.owners, np.int64).astype(np.intp)
        self._slot_addresses = address_of(self._ops) + 8 * self._slots.astype(np.int64)

    def set(self, number: int, address: int, stride: int) -> None:
        self._addresses[number] = address
        self._strides[number] = stride

    def set_fixed(self, parameters: Sequence[int], outputs: Outputs) -> None:
        """Set the operands that are the same for all blocks of a run."""
        for number, address in zip(self._tables, parameters, strict=True):
            if number is not None:
                self._addresses[number] = address
        if self._stride is not None:
            self._addresses[self._stride] = next(
                array.shape[-1] for array in outputs.values() if array.ndim == 2
            )

    def point(self) -> None:
        """Write the addresses to every place where they are read."""
        self._ops[self._slots] = self._addresses[self._owners]

    def moves(self) -> Ints:
        """Return the driver's table of operands that move."""
        steps = self._strides[self._owners]
        moving = steps != 0
        return np.stack([self._slot_addresses[moving], steps[moving]], axis=1)


def _block_bytes(form: str) -> int:
    """Bytes by which an output moves from block to block; one with a cursor does not."""
    if form == "long":
        return 0
    return _MASK_BYTES if form == "bits" else np.dtype(form).itemsize * BLOCK_ROWS
