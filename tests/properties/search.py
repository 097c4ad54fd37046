"""Search for programs on which interpreter and kernels disagree."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from tests.properties.cases import Mismatch, mismatches
from tests.properties.programs import generate

from interact.compiler.codegen.store import KernelStore

POOL = 150
"""Customers of one program; each of them is a case."""


@dataclass(frozen=True)
class Found:
    """A program that is decided in two ways."""

    seed: int
    mismatch: Mismatch


def search(
    first: int, programs: int, store: KernelStore, *, any_tree: bool = False, depth: int = 3
) -> Iterator[Found]:
    """Yield what is found in ``programs`` programs from seed ``first`` on."""
    for seed in range(first, first + programs):
        generated = generate(seed, any_tree=any_tree, depth=depth)
        for mismatch in mismatches(generated, seed, store, pool=POOL):
            yield Found(seed, mismatch)
