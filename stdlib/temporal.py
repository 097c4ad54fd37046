"""The operators + - on dates, timestamps and durations.

Dates and timestamps lie in the years 1 to 9999. A result outside is null, and so is one computed
from a date or timestamp outside, which data may hold.
"""

from __future__ import annotations

from interact.stdlib.builtin import Group
from interact.stdlib.types import MICROSECONDS_PER_DAY

GROUP = Group("operators")
builtin = GROUP.builtin

FIRST_DAY, LAST_DAY = -719_162, 2_932_896
FIRST_INSTANT = FIRST_DAY * MICROSECONDS_PER_DAY
LAST_INSTANT = (LAST_DAY + 1) * MICROSECONDS_PER_DAY - 1


@builtin(
    "add(a: date, b: duration) -> date",
    examples=[
        ("2026-01-31 + 1 day", "2026-02-01"),
        ("2026-01-31 + 36 hours", "null"),
        ("9999-12-31 + 1 day", "null"),
    ],
)
def add_date_duration(a: int, b: int) -> int | None:
    """A date moves by whole days only: anything else is null, as is a year outside 1 to 9999."""
    days = b // MICROSECONDS_PER_DAY
    if days * MICROSECONDS_PER_DAY != b or a < FIRST_DAY or a > LAST_DAY:
        return None
    if days < FIRST_DAY - a or days > LAST_DAY - a:
        return None
    return a + days


@builtin("add(a: duration, b: date) -> date")
def add_duration_date(a: int, b: int) -> int | None:
    days = a // MICROSECONDS_PER_DAY
    if days * MICROSECONDS_PER_DAY != a or b < FIRST_DAY or b > LAST_DAY:
        return None
    if days < FIRST_DAY - b or days > LAST_DAY - b:
        return None
    return b + days


@builtin("sub(a: date, b: duration) -> date", examples=[("2026-03-01 - 1 day", "2026-02-28")])
def sub_date_duration(a: int, b: int) -> int | None:
    """A date moves by whole days only: anything else is null, as is a year outside 1 to 9999."""
    days = b // MICROSECONDS_PER_DAY
    if days * MICROSECONDS_PER_DAY != b or a < FIRST_DAY or a > LAST_DAY:
        return None
    if days > a - FIRST_DAY or days < a - LAST_DAY:
        return None
    return a - days


@builtin("sub(a: date, b: date) -> duration", examples=[("2026-03-01 - 2026-02-01", "28 days")])
def sub_date(a: int, b: int) -> int | None:
    """The difference of two dates or timestamps is a duration."""
    if a < FIRST_DAY or a > LAST_DAY or b < FIRST_DAY or b > LAST_DAY:
        return None
    return (a - b) * MICROSECONDS_PER_DAY


@builtin("add(a: timestamp, b: duration) -> timestamp")
def add_timestamp_duration(a: int, b: int) -> int | None:
    if a < FIRST_INSTANT or a > LAST_INSTANT or b < FIRST_INSTANT - a or b > LAST_INSTANT - a:
        return None
    return a + b


@builtin("add(a: duration, b: timestamp) -> timestamp")
def add_duration_timestamp(a: int, b: int) -> int | None:
    if b < FIRST_INSTANT or b > LAST_INSTANT or a < FIRST_INSTANT - b or a > LAST_INSTANT - b:
        return None
    return a + b


@builtin("sub(a: timestamp, b: duration) -> timestamp")
def sub_timestamp_duration(a: int, b: int) -> int | None:
    if a < FIRST_INSTANT or a > LAST_INSTANT or b > a - FIRST_INSTANT or b < a - LAST_INSTANT:
        return None
    return a - b


@builtin("sub(a: timestamp, b: timestamp) -> duration")
def sub_timestamp(a: int, b: int) -> int | None:
    if a < FIRST_INSTANT or a > LAST_INSTANT or b < FIRST_INSTANT or b > LAST_INSTANT:
        return None
    return a - b
