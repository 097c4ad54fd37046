"""The examples in the docstrings of the kernel modules hold."""

from __future__ import annotations

import doctest
import importlib

import pytest

MODULES = [
    "interact.compiler.codegen.abi",
    "interact.compiler.codegen.kernels.expression",
    "interact.compiler.codegen.kernels.family",
    "interact.compiler.codegen.store",
    "interact.stdlib.chance",
    "interact.stdlib.ranking",
]


@pytest.mark.parametrize("name", MODULES)
def test_examples(name: str) -> None:
    assert doctest.testmod(importlib.import_module(name)).failed == 0
