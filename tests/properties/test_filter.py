"""A condition given beside the program selects the customers for whom it is true."""

from __future__ import annotations

import random

import pytest
from tests.properties.batches import make_batch
from tests.properties.customers import draw_customers
from tests.properties.expressions import Expressions
from tests.properties.programs import TREES, generate

from interact.compiler.codegen.from_columnar import Layout
from interact.compiler.codegen.host import unpacked
from interact.compiler.codegen.scorer import Scorer
from interact.compiler.codegen.store import KernelStore
from interact.compiler.columnar.verify import verify_plan
from interact.compiler.core.infer import Typing, infer_condition
from interact.compiler.core.interpret import Frame, evaluate
from interact.compiler.core.scope import Scope
from interact.compiler.diagnostics.diagnostic import Sink
from interact.compiler.pipeline import plan_filter
from interact.compiler.surface.print import print_expression
from interact.stdlib.types import Kind


@pytest.mark.parametrize("seed", range(40))
def test_a_filter_keeps_whom_the_interpreter_keeps(seed: int, store: KernelStore) -> None:
    generated = generate(seed)
    chance = random.Random(seed)
    program, channel, moment = generated.program, generated.channel, generated.moment
    scope = Scope.of_audience(program.audience_of(channel))
    written = Expressions(chance, scope, moment.today, TREES).draw(Kind.BOOL, 3)
    plan, *_ = plan_filter(program, channel, print_expression(written))
    assert plan is not None
    verify_plan(plan)
    customers = draw_customers(chance, generated.schema, moment.today, 70)
    batch = make_batch(chance, generated.schema, customers)
    scores = Scorer(plan, store).score(batch, moment, 1, Layout.LONG)
    condition = infer_condition(written, Typing(scope, Sink()))
    expected = [evaluate(condition, Frame(c, moment)) is True for c in customers]
    assert unpacked(scores.segments[0], len(customers)).tolist() == expected
