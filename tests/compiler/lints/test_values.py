"""Sets of values: the examples in their docstrings, and what sets have in common."""

from __future__ import annotations

import doctest
import random

from interact.compiler.lints import values
from interact.compiler.lints.values import among, besides, between, compared
from interact.stdlib.types import FLOAT, INT


def test_examples() -> None:
    assert doctest.testmod(values).failed == 0


def test_common_values_are_those_of_both() -> None:
    chance = random.Random(1)
    for _ in range(300):
        sets = []
        for _ in range(2):
            listed = sorted(chance.sample(range(8), 3))
            low = chance.randrange(8)
            choices = (
                (among(listed), set(listed)),
                (besides(listed, INT), set(range(-1, 9)) - set(listed)),
                (between(low, low + 3), set(range(low, low + 4))),
                (compared("ne", low, INT), set(range(-1, 9)) - {low}),
            )
            sets.append(chance.choice(choices))
        (left, in_left), (right, in_right) = sets
        met = left & right
        for value in range(-1, 9):
            is_in = not (met & among([value])).is_empty
            assert is_in == (value in in_left & in_right)


def test_floats_lie_close_and_whole_numbers_do_not() -> None:
    assert (compared("gt", 3, INT) & compared("lt", 4, INT)).is_empty
    assert not (compared("gt", 3.0, FLOAT) & compared("lt", 4.0, FLOAT)).is_empty
    assert (compared("gt", 3.0, FLOAT) & compared("le", 3.0, FLOAT)).is_empty
