"""The driver: runs a program of kernels over blocks of rows, without the GIL."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from functools import cache

from interact.compiler.codegen.abi import DRIVE
from interact.compiler.codegen.link import link
from interact.compiler.codegen.store import KernelStore

Drive = Callable[[int, int, int, int, int, int], None]


def driver(store: KernelStore, *, is_short: bool = False) -> Drive:
    """``drive(code, n_instr, moves, n_moves, blocks, words)``; all arguments int64.

    ``code`` addresses ``n_instr`` pairs (kernel address, address of its ops), ``moves`` addresses
    ``n_moves`` pairs (address of an operand, bytes a block). Every block runs all instructions,
    then adds each stride to its operand. The call releases the GIL, unless it is a short one: to
    get the GIL back can take a thousand times as long as a decision.
    """
    return _callable(link([DRIVE], store)[DRIVE], is_short)


@cache
def _callable(address: int, is_short: bool) -> Drive:
    form = ctypes.PYFUNCTYPE if is_short else ctypes.CFUNCTYPE
    return form(None, *[ctypes.c_int64] * 6)(address)
