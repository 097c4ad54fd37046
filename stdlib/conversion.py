"""Implicit conversions between types, as scalar functions over machine values.

Like built-ins they run in Python for the interpreter and, compiled, in the kernels.
"""

from __future__ import annotations

from collections.abc import Callable

from interact.stdlib.cast import timestamp_date
from interact.stdlib.types import Kind, Type, Value

_LIMIT = 2**63 - 1


def scale_up(value: int, factor: int) -> int | None:
    """Multiply by a power of ten; null when it overflows."""
    if value > _LIMIT // factor or value < -(_LIMIT // factor):
        return None
    return value * factor


def scale_down(value: int, factor: int) -> int:
    """Divide by a power of ten, rounding half away from zero."""
    magnitude = value if value >= 0 else -(value + 1)
    whole = magnitude // factor
    rest = magnitude - whole * factor
    if value >= 0:
        return whole + 1 if rest >= factor - rest else whole
    return -whole - 1 if rest + 1 >= factor - (rest + 1) else -whole


def int_to_float(value: int) -> float:
    """Return the nearest float."""
    return float(value)


def decimal_to_float(value: int, unit: int) -> float:
    """Return a scaled integer as a float: one division of two floats."""
    return float(value) / float(unit)


def float_to_scaled(value: float, unit: int) -> int | None:
    """Return a float times ``unit``, rounded half away from zero; null beyond 63 bits."""
    product = value * float(unit)
    if not (-9.2e18 < product < 9.2e18):
        return None
    whole = int(product)
    rest = product - float(whole)
    if rest >= 0.5:
        return whole + 1
    if rest <= -0.5:
        return whole - 1
    return whole


def conversion(source: Type, target: Type) -> tuple[Callable[..., Value], tuple[int, ...]]:
    """Return the function that converts ``source`` to ``target``, and its further arguments.

    Raises:
        KeyError: there is no such conversion.
    """
    if source.kind is Kind.DECIMAL and target.kind is Kind.DECIMAL:
        factor = 10 ** abs(target.scale - source.scale)
        return (scale_up if target.scale >= source.scale else scale_down), (factor,)
    match source.kind, target.kind:
        case Kind.INT, Kind.DECIMAL:
            return scale_up, (10**target.scale,)
        case Kind.INT, Kind.FLOAT:
            return int_to_float, ()
        case Kind.DECIMAL, Kind.FLOAT:
            return decimal_to_float, (10**source.scale,)
        case Kind.DECIMAL, Kind.INT:
            return scale_down, (10**source.scale,)
        case Kind.FLOAT, Kind.DECIMAL:
            return float_to_scaled, (10**target.scale,)
        case Kind.FLOAT, Kind.INT:
            return float_to_scaled, (1,)
        case Kind.DATE, Kind.TIMESTAMP:
            return timestamp_date, ()
    raise KeyError(f"{source} to {target}")


def convert_value(value: Value, source: Type, target: Type) -> Value:
    """Convert one value; None when it is null or does not fit."""
    if value is None or source == target:
        return value
    function, further = conversion(source, target)
    return function(value, *further)
