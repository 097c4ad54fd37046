"""Functions on numbers against decimal.Decimal, fractions and the math module."""

import decimal
import math
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import assume, given, strategies as st

from interact.stdlib import exponential, numeric, rounding
from interact.stdlib.types import INT_MAX, INT_MIN

INTS = st.one_of(
    st.integers(INT_MIN, INT_MAX),
    st.integers(-10_000, 10_000),
    st.integers(-40, 40).map(lambda n: n * 5 * 10**16),
    st.integers(INT_MAX - 1000, INT_MAX),
    st.integers(INT_MIN, INT_MIN + 1000),
)
FLOATS = st.floats(allow_nan=False, allow_infinity=False)
EXACT = decimal.Context(prec=60)


def bounded(value: int) -> int | None:
    return value if INT_MIN <= value <= INT_MAX else None


def rounded(x: int, digits: int, mode: str) -> int | None:
    """Return ``x`` rounded to a multiple of 10**digits by the decimal module."""
    step = Decimal(1).scaleb(digits)
    whole = EXACT.divide(Decimal(x), step).to_integral_value(mode, EXACT)
    return bounded(int(EXACT.multiply(whole, step)))


@given(INTS, st.integers(-25, 25))
def test_integers_round_half_away_from_zero(x: int, places: int) -> None:
    expected = x if places >= 0 else rounded(x, -places, ROUND_HALF_UP)
    assert rounding.round_int(x, places) == expected


@given(INTS, st.integers(-25, 25), st.integers(0, 9))
def test_decimals_round_half_away_from_zero(x: int, places: int, scale: int) -> None:
    expected = x if places >= scale else rounded(x, scale - places, ROUND_HALF_UP)
    assert rounding.round_decimal(x, places, 10**scale) == expected
    assert rounding.round_decimal_whole(x, 10**scale) == rounded(x, scale, ROUND_HALF_UP)


@given(INTS, st.integers(0, 9))
def test_decimals_are_cut_to_whole_numbers(x: int, scale: int) -> None:
    assert rounding.floor_decimal(x, 10**scale) == rounded(x, scale, ROUND_FLOOR)
    assert rounding.ceil_decimal(x, 10**scale) == rounded(x, scale, ROUND_CEILING)
    assert rounding.trunc_decimal(x, 10**scale) == rounded(x, scale, ROUND_DOWN)


@pytest.mark.parametrize("places", [INT_MIN, INT_MAX, -400, 400])
def test_places_may_be_any_integer(places: int) -> None:
    assert rounding.round_int(12, places) == (12 if places > 0 else 0)
    assert rounding.round_decimal(1250, places, 100) == (1250 if places > 0 else 0)
    assert rounding.round_float(12.5, places) == (12.5 if places > 0 else 0.0)


@given(FLOATS)
def test_floats_round_to_whole_numbers(x: float) -> None:
    assert rounding.round_float_whole(x) == int(Decimal(x).to_integral_value(ROUND_HALF_UP))
    assert rounding.floor_float(x) == math.floor(x)
    assert rounding.ceil_float(x) == math.ceil(x)
    assert rounding.trunc_float(x) == math.trunc(x)


@given(st.integers(-(10**9), 10**9), st.integers(0, 4), st.integers(-3, 5))
def test_floats_round_to_places_as_written(x: int, scale: int, places: int) -> None:
    number = x / 10**scale
    result = rounding.round_float(number, places)
    assert abs(Fraction(result) - Fraction(number)) <= Fraction(50_000_001, 10 ** (places + 8))
    assert result == pytest.approx(round(result, places), rel=1e-15)


def test_float_rounding_of_extremes() -> None:
    assert rounding.round_float_whole(0.49999999999999994) == 0.0
    assert rounding.round_float(1e300, 300) == 1e300
    assert rounding.round_float(1e300, -299) == pytest.approx(1e300)
    assert rounding.round_float(5e-324, 308) == 0.0
    assert math.copysign(1.0, rounding.round_float_whole(-0.2)) == 1.0


@given(INTS, INTS)
def test_quotient_is_cut_toward_zero(a: int, b: int) -> None:
    assert numeric.quotient_int(a, b) == (bounded(math.trunc(Fraction(a, b))) if b else None)


@given(INTS, INTS, INTS)
def test_least_greatest_and_clamped(a: int, b: int, c: int) -> None:
    assert numeric.min_int(a, b) == min(a, b)
    assert numeric.max_int(a, b) == max(a, b)
    assert numeric.clamp_int(a, b, c) == (min(max(a, b), c) if b <= c else None)


@given(FLOATS, FLOATS, FLOATS)
def test_least_greatest_and_clamped_floats(a: float, b: float, c: float) -> None:
    assert numeric.min_float(a, b) == min(a, b)
    assert numeric.max_float(a, b) == max(a, b)
    assert numeric.clamp_float(a, b, c) == (min(max(a, b), c) if b <= c else None)


@given(INTS, FLOATS)
def test_size_and_sign(x: int, y: float) -> None:
    assert numeric.abs_int(x) == bounded(abs(x))
    assert numeric.sign_int(x) == (x > 0) - (x < 0)
    assert numeric.abs_float(y) == abs(y)
    assert numeric.sign_float(y) == (y > 0) - (y < 0)


@given(INTS, INTS)
def test_bits(a: int, b: int) -> None:
    assert numeric.bit_and(a, b) == a & b
    assert numeric.bit_or(a, b) == a | b
    assert numeric.bit_xor(a, b) == a ^ b
    assert numeric.bit_not(a) == -a - 1


@given(FLOATS)
def test_roots_and_logarithms(x: float) -> None:
    assert exponential.sqrt(x) == (math.sqrt(x) if x >= 0 else None)
    assert exponential.ln(x) == (math.log(x) if x > 0 else None)
    assert exponential.log10(x) == (math.log10(x) if x > 0 else None)
    assert exponential.log(x, 2.0) == (math.log(x, 2) if x > 0 else None)


@given(st.one_of(FLOATS, st.floats(700, 720)))
def test_exponential(x: float) -> None:
    try:
        expected = math.exp(x)
    except OverflowError:
        expected = None
    assert exponential.exp(x) == expected


def test_the_exponential_is_finite_up_to_its_limit() -> None:
    assert exponential.exp(exponential.EXP_LIMIT) is not None
    assert exponential.exp(math.nextafter(exponential.EXP_LIMIT, math.inf)) is None


@given(
    st.one_of(FLOATS, st.floats(-1000, 1000)),
    st.one_of(FLOATS, st.floats(-400, 400), st.integers(-400, 400).map(float)),
)
def test_power(x: float, y: float) -> None:
    try:
        expected = math.pow(x, y)
    except (OverflowError, ValueError):
        expected = math.inf
    found = exponential.power(x, y)
    if found is None or not math.isfinite(found):
        assert math.isinf(expected) or abs(expected) > 1.797e308
    else:
        assert found == pytest.approx(expected, rel=1e-13)


@given(st.floats(1e-300, 1e300), st.floats(709.0, 709.79))
def test_power_near_overflow(x: float, size: float) -> None:
    assume(x != 1.0)
    y = size / math.log(x)
    found = exponential.power(x, y)
    if found is None or math.isinf(found):
        assert size > 709.7826
    else:
        assert found == pytest.approx(math.pow(x, y), rel=1e-13)


def test_powers_of_negative_numbers() -> None:
    assert exponential.power(-2.0, 3.0) == -8.0
    assert exponential.power(-2.0, 1023.0) == -(2.0**1023)
    assert exponential.power(-2.0, 1024.0) == math.inf  # null to the caller
    assert exponential.power(-2.0, 0.5) is None
    assert exponential.power(-2.0, 1e300) is None


@given(st.floats(-1e6, 1e6))
def test_trigonometry(x: float) -> None:
    assert exponential.sin(x) == math.sin(x)
    assert exponential.cos(x) == math.cos(x)
    assert exponential.tan(x) == math.tan(x)
    assert exponential.radians(x) == math.radians(x)
    assert exponential.sin(math.inf) is exponential.cos(math.inf) is exponential.tan(math.inf)
