"""What a project defines for its expressions, as it is written."""

from __future__ import annotations

from dataclasses import field
from typing import Literal, TypeAlias

from interact.compiler.source import NOWHERE, Span
from interact.compiler.surface.ast_event import Parameter
from interact.compiler.surface.ast_expression import Expr, Name, TypeName
from interact.stdlib.records import record


@record
class Import:
    """``import "../shared/offers"``: the path as written, relative to the file."""

    path: str
    span: Span = field(default=NOWHERE, compare=False)


@record
class Constant:
    """``constant floor: decimal(2) = 20_000``; without a type it has that of its value."""

    name: Name
    type: TypeName | None
    value: Expr
    span: Span = field(default=NOWHERE, compare=False)


@record
class Member:
    """``Gold = "G"``; ``text`` is what stands for it in data, None for its name."""

    name: Name
    text: str | None
    span: Span = field(default=NOWHERE, compare=False)


@record
class Enumeration:
    """``enum Tier { Gold = "G"  Silver  Bronze }``, the least first."""

    name: Name
    members: tuple[Member, ...]
    span: Span = field(default=NOWHERE, compare=False)


@record
class Function:
    """``function affordable(price: decimal(2)) for Customer -> bool = balance >= price``."""

    name: Name
    parameters: tuple[Parameter, ...]
    audience: Name | None
    result: TypeName | None
    body: Expr
    span: Span = field(default=NOWHERE, compare=False)


CellKind: TypeAlias = Literal["any", "null", "to", "in", "like", "=", "!=", "<", "<=", ">", ">="]


@record
class Cell:
    """A test of a column: ``any``, ``>= 700``, ``600 to 699``, ``in (1, 2)``, ``null``, ``5``."""

    kind: CellKind
    operands: tuple[Expr, ...] = ()
    negated: bool = False
    span: Span = field(default=NOWHERE, compare=False)


@record
class TableRow:
    """``when >= 700 | any then 70``; without cells it is ``otherwise 10``."""

    cells: tuple[Cell, ...]
    result: Expr
    span: Span = field(default=NOWHERE, compare=False)


@record
class Table:
    """``table points(score: int) -> int { when >= 700 then 90  otherwise 10 }``.

    ``columns`` are what cells are compared with; empty stands for the parameters.
    """

    name: Name
    parameters: tuple[Parameter, ...]
    audience: Name | None
    result: TypeName | None
    columns: tuple[Expr, ...]
    rows: tuple[TableRow, ...]
    span: Span = field(default=NOWHERE, compare=False)


Definition: TypeAlias = Constant | Enumeration | Function | Table
