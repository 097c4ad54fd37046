"""Snapshots hold the customers of cells with their fields, as the interpreter says."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import replace

import pytest
from tests.properties.batches import make_batch
from tests.properties.customers import draw_customers
from tests.properties.expressions import Expressions
from tests.properties.programs import TREES, Generated, generate

from interact.compiler.codegen.from_columnar import Layout
from interact.compiler.codegen.host import column_values, unpacked
from interact.compiler.codegen.scorer import Scorer
from interact.compiler.codegen.store import KernelStore
from interact.compiler.columnar.verify import verify_plan
from interact.compiler.core.decide import memberships
from interact.compiler.core.infer import Typing, infer_value
from interact.compiler.core.interpret import Frame, evaluate
from interact.compiler.core.nodes import type_of
from interact.compiler.core.program import Filter, Program, folds_of
from interact.compiler.core.scope import Scope
from interact.compiler.core.snapshots import Snapshot, SnapshotField
from interact.compiler.diagnostics.diagnostic import Sink
from interact.compiler.pipeline import optimize, plan_snapshots
from interact.compiler.source import SourceFile
from interact.compiler.surface.from_source import parse_expression
from interact.compiler.surface.print_expression import print_expression
from interact.stdlib.types import Kind, Value

KINDS = (Kind.BOOL, Kind.INT, Kind.FLOAT, Kind.DECIMAL, Kind.TEXT, Kind.DATE, Kind.TIMESTAMP)


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


def draw_fields(
    chance: random.Random, generated: Generated, program: Program, table: str
) -> list[SnapshotField]:
    """Return fields of all kinds, over the attributes and rows of the audience."""
    scope = Scope.of_audience(program.audience_of(program.channels[0]))
    drawn = Expressions(chance, scope, generated.moment.today, TREES)
    typing, found = Typing(scope, Sink()), []
    for kind in KINDS:
        text = print_expression(drawn.draw(kind, chance.randrange(4)))
        written = parse_expression(SourceFile(f"{table}.{kind}", text), Sink())
        assert written is not None
        value = infer_value(written, typing)
        found.append(SnapshotField(str(kind), type_of(value), value))
    return found


def same(found: Value, expected: Value) -> bool:
    """Return whether a column has what the interpreter says; it has bools as numbers."""
    if isinstance(expected, float) and isinstance(found, float):
        return found.hex() == expected.hex() or found == expected == 0
    return found == expected


@pytest.mark.parametrize("seed", range(9100, 9140))
def test_fields_are_what_the_interpreter_says(seed: int, store: KernelStore) -> None:
    generated, chance = generate(seed), random.Random(seed)
    program, moment = generated.program, generated.moment
    count = len(program.channels[0].cells)
    shots = tuple(
        Snapshot(f"s{i}", cells, "replace", tuple(draw_fields(chance, generated, program, f"s{i}")))
        for i, cells in enumerate([(), tuple(chance.sample(range(count), min(2, count)))])
    )
    channel = replace(program.channels[0], snapshots=shots)
    program = optimize(replace(program, channels=(channel, *program.channels[1:])))
    channel = program.channels[0]
    plan = plan_snapshots(program, channel)
    verify_plan(plan)
    customers = draw_customers(chance, generated.schema, moment.today, 70)
    batch = make_batch(chance, generated.schema, customers)
    found = Scorer(plan, store).score(batch, moment, 1, Layout.LONG)
    values = [f.value for s in channel.snapshots for f in s.fields]
    tests = [c.test.condition for c in channel.cells if isinstance(c.test, Filter)]
    folds = folds_of([*(t for t in tests if t is not None), *values])
    columns = [column_values(c, len(customers)) for c in found.fields]
    failures: Counter[object] = Counter()
    for row, customer in enumerate(customers):
        frame, fields = Frame(customer, moment), iter(columns)
        for fold in folds:
            evaluate(fold, frame)
        members = memberships(program, channel, frame)
        for shot in channel.snapshots:
            inside = not shot.cells or any(members[i] for i in shot.cells)
            for field, column in zip(shot.fields, fields, strict=False):
                expected = evaluate(field.value, frame) if inside else None
                assert same(column[row], expected), (shot.name, field.value, customer)
        failures.update(span for span, _ in frame.failures)
    assert found.failures == failures
