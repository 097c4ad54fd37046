"""How deeply expressions nest."""

from __future__ import annotations

from typing import assert_never

from interact.compiler.surface.ast import (
    BetweenExpr,
    BinaryExpr,
    CallExpr,
    Expr,
    IfExpr,
    InExpr,
    IsNullExpr,
    LiteralExpr,
    NameExpr,
    RowsExpr,
    UnaryExpr,
)

MAX_DEPTH = 200
"""The deepest expression that passes: low enough for every later pass to recurse."""


def children(expr: Expr) -> tuple[Expr, ...]:
    """Return the direct parts of an expression."""
    match expr:
        case LiteralExpr() | NameExpr():
            return ()
        case CallExpr(args=args):
            return args
        case RowsExpr(value=value, where=where):
            return tuple(part for part in (value, where) if part is not None)
        case UnaryExpr(operand=operand) | IsNullExpr(operand=operand):
            return (operand,)
        case BinaryExpr(left=left, right=right):
            return (left, right)
        case InExpr(operand=operand, options=options):
            return (operand, *options)
        case BetweenExpr(operand=operand, low=low, high=high):
            return (operand, low, high)
        case IfExpr(condition=condition, yes=yes, no=no):
            return (condition, yes) if no is None else (condition, yes, no)
        case _:
            assert_never(expr)


def is_too_deep(expr: Expr) -> bool:
    """Return whether ``expr`` nests more than MAX_DEPTH deep; does not recurse."""
    level = [expr]
    for _ in range(MAX_DEPTH):
        level = [child for parent in level for child in children(parent)]
        if not level:
            return False
    return True
