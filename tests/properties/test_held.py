"""Flowcharts that are held: generated programs decide as if the cells were what they were."""

from __future__ import annotations

import random

import pytest
from tests.properties.customers import draw_customers
from tests.properties.programs import generate

from interact.compiler.core.decide import decide
from interact.compiler.core.held import cells_of, holding

CUSTOMERS, TOP = 12, 16


@pytest.mark.parametrize("seed", range(40))
def test_what_is_held_stays_and_all_else_is_as_ever(seed: int) -> None:
    generated = generate(seed)
    program, channel, moment = generated.program, generated.channel, generated.moment
    chance = random.Random(f"held {seed}")
    flowcharts = sorted({cell.flowchart for cell in channel.cells})
    customers = draw_customers(chance, generated.schema, moment.today, CUSTOMERS)
    for before, after in zip(customers[::2], customers[1::2], strict=True):
        names = chance.sample(flowcharts, chance.randint(0, len(flowcharts)))
        said = cells_of(program, channel, before, moment)
        held = {name: said[name] for name in names}
        same, other = (holding(channel, held), holding(channel, {}))
        assert other == channel
        assert decide(program, same, before, moment, TOP).segments == (
            decide(program, channel, before, moment, TOP).segments
        )
        assert decide(program, same, before, moment, TOP).zones == (
            decide(program, channel, before, moment, TOP).zones
        )
        now = cells_of(program, same, after, moment)
        assert {name: now[name] for name in names} == held
        alone = cells_of(program, channel, after, moment)
        follows = {c.flowchart for c in channel.cells for p in c.parents
                   if channel.cells[p].flowchart != c.flowchart}  # fmt: skip
        for name in flowcharts:
            if name not in names and name not in follows:
                assert now[name] == alone[name]
