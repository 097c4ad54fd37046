"""Times and durations of every Arrow type through ``adapt``."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings, strategies as st
from tests.runtime.batch.adapting import check, in_64, in_range, maybe

from interact.stdlib.types import (
    DATE,
    DURATION,
    INT_MAX,
    INT_MIN,
    TIMESTAMP,
)

PER_SECOND = {"s": 1, "ms": 10**3, "us": 10**6, "ns": 10**9}
ANY_64 = st.integers(INT_MIN, INT_MAX) | st.integers(-(10**6), 10**6)


def from_int64(values: list[Any], found: pa.DataType) -> Any:
    return pa.array(values, pa.int64()).view(found)


@pytest.mark.parametrize("unit", PER_SECOND)
@pytest.mark.parametrize("zone", [None, "UTC", "America/New_York"])
@settings(max_examples=25)
@given(data=st.data())
def test_timestamps_of_every_unit(unit: str, zone: str | None, data: Any) -> None:
    values = data.draw(maybe(ANY_64))
    array, rate = from_int64(values, pa.timestamp(unit, zone)), PER_SECOND[unit]
    check(data, array, TIMESTAMP, lambda v: in_64(v * 10**6 // rate), values)
    check(data, array, DATE, lambda v: in_range(-(2**31), 2**31 - 1)(v // (rate * 86_400)), values)


@pytest.mark.parametrize("unit", PER_SECOND)
@settings(max_examples=25)
@given(data=st.data())
def test_durations_of_every_unit(unit: str, data: Any) -> None:
    values = data.draw(maybe(ANY_64))
    array = from_int64(values, pa.duration(unit))
    check(data, array, DURATION, lambda v: in_64(v * 10**6 // PER_SECOND[unit]), values)


@settings(max_examples=50)
@given(data=st.data())
def test_dates(data: Any) -> None:
    values = data.draw(maybe(st.integers(-(2**31), 2**31 - 1)))
    array = pa.array(values, pa.int32()).view(pa.date32())
    check(data, array, DATE, int, values)
    check(data, array, TIMESTAMP, lambda v: in_64(v * 86_400 * 10**6), values)
    values = data.draw(maybe(ANY_64))
    array = from_int64(values, pa.date64())
    check(data, array, DATE, lambda v: in_range(-(2**31), 2**31 - 1)(v // 86_400_000), values)
    check(data, array, TIMESTAMP, lambda v: in_64(v * 1000), values)
