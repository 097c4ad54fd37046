"""Operators on numbers against unbounded integers, fractions and the math module."""

import math
from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from interact.stdlib import arithmetic, temporal
from interact.stdlib.types import INT_MAX, INT_MIN, MICROSECONDS_PER_DAY

INTS = st.one_of(
    st.integers(INT_MIN, INT_MAX),
    st.integers(-100, 100),
    st.integers(INT_MAX - 100, INT_MAX),
    st.integers(INT_MIN, INT_MIN + 100),
    st.integers(-(2**33), 2**33),
)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
DATES = st.integers(temporal.FIRST_DAY, temporal.LAST_DAY)
INSTANTS = st.integers(temporal.FIRST_INSTANT, temporal.LAST_INSTANT)
DURATIONS = st.one_of(INTS, DATES.map(lambda n: n * MICROSECONDS_PER_DAY))


def bounded(value: int) -> int | None:
    return value if INT_MIN <= value <= INT_MAX else None


@given(INTS, INTS)
def test_integers_are_exact_or_null(a: int, b: int) -> None:
    assert arithmetic.add_int(a, b) == bounded(a + b)
    assert arithmetic.sub_int(a, b) == bounded(a - b)
    assert arithmetic.mul_int(a, b) == bounded(a * b)
    assert arithmetic.neg_int(a) == bounded(-a)


@given(INTS, st.integers(-3, 3))
def test_products_at_the_limit_are_exact_or_null(a: int, near: int) -> None:
    for limit in (INT_MAX, INT_MIN):
        b = limit // a + near if a else near
        b = max(INT_MIN, min(INT_MAX, b))
        assert arithmetic.mul_int(a, b) == bounded(a * b)


@given(INTS, INTS)
def test_the_rest_of_a_division_has_the_sign_of_the_dividend(a: int, b: int) -> None:
    expected = a - b * math.trunc(Fraction(a, b)) if b else None
    assert arithmetic.mod_int(a, b) == expected


@given(FLOATS, FLOATS)
def test_float_operators(a: float, b: float) -> None:
    assert arithmetic.add_float(a, b) == a + b
    assert arithmetic.div_float(a, b) == (a / b if b else None)
    assert arithmetic.mod_float(a, b) == (math.fmod(a, b) if b else None)


def test_float_rest_of_infinities() -> None:
    assert arithmetic.mod_float(math.inf, 2.0) is None
    assert arithmetic.mod_float(-7.5, math.inf) == -7.5


@given(DATES, DURATIONS)
def test_a_date_moves_by_whole_days(date: int, duration: int) -> None:
    days, rest = divmod(duration, MICROSECONDS_PER_DAY)
    later = date + days if rest == 0 and is_date(date + days) else None
    earlier = date - days if rest == 0 and is_date(date - days) else None
    assert temporal.add_date_duration(date, duration) == later
    assert temporal.add_duration_date(duration, date) == later
    assert temporal.sub_date_duration(date, duration) == earlier


@given(INSTANTS, DURATIONS)
def test_a_timestamp_moves_by_any_duration(instant: int, duration: int) -> None:
    later = instant + duration if is_instant(instant + duration) else None
    earlier = instant - duration if is_instant(instant - duration) else None
    assert temporal.add_timestamp_duration(instant, duration) == later
    assert temporal.add_duration_timestamp(duration, instant) == later
    assert temporal.sub_timestamp_duration(instant, duration) == earlier


@given(DATES, DATES, INSTANTS, INSTANTS)
def test_differences_are_durations(a: int, b: int, c: int, d: int) -> None:
    assert temporal.sub_date(a, b) == (a - b) * MICROSECONDS_PER_DAY
    assert temporal.sub_timestamp(c, d) == c - d


@pytest.mark.parametrize("date", [INT_MIN, temporal.FIRST_DAY - 1, temporal.LAST_DAY + 1, INT_MAX])
def test_dates_outside_the_calendar_have_no_result(date: int) -> None:
    assert temporal.add_date_duration(date, 0) is None
    assert temporal.sub_date_duration(date, 0) is None
    assert temporal.sub_date(date, 0) is None


def is_date(date: int) -> bool:
    return temporal.FIRST_DAY <= date <= temporal.LAST_DAY


def is_instant(instant: int) -> bool:
    return temporal.FIRST_INSTANT <= instant <= temporal.LAST_INSTANT
