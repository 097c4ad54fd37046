"""Conversions and spellings against int, float, Decimal, Fraction and datetime."""

import math
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, strategies as st

from interact.stdlib import cast, spelling
from interact.stdlib.types import INT_MAX, INT_MIN, MICROSECONDS_PER_DAY

INTS = st.integers(INT_MIN, INT_MAX)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@given(INTS, st.integers(0, 9))
def test_decimals_are_cut_and_spelled(x: int, scale: int) -> None:
    assert cast.int_decimal(x, 10**scale) == math.trunc(Fraction(x, 10**scale))
    assert cast.float_decimal(x, 10**scale) == pytest.approx(x / 10**scale, rel=1e-15)
    written = spelling.text_decimal(x, 10**scale)
    assert Decimal(written).scaleb(scale) == x
    assert len(written.partition(".")[2]) == scale


@given(st.floats(allow_nan=False))
def test_floats_are_cut(x: float) -> None:
    inside = -(2**63) <= x < 2**63
    assert cast.int_float(x) == (math.trunc(x) if inside else None)


@given(st.one_of(st.integers().map(str), st.text(max_size=6), st.from_regex(r"\A[+-]?\d*\Z")))
def test_whole_numbers_are_read(x: str) -> None:
    plain = x.strip(" \t\n\r\v\f")
    is_whole = x.isascii() and plain.lstrip("+-").isdigit() and len(x.strip("+-")) >= len(x) - 1
    if is_whole and len(x) <= 40:
        exact = int(plain)
        assert cast.int_text(x) == (exact if INT_MIN <= exact <= INT_MAX else None)
    else:
        assert cast.int_text(x) is None or x != plain


@pytest.mark.parametrize("blank", [chr(c) for c in range(0x3001) if chr(c).isspace()])
def test_every_blank_is_left_out(blank: str) -> None:
    assert cast.int_text(f"{blank}5{blank}") == 5
    assert cast.number_text(f"{blank}5{blank}") == 5.0


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_floats_survive_their_spelling(x: float) -> None:
    assert cast.number_text(spelling.text_float(x)) == x


@pytest.mark.parametrize(
    ("written", "value"),
    [
        (" 12.50 ", 12.5), ("+.5", 0.5), ("1.", 1.0), ("1E-3", 0.001), ("-0", 0.0),
        ("", None), (".", None), ("inf", None), ("nan", None), ("1_000", None), ("1,5", None),
        ("1e999", None), ("0x10", None), ("１", None), ("1 2", None),
    ],
)  # fmt: skip
def test_numbers_are_read(written: str, value: float | None) -> None:
    assert cast.number_text(written) == value
    assert cast.float_text(written) == value


def test_long_digit_strings_are_refused_quietly() -> None:
    assert cast.int_text("9" * 5000) is None
    assert cast.number_text("9" * 5000) is None


def test_bools() -> None:
    assert [cast.bool_text(t) for t in ("TRUE", " no ", "1", "0", "y")] == [
        True, False, True, False, None,
    ]  # fmt: skip
    assert [spelling.text_bool(b) for b in (True, False)] == ["true", "false"]
    assert (cast.int_bool(True), cast.bool_int(0), cast.bool_float(0.5)) == (1, False, True)


@given(st.dates())
def test_dates_survive_their_spelling(value: date) -> None:
    day = (value - EPOCH.date()).days
    assert spelling.text_date(day) == value.isoformat()
    assert cast.date_text(value.isoformat()) == day
    assert cast.date_civil(value.year, value.month, value.day) == day
    assert cast.timestamp_date(day) == day * MICROSECONDS_PER_DAY


@given(st.integers(-3, 10_003), st.integers(-3, 15), st.integers(-3, 35))
def test_days_that_do_not_exist_are_null(year: int, month: int, day: int) -> None:
    try:
        expected = (date(year, month, day) - EPOCH.date()).days
    except ValueError:
        expected = None
    assert cast.date_civil(year, month, day) == expected


@pytest.mark.parametrize("written", ["2026-3-1", "20260301", "2026-02-30", "2026-W01-1", "x", ""])
def test_texts_that_are_no_dates(written: str) -> None:
    assert cast.date_text(written) is None
    assert cast.timestamp_text(written) is None


@given(st.datetimes(), st.integers(-14 * 60, 14 * 60))
def test_timestamps_are_read_with_their_offset(value: datetime, offset: int) -> None:
    zoned = value.replace(tzinfo=timezone(timedelta(minutes=offset)))
    instant = (zoned - EPOCH) // timedelta(microseconds=1)
    inside = datetime.min.replace(tzinfo=UTC) <= zoned <= datetime.max.replace(tzinfo=UTC)
    assert cast.timestamp_text(zoned.isoformat()) == (instant if inside else None)


@given(st.datetimes())
def test_timestamps_survive_their_spelling(value: datetime) -> None:
    instant = (value.replace(tzinfo=UTC) - EPOCH) // timedelta(microseconds=1)
    written = spelling.text_timestamp(instant)
    assert written is not None
    assert cast.timestamp_text(written) == instant
    assert written.startswith(value.isoformat()[:19])


def test_timestamps_in_other_spellings() -> None:
    noon = 12 * 3_600_000_000
    for written in ("1970-01-01T12:00", "1970-01-01 12:00:00.000Z", " 1970-01-01T14:00+02:00 "):
        assert cast.timestamp_text(written) == noon
    assert cast.timestamp_text("1970-01-02") == MICROSECONDS_PER_DAY
    assert cast.timestamp_text("1970-01-01T25:00") is None
    assert cast.timestamp_text("1970-01-01T12:00+99:00") is None


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (MICROSECONDS_PER_DAY, "1 day"), (-7 * MICROSECONDS_PER_DAY, "-7 days"),
        (36 * 3_600_000_000, "36 hours"), (90_000_000, "90 seconds"), (60_000_000, "1 minute"),
        (1_500_000, "1.5 seconds"), (-1, "-0.000001 seconds"), (0, "0 seconds"),
    ],
)  # fmt: skip
def test_durations_are_spelled_in_one_unit(value: int, written: str) -> None:
    assert spelling.text_duration(value) == written


def test_floats_are_spelled_short() -> None:
    assert [spelling.text_float(x) for x in (0.1, -0.0, 1e22, 100.0)] == [
        "0.1", "0", "10000000000000000000000", "100",
    ]  # fmt: skip
