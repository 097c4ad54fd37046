"""Generated literals, and expressions that stand for values without a literal of their own."""

from __future__ import annotations

import random
from datetime import date, timedelta
from math import fmod

from tests.properties.vocabulary import DAY, WORDS, any_day, any_float, any_instant, any_int

from interact.compiler.surface import ast
from interact.stdlib.temporal import FIRST_DAY, LAST_DAY
from interact.stdlib.types import INT_MAX, Kind

PATTERNS = ("gold%", "%card", "_old", "%a%", "%", "", "a\\_b%", "yyyy-MM-dd", "d.M.yy", "HH:mm")
LARGEST = 9e9
"""Decimals up to it fit whatever their number of places: what is declared refuses others."""
_EPOCH = date(1970, 1, 1)


def literal(chance: random.Random, kind: Kind, today: int) -> ast.Expr:
    """Return a constant of a kind; decimals are fractions, which their context decides."""
    match kind:
        case Kind.BOOL:
            return ast.LiteralExpr("bool", chance.choice(("true", "false")))
        case Kind.INT:
            return _signed("int", max(any_int(chance), -INT_MAX))
        case Kind.FLOAT:
            return _fraction(any_float(chance))
        case Kind.DECIMAL:
            return _fraction(fmod(any_float(chance), LARGEST))
        case Kind.TEXT:
            return ast.LiteralExpr("text", chance.choice((*WORDS, *PATTERNS, "word 50")))
        case Kind.DATE:
            return ast.LiteralExpr("date", day_text(any_day(chance, today)))
        case Kind.TIMESTAMP:
            return ast.LiteralExpr("timestamp", _instant_text(any_instant(chance, today)))
        case Kind.DURATION:
            unit = chance.choice(("day", "day", "hour", "minute", "second", "week"))
            count = chance.choice((0, 1, 2, 30, 365, 9999))
            return ast.LiteralExpr("duration", f"{count} {unit}{'s' * (count != 1)}")
        case _:
            return ast.LiteralExpr("null", "null")


def _signed(kind: ast.LiteralKind, value: int) -> ast.Expr:
    if value >= 0:
        return ast.LiteralExpr(kind, str(value))
    return ast.UnaryExpr("-", ast.LiteralExpr(kind, str(-value)))


def _fraction(value: float) -> ast.Expr:
    spelled = format(abs(value), ".6f") if abs(value) < 1e9 else repr(abs(value))
    if "." in spelled and "e" not in spelled:
        spelled = spelled.rstrip("0") + "0" * spelled.endswith("0")
    spelled = spelled + "0" if spelled.endswith(".") else spelled
    text = ast.LiteralExpr("fraction", spelled.replace("+", ""))
    return ast.UnaryExpr("-", text) if value < 0 else text


def day_text(day: int) -> str:
    """Return an ISO date; days out of range become the nearest one in it."""
    return (_EPOCH + timedelta(days=min(max(day, FIRST_DAY), LAST_DAY))).isoformat()


def _instant_text(instant: int) -> str:
    rest = instant % DAY // 1_000_000
    return f"{day_text(instant // DAY)}T{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}Z"
