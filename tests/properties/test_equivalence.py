"""Interpreter and kernels decide the same: 20,000 customers under generated programs."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.properties.search import POOL, search

from interact.runtime.kernel_cache import FileKernelStore

PROGRAMS, STEP = 140, 14


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> FileKernelStore:
    return FileKernelStore(tmp_path_factory.mktemp("kernels"))


@pytest.mark.parametrize("first", range(0, PROGRAMS, STEP))
def test_interpreter_and_kernels_agree(first: int, store: FileKernelStore) -> None:
    found = list(search(first, STEP, store, any_tree=False))
    assert not found, "\n\n".join(map(str, found[:2]))


def test_there_are_twenty_thousand_cases() -> None:
    assert PROGRAMS * POOL >= 20_000


def test_there_are_scores_of_any_shape(store: FileKernelStore, tmp_path: Path) -> None:
    assert not list(search(100_000, 5, store, any_tree=True))
