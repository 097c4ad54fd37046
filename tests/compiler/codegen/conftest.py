"""Running one kernel over NumPy arrays."""

from __future__ import annotations

import ctypes
from typing import Any

import numpy as np
import pytest

from interact.compiler.codegen import link as linker
from interact.compiler.codegen.link import link
from interact.compiler.codegen.store import MemoryStore


class Kernels:
    """Calls kernels by shape: arrays are passed by address, numbers as they are."""

    def __init__(self) -> None:
        self.store = MemoryStore()

    def __call__(self, shape: str, *operands: Any, words: int) -> None:
        address = link([shape], self.store)[shape]
        ops = np.array([_operand(o) for o in operands], np.int64)
        ctypes.CFUNCTYPE(None, ctypes.c_int64, ctypes.c_int64)(address)(ops.ctypes.data, words)

    @staticmethod
    def pack(flags: Any) -> Any:
        """Booleans, one a row, as mask words."""
        return np.packbits(np.asarray(flags, bool), bitorder="little").view(np.uint64).copy()

    @staticmethod
    def unpack(mask: Any) -> Any:
        """Mask words as booleans, one a row."""
        return np.unpackbits(mask.view(np.uint8), bitorder="little").astype(bool)


def _operand(value: Any) -> int:
    if isinstance(value, np.ndarray):
        return int(value.ctypes.data)
    return int(value) - (1 << 64) if int(value) >> 63 == 1 else int(value)


@pytest.fixture(scope="session")
def kernels() -> Kernels:
    return Kernels()


@pytest.fixture
def unlinked(monkeypatch: pytest.MonkeyPatch) -> None:
    """Forget what this process has linked."""
    monkeypatch.setattr(linker, "_ADDRESSES", {})


@pytest.fixture(params=[1, 16], ids=["one word", "a block"])
def words(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(20260101)


@pytest.fixture
def masks(rng: np.random.Generator, words: int) -> Any:
    """``masks(density)``: a mask with that share of rows."""
    return lambda density: Kernels.pack(rng.random(64 * words) < density)
