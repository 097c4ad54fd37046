"""Write one customer's values into the staged blocks of a machine."""

from __future__ import annotations

from collections.abc import Callable
from math import nan
from typing import cast

from interact.compiler.codegen.image import Image
from interact.compiler.codegen.operands import Input, InputKey
from interact.compiler.columnar.lanes import Lane
from interact.stdlib.types import Value

Cell = Callable[[Value], None]


def cells_of(image: Image) -> list[tuple[InputKey, Cell]]:
    """Return for each input a function that writes its value for the row; None is null."""
    ints = image.arena.ints
    floats = image.arena.floats
    return [(key, _cell(key, image, ints, floats)) for key in image.program.inputs]


def _cell(key: InputKey, image: Image, ints: memoryview[int], floats: memoryview[float]) -> Cell:
    at, valid = image.word(Input(key, "data")), image.word(Input(key, "valid"))

    def write_float(value: Value) -> None:
        floats[at] = nan if value is None else cast(float, value)

    def write_int(value: Value) -> None:
        if value is None:
            ints[valid] = 0
        else:
            ints[at] = cast(int, value)
            ints[valid] = 1

    def write_presence(value: Value) -> None:
        ints[valid] = value is not None

    lane = image.program.inputs[key].lane
    if lane is Lane.F64:
        return write_float
    return write_presence if lane is Lane.CODE else write_int
