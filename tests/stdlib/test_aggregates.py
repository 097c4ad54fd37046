"""Aggregates against statistics, fractions and the rules of null and overflow."""

import math
import statistics
from collections.abc import Sequence

import pytest
from hypothesis import given, strategies as st

from interact.stdlib.aggregate import AGGREGATES, distinct
from interact.stdlib.types import (
    BOOL,
    DATE,
    DURATION,
    FLOAT,
    INT,
    INT_MAX,
    INT_MIN,
    TEXT,
    TIMESTAMP,
    Type,
    Value,
    decimal,
)

FLOATS = st.lists(st.one_of(st.none(), st.floats(-1e6, 1e6)), max_size=12)
INTS = st.lists(st.one_of(st.none(), st.integers(INT_MIN, INT_MAX)), max_size=12)
CONDITIONS = st.lists(st.sampled_from([True, False, None]), max_size=6)


def fold(name: str, values: Sequence[Value], element: Type) -> Value:
    return AGGREGATES[name].fold(values, element)


@given(INTS)
def test_integers(values: list[int | None]) -> None:
    present = [v for v in values if v is not None]
    partial = [sum(present[:n]) for n in range(len(present) + 1)]
    fits = all(INT_MIN <= p <= INT_MAX for p in partial)
    assert fold("sum", values, INT) == (partial[-1] if fits else None)
    assert fold("count", values, INT) == len(present)
    assert fold("min", values, INT) == (min(present) if present else None)
    assert fold("max", values, INT) == (max(present) if present else None)


@given(FLOATS)
def test_floats(values: list[float | None]) -> None:
    present = [v for v in values if v is not None]
    total = 0.0
    for value in present:
        total += value
    assert fold("sum", values, FLOAT) == total
    assert fold("avg", values, FLOAT) == (total / len(present) if present else None)
    deviation = fold("stddev", values, FLOAT)
    if len(present) < 2:
        assert deviation is None
    else:
        assert deviation == pytest.approx(statistics.stdev(present), rel=1e-9, abs=1e-6)


def test_a_sum_that_leaves_64_bits_on_the_way_is_null() -> None:
    assert fold("sum", [INT_MAX, 1, -1], INT) is None
    assert fold("sum", [INT_MAX, -1, 1], INT) == INT_MAX


def test_float_results_that_are_not_finite_are_null() -> None:
    assert fold("sum", [1e308, 1e308], FLOAT) is None
    assert fold("avg", [math.inf, -math.inf], FLOAT) is None
    assert fold("stddev", [1e300, -1e300], FLOAT) is None


def test_decimals_are_averaged_as_floats() -> None:
    assert fold("sum", [150, 250], decimal(2)) == 400
    assert fold("avg", [150, 250], decimal(2)) == 2.0
    assert fold("stddev", [150, 250], decimal(2)) == pytest.approx(math.sqrt(0.5))


@given(CONDITIONS)
def test_conditions_are_never_null(values: list[bool | None]) -> None:
    assert fold("any", values, BOOL) is (True in values)
    assert fold("all", values, BOOL) is all(v is True for v in values)


def test_no_rows() -> None:
    found = {name: fold(name, [], FLOAT) for name in AGGREGATES}
    assert found == {
        "count": 0, "sum": 0.0, "avg": None, "min": None, "max": None,
        "any": False, "all": True, "stddev": None,
    }  # fmt: skip
    assert fold("sum", [], INT) == 0


@pytest.mark.parametrize(
    ("name", "element", "result"),
    [
        ("count", None, INT), ("count", TEXT, INT), ("any", None, BOOL), ("all", None, None),
        ("sum", INT, INT), ("sum", decimal(2), decimal(2)), ("sum", DURATION, DURATION),
        ("sum", DATE, None), ("sum", None, None), ("avg", decimal(2), FLOAT), ("avg", INT, FLOAT),
        ("min", TIMESTAMP, TIMESTAMP), ("max", TEXT, None), ("any", BOOL, BOOL), ("any", INT, None),
        ("stddev", FLOAT, FLOAT), ("stddev", DURATION, None),
    ],
)  # fmt: skip
def test_result_types(name: str, element: Type | None, result: Type | None) -> None:
    assert AGGREGATES[name].result(element) == result


def test_distinct_keeps_the_order() -> None:
    assert distinct(["b", "a", "b", None, "a"]) == ["b", "a", None]
