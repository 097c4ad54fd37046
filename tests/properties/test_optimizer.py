"""Passes keep the meaning: every value and decision, and every operation without a result."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

import pytest
from tests.properties.customers import draw_customers
from tests.properties.programs import Generated, generate

from interact.compiler.core.decide import Decision, decide
from interact.compiler.core.interpret import Customer, Frame, evaluate
from interact.compiler.core.nodes import And, Attr, Call, Compare, Const, Expr, Or, walk
from interact.compiler.core.program import Channel, channel_expressions, channel_folds
from interact.compiler.core.verify import verify_program
from interact.compiler.optimize.simplify_conditions import simplify_conditions
from interact.compiler.pipeline import PASSES, map_expressions, optimize
from interact.compiler.source import Span
from interact.stdlib.types import BOOL, FLOAT

SEEDS = 60
Step = Callable[[Expr], Expr]


@pytest.fixture(params=[p.run for p in PASSES], ids=[p.name for p in PASSES])
def step(request: pytest.FixtureRequest) -> Step:
    run: Step = request.param
    return run


@pytest.mark.parametrize("first", range(0, SEEDS, 20))
def test_a_pass_changes_no_decision(step: Step, first: int) -> None:
    for seed in range(first, first + 20):
        generated = generate(seed, depth=4)
        before = generated.program
        after = map_expressions(before, step)
        verify_program(after)
        gone = _dropped(before.channels[0], after.channels[0])
        for customer in _customers(generated, seed):
            old, new = (
                decide(program, program.channels[0], customer, generated.moment, 3)
                for program in (before, after)
            )
            assert _without(old, gone) == new, generated.text


@pytest.mark.parametrize("first", range(1000, 1000 + SEEDS, 20))
def test_a_pass_changes_no_value(step: Step, first: int) -> None:
    for seed in range(first, first + 20):
        generated = generate(seed, depth=4)
        of_it, chance = generated.channel.segments, random.Random(seed)
        for customer in _customers(generated, seed)[:10]:
            segments = tuple(chance.random() < 0.5 for _ in of_it)
            for expr in channel_expressions(generated.channel):
                old, new = (Frame(customer, generated.moment, segments=segments) for _ in range(2))
                assert evaluate(expr, old) == evaluate(step(expr), new), generated.text
                assert old.failures == new.failures, generated.text


def test_passes_have_nothing_left_to_do_after_a_few_runs() -> None:
    for seed in range(40):
        program = generate(seed, depth=4).program
        for _ in range(4):
            program = optimize(program)
        assert optimize(program) == program


def test_a_repeated_operand_is_dropped_unless_its_failures_count() -> None:
    ratio = Attr("ratio", FLOAT, True)
    plain = Compare("gt", ratio, Const(1.0, FLOAT))
    halves = tuple(
        Call("arithmetic:div_float", (Const(1.0, FLOAT), ratio), FLOAT, Span("", at, at + 1))
        for at in (0, 5)
    )
    failing = tuple(Compare("gt", half, Const(1.0, FLOAT)) for half in halves)
    flag = Attr("flag", BOOL, True)
    assert simplify_conditions(And((plain, flag, plain))) == And((plain, flag))
    assert simplify_conditions(Or(failing)) == Or(failing)


def _customers(generated: Generated, seed: int) -> list[Customer]:
    chance = random.Random(seed)
    return draw_customers(chance, generated.schema, generated.moment.today, 25)


def _dropped(before: Channel, after: Channel) -> set[Span]:
    """Return the places inside folds that nothing reads any more."""
    kept, found = (
        {part.span for fold in channel_folds(channel) for part in walk(fold)}
        for channel in (after, before)
    )
    return found - kept


def _without(decision: Decision, places: set[Span]) -> Decision:
    failures = frozenset(f for f in decision.failures if f[0] not in places)
    return replace(decision, failures=failures)
