"""Call one kernel on whole arrays."""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from interact.compiler.codegen.abi import Shape
from interact.compiler.codegen.link import link
from interact.compiler.codegen.store import KernelStore

Array = npt.NDArray[Any]


def address_of(array: Array) -> int:
    """Return the address of an array's first element."""
    address: int = array.__array_interface__["data"][0]
    return address


def call(shape: Shape, store: KernelStore, operands: Sequence[Array], words: int) -> None:
    """Call a kernel, without the GIL; its shape says what ``words`` counts."""
    kernel = _kernel(link([shape], store)[shape])
    ops = np.array([address_of(array) for array in operands], np.int64)
    kernel(address_of(ops), words)


@cache
def _kernel(address: int) -> Callable[[int, int], None]:
    return ctypes.CFUNCTYPE(None, *[ctypes.c_int64] * 2)(address)
