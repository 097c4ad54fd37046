"""Explanations of whole batches are the interpreter's: every candidate, row by row."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator, Sequence

import pytest
from tests.properties.batches import make_batch
from tests.properties.cases import TOPS, Subject
from tests.properties.customers import draw_customers
from tests.properties.programs import Generated, generate

from interact.compiler.codegen.from_columnar import Layout
from interact.compiler.codegen.outcomes import OUTCOMES, ladders_of, outcomes_of, positions_of
from interact.compiler.codegen.scorer import Scorer, Scores
from interact.compiler.codegen.store import KernelStore
from interact.compiler.core.decide import Decision, Outcome, decide
from interact.compiler.core.interpret import Customer
from interact.compiler.core.program import Channel, Program
from interact.compiler.pipeline import optimize

PROGRAMS, STEP, POOL = 80, 8, 65

SCORED = OUTCOMES[OUTCOMES.index(Outcome.SCORE) + 1 :]
Told = tuple[int, Outcome, float | None, int | None]
"""A rule, what became of it, its score and position."""


@pytest.mark.parametrize("first", range(0, PROGRAMS, STEP))
def test_every_candidate_has_the_outcome_of_the_interpreter(first: int, store: KernelStore) -> None:
    for seed in range(first, first + STEP):
        found = list(differences(generate(seed), seed, store))
        assert not found, f"seed {seed}: {found[:3]}"


def test_every_outcome_is_generated(store: KernelStore) -> None:
    seen: Counter[Outcome] = Counter()
    seeds = iter(range(PROGRAMS))
    while len(seen) < len(OUTCOMES) and (seed := next(seeds, None)) is not None:
        generated = generate(seed)
        for decision in decisions_of(optimize(generated.program), generated, seed, top=2)[1]:
            seen.update(c.outcome for zone in decision.zones for c in zone)
    assert set(seen) == set(Outcome)


def decisions_of(
    program: Program, generated: Generated, seed: int, top: int
) -> tuple[Sequence[Customer], list[Decision]]:
    chance = random.Random(f"explained {seed}")
    customers = draw_customers(chance, generated.schema, generated.moment.today, POOL)
    channel, moment = program.channels[0], generated.moment
    return customers, [decide(program, channel, c, moment, top) for c in customers]


def differences(generated: Generated, seed: int, store: KernelStore) -> Iterator[str]:
    """Yield the candidates of a program that kernels and interpreter tell otherwise of."""
    program = optimize(generated.program)
    scorer = Subject.of(generated, store).scorer
    top = random.Random(seed).choice(TOPS[:4])
    customers, decisions = decisions_of(program, generated, seed, top)
    batch = make_batch(random.Random(seed), generated.schema, customers)
    scores = scorer.score(batch, generated.moment, top, Layout.EXPLAINED)
    found = told(program, program.channels[0], scorer, scores, generated.moment.today, top)
    for row, decision in enumerate(decisions):
        expected = sorted(
            (c.rule, c.outcome, c.score, c.position) for zone in decision.zones for c in zone
        )
        if found[row] != expected:
            wrong = set(expected) ^ set(found[row])
            yield f"row {row} at {top}: {sorted(wrong, key=repr)}"


def told(
    program: Program, channel: Channel, scorer: Scorer, scores: Scores, day: int, top: int
) -> list[list[Told]]:
    """Return the candidates of each customer, by rule."""
    positions = positions_of(scores, len(channel.rules))
    rows: list[list[Told]] = [[] for _ in range(scores.length)]
    for rule, ladder in sorted(ladders_of(program, channel, scorer.plan, day, top).items()):
        found = outcomes_of(ladder, scores, positions)
        assert sum(found.counts) == scores.length
        for code, outcome in enumerate(OUTCOMES):
            members = found.rows(code).tolist()
            assert found.counts[code] == len(members)
            for row in members:
                score = float(found.scores[row]) if outcome in SCORED else None
                rows[row].append((rule, outcome, score, int(found.positions[row]) or None))
    return rows
