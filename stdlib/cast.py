"""Conversions that are written as a call: to int, float, bool, date and timestamp."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from math import isfinite

from interact.stdlib.builtin import Group
from interact.stdlib.calendar import days_from_civil, is_date, is_instant, month_length
from interact.stdlib.types import INT_MAX, INT_MIN, MICROSECONDS_PER_DAY

GROUP = Group("conversions")
builtin = GROUP.builtin

# Plain strings, which re compiles on first use: programs without these calls start faster.
_INT = r"\s*[+-]?[0-9]{1,40}\s*"
_NUMBER = r"\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?\s*"
_DATE = r"\s*([0-9]{4})-([0-9]{2})-([0-9]{2})\s*"
_TIME = r"[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?(Z|[+-][0-9]{2}:[0-9]{2})?"
_TIMESTAMP = rf"\s*[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}({_TIME})?\s*"
_BOOLS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@builtin(
    "int(x: bool) -> int",
    examples=[
        ("int(2.9)", "2"),
        ("int(-2.9)", "-2"),
        ("int(true)", "1"),
        ('int("042")', "42"),
        ('int("4.2")', "null"),
        ("int(null)", "null"),
    ],
)
def int_bool(x: bool) -> int:
    """Return a whole number: a fraction is cut off, toward zero; true is 1.

    It is null beyond 64 bits and for a text that is not an optional sign and digits.
    """
    return 1 if x else 0


@builtin("int(x: int) -> int")
def int_int(x: int) -> int:
    return x


@builtin("int(x: decimal, unit x) -> int")
def int_decimal(x: int, unit: int) -> int:
    whole = x // unit
    return whole + 1 if whole < 0 and whole * unit != x else whole


@builtin("int(x: float) -> int")
def int_float(x: float) -> int | None:
    if x < -9_223_372_036_854_775_808.0 or x >= 9_223_372_036_854_775_808.0:
        return None
    return int(x)


@builtin("int(x: text) -> int")
def int_text(x: str) -> int | None:
    if re.fullmatch(_INT, x) is None:
        return None
    value = int(x.strip())  # int itself leaves some blanks on
    return value if INT_MIN <= value <= INT_MAX else None


@builtin(
    "float(x: int) -> float",
    examples=[("float(3) / 2", "1.5"), ('float("1e3")', "1000"), ("float(null)", "null")],
)
def float_int(x: int) -> float:
    """Return a float; null for a text that is not a number."""
    return float(x)


@builtin("float(x: decimal, unit x) -> float")
def float_decimal(x: int, unit: int) -> float:
    return float(x) / float(unit)


@builtin("float(x: float) -> float")
def float_float(x: float) -> float:
    return x


@builtin("float(x: text) -> float")
def float_text(x: str) -> float | None:
    return number_text(x)


@builtin(
    "number(x: text) -> float",
    examples=[
        ('number(" -12.5 ")', "-12.5"),
        ('number("1e3")', "1000"),
        ('number("12,345.00")', "null"),
        ("number(null)", "null"),
    ],
)
def number_text(x: str) -> float | None:
    """Read a number from text, blanks around it ignored; null when it is not a number."""
    if re.fullmatch(_NUMBER, x) is None:
        return None
    value = float(x.strip())
    return value if isfinite(value) else None


@builtin(
    "bool(x: bool) -> bool",
    examples=[
        ("bool(2)", "true"),
        ('bool("Yes")', "true"),
        ('bool("maybe")', "null"),
        ("bool(null)", "null"),
    ],
)
def bool_bool(x: bool) -> bool:
    """Return whether a number is not 0, or read a text: true, yes or 1, false, no or 0.

    Small letters are as capitals; any other text is null.
    """
    return x


@builtin("bool(x: int) -> bool", "bool(x: decimal) -> bool")
def bool_int(x: int) -> bool:
    return x != 0


@builtin("bool(x: float) -> bool")
def bool_float(x: float) -> bool:
    return x != 0.0


@builtin("bool(x: text) -> bool")
def bool_text(x: str) -> bool | None:
    return _BOOLS.get(x.strip().lower())


@builtin(
    "date(year: int, month: int, day: int) -> date",
    examples=[
        ("date(2026, 3, 14)", "2026-03-14"),
        ("date(2026, 2, 29)", "null"),
        ('date("2026-03-14")', "2026-03-14"),
        ('date("14.3.2026")', "null"),
        ('date(timestamp("2026-03-14T15:09:26"))', "2026-03-14"),
        ("date(2026, null, 14)", "null"),
    ],
)
def date_civil(year: int, month: int, day: int) -> int | None:
    """Return a date from year, month and day, from ISO text (yyyy-MM-dd) or from a timestamp.

    It is null when there is no such day.
    """
    if year < 1 or year > 9999 or month < 1 or month > 12 or day < 1:
        return None
    if day > month_length(year, month):
        return None
    return days_from_civil(year, month, day)


@builtin("date(x: timestamp) -> date")
def date_timestamp(x: int) -> int | None:
    return x // MICROSECONDS_PER_DAY if is_instant(x) else None


@builtin("date(x: text) -> date")
def date_text(x: str) -> int | None:
    found = re.fullmatch(_DATE, x)
    return None if found is None else date_civil(*map(int, found.groups()))


@builtin(
    "timestamp(x: date) -> timestamp",
    examples=[
        ('timestamp("2026-03-14T15:09:26Z") - timestamp(2026-03-14)', "54566 seconds"),
        ('timestamp("2026-03-14 17:09+02:00")', 'timestamp("2026-03-14T15:09:00Z")'),
        ('timestamp("soon")', "null"),
        ("timestamp(null)", "null"),
    ],
)
def timestamp_date(x: int) -> int | None:
    """Return the first moment of a date, or read ISO text; without an offset it is UTC."""
    return x * MICROSECONDS_PER_DAY if is_date(x) else None


@builtin("timestamp(x: text) -> timestamp")
def timestamp_text(x: str) -> int | None:
    if re.fullmatch(_TIMESTAMP, x) is None:
        return None
    try:
        moment = datetime.fromisoformat(x.strip())
    except ValueError:
        return None
    since = (moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - _EPOCH
    value = (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds
    return value if is_instant(value) else None
