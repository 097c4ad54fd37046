"""Implicit conversions: what type two operands meet in, and how one is brought to a type."""

from __future__ import annotations

from dataclasses import replace

from interact.compiler.core.literals import scaled
from interact.compiler.core.nodes import Const, Convert, Expr, type_of
from interact.stdlib.conversion import convert_value
from interact.stdlib.types import (
    BOOL,
    DATE,
    FLOAT,
    INT_MAX,
    INT_MIN,
    MAX_SCALE,
    TIMESTAMP,
    Kind,
    Type,
    decimal,
)

_COST: dict[tuple[Kind, Kind], int] = {
    (Kind.INT, Kind.DECIMAL): 1,
    (Kind.INT, Kind.FLOAT): 2,
    (Kind.FRACTION, Kind.FLOAT): 0,
    (Kind.FRACTION, Kind.DECIMAL): 2,
    (Kind.DECIMAL, Kind.FLOAT): 9,
    (Kind.DATE, Kind.TIMESTAMP): 1,
}


def conversion_cost(source: Kind, target: Kind) -> int | None:
    """Return how far ``source`` is from ``target``; None when no implicit conversion leads there.

    A fraction literal prefers float, unless a decimal among the other operands outweighs it, which
    it does whatever their number.
    """
    if source is target or source in (Kind.NULL, Kind.ERROR):
        return 0
    return _COST.get((source, target))


def unify(left: Type, right: Type) -> Type | None:
    """Return the type in which two operands meet, None when there is none."""
    if (left is right or left == right) and left.kind is not Kind.FRACTION:
        return left
    for one, other in ((left, right), (right, left)):
        if one.kind in (Kind.ERROR, Kind.NULL):
            return FLOAT if other.kind is Kind.FRACTION else other
        if one == DATE and other == TIMESTAMP:
            return TIMESTAMP
    if not (left.is_numeric and right.is_numeric):
        return None
    kinds = {left.kind, right.kind}
    if Kind.DECIMAL in kinds and Kind.FLOAT not in kinds:
        scale = max(left.scale, right.scale)
        return decimal(scale) if scale <= MAX_SCALE else FLOAT
    return FLOAT


def coerce(expr: Expr, target: Type) -> Expr:
    """Bring ``expr`` to ``target``, which ``unify`` or ``conversion_cost`` allowed.

    Constants are converted here, exactly; anything else gets a Convert node.
    """
    source = type_of(expr)
    if source is target or source == target:
        return expr
    if source.kind is Kind.ERROR or target.kind is Kind.ERROR:
        return expr
    if isinstance(expr, Const):
        return _coerce_constant(expr, target)
    return Convert(expr, target, expr.span)


def _coerce_constant(const: Const, target: Type) -> Expr:
    if const.value is None:
        return replace(const, type=target)
    if const.type.kind is Kind.FRACTION:
        assert isinstance(const.value, str)
        if target.kind is Kind.DECIMAL:
            value = scaled(const.value, target.scale)
            fits = INT_MIN <= value <= INT_MAX
            # One that no decimal holds stays a Convert, too: the limit of floats is a bit lower.
            far = Const(float(const.value), FLOAT, const.span)
            return Const(value, target, const.span) if fits else Convert(far, target, const.span)
        return Const(finite(float(const.value)), FLOAT, const.span)
    converted = convert_value(const.value, const.type, target)
    # A constant that does not fit stays a Convert: it is null, and is reported as such in a run.
    return (
        Convert(const, target, const.span)
        if converted is None
        else Const(converted, target, const.span)
    )


def finite(value: float) -> float | None:
    """Return ``value``, or None when it is NaN or infinite."""
    return value if value - value == 0.0 else None


def settle(expr: Expr) -> Expr:
    """Give a fraction literal that met no decimal its type, float."""
    return coerce(expr, FLOAT) if type_of(expr).kind is Kind.FRACTION else expr


def decide_type(expr: Expr) -> Expr:
    """Give any literal a type where its context does not care which, as in ``null is null``."""
    return coerce(expr, BOOL) if type_of(expr).kind is Kind.NULL else settle(expr)
