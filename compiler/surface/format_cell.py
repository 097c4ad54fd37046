"""A cell of a line that is aligned with its neighbours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

from interact.compiler.surface.format_tree import Node


@dataclass(frozen=True, slots=True)
class Cell:
    """A part of an item: its column, its tokens, and the nodes that cover some of them."""

    column: int
    first: int
    last: int
    nodes: Sequence[Node] = ()


Cells: TypeAlias = list[Cell]
