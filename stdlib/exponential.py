"""Roots, powers, logarithms and trigonometry, on floats.

Each call that Python would refuse with an exception is ruled out first. What is left goes to
the C library in Python and in kernels alike, and so has the same bits.
"""

from __future__ import annotations

import math

from interact.stdlib.builtin import Group

GROUP = Group("numbers")
builtin = GROUP.builtin

EXP_LIMIT = 709.782712893384
"""The greatest float whose exponential is finite."""


@builtin(
    "sqrt(x: float) -> float",
    examples=[("sqrt(9)", "3"), ("sqrt(-1)", "null"), ("sqrt(null)", "null")],
)
def sqrt(x: float) -> float | None:
    """Return the square root; null for a negative number."""
    if x < 0.0:
        return None
    return math.sqrt(x)


@builtin(
    "exp(x: float) -> float",
    examples=[("exp(0)", "1"), ("exp(1000)", "null"), ("exp(null)", "null")],
)
def exp(x: float) -> float | None:
    """Raise e to a power; null when the result is too large."""
    if x > EXP_LIMIT:
        return None
    return math.exp(x)


@builtin(
    "ln(x: float) -> float",
    examples=[("ln(1)", "0"), ("ln(0)", "null"), ("ln(null)", "null")],
)
def ln(x: float) -> float | None:
    """Return the natural logarithm; null unless the number is positive."""
    if x <= 0.0:
        return None
    return math.log(x)


@builtin(
    "log10(x: float) -> float",
    examples=[("log10(1000)", "3"), ("log10(-1)", "null"), ("log10(null)", "null")],
)
def log10(x: float) -> float | None:
    """Return the logarithm to base 10; null unless the number is positive."""
    if x <= 0.0:
        return None
    return math.log10(x)


@builtin(
    "log(x: float, base: float) -> float",
    examples=[("log(8, 2)", "3"), ("log(8, 1)", "null"), ("log(null, 2)", "null")],
)
def log(x: float, base: float) -> float | None:
    """Return the logarithm to ``base``; null unless both are positive and the base is not 1."""
    if x <= 0.0 or base <= 0.0 or base == 1.0:
        return None
    return math.log(x) / math.log(base)


@builtin(
    "power(x: float, y: float) -> float",
    examples=[
        ("power(2, 10)", "1024"),
        ("power(9, 0.5)", "3"),
        ("power(0, -1)", "null"),
        ("power(-8, 0.5)", "null"),
        ("power(null, 2)", "null"),
    ],
)
def power(x: float, y: float) -> float | None:
    """Raise ``x`` to the power ``y``.

    It is null when the result is too large, for a negative power of 0 and for a fractional power
    of a negative number.
    """
    if math.isinf(x) or math.isinf(y):
        return None
    if x == 0.0:
        return None if y < 0.0 else 1.0 if y == 0.0 else 0.0
    if x < 0.0 and abs(y) % 1.0 != 0.0:
        return None
    size = y * math.log(abs(x))
    if size < 709.7827:
        return math.pow(x, y)
    if size > 709.7828:
        return None
    # So close to the limit math.pow may refuse; a product of two halves becomes infinite instead.
    half = math.pow(abs(x), 0.5 * y)
    return half * half if x > 0.0 or abs(y) % 2.0 == 0.0 else -(half * half)


@builtin(
    "sin(x: float) -> float",
    examples=[("sin(0)", "0"), ("sin(null)", "null")],
)
def sin(x: float) -> float | None:
    """Return the sine of an angle in radians."""
    if math.isinf(x):
        return None
    return math.sin(x)


@builtin(
    "cos(x: float) -> float",
    examples=[("cos(0)", "1"), ("cos(null)", "null")],
)
def cos(x: float) -> float | None:
    """Return the cosine of an angle in radians."""
    if math.isinf(x):
        return None
    return math.cos(x)


@builtin(
    "tan(x: float) -> float",
    examples=[("tan(0)", "0"), ("tan(null)", "null")],
)
def tan(x: float) -> float | None:
    """Return the tangent of an angle in radians."""
    if math.isinf(x):
        return None
    return math.tan(x)


@builtin(
    "radians(degrees: float) -> float",
    examples=[("round(radians(180), 5)", "3.14159"), ("radians(null)", "null")],
)
def radians(degrees: float) -> float:
    """Turn degrees into radians."""
    return degrees * (math.pi / 180.0)
