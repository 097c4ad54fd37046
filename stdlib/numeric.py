"""Numeric functions that look at size and sign, whole-number division, and bits.

The functions on integers serve every type that is held as one: decimals, dates, timestamps and
durations compare as their machine integers do.
"""

from __future__ import annotations

from interact.stdlib.builtin import Group
from interact.stdlib.types import INT_MIN

GROUP = Group("numbers")
builtin = GROUP.builtin


@builtin(
    "abs(x: int) -> int",
    "abs(x: decimal) -> decimal",
    "abs(x: duration) -> duration",
    examples=[("abs(-3)", "3"), ("abs(-2.5)", "2.5"), ("abs(null)", "null")],
)
def abs_int(x: int) -> int | None:
    """Return the size without the sign."""
    if x == INT_MIN:
        return None
    return abs(x)


@builtin("abs(x: float) -> float")
def abs_float(x: float) -> float:
    return abs(x)


@builtin(
    "sign(x: int) -> int",
    "sign(x: decimal) -> int",
    "sign(x: duration) -> int",
    examples=[("sign(-12)", "-1"), ("sign(0.5)", "1"), ("sign(0)", "0"), ("sign(null)", "null")],
)
def sign_int(x: int) -> int:
    """Return 1 for a positive number, -1 for a negative one and 0 for zero."""
    return (1 if x > 0 else 0) - (1 if x < 0 else 0)


@builtin("sign(x: float) -> int")
def sign_float(x: float) -> int:
    return (1 if x > 0.0 else 0) - (1 if x < 0.0 else 0)


@builtin(
    "min(a: int, b: int...) -> int",
    "min(a: decimal, b: decimal...) -> decimal",
    "min(a: date, b: date...) -> date",
    "min(a: timestamp, b: timestamp...) -> timestamp",
    "min(a: duration, b: duration...) -> duration",
    examples=[
        ("min(3, 1, 2)", "1"),
        ("min(2026-03-01, 2026-01-31)", "2026-01-31"),
        ("min(3, null)", "null"),
    ],
)
def min_int(a: int, b: int) -> int:
    """Return the least of two or more values; null when any of them is null."""
    return a if a <= b else b


@builtin("min(a: float, b: float...) -> float")
def min_float(a: float, b: float) -> float:
    return a if a <= b else b


@builtin(
    "max(a: int, b: int...) -> int",
    "max(a: decimal, b: decimal...) -> decimal",
    "max(a: date, b: date...) -> date",
    "max(a: timestamp, b: timestamp...) -> timestamp",
    "max(a: duration, b: duration...) -> duration",
    examples=[("max(3, 1, 2)", "3"), ("max(1.5, 2)", "2"), ("max(3, null)", "null")],
)
def max_int(a: int, b: int) -> int:
    """Return the greatest of two or more values; null when any of them is null."""
    return a if a >= b else b


@builtin("max(a: float, b: float...) -> float")
def max_float(a: float, b: float) -> float:
    return a if a >= b else b


@builtin(
    "clamp(x: int, low: int, high: int) -> int",
    "clamp(x: decimal, low: decimal, high: decimal) -> decimal",
    "clamp(x: date, low: date, high: date) -> date",
    "clamp(x: timestamp, low: timestamp, high: timestamp) -> timestamp",
    "clamp(x: duration, low: duration, high: duration) -> duration",
    examples=[
        ("clamp(120, 0, 100)", "100"),
        ("clamp(7, 0, 100)", "7"),
        ("clamp(7, 100, 0)", "null"),
        ("clamp(7, 0, null)", "null"),
    ],
)
def clamp_int(x: int, low: int, high: int) -> int | None:
    """Move a value into the range from ``low`` to ``high``; null when the range is empty."""
    if low > high:
        return None
    return low if x < low else high if x > high else x


@builtin("clamp(x: float, low: float, high: float) -> float")
def clamp_float(x: float, low: float, high: float) -> float | None:
    if low > high:
        return None
    return low if x < low else high if x > high else x


@builtin(
    "quotient(a: int, b: int) -> int",
    "quotient(a: decimal, b: decimal) -> int",
    "quotient(a: duration, b: duration) -> int",
    examples=[
        ("quotient(7, 2)", "3"),
        ("quotient(-7, 2)", "-3"),
        ("quotient(7.5, 0.5)", "15"),
        ("quotient(7, 0)", "null"),
        ("quotient(7, null)", "null"),
    ],
)
def quotient_int(a: int, b: int) -> int | None:
    """Divide and cut toward zero, as ``%`` does; null when dividing by 0."""
    if b == 0 or (b == -1 and a == INT_MIN):
        return None
    whole = a // b
    if whole < 0 and whole * b != a:
        return whole + 1
    return whole


@builtin(
    "bit_and(a: int, b: int) -> int",
    examples=[("bit_and(12, 10)", "8"), ("bit_and(12, null)", "null")],
)
def bit_and(a: int, b: int) -> int:
    """Keep the bits that are set in both numbers."""
    return a & b


@builtin(
    "bit_or(a: int, b: int) -> int",
    examples=[("bit_or(12, 10)", "14"), ("bit_or(12, null)", "null")],
)
def bit_or(a: int, b: int) -> int:
    """Keep the bits that are set in either number."""
    return a | b


@builtin(
    "bit_xor(a: int, b: int) -> int",
    examples=[("bit_xor(12, 10)", "6"), ("bit_xor(12, null)", "null")],
)
def bit_xor(a: int, b: int) -> int:
    """Keep the bits that are set in one of the numbers only."""
    return a ^ b


@builtin("bit_not(x: int) -> int", examples=[("bit_not(12)", "-13"), ("bit_not(null)", "null")])
def bit_not(x: int) -> int:
    """Turn every bit of a 64-bit number."""
    return ~x
