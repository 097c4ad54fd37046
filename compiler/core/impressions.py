"""Limits of impressions: how many more of an offer may be given, from how many were.

A decision knows of a limit only what is left, an attribute of its own (``NewYear.impressions_left``
in ``core/state.py``); here that number is worked out. An impression is an offer that is given,
shown or not. What was given is counted for each limit as a whole and in the present interval.
"""

from __future__ import annotations

from dataclasses import field

from interact.compiler.source import NOWHERE, Span
from interact.stdlib.records import record
from interact.stdlib.types import MICROSECONDS_PER_DAY

_MONDAY = 4 * MICROSECONDS_PER_DAY
"""A Monday: the weeks of a limit without a first day begin on Mondays."""


@record
class ImpressionLimit:
    """At most ``most`` impressions of ``offers`` (indices) together.

    It holds from the day ``start`` to ``end``, both included; None is open. With ``every``
    (microseconds) the number is that of each interval, or ``evenly`` of all of them together, so
    that every interval has its share of what is left. ``key`` names what was given of it, which
    channels share when it is an offer's own; ``state`` is what decisions read.
    """

    key: str
    state: str
    offers: tuple[int, ...]
    most: int
    start: int | None = None
    end: int | None = None
    every: int | None = None
    evenly: bool = False
    span: Span = field(default=NOWHERE, compare=False)


@record
class Used:
    """How many impressions were given: in all, and ``within`` the last interval with any."""

    total: int = 0
    interval: int = 0
    within: int = 0


def holds(limit: ImpressionLimit, now: int) -> bool:
    """Return whether a limit holds at an instant, in microseconds since 1970."""
    day = now // MICROSECONDS_PER_DAY
    after = limit.start is None or limit.start <= day
    return after and (limit.end is None or day <= limit.end)


def interval_of(limit: ImpressionLimit, now: int) -> int:
    """Return the number of the interval of an instant, 0 where a limit has none.

    They are counted from the first day of the limit; without one hours and days are those of the
    clock, and weeks begin on Mondays.
    """
    if limit.every is None:
        return 0
    origin = _MONDAY if limit.start is None else limit.start * MICROSECONDS_PER_DAY
    return (now - origin) // limit.every


def counts_in(limit: ImpressionLimit, used: Used, now: int) -> int:
    """Return the number of the interval that an impression of an instant counts in.

    It is the next one where that has begun already, by the clock of another host or by one that
    was put back: an interval that is over is not given out again.
    """
    interval = interval_of(limit, now)
    return used.interval if used.interval == interval + 1 else interval


def left(limit: ImpressionLimit, used: Used, now: int) -> int:
    """Return how many impressions may still be given at an instant at which the limit holds.

    Evenly distributed, an interval gets what was left at its beginning, divided by the number of
    intervals to come with itself, and rounded up: nothing is lost when one gives less than its
    share, and nothing is made up for at once.
    """
    if limit.every is None:
        return max(limit.most - used.total, 0)
    interval = counts_in(limit, used, now)
    within = used.within if used.interval == interval else 0
    if not limit.evenly:
        return max(limit.most - within, 0)
    before = used.total - within
    intervals = intervals_of(limit) - interval
    share = -(-(limit.most - before) // intervals)
    return max(min(share - within, limit.most - used.total), 0)


def intervals_of(limit: ImpressionLimit) -> int:
    """Return how many intervals a limit has; the last one may be cut short by its end."""
    assert limit.every is not None
    assert limit.start is not None
    assert limit.end is not None
    length = (limit.end + 1 - limit.start) * MICROSECONDS_PER_DAY
    return -(-length // limit.every)


def counted(limit: ImpressionLimit, used: Used, now: int, number: int) -> Used:
    """Return what was given after ``number`` more."""
    interval = counts_in(limit, used, now)
    within = used.within if used.interval == interval else 0
    return Used(used.total + number, interval, within + number)


def returned(used: Used, interval: int, number: int) -> Used:
    """Return what was given if ``number`` of the impressions of an interval were not."""
    within = used.within - number if used.interval == interval else used.within
    return Used(max(used.total - number, 0), used.interval, max(within, 0))
