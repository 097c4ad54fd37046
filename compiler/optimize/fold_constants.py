"""Replace operations on constants by their results."""

from __future__ import annotations

from interact.compiler.core.interpret import Customer, Frame, Moment, evaluate
from interact.compiler.core.nodes import (
    Call,
    Compare,
    Const,
    Convert,
    Expr,
    InSet,
    IsNull,
    Not,
    children,
    map_children,
    type_of,
)

_FOLDED = frozenset({Call, Compare, Convert, InSet, IsNull, Not})
_NOBODY = Frame(Customer({}), Moment(0))


def fold_constants(expr: Expr) -> Expr:
    """Evaluate what depends on nothing.

    Before: core.  After: core, no operation on constants alone, except those without a result:
    they stay, so that a run reports them.

    >>> from interact.compiler.core.nodes import Const
    >>> from interact.stdlib.types import FLOAT
    >>> two = Const(2.0, FLOAT)
    >>> fold_constants(Call("arithmetic:mul_float", (two, two), FLOAT)).value
    4.0
    """
    expr = map_children(expr, fold_constants)
    return _folded(expr) if expr.__class__ in _FOLDED else expr


def _folded(expr: Expr) -> Expr:
    operands = children(expr)
    if not operands or not all(o.__class__ is Const for o in operands):
        return expr
    value = evaluate(expr, _NOBODY)
    missing = any(isinstance(o, Const) and o.value is None for o in operands)
    if value is None and not missing:
        return expr
    return Const(value, type_of(expr), expr.span)
