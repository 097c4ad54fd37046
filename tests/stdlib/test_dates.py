"""Functions on dates against datetime and calendar."""

import calendar as reference
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from interact.stdlib import calendar, cast, dateformat, duration, interval
from interact.stdlib.temporal import FIRST_DAY, FIRST_INSTANT, LAST_DAY, LAST_INSTANT
from interact.stdlib.types import INT_MAX, INT_MIN
from interact.stdlib.universe import OVERLOADS

EPOCH = date(1970, 1, 1)
MOMENT = datetime(1970, 1, 1, tzinfo=UTC)
DATES = st.one_of(st.dates(), st.dates(date(1999, 12, 1), date(2032, 3, 31)))
MOMENTS = st.datetimes(timezones=st.just(UTC))


def days(value: date) -> int:
    return (value - EPOCH).days


def test_the_calendar_is_that_of_datetime() -> None:
    assert (days(date.min), days(date.max)) == (FIRST_DAY, LAST_DAY)
    for day in range(FIRST_DAY, LAST_DAY, 17):
        found = date.fromordinal(day + EPOCH.toordinal())
        assert calendar.civil(day) == (found.year, found.month, found.day)
        assert calendar.days_from_civil(found.year, found.month, found.day) == day


@given(DATES)
def test_parts_of_a_date(value: date) -> None:
    day = days(value)
    assert calendar.year(day) == value.year
    assert calendar.quarter(day) == (value.month - 1) // 3 + 1
    assert calendar.month(day) == value.month
    assert calendar.day(day) == value.day
    assert calendar.day_of_year(day) == value.timetuple().tm_yday
    assert calendar.weekday(day) == value.isoweekday() % 7
    assert calendar.is_weekend(day) == (value.weekday() >= 5)
    assert calendar.iso_week(day) == value.isocalendar().week
    assert calendar.days_in_month(day) == reference.monthrange(value.year, value.month)[1]


@given(MOMENTS)
def test_parts_of_a_timestamp(value: datetime) -> None:
    instant = (value - MOMENT) // timedelta(microseconds=1)
    assert calendar.hour(instant) == value.hour
    assert calendar.minute(instant) == value.minute
    assert calendar.second(instant) == value.second
    assert cast.date_timestamp(instant) == days(value.date())


@given(DATES)
def test_starts_and_ends(value: date) -> None:
    day = days(value)
    last = reference.monthrange(value.year, value.month)[1]
    assert interval.start_of_month(day) == days(value.replace(day=1))
    assert interval.end_of_month(day) == days(value.replace(day=last))
    assert interval.start_of_year(day) == days(value.replace(month=1, day=1))
    assert interval.start_of_week(day) == day - value.weekday()


@given(DATES, st.one_of(st.integers(-60, 60), st.integers(INT_MIN, INT_MAX)))
def test_months_are_added_and_clamped(value: date, months: int) -> None:
    year, month = divmod(value.year * 12 + value.month - 1 + months, 12)
    expected = None
    if 1 <= year <= 9999:
        last = reference.monthrange(year, month + 1)[1]
        expected = days(date(year, month + 1, min(value.day, last)))
    assert interval.add_months(days(value), months) == expected
    if abs(months) < 1000:
        assert interval.add_years(days(value), months) == interval.add_months(
            days(value), months * 12
        )


@given(DATES, DATES)
def test_months_between_is_the_most_that_does_not_pass(a: date, b: date) -> None:
    start, end = sorted((days(a), days(b)))
    months = interval.months_between(start, end)
    assert months is not None
    reached, beyond = interval.add_months(start, months), interval.add_months(start, months + 1)
    assert reached is not None
    assert reached <= end
    assert beyond is None or beyond > end
    assert interval.months_between(end, start) == -months
    assert interval.years_between(start, end) == months // 12
    assert interval.years_between(end, start) == -(months // 12)
    assert interval.days_between(end, start) == start - end


@given(DATES, st.one_of(st.integers(-400, 400), st.integers(INT_MIN, INT_MAX)))
def test_days_are_added(value: date, n: int) -> None:
    moved = days(value) + n
    expected = moved if FIRST_DAY <= moved <= LAST_DAY else None
    assert interval.add_days(days(value), n) == expected


@given(st.integers(INT_MIN, INT_MAX))
def test_durations_are_exact_or_null(n: int) -> None:
    units = {"days": 86_400, "hours": 3600, "minutes": 60, "seconds": 1}
    for name, size in units.items():
        exact = n * size * 1_000_000
        expected = exact if INT_MIN <= exact <= INT_MAX else None
        assert OVERLOADS[f"duration:{name}"].function(n) == expected
        assert OVERLOADS[f"duration:in_{name}"].function(n) == pytest.approx(n / size / 1e6)


def test_exact_durations() -> None:
    assert duration.in_days(129_600_000_000) == 1.5
    assert duration.in_seconds(1_500_000) == 1.5


OUTSIDE = [INT_MIN, FIRST_DAY - 1, LAST_DAY + 1, INT_MAX]
ONE_DATE = [o for o in OVERLOADS.values() if [p.kind for p in o.params] == ["date"]]


@pytest.mark.parametrize("overload", ONE_DATE, ids=lambda o: o.qualified)
@pytest.mark.parametrize("day", OUTSIDE)
def test_a_date_outside_the_calendar_has_no_parts(overload: object, day: int) -> None:
    assert overload.function(day) is None  # type: ignore[attr-defined]


@pytest.mark.parametrize("instant", [INT_MIN, FIRST_INSTANT - 1, LAST_INSTANT + 1, INT_MAX])
def test_a_timestamp_outside_the_calendar_has_no_parts(instant: int) -> None:
    assert calendar.hour(instant) is calendar.minute(instant) is calendar.second(instant) is None
    assert cast.date_timestamp(instant) is None
    assert dateformat.format_timestamp(instant, "yyyy") is None


FORMATS = {
    "yyyy-MM-dd": "%Y-%m-%d",
    "dd.MM.yy": "%d.%m.%y",
    "EEE, dd MMM yyyy": "%a, %d %b %Y",
    "EEEE dd MMMM": "%A %d %B",
    "'day' dd 'o''clock'": "day %d o'clock",
    "HH:mm:ss": "%H:%M:%S",
}


@given(st.datetimes(datetime(1000, 1, 1)), st.sampled_from(sorted(FORMATS)))
def test_dates_are_written_as_strftime_does(value: datetime, pattern: str) -> None:
    instant = (value.replace(tzinfo=UTC) - MOMENT) // timedelta(microseconds=1)
    assert dateformat.format_timestamp(instant, pattern) == value.strftime(FORMATS[pattern])
    if "H" not in pattern:
        found = dateformat.format_date(days(value.date()), pattern)
        assert found == value.strftime(FORMATS[pattern])


@given(
    DATES, st.sampled_from(["yyyy-MM-dd", "d/M/yyyy", "MMMM d, yyyy", "dd MMM yyyy", "yyyyMMdd"])
)
def test_what_is_written_can_be_read(value: date, pattern: str) -> None:
    written = dateformat.format_date(days(value), pattern)
    assert written is not None
    assert dateformat.parse_date(written, pattern) == days(value)


def test_reading_dates() -> None:
    assert dateformat.parse_date(" 3/14/26 ", "M/d/yy") == days(date(2026, 3, 14))
    assert dateformat.parse_date("MARCH 2026", "MMMM yyyy") == days(date(2026, 3, 1))
    assert dateformat.parse_date("2026", "yyyy") == days(date(2026, 1, 1))
    assert dateformat.parse_date("29.02.2026", "dd.MM.yyyy") is None
    assert dateformat.parse_date("14.03.2026", "dd.MM.yyyyy") is None
    assert dateformat.parse_date("14.03 03", "dd.MM MM") is None
    assert dateformat.parse_date("14 3", "d M HH") is None
    assert dateformat.parse_date("٣.3.2026", "d.M.yyyy") is None


def test_milliseconds() -> None:
    assert dateformat.format_timestamp(1_234_567, "ss.SSS") == "01.234"
