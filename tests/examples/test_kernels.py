"""What kernels decide for the examples' customers is what the definition decides."""

from __future__ import annotations

import numpy as np
import pytest
from tests.examples.customers import customers_of
from tests.examples.projects import (
    MOMENT,
    NAMES,
    customers_file,
    program_of,
    read_customers,
    score,
)

from interact.compiler.codegen.from_columnar import Layout
from interact.compiler.core.decide import Decision, Outcome, decide

COUNT = 300
TOP = 3


@pytest.mark.parametrize("name", NAMES)
def test_kernels_decide_what_the_interpreter_decides(name: str) -> None:
    program, channel = program_of(name)
    table = read_customers(customers_file(name), COUNT)
    scores = score(program, channel, table, TOP, Layout.WIDE)
    members = [np.unpackbits(s, bitorder="little")[:COUNT].astype(bool) for s in scores.segments]
    customers = customers_of(table, program.audience_of(channel))
    for row, customer in enumerate(customers):
        decision = decide(program, channel, customer, MOMENT, TOP)
        assert tuple(bool(m[row]) for m in members) == decision.segments
        for kept, (rules, values) in zip(_kept(decision), scores.wide, strict=True):
            found = [(r, v) for r, v in zip(rules[:, row], values[:, row], strict=True) if r >= 0]
            assert found == kept, f"customer {row}"


def _kept(decision: Decision) -> list[list[tuple[int, float | None]]]:
    return [
        [(c.rule, c.score) for c in zone if c.outcome is Outcome.KEPT] for zone in decision.zones
    ]
