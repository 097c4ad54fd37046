"""Interpreter and kernels decide the same: 20,000 customers under generated programs.

A case is one customer under one program: its segments, the offers kept in each zone with position
and exact score, in each layout and for single customers, and what failed.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from tests.properties.programs import generate
from tests.properties.reduce import reduced, reproduction
from tests.properties.search import POOL, search

from interact.compiler.codegen.store import KernelStore
from interact.compiler.core.nodes import Aggregate, Call, walk
from interact.compiler.core.program import channel_expressions
from interact.stdlib.aggregate import AGGREGATES
from interact.stdlib.universe import OVERLOADS

PROGRAMS, STEP = 140, 14


@pytest.mark.parametrize("first", range(0, PROGRAMS, STEP))
def test_interpreter_and_kernels_agree(first: int, store: KernelStore) -> None:
    _nothing_found(first, STEP, store, any_tree=False)


def test_there_are_twenty_thousand_cases() -> None:
    assert PROGRAMS * POOL >= 20_000


def test_there_are_scores_of_any_shape(store: KernelStore) -> None:
    _nothing_found(100_000, 5, store, any_tree=True)


def test_every_function_is_generated() -> None:
    never_tried = set(OVERLOADS) | set(AGGREGATES)
    seeds = iter(range(PROGRAMS * 10))
    while never_tried and (seed := next(seeds, None)) is not None:
        never_tried.difference_update(_functions(seed))
    assert not never_tried


def _nothing_found(first: int, programs: int, store: KernelStore, *, any_tree: bool) -> None:
    for found in search(first, programs, store, any_tree=any_tree):
        shown = reproduction(reduced(found.mismatch, store))
        pytest.fail(f"seed {found.seed}: {shown}", pytrace=False)


def _functions(seed: int) -> Iterator[str]:
    for expr in channel_expressions(generate(seed).channel):
        for part in walk(expr):
            if isinstance(part, Call | Aggregate):
                yield part.function
