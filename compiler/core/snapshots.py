"""Snapshots: attributes of the customers of a cell, which a batch run writes to a table."""

from __future__ import annotations

from dataclasses import field
from typing import Literal

from interact.compiler.core.nodes import Expr
from interact.compiler.source import NOWHERE, Span
from interact.stdlib.records import record
from interact.stdlib.types import Type

Mode = Literal["replace", "append", "update"]


@record
class SnapshotField:
    """A column of a snapshot."""

    name: str
    type: Type
    value: Expr
    span: Span = field(default=NOWHERE, compare=False)


@record
class Snapshot:
    """The table ``name`` of the customers of any of ``cells`` (empty is everyone).

    It has the key and ``fields``. ``mode`` says what becomes of the rows that a former run wrote:
    nothing, all stay, or those of other customers.
    """

    name: str
    cells: tuple[int, ...]
    mode: Mode
    fields: tuple[SnapshotField, ...]
    span: Span = field(default=NOWHERE, compare=False)
