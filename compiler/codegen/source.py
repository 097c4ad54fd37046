"""The source of one kernel: text that Numba can compile, and what it may call."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Source:
    """A kernel before it is compiled.

    ``body`` is a Python function body over ``arguments`` (all int64) that calls operations by
    name; ``extern`` holds the other functions that it calls.
    """

    body: str
    arguments: tuple[str, ...] = ("ops", "words")
    extern: Mapping[str, Any] = field(default_factory=dict)
