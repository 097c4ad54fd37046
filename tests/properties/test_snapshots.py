"""Snapshots hold the customers of cells, as the interpreter says who they are."""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from tests.properties.batches import make_batch
from tests.properties.customers import draw_customers
from tests.properties.programs import generate

from interact.compiler.codegen.from_columnar import Layout
from interact.compiler.codegen.host import unpacked
from interact.compiler.codegen.scorer import Scorer
from interact.compiler.codegen.store import KernelStore
from interact.compiler.columnar.verify import verify_plan
from interact.compiler.core.decide import memberships
from interact.compiler.core.interpret import Frame
from interact.compiler.core.snapshots import Snapshot
from interact.compiler.pipeline import optimize, plan_snapshots


@pytest.mark.parametrize("seed", range(9000, 9030))
def test_a_snapshot_has_the_customers_of_its_cells(seed: int, store: KernelStore) -> None:
    generated, chance = generate(seed), random.Random(seed)
    program, moment = optimize(generated.program), generated.moment
    channel = program.channels[0]
    shots = [Snapshot(f"t{i}", (i,), "replace", ()) for i in range(len(channel.cells))]
    some = tuple(chance.sample(range(len(shots)), min(2, len(shots))))
    shots += [Snapshot("some", some, "append", ()), Snapshot("all", (), "update", ())]
    channel = replace(channel, snapshots=tuple(shots))
    plan = plan_snapshots(program, channel)
    verify_plan(plan)
    customers = draw_customers(chance, generated.schema, moment.today, 70)
    batch = make_batch(chance, generated.schema, customers)
    found = Scorer(plan, store).score(batch, moment, 1, Layout.LONG).segments
    members = [memberships(program, channel, Frame(c, moment)) for c in customers]
    for shot, bits in zip(shots, found, strict=True):
        expected = [not shot.cells or any(m[i] for i in shot.cells) for m in members]
        assert unpacked(bits, len(customers)).tolist() == expected, shot.name
