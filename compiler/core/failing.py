"""Which operations can lack a result although they have operands."""

from __future__ import annotations

from interact.compiler.core.nodes import Call, Convert, Expr, type_of, walk
from interact.stdlib.types import FLOAT, Kind
from interact.stdlib.universe import OVERLOADS


def can_fail(expr: Expr) -> bool:
    """Return whether any operation in ``expr`` can have no result."""
    return any(fails(part) for part in walk(expr))


def fails(expr: Expr) -> bool:
    """Return whether the outermost operation can have no result; floats overflow."""
    match expr:
        case Convert(arg=arg, type=kind):
            source = type_of(arg)
            narrowing = kind.kind is Kind.FLOAT or (
                source.kind is Kind.DECIMAL and kind.scale <= source.scale
            )
            return not narrowing
        case Call(function=function, type=kind):
            return kind == FLOAT or not OVERLOADS[function].is_total
        case _:
            return False
