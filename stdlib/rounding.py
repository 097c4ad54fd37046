"""Rounding: the result has the type of the argument, decimals also its scale.

On the integers of a decimal, a rounding goes to a multiple of ``step``. ``x % step`` is the
distance down to the next multiple, also below zero; only the move by that distance can overflow.
"""

from __future__ import annotations

import math

from interact.stdlib.builtin import Group, helper
from interact.stdlib.types import INT_MAX, INT_MIN

GROUP = Group("numbers")
builtin = GROUP.builtin

WHOLE = 4_503_599_627_370_496.0
"""2**52: floats of this size have no fraction."""


@helper
def round_to_step(x: int, step: int) -> int | None:
    """Round to the nearest multiple of ``step`` > 0, half away from zero."""
    above = x % step
    below = step - above
    if above > below or (above == below and x > 0):
        return None if x > INT_MAX - below else x + below
    return None if x < INT_MIN + above else x - above


@helper
def round_half_away(x: float) -> float:
    """Round to the nearest whole number, half away from zero."""
    size = abs(x)
    if size >= WHOLE:
        return x
    whole = float(math.floor(size))
    if size - whole >= 0.5:
        whole += 1.0
    return whole if x > 0.0 else 0.0 - whole


@helper
def drop_digits(x: int, digits: int) -> int | None:
    """Round to a multiple of 10**digits, half away from zero."""
    if digits <= 0:
        return x
    if digits > 18:  # 10**19 leaves 64 bits, and so does every multiple of it but zero
        too_large = x >= 5_000_000_000_000_000_000 or x <= -5_000_000_000_000_000_000
        return None if digits == 19 and too_large else 0
    step = 1
    for _ in range(digits):
        step *= 10
    return round_to_step(x, step)


@builtin(
    "round(x: int) -> int",
    examples=[
        ("round(2.5)", "3"),
        ("round(-2.5)", "-3"),
        ("round(2.345, 1)", "2.3"),
        ("round(1234, -2)", "1200"),
        ("round(null, 1)", "null"),
    ],
)
def round_int_whole(x: int) -> int:
    """Round to a whole number or to ``places`` after the point, half away from zero.

    Negative places round to tens, hundreds and so on. Decimals are rounded exactly; a float is
    multiplied by ``10**places``, rounded and divided again.
    """
    return x


@builtin("round(x: decimal, unit x) -> decimal")
def round_decimal_whole(x: int, unit: int) -> int | None:
    return round_to_step(x, unit)


@builtin("round(x: float) -> float")
def round_float_whole(x: float) -> float:
    return round_half_away(x)


@builtin("round(x: int, places: int) -> int")
def round_int(x: int, places: int) -> int | None:
    return drop_digits(x, -max(places, -20))


@builtin("round(x: decimal, places: int, unit x) -> decimal")
def round_decimal(x: int, places: int, unit: int) -> int | None:
    digits = -min(max(places, -20), 20)
    while unit > 1:
        unit //= 10
        digits += 1
    return drop_digits(x, digits)


@builtin("round(x: float, places: int) -> float")
def round_float(x: float, places: int) -> float:
    if places > 308 or math.isinf(x):
        return x
    if places < -308:
        return 0.0
    scale = 1.0
    for _ in range(abs(places)):  # exact up to 10**22
        scale *= 10.0
    if places < 0:
        return round_half_away(x / scale) * scale
    scaled = x * scale
    return x if abs(scaled) >= WHOLE else round_half_away(scaled) / scale


@builtin(
    "floor(x: int) -> int",
    examples=[("floor(2.75)", "2"), ("floor(-2.25)", "-3"), ("floor(null)", "null")],
)
def floor_int(x: int) -> int:
    """Return the next whole number that is not greater."""
    return x


@builtin("floor(x: decimal, unit x) -> decimal")
def floor_decimal(x: int, unit: int) -> int | None:
    above = x % unit
    return None if x < INT_MIN + above else x - above


@builtin("floor(x: float) -> float")
def floor_float(x: float) -> float:
    return x if abs(x) >= WHOLE else float(math.floor(x))


@builtin(
    "ceil(x: int) -> int",
    examples=[("ceil(2.25)", "3"), ("ceil(-2.75)", "-2"), ("ceil(null)", "null")],
)
def ceil_int(x: int) -> int:
    """Return the next whole number that is not less."""
    return x


@builtin("ceil(x: decimal, unit x) -> decimal")
def ceil_decimal(x: int, unit: int) -> int | None:
    above = x % unit
    below = unit - above if above > 0 else 0
    return None if x > INT_MAX - below else x + below


@builtin("ceil(x: float) -> float")
def ceil_float(x: float) -> float:
    return x if abs(x) >= WHOLE else float(math.ceil(x))


@builtin(
    "trunc(x: int) -> int",
    examples=[("trunc(2.75)", "2"), ("trunc(-2.75)", "-2"), ("trunc(null)", "null")],
)
def trunc_int(x: int) -> int:
    """Cut the fraction off, toward zero."""
    return x


@builtin("trunc(x: decimal, unit x) -> decimal")
def trunc_decimal(x: int, unit: int) -> int:
    above = x % unit
    return x - above if x >= 0 or above == 0 else x + (unit - above)


@builtin("trunc(x: float) -> float")
def trunc_float(x: float) -> float:
    return x if abs(x) >= WHOLE else float(int(x))
