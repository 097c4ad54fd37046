"""Rates, with their intervals and what is said of a difference."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, strategies as st

from interact.runtime.report.measure import measures
from interact.runtime.report.rates import difference, rate


@pytest.mark.parametrize(
    ("counts", "chance"),
    [((3, 4, 1, 4), 0.4857142857), ((3, 3, 0, 3), 0.1), ((1, 1, 0, 1), 1.0), ((0, 9, 0, 9), 1.0),
     ((10, 10, 0, 1_000_000), 0.0)],
)  # fmt: skip
def test_few_numbers_are_compared_exactly(counts: tuple[int, int, int, int], chance: float) -> None:
    found, back = difference(*counts), difference(*counts[2:], *counts[:2])
    assert found is not None
    assert back is not None
    assert found.chance == pytest.approx(chance, abs=1e-9)
    assert back.chance == pytest.approx(found.chance)


@given(st.integers(0, 500), st.integers(1, 500))
def test_intervals_hold_their_rate(successes: int, trials: int) -> None:
    successes = min(successes, trials)
    found = rate(successes, trials)
    assert found is not None
    assert 0 <= found.low <= found.value <= found.high <= 1
    assert measures(trials, successes, 0)[2] == successes / trials


def test_intervals_cover_as_often_as_they_say() -> None:
    rng = random.Random(11)
    inside = 0
    for _ in range(2000):
        found = rate(sum(rng.random() < 0.1 for _ in range(80)), 80)
        assert found is not None
        inside += found.low <= 0.1 <= found.high
    assert 0.93 < inside / 2000 < 0.975
