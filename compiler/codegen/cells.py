"""Write one customer's values into the staged blocks of a machine.

A decision writes some dozens of words, so this is loops over places and nothing else.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from math import nan
from typing import Any, cast

from interact.compiler.codegen.image import Image
from interact.compiler.codegen.operands import Input, InputKey
from interact.compiler.columnar.lanes import Lane
from interact.stdlib.types import Value

Words = tuple[tuple[tuple[int, int], ...], tuple[tuple[int, float], ...]]
"""Places of whole words with what is to be there, and places of floats."""


class Cells:
    """Where the values of inputs go; None is null.

    Args:
        keys: Of the inputs.
        name: What each of them is looked up by.
    """

    def __init__(
        self, image: Image, keys: Collection[InputKey], name: Callable[[InputKey], Any]
    ) -> None:
        self._ints, self._floats = image.arena.ints, image.arena.floats
        self._numbers: list[tuple[Any, int]] = []
        self._wholes: list[tuple[Any, int, int]] = []
        self._presences: list[tuple[Any, int]] = []
        for key in keys:
            lane = image.program.inputs[key].lane
            at, valid = image.word(Input(key, "data")), image.word(Input(key, "valid"))
            if lane is Lane.F64:
                self._numbers.append((name(key), at))
            elif lane is Lane.CODE:
                self._presences.append((name(key), valid))
            else:
                self._wholes.append((name(key), at, valid))

    def write(self, get: Callable[[Any], Any]) -> None:
        """Write what ``get`` finds by the names of the inputs."""
        ints, floats = self._ints, self._floats
        for name, at in self._numbers:
            value = get(name)
            floats[at] = nan if value is None else value
        for name, at, valid in self._wholes:
            value = get(name)
            if value is None:
                ints[valid] = 0
            else:
                ints[at] = value
                ints[valid] = 1
        for name, valid in self._presences:
            ints[valid] = get(name) is not None


def words_of(image: Image, values: dict[InputKey, Value]) -> Words:
    """Return what ``Cells`` would write for some inputs, to be written again and again."""
    wholes: list[tuple[int, int]] = []
    numbers: list[tuple[int, float]] = []
    for key, value in values.items():
        storage, found = image.program.inputs.get(key), cast(Any, value)
        if storage is None:  # no instruction reads it
            continue
        lane = storage.lane
        if lane is Lane.F64:
            numbers.append((image.word(Input(key, "data")), nan if value is None else found))
            continue
        if storage.has_nulls:
            wholes.append((image.word(Input(key, "valid")), int(value is not None)))
        if lane is not Lane.CODE:
            wholes.append((image.word(Input(key, "data")), 0 if value is None else int(found)))
    return tuple(wholes), tuple(numbers)
