"""Passes keep the meaning: every decision, and every operation without a result."""

from __future__ import annotations

import random
from collections.abc import Callable

import pytest
from tests.properties.customers import draw_customers
from tests.properties.programs import generate

from interact.compiler.core.decide import decide
from interact.compiler.core.nodes import Expr
from interact.compiler.core.verify import verify_program
from interact.compiler.pipeline import PASSES, map_expressions


@pytest.mark.parametrize("step", [p.run for p in PASSES], ids=[p.name for p in PASSES])
@pytest.mark.parametrize("seed", range(20))
def test_a_pass_changes_no_decision(step: Callable[[Expr], Expr], seed: int) -> None:
    generated = generate(seed)
    before = generated.program
    after = map_expressions(before, step)
    verify_program(after)
    chance = random.Random(seed)
    for customer in draw_customers(chance, generated.schema, generated.moment.today, 40):
        decided = [
            decide(program, program.channels[0], customer, generated.moment, 3)
            for program in (before, after)
        ]
        assert decided[0] == decided[1], generated.text
