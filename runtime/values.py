"""Python values as machine values and back: dates, decimals, times."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import MAX_EMAX, MIN_EMIN, ROUND_HALF_UP, Context, Decimal
from functools import partial
from typing import Any

from interact.runtime.errors import DataError, UsageError
from interact.stdlib.types import INT_MAX, INT_MIN, Kind, Type, Value

_EPOCH_DAY, _LAST_DAY = date(1970, 1, 1).toordinal(), date.max.toordinal()
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_MOST_DIGITS = 40
# Nothing is rounded here but by us, whatever the caller's context says.
_EXACT = Context(prec=1_200, Emin=MIN_EMIN, Emax=MAX_EMAX)


def to_machine(name: str, declared: Type) -> Callable[[Any], Value]:
    """Return a function that converts values of the attribute ``name``; None is null.

    Raises (the function):
        DataError: the value is of another sort, or does not fit.
    """
    convert = _CONVERTERS[declared.kind]
    return partial(_converted, name, declared, convert)


def _converted(
    name: str, declared: Type, convert: Callable[[Any, Type], Value], value: Any
) -> Value:
    if value is None:
        return None
    try:
        machine = convert(value, declared)
    except (TypeError, ValueError, ArithmeticError) as error:
        raise _unsuitable(name, declared, value) from error
    if type(machine) is int and not INT_MIN <= machine <= INT_MAX:
        raise _unsuitable(name, declared, value)
    return machine


def _unsuitable(name: str, declared: Type, value: Any) -> DataError:
    return DataError(f"{name} is declared {declared}, and {value!r:.60} is not one")


def _bool(value: Any, declared: Type) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _int(value: Any, declared: Type) -> int | None:
    if _is_nan(value):
        return None
    if isinstance(value, bool) or (isinstance(value, Decimal) and _is_long(value)):
        raise TypeError
    if value != int(value):
        raise TypeError
    return int(value)


def _float(value: Any, declared: Type) -> float | None:
    if isinstance(value, bool | str):
        raise TypeError
    number = float(value)
    return None if math.isnan(number) else number


def _is_nan(value: Any) -> bool:
    """Return whether a value is a float that is no number, which is null as in a batch."""
    return isinstance(value, float) and math.isnan(value)


def _decimal(value: Any, declared: Type) -> int | None:
    if _is_nan(value):
        return None
    if isinstance(value, bool | str):
        raise TypeError
    exact = value if isinstance(value, Decimal) else Decimal(value)
    if _is_long(exact):
        raise OverflowError
    scaled = exact.scaleb(declared.scale, _EXACT)
    return int(scaled.to_integral_value(ROUND_HALF_UP, _EXACT))


def _is_long(value: Decimal) -> bool:
    """Return whether a number is far out of range: it could have billions of digits."""
    return value.is_finite() and value.adjusted() > _MOST_DIGITS


def _text(value: Any, declared: Type) -> str:
    if not isinstance(value, str):
        raise TypeError
    if not value.isascii():
        value.encode()  # a lone surrogate is no text
    return value


def _date(value: Any, declared: Type) -> int:
    day = date.fromisoformat(value) if isinstance(value, str) else value
    if isinstance(day, datetime) or not isinstance(day, date):
        raise TypeError
    return day.toordinal() - _EPOCH_DAY


def _timestamp(value: Any, declared: Type) -> int:
    moment = datetime.fromisoformat(value) if isinstance(value, str) else value
    # A moment of another zone may be outside of the years that there are.
    return instant(moment if moment.tzinfo is None else moment.astimezone(UTC))


def instant(moment: datetime) -> int:
    """Return microseconds since 1970-01-01T00:00Z; a time without a zone is UTC.

    >>> instant(datetime(1970, 1, 2))
    86400000000
    """
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return (aware - _EPOCH) // _MICROSECOND


def moment_given(at: object) -> int:
    """Return the microseconds of a moment that a program gives.

    Args:
        at: A ``datetime``, a ``date``, or either as ISO text; a day is its midnight.

    Raises:
        UsageError: It is none of these.

    >>> moment_given("1970-01-02") == moment_given(date(1970, 1, 2)) == 86400000000
    True
    """
    try:
        found = datetime.fromisoformat(at) if isinstance(at, str) else at
        if isinstance(found, date) and not isinstance(found, datetime):
            found = datetime(found.year, found.month, found.day, tzinfo=UTC)
        if isinstance(found, datetime):
            return instant(found)
    except (ValueError, OverflowError):
        pass
    raise UsageError(
        f"{at!r} is no moment", help="give a datetime, a date, or a text such as 2026-11-24T12:00"
    )


def _duration(value: Any, declared: Type) -> int:
    if not isinstance(value, timedelta):
        raise TypeError
    return value // _MICROSECOND


_CONVERTERS: dict[Kind, Callable[[Any, Type], Value]] = {
    Kind.BOOL: _bool,
    Kind.INT: _int,
    Kind.FLOAT: _float,
    Kind.DECIMAL: _decimal,
    Kind.TEXT: _text,
    Kind.DATE: _date,
    Kind.TIMESTAMP: _timestamp,
    Kind.DURATION: _duration,
}


def from_machine(value: Value, declared: Type) -> object:
    """Return a machine value as Python writes it: Decimal, date, datetime, timedelta.

    None is null, or a day or time beyond the years 1 to 9999, which Python has not.

    >>> from interact.stdlib.types import decimal
    >>> from_machine(1050, decimal(2))
    Decimal('10.50')
    """
    if value is None or isinstance(value, str | float | bool):
        return value
    match declared.kind:
        case Kind.DECIMAL:
            return Decimal(value).scaleb(-declared.scale, _EXACT)
        case Kind.DATE:
            day = value + _EPOCH_DAY
            return date.fromordinal(day) if 1 <= day <= _LAST_DAY else None
        case Kind.TIMESTAMP:
            return _time(value)
        case Kind.DURATION:
            return timedelta(microseconds=value)
        case _:
            return value


def _time(microseconds: int) -> datetime | None:
    try:
        return _EPOCH + timedelta(microseconds=microseconds)
    except OverflowError:
        return None
