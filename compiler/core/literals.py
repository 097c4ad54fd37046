"""Literals as typed constants."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction

from interact.compiler.core.nodes import Const
from interact.compiler.diagnostics import types as codes
from interact.compiler.diagnostics.diagnostic import Sink
from interact.compiler.surface.ast import LiteralExpr
from interact.stdlib import types as t

_EPOCH_DAY = date(1970, 1, 1).toordinal()
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECONDS = {"second": 10**6, "minute": 60 * 10**6, "hour": 3600 * 10**6}
_MICROSECONDS |= {"day": 86_400 * 10**6, "week": 7 * 86_400 * 10**6}
_WHOLE = {"int": t.INT, "date": t.DATE, "timestamp": t.TIMESTAMP, "duration": t.DURATION}


def lower_literal(literal: LiteralExpr, sink: Sink, *, negate: bool = False) -> Const:
    """Return the constant that a literal stands for, negated when asked.

    A fraction keeps its spelling, under the type FRACTION, until its context decides.

    Reports:
        E0308 for a number out of range.
    """
    match literal.kind:
        case "null":
            return Const(None, t.NULL, literal.span)
        case "bool":
            return Const(literal.text == "true", t.BOOL, literal.span)
        case "text":
            return Const(literal.text, t.TEXT, literal.span)
        case "fraction":
            text = f"-{literal.text}" if negate else literal.text
            return Const(text, t.Type(t.Kind.FRACTION, fraction_places(text)), literal.span)
        case "int" | "date" | "timestamp" | "duration":
            return _whole(literal, sink, negate)


def _whole(literal: LiteralExpr, sink: Sink, negate: bool) -> Const:
    value = -_machine_int(literal) if negate else _machine_int(literal)
    if not t.INT_MIN <= value <= t.INT_MAX:
        hint = f"whole numbers go from {t.INT_MIN:_} to {t.INT_MAX:_}"
        if literal.kind == "duration":
            hint = f"the longest time is {t.INT_MAX // t.MICROSECONDS_PER_DAY:_} days"
        sink.report(codes.NUMBER_TOO_LARGE, literal.span, text=literal.text, hint=hint)
        return Const(None, t.ERROR, literal.span)
    return Const(value, _WHOLE[literal.kind], literal.span)


def _machine_int(literal: LiteralExpr) -> int:
    """Return the machine form; the parser has seen to it that dates and times exist."""
    match literal.kind:
        case "int":
            # Python refuses to convert very long digit strings; none of them fits anyway.
            return int(literal.text) if len(literal.text) <= 40 else t.INT_MAX + 1
        case "duration":
            amount, unit = literal.text.split()
            return (int(amount) if len(amount) <= 40 else t.INT_MAX) * _MICROSECONDS[
                unit.removesuffix("s")
            ]
        case "date":
            return parse_day(literal.text)
        case _:
            return _parse_instant(literal.text)


def parse_day(text: str) -> int:
    """Return the days since 1970-01-01 of an ISO date."""
    return date.fromisoformat(text).toordinal() - _EPOCH_DAY


def _parse_instant(text: str) -> int:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    since = moment - _EPOCH
    return (since.days * 86_400 + since.seconds) * 10**6 + since.microseconds


def fraction_places(text: str) -> int:
    """Return the decimal places that a fraction needs, as written (``1.50`` needs two)."""
    if text.isascii() and text.replace(".", "", 1).isdecimal():
        return len(text.partition(".")[2])
    exponent = Decimal(text).as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def scaled(text: str, scale: int) -> int:
    """Return a fraction times ``10**scale``, rounded half away from zero."""
    exact = Fraction(text) * Fraction(10) ** scale
    whole = abs(exact).numerator // exact.denominator
    rounded = whole + int(abs(exact) - whole >= Fraction(1, 2))
    return rounded if exact >= 0 else -rounded
