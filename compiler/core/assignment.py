"""Bringing a value to the type that is declared for it."""

from __future__ import annotations

from interact.compiler.core import infer
from interact.compiler.core.conversion import coerce, conversion_cost
from interact.compiler.core.nodes import Const, Expr, type_of
from interact.compiler.core.print import print_value
from interact.compiler.diagnostics import types as codes
from interact.compiler.diagnostics.diagnostic import Sink
from interact.compiler.source import Span
from interact.stdlib.types import ERROR, FLOAT, INT_MAX, EnumType, Kind, Type


def assign(name: str, value: Expr, target: Type, sink: Sink, place: Span | None = None) -> Expr:
    """Bring a value to the declared type; between decimals, and to a decimal, it is rounded.

    Reports:
        E0307 when it does not fit.
    """
    found = type_of(value)
    if ERROR in (found, target):
        return Const(None, ERROR, value.span)
    rounds = found.is_numeric and target.kind is Kind.DECIMAL
    is_other = found.kind is Kind.ENUM and found != target
    if rounds or (conversion_cost(found.kind, target.kind) is not None and not is_other):
        made = coerce(value, target)
        return _reported(value, target, sink) if _is_beyond(value, made) else made
    found = FLOAT if found.kind is Kind.FRACTION else found
    hint = _CONVERSIONS.get(target.kind)
    if target.kind is Kind.INT and not found.is_numeric:
        hint = "a whole number is written `20_000`"
    if target.kind in _TIMES and found.kind is Kind.BOOL:
        hint = "say when: `2026-12-31`"
    if found.kind is Kind.TEXT and target.is_numeric:
        hint = "a number is written without quotes; convert a text with number(…)"
    if isinstance(target, EnumType):
        hint = f"its members are {', '.join(target.members)}"
    sink.report(
        codes.NOT_ASSIGNABLE,
        place or value.span,
        name=name,
        declared=infer.describe(target),
        found=infer.describe(found),
        hint=hint,
    )
    return Const(None, ERROR, value.span)


def _is_beyond(value: Expr, made: Expr) -> bool:
    """Return whether a constant has no place in the type it was to be brought to."""
    return isinstance(value, Const) and not isinstance(made, Const)


def _reported(value: Expr, target: Type, sink: Sink) -> Const:
    assert isinstance(value, Const)
    hint = f"{infer.describe(target)} goes up to {print_value(INT_MAX, target)}"
    is_spelt = value.type.kind is Kind.FRACTION
    text = value.value if is_spelt else print_value(value.value, value.type)
    sink.report(codes.NUMBER_TOO_LARGE, value.span, text=text, hint=hint)
    return Const(None, ERROR, value.span)


_TIMES = (Kind.DATE, Kind.TIMESTAMP)
_CONVERSIONS = {
    Kind.INT: "cut it with int(…), after round(…) if it shall be rounded",
    Kind.TEXT: 'write it into a text in braces: "{…}"',
    Kind.DATE: "make a date with date(…)",
    Kind.TIMESTAMP: "make a timestamp with timestamp(…)",
    Kind.FLOAT: "make a number with number(…)",
    Kind.BOOL: "write `true` or `false`",
}
