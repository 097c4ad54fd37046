"""Native calls: a program of kernels over blocks of rows, or one kernel over whole arrays."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from interact.compiler.codegen.link import link
from interact.compiler.codegen.shapes import DRIVE, Shape
from interact.compiler.codegen.store import KernelStore

Array = npt.NDArray[Any]
Drive = Callable[[int, int, int, int, int, int], None]


def driver(store: KernelStore) -> Drive:
    """``drive(code, n_instr, moves, n_moves, blocks, words)``; all arguments int64.

    ``code`` addresses ``n_instr`` pairs (kernel address, address of its ops), ``moves`` addresses
    ``n_moves`` pairs (address of an operand, bytes a block). Every block runs all instructions,
    then adds each stride to its operand. The call releases the GIL.
    """
    return _callable(link([DRIVE], store)[DRIVE])


@cache
def _callable(address: int) -> Drive:
    return ctypes.CFUNCTYPE(None, *[ctypes.c_int64] * 6)(address)


def call(shape: Shape, store: KernelStore, operands: Sequence[Array], words: int) -> None:
    """Call one kernel on whole arrays, without the GIL; its shape says what ``words`` counts."""
    kernel = _kernel(link([shape], store)[shape])
    ops = np.array([array.__array_interface__["data"][0] for array in operands], np.int64)
    kernel(ops.__array_interface__["data"][0], words)


@cache
def _kernel(address: int) -> Callable[[int, int], None]:
    return ctypes.CFUNCTYPE(None, *[ctypes.c_int64] * 2)(address)
