"""Flowcharts and their steps, as they are written."""

from __future__ import annotations

from dataclasses import field
from typing import Literal, TypeAlias

from interact.compiler.source import NOWHERE, Span
from interact.compiler.surface.ast_expression import Expr, LiteralExpr, Name, NameExpr
from interact.stdlib.records import record


@record
class Branch:
    """``HighValue when condition``; ``condition`` is None for ``otherwise``."""

    name: Name
    condition: Expr | None
    span: Span = field(default=NOWHERE, compare=False)


@record
class Decision:
    """``decision by_value { … }`` (first match) or ``decision by_need independent { … }``."""

    name: Name
    source: Name | None
    independent: bool
    branches: tuple[Branch, ...]
    span: Span = field(default=NOWHERE, compare=False)


@record
class Select:
    """``select Reachable of HighValue when opted_in``."""

    name: Name
    source: Name | None
    condition: Expr
    span: Span = field(default=NOWHERE, compare=False)


@record
class Share:
    """``Control 10%``; ``percent`` is the spelling ``10`` or ``2.5``, None for ``rest``.

    ``constant`` is the name of a constant that stands in its place.
    """

    name: Name
    percent: str | None
    constant: Name | None = None
    span: Span = field(default=NOWHERE, compare=False)


@record
class Redraw:
    """``redraw every 30 days from 2026-01-01``."""

    every: LiteralExpr
    start: LiteralExpr | NameExpr
    span: Span = field(default=NOWHERE, compare=False)


@record
class Sample:
    """``sample holdout of HighValue seed "2026-h1" { Control 10%  Treated rest }``."""

    name: Name
    source: Name | None
    seed: str | None
    shares: tuple[Share, ...]
    redraw: Redraw | None = None
    span: Span = field(default=NOWHERE, compare=False)


@record
class Derived:
    """``let utilisation = balance / limit``."""

    name: Name
    value: Expr
    span: Span = field(default=NOWHERE, compare=False)


@record
class Segment:
    """``segment Premium = HighValue, Established``: the union of cells."""

    name: Name
    sources: tuple[Name, ...]
    span: Span = field(default=NOWHERE, compare=False)


@record
class SnapshotField:
    """``yearly = balance * 12``; ``balance`` alone is ``balance = balance``."""

    name: Name
    value: Expr
    span: Span = field(default=NOWHERE, compare=False)


@record
class Snapshot:
    """``snapshot rich_ones of Rich append { balance  yearly = balance * 12 }``."""

    name: Name
    source: Name | None
    mode: Literal["replace", "append", "update"]
    fields: tuple[SnapshotField, ...]
    span: Span = field(default=NOWHERE, compare=False)


Step: TypeAlias = Decision | Select | Sample | Derived | Segment | Snapshot


@record
class Flowchart:
    """``flowchart Value on Website { … }``."""

    name: Name
    channel: Name
    steps: tuple[Step, ...]
    span: Span = field(default=NOWHERE, compare=False)
