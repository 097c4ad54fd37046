"""Functions that move dates by months and years, count what lies between, and make durations."""

from __future__ import annotations

from interact.stdlib.builtin import Group, helper
from interact.stdlib.calendar import civil, days_from_civil, is_date, month_length

GROUP = Group("dates")
builtin = GROUP.builtin


@helper
def move_months(date: int, months: int) -> int | None:
    """Return the same day of another month, or the last day of that month when it is shorter."""
    if not is_date(date) or months < -120_000 or months > 120_000:
        return None
    year, month, day = civil(date)
    target = year * 12 + month - 1 + months
    to_year, to_month = target // 12, target % 12 + 1
    if to_year < 1 or to_year > 9999:
        return None
    return days_from_civil(to_year, to_month, min(day, month_length(to_year, to_month)))


@helper
def complete_months(start: int, end: int) -> int | None:
    """Return the months by which the earlier date moves without passing the later one, signed."""
    if not is_date(start) or not is_date(end):
        return None
    year, month, day = civil(min(start, end))
    to_year, to_month, to_day = civil(max(start, end))
    months = (to_year - year) * 12 + to_month - month
    if to_day < min(day, month_length(to_year, to_month)):
        months -= 1
    return months if start <= end else -months


@builtin(
    "add_days(date: date, days: int) -> date",
    examples=[("add_days(2026-02-27, 2)", "2026-03-01"), ("add_days(null, 2)", "null")],
)
def add_days(date: int, days: int) -> int | None:
    """Move a date by days."""
    if not is_date(date) or days < -4_000_000 or days > 4_000_000:
        return None
    return date + days if is_date(date + days) else None


@builtin(
    "add_months(date: date, months: int) -> date",
    examples=[
        ("add_months(2026-01-31, 1)", "2026-02-28"),
        ("add_months(2026-01-15, -2)", "2025-11-15"),
        ("add_months(null, 1)", "null"),
    ],
)
def add_months(date: int, months: int) -> int | None:
    """Move a date by months; a day that the month does not have becomes its last."""
    return move_months(date, months)


@builtin(
    "add_years(date: date, years: int) -> date",
    examples=[("add_years(2028-02-29, 1)", "2029-02-28"), ("add_years(2026-01-31, null)", "null")],
)
def add_years(date: int, years: int) -> int | None:
    """Move a date by years; 29 February becomes the 28th where there is none."""
    if years < -10_000 or years > 10_000:
        return None
    return move_months(date, years * 12)


@builtin(
    "days_between(start: date, end: date) -> int",
    examples=[
        ("days_between(2026-02-01, 2026-03-01)", "28"),
        ("days_between(2026-03-01, 2026-02-01)", "-28"),
        ("days_between(null, 2026-03-01)", "null"),
    ],
)
def days_between(start: int, end: int) -> int | None:
    """Count the days from one date to another, negative when the second is the earlier one."""
    if not is_date(start) or not is_date(end):
        return None
    return end - start


@builtin(
    "months_between(start: date, end: date) -> int",
    examples=[
        ("months_between(2026-01-15, 2026-03-14)", "1"),
        ("months_between(2026-01-31, 2026-02-28)", "1"),
        ("months_between(2026-03-15, 2026-01-15)", "-2"),
        ("months_between(2026-01-31, null)", "null"),
    ],
)
def months_between(start: int, end: int) -> int | None:
    """Count the complete months from one date to another, negative when the second is earlier.

    A month is complete when ``add_months`` from the earlier date does not pass the later one.
    """
    return complete_months(start, end)


@builtin(
    "years_between(start: date, end: date) -> int",
    examples=[
        ("years_between(1990-06-15, 2026-06-14)", "35"),
        ("years_between(1990-06-15, 2026-06-15)", "36"),
        ("years_between(null, 2026-06-15)", "null"),
    ],
)
def years_between(start: int, end: int) -> int | None:
    """Count the complete years from one date to another, such as an age at a date."""
    months = complete_months(start, end)
    if months is None:
        return None
    return months // 12 if months >= 0 else -(-months // 12)


@builtin(
    "start_of_month(date: date) -> date",
    examples=[("start_of_month(2026-03-14)", "2026-03-01"), ("start_of_month(null)", "null")],
)
def start_of_month(date: int) -> int | None:
    """Return the first day of the month."""
    return date - civil(date)[2] + 1 if is_date(date) else None


@builtin(
    "end_of_month(date: date) -> date",
    examples=[("end_of_month(2028-02-14)", "2028-02-29"), ("end_of_month(null)", "null")],
)
def end_of_month(date: int) -> int | None:
    """Return the last day of the month."""
    if not is_date(date):
        return None
    year, month, day = civil(date)
    return date - day + month_length(year, month)


@builtin(
    "start_of_year(date: date) -> date",
    examples=[("start_of_year(2026-03-14)", "2026-01-01"), ("start_of_year(null)", "null")],
)
def start_of_year(date: int) -> int | None:
    """Return the first day of the year."""
    return days_from_civil(civil(date)[0], 1, 1) if is_date(date) else None


@builtin(
    "start_of_week(date: date) -> date",
    examples=[("start_of_week(2026-03-14)", "2026-03-09"), ("start_of_week(null)", "null")],
)
def start_of_week(date: int) -> int | None:
    """Return the Monday of the week."""
    return date - (date + 3) % 7 if is_date(date) else None
