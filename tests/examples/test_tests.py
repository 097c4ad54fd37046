"""The tests of the examples pass, and reach nearly all of them."""

from __future__ import annotations

import pytest
from tests.examples.projects import EXAMPLES, NAMES

from interact.compiler.core.interpret import Moment
from interact.runtime.testing.coverage import Coverage
from interact.runtime.testing.opening import open_tests
from interact.runtime.testing.runner import Runner

LEAST = {"card_shop": 50, "insurance_cross_sell": 50}
"""Percent of what tests reach, where they only show some of an example; else it is 90."""


@pytest.mark.parametrize("name", NAMES)
def test_the_tests_of_an_example(name: str) -> None:
    tested = open_tests(str(EXAMPLES / name))
    coverage = Coverage.of(tested.program)
    runner = Runner(tested.program, coverage, Moment(0))
    results = [runner.run(test) for test in tested.tests]
    assert [failure for result in results for failure in result.failures] == []
    assert coverage.percent >= LEAST.get(name, 90)
