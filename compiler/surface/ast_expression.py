"""Names, types, literals and expressions of the surface syntax tree."""

from __future__ import annotations

import re
from dataclasses import field
from typing import Any, Literal, TypeAlias

from interact.compiler.source import NOWHERE, Span
from interact.stdlib.records import record

# --------------------------------------------------------------------------------------------
# names, types, literals


@record
class Name:
    """An identifier as written."""

    text: str
    span: Span = field(default=NOWHERE, compare=False)


@record
class TypeName:
    """``int``, ``decimal(2)``, ``date?``; ``scale`` is None unless written."""

    name: str
    scale: int | None = None
    nullable: bool = False
    span: Span = field(default=NOWHERE, compare=False)


ESCAPE = re.compile(r"\\(u\{[^}\"]*\}?|.)")
LiteralKind: TypeAlias = Literal[
    "null", "bool", "int", "fraction", "text", "date", "timestamp", "duration"
]


@record
class LiteralExpr:
    """A constant.

    ``text`` is the normalised spelling: ``null``, ``true``, ``20000`` (no underscores), ``0.5``,
    the text between the quotes with escapes resolved, ``2026-01-01``, ``2026-01-01T12:30:00Z``,
    ``30 days``. ``spelt`` is what stands between the quotes of a text with escapes.
    """

    kind: LiteralKind
    text: str
    span: Span = field(default=NOWHERE, compare=False)
    spelt: str = field(default="", compare=False, repr=False)

    def place(self, index: int) -> int:
        """Return where character ``index`` of a text stands in its file."""
        shift = 1
        for found in ESCAPE.finditer(self.spelt):
            if found.start() + 1 >= index + shift:
                break
            shift += len(found[0]) - 1
        return self.span.start + index + shift


# --------------------------------------------------------------------------------------------
# expressions


@record
class NameExpr:
    """A reference: ``balance``, or ``profile.balance`` with a qualifier."""

    name: str
    qualifier: str | None = None
    span: Span = field(default=NOWHERE, compare=False)


@record
class CallExpr:
    """``name(args)``: a built-in."""

    function: Name
    args: tuple[Expr, ...]
    span: Span = field(default=NOWHERE, compare=False)


@record
class RowsExpr:
    """A quantifier over many rows: ``sum(balance of accounts where product = "x")``.

    ``value`` is None in ``count(accounts where …)`` and ``any(accounts where …)``. The bare
    ``count(accounts)`` parses as a CallExpr; the resolver knows that ``accounts`` is rows.
    ``distinct`` is set in ``count(distinct product of accounts)``.
    """

    function: Name
    value: Expr | None
    rows: Name
    where: Expr | None
    distinct: bool = False
    span: Span = field(default=NOWHERE, compare=False)


@record
class UnaryExpr:
    """``not x`` or ``-x``."""

    operator: Literal["not", "-"]
    operand: Expr
    span: Span = field(default=NOWHERE, compare=False)


BinaryOperator: TypeAlias = Literal[
    "or", "and", "=", "!=", "<", "<=", ">", ">=", "like", "+", "-", "*", "/", "%"
]


@record
class BinaryExpr:
    """``left operator right``; ``x not like y`` is ``not (x like y)`` with ``negated`` set."""

    operator: BinaryOperator
    left: Expr
    right: Expr
    negated: bool = False
    span: Span = field(default=NOWHERE, compare=False)


@record
class IsNullExpr:
    """``x is null``, ``x is not null``."""

    operand: Expr
    negated: bool = False
    span: Span = field(default=NOWHERE, compare=False)


@record
class InExpr:
    """``x in (a, b)``, ``x not in (a, b)``."""

    operand: Expr
    options: tuple[Expr, ...]
    negated: bool = False
    span: Span = field(default=NOWHERE, compare=False)


@record
class BetweenExpr:
    """``x between low and high`` (both ends included), ``x not between …``."""

    operand: Expr
    low: Expr
    high: Expr
    negated: bool = False
    span: Span = field(default=NOWHERE, compare=False)


@record
class IfExpr:
    """``if condition then yes else no``; without ``else`` the rest is null."""

    condition: Expr
    yes: Expr
    no: Expr | None
    span: Span = field(default=NOWHERE, compare=False)


Expr: TypeAlias = (
    LiteralExpr
    | NameExpr
    | CallExpr
    | RowsExpr
    | UnaryExpr
    | BinaryExpr
    | IsNullExpr
    | InExpr
    | BetweenExpr
    | IfExpr
)


def percentage_in(expr: Expr) -> BinaryExpr | None:
    """Return the end of an expression that was meant as a percentage: ``balance > 20 % Gold``."""
    while isinstance(expr, BinaryExpr):
        if (
            expr.operator == "%"
            and isinstance(expr.left, LiteralExpr)
            and isinstance(expr.right, NameExpr)
        ):
            return expr
        expr = expr.right
    return None


def percentage_words(expr: BinaryExpr) -> dict[str, Any]:
    """Return what messages say of such an end."""
    assert isinstance(expr.left, LiteralExpr)
    assert isinstance(expr.right, NameExpr)
    found = expr.left.text
    return {"found": found, "name": expr.right.name, "share": f"{float(found) / 100:.15g}"}
