"""Functions on dates, and on the time of day of timestamps.

Dates are days since 1970-01-01 in the Gregorian calendar, years 1 to 9999; a date outside, as an
argument or as a result, is null. Timestamps are UTC.

Source:
    Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil and
    civil_from_days. Years start on 1 March there, so that the leap day is the last of a year;
    an era is 400 years, 146097 days.
"""

from __future__ import annotations

from interact.stdlib.builtin import Group, helper
from interact.stdlib.temporal import FIRST_DAY, FIRST_INSTANT, LAST_DAY, LAST_INSTANT
from interact.stdlib.types import MICROSECONDS_PER_DAY

GROUP = Group("dates")
builtin = GROUP.builtin


@helper
def civil(date: int) -> tuple[int, int, int]:
    """Return year, month and day of a date within the years 1 to 9999."""
    day = date + 719_468
    era = day // 146_097
    of_era = day - era * 146_097
    year = (of_era - of_era // 1460 + of_era // 36_524 - of_era // 146_096) // 365
    of_year = of_era - (365 * year + year // 4 - year // 100)
    shifted = (5 * of_year + 2) // 153
    month = shifted + 3 if shifted < 10 else shifted - 9
    of_month = of_year - (153 * shifted + 2) // 5 + 1
    return era * 400 + year + (1 if month <= 2 else 0), month, of_month


@helper
def days_from_civil(year: int, month: int, day: int) -> int:
    """Return the date of a day that exists, or that lies some days outside its month."""
    shifted_year = year - 1 if month <= 2 else year
    era = shifted_year // 400
    of_era = shifted_year - era * 400
    of_year = (153 * (month - 3 if month > 2 else month + 9) + 2) // 5 + day - 1
    return era * 146_097 + of_era * 365 + of_era // 4 - of_era // 100 + of_year - 719_468


@helper
def month_length(year: int, month: int) -> int:
    """Return the number of days of a month."""
    if month == 2:
        return 29 if year % 4 == 0 and (year % 100 != 0 or year % 400 == 0) else 28
    return 30 if month == 4 or month == 6 or month == 9 or month == 11 else 31


@helper
def is_date(date: int) -> bool:
    """Return whether a date lies within the years 1 to 9999."""
    return FIRST_DAY <= date <= LAST_DAY


@helper
def is_instant(timestamp: int) -> bool:
    """Return whether a timestamp lies within the years 1 to 9999."""
    return FIRST_INSTANT <= timestamp <= LAST_INSTANT


@builtin(
    "year(date: date) -> int",
    examples=[("year(2026-03-14)", "2026"), ("year(null)", "null")],
)
def year(date: int) -> int | None:
    """Return the year."""
    return civil(date)[0] if is_date(date) else None


@builtin(
    "quarter(date: date) -> int",
    examples=[("quarter(2026-03-14)", "1"), ("quarter(null)", "null")],
)
def quarter(date: int) -> int | None:
    """Return the quarter, 1 to 4."""
    return (civil(date)[1] + 2) // 3 if is_date(date) else None


@builtin(
    "month(date: date) -> int",
    examples=[("month(2026-03-14)", "3"), ("month(null)", "null")],
)
def month(date: int) -> int | None:
    """Return the month, 1 to 12."""
    return civil(date)[1] if is_date(date) else None


@builtin(
    "day(date: date) -> int",
    examples=[("day(2026-03-14)", "14"), ("day(null)", "null")],
)
def day(date: int) -> int | None:
    """Return the day of the month, 1 to 31."""
    return civil(date)[2] if is_date(date) else None


@builtin(
    "day_of_year(date: date) -> int",
    examples=[("day_of_year(2026-03-14)", "73"), ("day_of_year(null)", "null")],
)
def day_of_year(date: int) -> int | None:
    """Return the day of the year, 1 to 366."""
    if not is_date(date):
        return None
    return date - days_from_civil(civil(date)[0], 1, 1) + 1


@builtin(
    "weekday(date: date) -> int",
    examples=[("weekday(2026-03-14)", "6"), ("weekday(null)", "null")],
)
def weekday(date: int) -> int | None:
    """Return the day of the week, 0 for Sunday to 6 for Saturday."""
    return (date + 4) % 7 if is_date(date) else None


@builtin(
    "is_weekend(date: date) -> bool",
    examples=[("is_weekend(2026-03-14)", "true"), ("is_weekend(null)", "null")],
)
def is_weekend(date: int) -> bool | None:
    """Return whether it is a Saturday or a Sunday."""
    return (date + 5) % 7 <= 1 if is_date(date) else None


@builtin(
    "iso_week(date: date) -> int",
    examples=[
        ("iso_week(2026-03-14)", "11"),
        ("iso_week(2027-01-01)", "53"),
        ("iso_week(null)", "null"),
    ],
)
def iso_week(date: int) -> int | None:
    """Return the ISO 8601 week, 1 to 53: weeks start on Monday and belong to Thursday's year."""
    if not is_date(date):
        return None
    thursday = date - (date + 3) % 7 + 3
    return (thursday - days_from_civil(civil(thursday)[0], 1, 1)) // 7 + 1


@builtin(
    "days_in_month(date: date) -> int",
    examples=[("days_in_month(2028-02-10)", "29"), ("days_in_month(null)", "null")],
)
def days_in_month(date: int) -> int | None:
    """Return the number of days of the date's month."""
    if not is_date(date):
        return None
    in_year, in_month, _ = civil(date)
    return month_length(in_year, in_month)


@builtin(
    "hour(timestamp: timestamp) -> int",
    examples=[('hour(timestamp("2026-03-14T15:09:26"))', "15"), ("hour(null)", "null")],
)
def hour(timestamp: int) -> int | None:
    """Return the hour of the day (UTC), 0 to 23."""
    if not is_instant(timestamp):
        return None
    return timestamp % MICROSECONDS_PER_DAY // 3_600_000_000


@builtin(
    "minute(timestamp: timestamp) -> int",
    examples=[('minute(timestamp("2026-03-14T15:09:26"))', "9"), ("minute(null)", "null")],
)
def minute(timestamp: int) -> int | None:
    """Return the minute of the hour, 0 to 59."""
    if not is_instant(timestamp):
        return None
    return timestamp % 3_600_000_000 // 60_000_000


@builtin(
    "second(timestamp: timestamp) -> int",
    examples=[('second(timestamp("2026-03-14T15:09:26"))', "26"), ("second(null)", "null")],
)
def second(timestamp: int) -> int | None:
    """Return the second of the minute, 0 to 59."""
    if not is_instant(timestamp):
        return None
    return timestamp % 60_000_000 // 1_000_000
