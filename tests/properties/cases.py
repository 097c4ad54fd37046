"""Run generated programs over generated batches, by interpreter and by kernels."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tests.properties.batches import make_batch
from tests.properties.compare import differences, single_differences
from tests.properties.customers import draw_customers
from tests.properties.programs import Generated

from interact.compiler.codegen.from_columnar import Layout
from interact.compiler.codegen.scorer import Scorer
from interact.compiler.codegen.single import SingleScorer
from interact.compiler.codegen.store import KernelStore
from interact.compiler.core.decide import Decision, decide
from interact.compiler.core.interpret import Customer, Moment
from interact.compiler.pipeline import optimize, plan_channel

SIZES = (0, 1, 63, 64, 65, 1023, 1024, 1025, 3000)
SINGLES = 50
TOPS = (1, 2, 3, 5, 10, 64)


@dataclass(frozen=True)
class Mismatch:
    """A batch for which kernels say something else than the interpreter."""

    generated: Generated
    customers: Sequence[Customer]
    what: tuple[str, ...]


@dataclass(frozen=True)
class Subject:
    """A program that is ready to be tried in both ways."""

    generated: Generated
    scorer: Scorer
    store: KernelStore

    @staticmethod
    def of(generated: Generated, store: KernelStore) -> Subject:
        program = optimize(generated.program, verify=True)
        plan = plan_channel(program, program.channels[0], verify=True)
        return Subject(generated, Scorer(plan, store), store)

    def decide(self, customers: Sequence[Customer], moment: Moment) -> list[Decision]:
        program = optimize(self.generated.program)
        channel = program.channels[0]
        return [decide(program, channel, c, moment, max(TOPS)) for c in customers]

    def try_batch(
        self,
        chance: random.Random,
        customers: Sequence[Customer],
        decisions: Sequence[Decision],
        moment: Moment,
    ) -> tuple[str, ...]:
        """Return what differs for one batch, in a form drawn by ``chance``."""
        batch = make_batch(chance, self.generated.schema, customers)
        top, layout = (
            chance.choice(TOPS),
            chance.choice((Layout.WIDE, Layout.LONG, Layout.EXPLAINED)),
        )
        scores = self.scorer.score(batch, moment, top, layout)
        return tuple(differences(decisions, scores, top, layout))

    def try_single(
        self, customers: Sequence[Customer], decisions: Sequence[Decision], moment: Moment, top: int
    ) -> Iterator[tuple[Customer, tuple[str, ...]]]:
        """Yield the customers for whom the form for single customers decides otherwise.

        It decides for all zones, and for each of them alone.
        """
        plan = self.scorer.plan
        for zones in (None, *((number,) for number in range(len(plan.zones)))):
            single = SingleScorer(plan, self.store, moment.today, top, zones)
            for customer, decision in zip(customers, decisions, strict=False):
                choice = single.decide(customer, moment.now)
                what = tuple(single_differences(decision, choice, top, zones))
                if what:
                    yield customer, what


def mismatches(
    generated: Generated, seed: int, store: KernelStore, *, pool: int = 150, batches: int = 3
) -> Iterator[Mismatch]:
    """Yield the batches on which both disagree; each of the ``pool`` of customers is in one."""
    chance = random.Random(f"rows {seed}")
    subject, moment = Subject.of(generated, store), generated.moment
    customers = draw_customers(chance, generated.schema, moment.today, pool)
    for number in range(batches):
        if number == 0 or chance.random() < 0.2:
            moment = Moment(moment.now + 86_400_000_000 * number)
            decisions = subject.decide(customers, moment)
        size = pool if number == 0 else chance.choice(SIZES)
        rows = (
            chance.sample(range(pool), pool) if number == 0 else chance.choices(range(pool), k=size)
        )
        batch = [customers[i] for i in rows]
        what = subject.try_batch(chance, batch, [decisions[i] for i in rows], moment)
        if what:
            yield Mismatch(generated, batch, what)
        if number == 0:
            for customer, what in subject.try_single(customers[:SINGLES], decisions, moment, 3):
                yield Mismatch(generated, [customer], what)
