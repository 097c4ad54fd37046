"""What limits of impressions leave: never too much, nothing lost, evenly where that is asked."""

from __future__ import annotations

import random

import pytest

from interact.compiler.core.impressions import (
    ImpressionLimit,
    Used,
    counted,
    holds,
    intervals_of,
    left,
    returned,
)
from interact.stdlib.types import MICROSECONDS_PER_DAY

HOUR = MICROSECONDS_PER_DAY // 24
START = 20_454


def limit(most: int, every: int | None = None, *, days: int | None = 2) -> ImpressionLimit:
    """Return a limit over some days; with an interval it is even."""
    start, end = (None, None) if days is None else (START, START + days - 1)
    return ImpressionLimit(
        "k", "k.impressions_left", (0,), most, start, end, every, days is not None
    )


def given(found: ImpressionLimit, wanted: dict[int, int]) -> dict[int, int]:
    """Return how many of those ``wanted`` in each hour are given, by hour."""
    used, told = Used(), {}
    for hour, number in wanted.items():
        now = START * MICROSECONDS_PER_DAY + hour * HOUR + 7
        some = min(number, left(found, used, now))
        used = counted(found, used, now, some)
        told[hour] = some
    return told


def test_a_limit_holds_on_its_days() -> None:
    found = limit(5)
    first = START * MICROSECONDS_PER_DAY
    assert [holds(found, first + hours * HOUR) for hours in (-1, 0, 47, 48)] == [
        False,
        True,
        True,
        False,
    ]
    assert holds(limit(5, days=None), 0)


def test_a_number_for_all_time() -> None:
    assert given(limit(10), {0: 4, 1: 4, 9: 4, 20: 4}) == {0: 4, 1: 4, 9: 2, 20: 0}


def test_a_number_for_each_hour() -> None:
    hourly = limit(3, HOUR, days=None)
    assert given(hourly, {0: 2, 1: 9, 5: 9}) == {0: 2, 1: 3, 5: 3}
    now = START * MICROSECONDS_PER_DAY
    assert left(hourly, counted(hourly, Used(), now, 3), now + HOUR - 1) == 0
    assert left(hourly, counted(hourly, Used(), now, 3), now + HOUR) == 3


def test_weeks_begin_on_mondays() -> None:
    weekly = limit(3, 7 * MICROSECONDS_PER_DAY, days=None)
    monday = 20_458 * MICROSECONDS_PER_DAY  # 2026-01-05
    assert left(weekly, counted(weekly, Used(), monday - 1, 3), monday - 1) == 0
    assert left(weekly, counted(weekly, Used(), monday - 1, 3), monday) == 3


def test_an_even_distribution_shares_out_what_is_left() -> None:
    assert set(given(limit(96, HOUR), dict.fromkeys(range(48), 9)).values()) == {2}
    quiet = given(limit(96, HOUR), {hour: 9 for hour in range(48) if hour >= 24})
    assert set(quiet.values()) == {4}
    assert sum(given(limit(50, HOUR), dict.fromkeys(range(48), 9)).values()) == 50


@pytest.mark.parametrize("seed", range(60))
def test_never_more_than_the_limit_and_all_of_it_if_wanted(seed: int) -> None:
    chance = random.Random(seed)
    found = limit(chance.randrange(1, 400), chance.choice((HOUR, 5 * HOUR, MICROSECONDS_PER_DAY)))
    wanted = {hour: chance.choice((0, 1, 5, 500)) for hour in range(48)}
    assert sum(given(found, wanted).values()) <= found.most
    eager = given(found, dict.fromkeys(range(48), 500))
    assert sum(eager.values()) == found.most
    share = -(-found.most // intervals_of(found))
    assert max(eager.values()) <= share


def test_what_is_given_back_can_be_given_again() -> None:
    found = limit(10)
    used = returned(counted(found, Used(), 0, 10), 0, 4)
    assert left(found, used, START * MICROSECONDS_PER_DAY) == 4
    hourly = limit(3, HOUR, days=None)
    now = START * MICROSECONDS_PER_DAY
    later = counted(hourly, counted(hourly, Used(), now, 3), now + HOUR, 2)
    assert left(hourly, returned(later, later.interval - 1, 2), now + HOUR) == 1
    assert left(hourly, returned(later, later.interval, 2), now + HOUR) == 3
