"""What the lints claim of conditions holds for generated customers."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from itertools import permutations

import pytest
from tests.properties.customers import draw_customers
from tests.properties.programs import Generated, built_from_text, generate

from interact.compiler.core.decide import decide
from interact.compiler.core.infer import Typing, infer_condition
from interact.compiler.core.interpret import Customer, Frame, Moment, evaluate
from interact.compiler.core.nodes import (
    Aggregate,
    Expr,
    InSegment,
    RowField,
    children,
    type_of,
    walk,
)
from interact.compiler.core.program import channel_expressions
from interact.compiler.core.scope import Scope
from interact.compiler.diagnostics.diagnostic import Sink
from interact.compiler.diagnostics.render import render_text
from interact.compiler.lints.catalogue import DUPLICATE_RULE, OUTDONE_RULE
from interact.compiler.lints.choices import chains_in, choices_of
from interact.compiler.lints.conditions import expressions_of
from interact.compiler.lints.lint import Linted
from interact.compiler.lints.reach import Reach
from interact.compiler.lints.rules import useless_rules
from interact.compiler.lints.run import lint
from interact.compiler.lints.truth import Truth, Truths
from interact.compiler.pipeline import check
from interact.compiler.source import SourceFile
from interact.compiler.surface.format import format_source
from interact.compiler.surface.from_source import parse_expression
from interact.stdlib.types import BOOL, MICROSECONDS_PER_DAY, Value

AUDIENCE = """audience A {
  key id: int
  profile { i: int  d: decimal(2)  f: float  t: text  b: bool  day: date }
  accounts: many { amount: int }
}"""
BOUNDS = {
    "i": ("-1", "0", "1", "2", "2.5", "0.0", "d", "f"),
    "d": ("-1", "0", "1.5", "1.50", "0.125", "2", "i"),
    "f": ("-1", "0.5", "0", "2", "i", "d"),
    "t": ('"a"', '"b"', '""', '"aa"'),
    "day": ("2026-01-01", "2026-01-02", "today", "today - 1 day"),
    "count(accounts)": ("-1", "0", "1"),
    "coalesce(i, 1)": ("0", "1", "2"),
    "month(day)": ("0", "1", "12", "13"),
    "i + 1": ("1", "2"),
}


def draw_dense(chance: random.Random, depth: int) -> str:
    """Return a condition over few terms and few constants, which often contradict each other."""
    if depth and chance.random() < 0.75:
        parts = [draw_dense(chance, depth - 1) for _ in range(chance.choice((2, 2, 3)))]
        joined = f" {chance.choice(('and', 'and', 'or'))} ".join(parts)
        return f"{chance.choice(('', '', 'not '))}({joined})"
    if chance.random() < 0.1:
        return chance.choice(("b", "not b", "b is null", "(if b then i > 0 else i < 0)"))
    term = chance.choice(list(BOUNDS))
    if chance.random() < 0.15:
        return f"{term} is {chance.choice(('', 'not '))}null"
    bounds = BOUNDS[term]
    if chance.random() < 0.2:
        listed = ", ".join(b for b in chance.sample(bounds, 2))
        return f"{term} {chance.choice(('', 'not '))}in ({listed})"
    return f"{term} {chance.choice(('<', '<=', '>', '>=', '=', '!='))} {chance.choice(bounds)}"


def draw_few(chance: random.Random) -> Customer:
    def maybe(*values: object) -> object:
        return None if chance.random() < 0.15 else chance.choice(values)

    values = {
        "id": 1,
        "i": maybe(-2, -1, 0, 1, 2, 3, 2**62),
        "d": maybe(-100, 0, 12, 13, 150, 200, 2**62),
        "f": maybe(-1.0, -0.0, 0.25, 0.5, 1.5, 2.0, float("inf"), float("nan")),
        "t": maybe("", "a", "aa", "ab", "b"),
        "b": maybe(True, False),
        "day": maybe(20453, 20454, 20455, 20456, 10**7),
    }
    return Customer(values, {"accounts": [{"amount": 1}] * chance.randrange(3)})  # type: ignore[arg-type]


def dense(seed: int) -> tuple[Generated, list[Expr], list[Customer]]:
    """Return two conditions that have much to do with each other, and customers for them."""
    chance = random.Random(seed)
    generated = built_from_text(AUDIENCE, Moment(20_455 * MICROSECONDS_PER_DAY))
    scope = Scope.of_audience(generated.program.audiences[0])
    made = []
    for _ in range(2):
        source, sink = SourceFile("condition", draw_dense(chance, 2)), Sink()
        parsed = parse_expression(source, sink)
        assert parsed is not None, source.text
        made.append(infer_condition(parsed, Typing(scope, sink)))
        assert not sink.has_errors, (source.text, sink.diagnostics)
    return generated, made, [draw_few(chance) for _ in range(60)]


@pytest.mark.parametrize("first", range(0, 600, 150))
def test_claims_hold_where_conditions_contradict_each_other(first: int) -> None:
    claims: Counter[str] = Counter()
    for seed in range(first, first + 150):
        generated, conditions, customers = dense(seed)
        truths = Truths()
        outcomes = [outcomes_of(c, customers, generated) for c in conditions]
        found = [truths.of(c) for c in conditions]
        for truth, values in zip(found, outcomes, strict=True):
            claims.update(hold(truth, values, seed))
        for (x, xs), (y, ys) in permutations(zip(found, outcomes, strict=True), 2):
            if x.true and x.implies(y):
                claims["implies"] += 1
                assert all(b is True for a, b in zip(xs, ys, strict=True) if a is True), seed
    assert set(claims) == {"true", "false", "null", "implies"}, "the analysis claims nothing"


@pytest.mark.parametrize("first", range(5000, 5060, 20))
def test_claims_hold_in_generated_programs(first: int) -> None:
    for seed in range(first, first + 20):
        generated = generate(seed, depth=4)
        chance = random.Random(seed)
        customers = draw_customers(chance, generated.schema, generated.moment.today, 20)
        truths = Truths()
        Reach(truths, generated.program)
        conditions = [
            c for expr in channel_expressions(generated.channel) for c in conditions_in(expr)
        ]
        for customer in customers:
            frame = Frame(customer, generated.moment)
            decided = decide(generated.program, generated.channel, customer, generated.moment, 1)
            frame.segments = decided.segments
            for condition in conditions:
                list(hold(truths.of(condition), [evaluate(condition, frame)], seed))


@pytest.mark.parametrize("first", range(6000, 6060, 20))
def test_nobody_is_in_a_cell_or_gets_a_rule_that_is_said_to_be_empty(first: int) -> None:
    for seed in range(first, first + 20):
        generated = generate(seed, depth=3)
        channel, chance = generated.channel, random.Random(seed)
        customers = draw_customers(chance, generated.schema, generated.moment.today, 40)
        truths = Truths()
        reach = Reach(truths, generated.program)
        empty = [not reach.segments(channel, (i,)) for i in range(len(channel.segments))]
        unreachable = {i for i, r in enumerate(channel.rules) if not reach.rule(channel, r)}
        for customer in customers:
            decision = decide(generated.program, channel, customer, generated.moment, 64)
            assert not any(a and b for a, b in zip(empty, decision.segments, strict=True)), seed
            shown = {c.rule for zone in decision.zones for c in zone if c.position is not None}
            assert not shown & unreachable, seed


@pytest.mark.parametrize("first", range(7000, 7060, 20))
def test_a_rule_that_is_outdone_never_decides(first: int) -> None:
    for seed in range(first, first + 20):
        generated = generate(seed, depth=3)
        channel, chance = generated.channel, random.Random(seed)
        customers = draw_customers(chance, generated.schema, generated.moment.today, 40)
        truths = Truths()
        project = Linted(
            generated.program, (), {}, truths, Reach(truths, generated.program), Sink()
        )
        # Of two equal rules the second one does nothing, unless chance puts it first.
        outdone = {
            id(rule)
            for rule, _, why in useless_rules(project, channel)
            if why is OUTDONE_RULE
            or (why is DUPLICATE_RULE and channel.zones[rule.zone].ties is None)
        }
        for customer in customers:
            decision = decide(generated.program, channel, customer, generated.moment, 64)
            for candidate in (c for zone in decision.zones for c in zone):
                is_shown = candidate.position is not None
                assert not (is_shown and id(channel.rules[candidate.rule]) in outdone), seed


def test_a_choice_that_is_said_to_be_unreached_is_never_made() -> None:
    claims = 0
    for seed in range(7500, 7580):
        generated = generate(seed, depth=4)
        truths = Truths()
        reach = Reach(truths, generated.program)
        project = Linted(generated.program, (), {}, truths, reach, Sink())
        chance = random.Random(seed)
        customers = draw_customers(chance, generated.schema, generated.moment.today, 40)
        frames = [Frame(c, generated.moment) for c in customers]
        for chain in chains_of(project):
            claimed = [id(c) for c, taken in choices_of(project, chain) if taken is not None]
            for place, condition in enumerate(chain):
                if place and id(condition) in claimed:
                    claims += 1
                    for frame in frames:
                        *before, here = (evaluate(c, frame) for c in chain[: place + 1])
                        assert here is not True or True in before, seed
    assert claims > 5


def chains_of(project: Linted) -> Iterator[list[Expr]]:
    """Yield the chains of choices that are about a customer alone."""
    seen: set[int] = set()
    for expr in expressions_of(project):
        for chain in chains_in(expr, seen):
            parts = (part for condition in chain for part in walk(condition))
            if not any(isinstance(part, RowField | InSegment) for part in parts):
                yield chain


def outcomes_of(condition: Expr, customers: list[Customer], generated: Generated) -> list[Value]:
    """Return what a condition that asks for no segment is for each customer."""
    return [evaluate(condition, Frame(c, generated.moment)) for c in customers]


def hold(truth: Truth, values: list[Value], seed: int) -> Iterator[str]:
    """Yield what is claimed of a condition, which is so for these customers."""
    for name, region, value in (
        ("true", truth.true, True),
        ("false", truth.false, False),
        ("null", truth.null, None),
    ):
        if not region:
            assert value not in values, (seed, name)
            yield name


def conditions_in(expr: Expr) -> Iterator[Expr]:
    """Yield every condition in an expression that is about the customer, not about rows."""
    if type_of(expr) == BOOL:
        yield expr
    for part in () if isinstance(expr, Aggregate) else children(expr):
        yield from conditions_in(part)


@pytest.mark.parametrize("seed", range(8000, 8040))
def test_every_generated_program_can_be_linted(seed: int) -> None:
    generated = generate(seed, depth=3)
    source = SourceFile(generated.module.file, generated.text)
    checked = check([source])
    assert checked.program is not None
    found = lint(checked.program, checked.modules, [source])
    assert len(render_text(found, {source.name: source})) >= 20 * len(found)
    formatted = SourceFile(source.name, format_source(source, Sink()) or "")
    again = check([formatted])
    assert again.program is not None
    codes = Counter(f.code.id for f in lint(again.program, again.modules, [formatted]))
    assert codes == Counter(f.code.id for f in found)
