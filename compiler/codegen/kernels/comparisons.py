"""Comparisons of 64 rows into a mask word: ``lt le gt ge eq ne`` over two vectors of one lane."""

from __future__ import annotations

from typing import Any

from numba.core import types

from interact.compiler.codegen.kernels.intrinsics import (
    OPERATORS,
    compare,
    generic,
    word_of,
)


def _signed(x: Any, y: Any) -> Any:
    return types.int64(x, y)


def _define(op: str) -> None:
    @generic(2, _signed, name=op)
    def test(b: Any, x: Any, y: Any) -> Any:
        return word_of(b, compare(b, op, x, y))


for _op in OPERATORS:
    _define(_op)
