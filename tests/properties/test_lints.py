"""What the lints claim of conditions holds for generated customers."""

from __future__ import annotations

import random

from tests.properties.programs import Generated

from interact.compiler.core.infer import Typing, infer_condition
from interact.compiler.core.interpret import Customer
from interact.compiler.core.nodes import Expr
from interact.compiler.core.scope import Scope
from interact.compiler.diagnostics.diagnostic import Sink
from interact.compiler.source import SourceFile
from interact.compiler.surface.from_source import parse_expression

SEEDS = 60
NAMES = ("i", "d", "f", "t", "b", "day")
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


def dense(seed: int) -> tuple[Generated, Expr, Expr, list[Customer]]:
    from tests.properties.programs import built_from_text

    from interact.compiler.core.interpret import Moment
    from interact.stdlib.types import MICROSECONDS_PER_DAY

    chance = random.Random(seed)
    generated = built_from_text(AUDIENCE, Moment(20455 * MICROSECONDS_PER_DAY))
    scope = Scope.of_audience(generated.program.audiences[0])
    made = []
    for _ in range(2):
        source = SourceFile("condition", draw_dense(chance, 2))
        parsed = parse_expression(source, Sink())
        assert parsed is not None, source.text
        sink = Sink()
        made.append(infer_condition(parsed, Typing(scope, sink)))
        assert not sink.has_errors, (source.text, sink.diagnostics)
    return generated, made[0], made[1], [draw_few(chance) for _ in range(80)]
