"""Search for programs on which interpreter and kernels disagree, and tell how to see it again."""

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

    def __str__(self) -> str:
        generated = self.mismatch.generated
        told = "\n".join(self.mismatch.what)
        return (
            f"seed {self.seed}, at {generated.moment.now}, "
            f"{len(self.mismatch.customers)} customers:\n{told}\n\n{generated.text}\n"
            f"see it again: python -m tests.properties --first {self.seed} --cases {POOL}"
        )


def search(first: int, programs: int, store: KernelStore, *, any_tree: bool) -> Iterator[Found]:
    """Yield what is found in ``programs`` programs from seed ``first`` on."""
    for seed in range(first, first + programs):
        generated = generate(seed, any_tree=any_tree)
        for mismatch in mismatches(generated, seed, store, pool=POOL):
            yield Found(seed, mismatch)
