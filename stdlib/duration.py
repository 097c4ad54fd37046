"""Functions that make durations from numbers and numbers from durations."""

from __future__ import annotations

from interact.stdlib.builtin import Group
from interact.stdlib.types import INT_MAX, MICROSECONDS_PER_DAY

GROUP = Group("durations")
builtin = GROUP.builtin

PER_HOUR, PER_MINUTE, PER_SECOND = 3_600_000_000, 60_000_000, 1_000_000
MOST_DAYS, MOST_HOURS = INT_MAX // MICROSECONDS_PER_DAY, INT_MAX // PER_HOUR
MOST_MINUTES, MOST_SECONDS = INT_MAX // PER_MINUTE, INT_MAX // PER_SECOND


@builtin(
    "days(n: int) -> duration",
    examples=[("days(3)", "3 days"), ("days(1_000_000_000)", "null"), ("days(null)", "null")],
)
def days(n: int) -> int | None:
    """Return a duration of days; null beyond 64 bits of microseconds, about 292,000 years."""
    return None if n > MOST_DAYS or n < -MOST_DAYS else n * MICROSECONDS_PER_DAY


@builtin("hours(n: int) -> duration", examples=[("hours(3)", "3 hours"), ("hours(null)", "null")])
def hours(n: int) -> int | None:
    """Return a duration of hours."""
    return None if n > MOST_HOURS or n < -MOST_HOURS else n * PER_HOUR


@builtin(
    "minutes(n: int) -> duration",
    examples=[("minutes(90)", "90 minutes"), ("minutes(null)", "null")],
)
def minutes(n: int) -> int | None:
    """Return a duration of minutes."""
    return None if n > MOST_MINUTES or n < -MOST_MINUTES else n * PER_MINUTE


@builtin(
    "seconds(n: int) -> duration",
    examples=[("seconds(120)", "2 minutes"), ("seconds(null)", "null")],
)
def seconds(n: int) -> int | None:
    """Return a duration of seconds."""
    return None if n > MOST_SECONDS or n < -MOST_SECONDS else n * PER_SECOND


@builtin(
    "in_days(duration: duration) -> float",
    examples=[("in_days(36 hours)", "1.5"), ("in_days(null)", "null")],
)
def in_days(duration: int) -> float:
    """Return a duration as a number of days."""
    return float(duration) / 86_400_000_000.0


@builtin(
    "in_hours(duration: duration) -> float",
    examples=[("in_hours(90 minutes)", "1.5"), ("in_hours(null)", "null")],
)
def in_hours(duration: int) -> float:
    """Return a duration as a number of hours."""
    return float(duration) / 3_600_000_000.0


@builtin(
    "in_minutes(duration: duration) -> float",
    examples=[("in_minutes(90 seconds)", "1.5"), ("in_minutes(null)", "null")],
)
def in_minutes(duration: int) -> float:
    """Return a duration as a number of minutes."""
    return float(duration) / 60_000_000.0


@builtin(
    "in_seconds(duration: duration) -> float",
    examples=[("in_seconds(2 minutes)", "120"), ("in_seconds(null)", "null")],
)
def in_seconds(duration: int) -> float:
    """Return a duration as a number of seconds."""
    return float(duration) / 1_000_000.0
