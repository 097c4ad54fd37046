"""Booleans and numbers of every Arrow type through ``adapt``."""

from __future__ import annotations

import math
from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from functools import partial
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings, strategies as st
from tests.runtime.batch.adapting import INTEGERS, UNSIGNED, check, in_64, maybe

from interact.stdlib.types import (
    BOOL,
    FLOAT,
    INT,
    INT_MAX,
    INT_MIN,
    decimal,
)


def rounded(value: Fraction | int, scale: int) -> int | None:
    """Scale and round half away from zero, exactly."""
    scaled = Fraction(value) * 10**scale
    whole = (abs(scaled) + Fraction(1, 2)).__floor__()
    return in_64(whole if scaled >= 0 else -whole)


def integer_values(found: pa.DataType) -> st.SearchStrategy[int]:
    bits = found.bit_width
    if found in UNSIGNED:
        return st.integers(0, 2**bits - 1)
    return st.integers(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)


@pytest.mark.parametrize("found", INTEGERS + UNSIGNED, ids=str)
@settings(max_examples=30)
@given(data=st.data())
def test_integers_of_every_width(found: pa.DataType, data: Any) -> None:
    values = data.draw(maybe(integer_values(found)))
    array = pa.array(values, found)
    check(data, array, INT, in_64, values)
    check(data, array, FLOAT, float, values)
    check(data, array, decimal(2), lambda v: rounded(v, 2), values)
    check(data, array, decimal(9), lambda v: rounded(v, 9), values)


@settings(max_examples=50)
@given(data=st.data())
def test_booleans(data: Any) -> None:
    values = data.draw(maybe(st.booleans()))
    check(data, pa.array(values, pa.bool_()), BOOL, bool, values)


def no_nan(value: float) -> float | None:
    return None if math.isnan(value) else value


@pytest.mark.parametrize("found", [pa.float16(), pa.float32(), pa.float64()], ids=str)
@settings(max_examples=50)
@given(data=st.data())
def test_floats_and_their_decimals(found: pa.DataType, data: Any) -> None:
    values = data.draw(maybe(st.floats(width=found.bit_width)))
    array = pa.array(values, found)
    check(data, array, FLOAT, no_nan, values)

    def exact(value: float) -> int | None:
        return rounded(Fraction(value), 2) if math.isfinite(value) else None

    check(data, array, decimal(2), exact, values)


@settings(max_examples=200)
@given(data=st.data(), scale=st.integers(0, 9))
def test_floats_near_a_tie_round_as_if_exact(data: Any, scale: int) -> None:
    near = st.tuples(st.integers(-(10**12), 10**12), st.integers(-2, 2)).map(
        lambda pair: step(float(Decimal(2 * pair[0] + 1).scaleb(-scale) / 2), pair[1])
    )
    values = data.draw(maybe(near | st.floats(-1e20, 1e20)))
    check(
        data, pa.array(values, pa.float64()), decimal(scale),
        lambda v: above_lowest(rounded(Fraction(v), scale)), values,
    )  # fmt: skip


def above_lowest(value: int | None) -> int | None:
    return None if value == INT_MIN else value


def rounded_decimal(scale: int, value: Decimal) -> int | None:
    return rounded(Fraction(value), scale)


def step(value: float, count: int) -> float:
    for _ in range(abs(count)):
        value = math.nextafter(value, math.inf if count > 0 else -math.inf)
    return value


DECIMALS = [
    pa.decimal32(9, 2),
    pa.decimal64(18, 4),
    pa.decimal128(38, 0),
    pa.decimal128(38, 2),
    pa.decimal128(38, 18),
    pa.decimal128(30, 30),
    pa.decimal128(5, -3),
    pa.decimal256(76, 2),
    pa.decimal256(76, 40),
]


@pytest.mark.parametrize("found", DECIMALS, ids=str)
@settings(max_examples=40)
@given(data=st.data())
def test_decimals_of_every_width(found: pa.DataType, data: Any) -> None:
    top = 10**found.precision - 1
    near = [INT_MAX, INT_MIN, 5 * 10**17, 15 * 10**17, 45, 55, 2**53, 2**53 + 1]
    whole = st.integers(-top, top) | st.integers(-1000, 1000) | st.sampled_from(near)
    unscaled = data.draw(maybe(whole.filter(lambda v: abs(v) <= top)))
    precise = Context(prec=80, rounding=ROUND_HALF_UP)
    values = [None if v is None else precise.scaleb(Decimal(v), -found.scale) for v in unscaled]
    array = pa.array(values, found)
    for scale in (0, 2, 9):
        check(data, array, decimal(scale), partial(rounded_decimal, scale), values)
    check(data, array, FLOAT, lambda v: float(Fraction(v)), values)
    if found.scale == 0:
        check(data, array, INT, lambda v: in_64(int(v)), values)
