"""The tests of the examples pass, and reach nearly all of them."""

from __future__ import annotations

from pathlib import Path

import pytest

from interact.compiler.core.interpret import Moment
from interact.runtime.testing.coverage import Coverage
from interact.runtime.testing.opening import open_tests
from interact.runtime.testing.runner import Runner

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.mark.parametrize("name", ["retail_bank", "term_deposit"])
def test_the_tests_of_an_example(name: str) -> None:
    tested = open_tests(str(EXAMPLES / name))
    coverage = Coverage.of(tested.program)
    runner = Runner(tested.program, coverage, Moment(0))
    results = [runner.run(test) for test in tested.tests]
    assert [failure for result in results for failure in result.failures] == []
    assert coverage.percent >= 90
