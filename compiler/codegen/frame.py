"""A machine: a bound program with memory of its own, which one thread runs at a time.

Columns are read where they are. The rows after the last whole block are copied to staged blocks,
which are padded, and run as one shorter block; a mask of the rows that exist keeps the padding out
of every result.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from interact.compiler.codegen.abi import BLOCK_ROWS, BLOCK_WORDS, WORD_ROWS
from interact.compiler.codegen.assembler import LANE_BLOCK_BYTES, MASK_BYTES
from interact.compiler.codegen.driver import driver
from interact.compiler.codegen.from_columnar import Bound
from interact.compiler.codegen.image import Dynamic, Image, Ints
from interact.compiler.codegen.memory import address_of
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

Outputs = Mapping[str, npt.NDArray[Any]]
Columns = Mapping[InputKey, Column]


class Machine:
    """Runs a bound program. ``counters`` holds what was counted since they were last zeroed."""

    def __init__(self, bound: Bound, store: KernelStore) -> None:
        self.bound, self.program = bound, bound.program
        self.image = Image(bound, store)
        self._drive = driver(store)
        count = max(1, len(self.program.counters))
        self.counters = self.image.view("counters", "i8", count)
        self._live = self.image.view(Buffer("live"), np.uint64, BLOCK_WORDS)
        self._live[:] = np.uint64(2**64 - 1)
        self._zeroed = [
            self.image.view(Buffer(name), "i8", 1)
            for name in ("cursor", "first_row")
            if self.image.has(Buffer(name))
        ]
        has_now = self.image.has(Buffer("now"))
        self._now = self.image.view(Buffer("now"), "i8", 1) if has_now else None

    @property
    def rows_written(self) -> int:
        """Rows that the last run appended in the long form."""
        return int(self.image.view(Buffer("cursor"), "i8", 1)[0])

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
        if self._now is not None:
            self._now[0] = now
        for cell in self._zeroed:
            cell[0] = 0
        whole, rest = divmod(length, BLOCK_ROWS)
        fixed = _fixed(outputs, parameters)
        if whole:
            addresses, strides = self._whole_blocks(columns, outputs)
            self._run(fixed | addresses, strides, whole, BLOCK_WORDS)
        if rest:
            addresses = self._staged(whole, rest, columns, outputs)
            self.set_live(rest)
            self._run(fixed | addresses, {}, 1, -(-rest // WORD_ROWS))
            self.set_live(BLOCK_ROWS)

    def set_live(self, rows: int) -> None:
        """Say how many rows of a block exist."""
        bits = np.zeros(BLOCK_ROWS, np.uint8)
        bits[:rows] = 1
        self._live[:] = np.packbits(bits, bitorder="little").view(np.uint64)

    def _run(
        self,
        addresses: Mapping[Dynamic, int],
        strides: Mapping[Dynamic, int],
        blocks: int,
        words: int,
    ) -> None:
        image = self.image
        image.point(_in_order(image.dynamic, addresses))
        moves = image.moves(_in_order(image.dynamic, strides))
        image.write_slots(words)
        count = len(self.program.instructions)
        self._drive(image.code_address, count, address_of(moves), len(moves), blocks, words)

    def _whole_blocks(
        self, columns: Columns, outputs: Outputs
    ) -> tuple[dict[Dynamic, int], dict[Dynamic, int]]:
        """Return where columns and outputs start, and the bytes by which each moves a block."""
        addresses: dict[Dynamic, int] = {}
        strides: dict[Dynamic, int] = {}
        for key, storage in self.program.inputs.items():
            column, data, valid = columns[key], Input(key, "data"), Input(key, "valid")
            addresses[data] = address_of(column.data)
            strides[data] = LANE_BLOCK_BYTES[storage.lane]
            if column.valid is not None:
                addresses[valid], strides[valid] = address_of(column.valid), MASK_BYTES
            elif storage.has_nulls:
                addresses[valid] = self._all_valid(valid)
        for name, array in outputs.items():
            addresses[Output(name)] = address_of(array)
            strides[Output(name)] = self._block_bytes(name)
        return addresses, strides

    def _staged(
        self, whole: int, rest: int, columns: Columns, outputs: Outputs
    ) -> dict[Dynamic, int]:
        """Copy the rows after the last whole block, and return where they are."""
        addresses: dict[Dynamic, int] = {}
        for key, storage in self.program.inputs.items():
            column, data, valid = columns[key], Input(key, "data"), Input(key, "valid")
            addresses[data] = self._stage(data, column.data, storage.lane, whole, rest)
            if column.valid is not None:
                addresses[valid] = self._stage(valid, column.valid, Lane.BITS, whole, rest)
            elif storage.has_nulls:
                addresses[valid] = self._all_valid(valid)
        for name, array in outputs.items():
            addresses[Output(name)] = address_of(array) + whole * self._block_bytes(name)
        return addresses

    def _stage(self, place: Input, data: Values | Bitmap, lane: Lane, whole: int, rest: int) -> int:
        if lane is Lane.BITS:
            part: Values = data[whole * BLOCK_ROWS // 8 :][: -(-rest // 8)].view(np.uint8)
        else:
            part = data[whole * BLOCK_ROWS :][:rest]
        self.image.view(place, part.dtype, len(part))[:] = part
        return self.image.address(place)

    def _all_valid(self, place: Input) -> int:
        self.image.view(place, np.uint8, MASK_BYTES)[:] = 255
        return self.image.address(place)

    def _block_bytes(self, name: str) -> int:
        """Bytes by which an output moves from block to block; one with a cursor does not."""
        form = self.program.outputs[name]
        if form == "long":
            return 0
        return MASK_BYTES if form == "bits" else np.dtype(form).itemsize * BLOCK_ROWS

    # -- one row ----------------------------------------------------------------------------

    def prepare_row(self, outputs: Outputs) -> None:
        """Point every operand at a staged block, for runs over a row that others fill in."""
        inputs = (Input(k, part) for k in self.program.inputs for part in ("data", "valid"))
        addresses: dict[Dynamic, int] = {i: self.image.address(i) for i in inputs}
        addresses |= {Output(name): address_of(array) for name, array in outputs.items()}
        self.image.point(_in_order(self.image.dynamic, addresses | _fixed(outputs, ())))
        self.set_live(1)

    def run_row(self, now: int) -> None:
        """Run the program over the row that is staged."""
        if self._now is not None:
            self._now[0] = now
        self._drive(self.image.code_address, len(self.program.instructions), 0, 0, 1, 1)


def _fixed(outputs: Outputs, parameters: Iterable[int]) -> dict[Dynamic, int]:
    """Return the operands that are the same for all blocks of a run."""
    fixed: dict[Dynamic, int] = {Parameter(i): value for i, value in enumerate(parameters)}
    wide = [array.shape[-1] for array in outputs.values() if array.ndim == 2]
    return fixed | ({Setting("stride"): wide[0]} if wide else {})


def _in_order(dynamic: Mapping[Dynamic, int], values: Mapping[Dynamic, int]) -> Ints:
    """Return the values of the dynamic operands in their order, 0 for those not given."""
    return np.array([values.get(operand, 0) for operand in dynamic], np.int64)
