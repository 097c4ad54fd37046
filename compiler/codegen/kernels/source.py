"""The source of one kernel: text that Numba can compile, and what it may call."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Source:
    """A kernel before it is compiled.

    ``body`` is a Python function body over ``arguments`` (all int64) that calls operations by
    name. ``callee`` is the (module, name) of the Python function that it calls ``callee``.
    """

    body: str
    arguments: tuple[str, ...] = ("ops", "words")
    callee: tuple[str, str] | None = None
