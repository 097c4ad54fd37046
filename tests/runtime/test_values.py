"""Python values as machine values: what is exact stays exact, whatever the caller's settings."""

from __future__ import annotations

import decimal
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from interact.runtime.errors import DataError
from interact.runtime.values import from_machine, to_machine
from interact.stdlib.types import (
    DATE,
    INT,
    INT_MAX,
    INT_MIN,
    MICROSECONDS_PER_DAY,
    TEXT,
    TIMESTAMP,
    Type,
    decimal as decimal_of,
)

MONEY = decimal_of(2)


@pytest.fixture(params=[28, 3])
def precision(request: pytest.FixtureRequest) -> Iterator[None]:
    """Count in decimals of so many digits, as the caller of a decider may."""
    with decimal.localcontext() as context:
        context.prec = request.param
        context.traps[decimal.Inexact] = True
        yield


@pytest.mark.usefixtures("precision")
@pytest.mark.parametrize(
    ("value", "machine"),
    [
        (Decimal("123456789.12"), 12_345_678_912),
        (Decimal("-0.005"), -1),
        (Decimal("0.004" + "9" * 40), 0),
        (2.675, 267),
        (Decimal(INT_MAX).scaleb(-2, decimal.Context(prec=30)), INT_MAX),
    ],
)
def test_decimals_are_rounded_once(value: object, machine: int) -> None:
    assert to_machine("d", MONEY)(value) == machine


@pytest.mark.usefixtures("precision")
@pytest.mark.parametrize("machine", [INT_MAX, INT_MIN, 12_345_678_912, 5])
def test_decimals_come_back_in_full(machine: int) -> None:
    found = from_machine(machine, MONEY)
    assert to_machine("d", MONEY)(found) == machine
    assert str(found).replace(".", "").lstrip("-0") == str(abs(machine))


@pytest.mark.parametrize(
    ("value", "declared"),
    [
        (Decimal("1e999999999"), INT),
        (Decimal("1e999999999"), MONEY),
        (Decimal("inf"), MONEY),
        (Decimal("snan"), INT),
        ("a\ud800", TEXT),
    ],
)
def test_what_is_no_value_is_refused_at_once(value: object, declared: Type) -> None:
    with pytest.raises(DataError, match="x is declared"):
        to_machine("x", declared)(value)


def test_python_has_no_day_or_time_beyond_the_calendar() -> None:
    first, last = -719_162, 2_932_896
    assert from_machine(first, DATE) == date.min
    assert from_machine(last, DATE) == date.max
    assert from_machine(last * MICROSECONDS_PER_DAY, TIMESTAMP) == datetime(
        9999, 12, 31, tzinfo=UTC
    )
    for day in (first - 1, last + 1):
        assert from_machine(day, DATE) is None
        assert from_machine(day * MICROSECONDS_PER_DAY, TIMESTAMP) is None
    assert from_machine(INT_MAX, TIMESTAMP) is None
