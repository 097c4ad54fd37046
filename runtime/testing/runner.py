"""Runs tests through the interpreter, and through the kernels when asked."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from interact.compiler.core.decide import decide, memberships
from interact.compiler.core.interpret import Customer, Frame, Moment
from interact.compiler.core.nodes import Clock, walk
from interact.compiler.core.program import (
    ALWAYS,
    Channel,
    Program,
    channel_expressions,
    channel_folds,
)
from interact.compiler.core.tests import Expectation, Sample, Test
from interact.runtime.errors import InteractError
from interact.runtime.testing.coverage import Coverage
from interact.runtime.testing.fixtures import customers_of
from interact.runtime.testing.judge import Judge
from interact.runtime.testing.kernels import KernelCheck
from interact.runtime.testing.narrowing import narrowed, needed_cells, with_outcomes
from interact.runtime.testing.results import Failure, Result
from interact.runtime.testing.subject import Missing, customer_of, undecided_sample


@dataclass
class Runner:
    """Runs tests of one program.

    Attributes:
        now: The time of tests that do not say one.
        kernels: None to run through the interpreter alone.
        progress: Told how many customers were decided for so far.
        customers: How many these are.
    """

    program: Program
    coverage: Coverage
    now: Moment
    kernels: KernelCheck | None = None
    progress: Callable[[int], None] = lambda done: None
    customers: int = 0

    def run(self, test: Test) -> Result:
        """Run a test."""
        started = time.perf_counter()
        run = _Run(self, test)
        try:
            failures = tuple(run.failures())
        except InteractError as error:
            place = test.span if test.fixture is None else test.fixture.span
            failures = (Failure(error.message, place, help=error.help),)
        return Result(test, failures, run.customers, time.perf_counter() - started)


class _Run:
    """One test in the course of running; ``customers`` counts those decided for."""

    def __init__(self, runner: Runner, test: Test) -> None:
        self.runner, self.test, self.customers = runner, test, 0
        program = runner.program
        self.original = next(c for c in program.channels if c.name == test.channel)
        self.whole = with_outcomes(self.original, test.chosen)
        self.channel = narrowed(self.whole, test.expectations)
        self.folds = channel_folds(self.channel)
        self.needed = needed_cells(self.original, test.expectations)
        self.audience = program.audience_of(self.original)
        self.moment = runner.now if test.now is None else Moment(test.now)

    def failures(self) -> Iterator[Failure]:
        """Yield what fails: for a customer, or among the customers of a file."""
        fixture = self.test.fixture
        if self.test.anyone is not None:
            from interact.runtime.testing.proofs import disproofs

            yield from disproofs(self.test, self.runner.program, self.whole, self.moment)
        elif fixture is None or fixture.key:
            for customer in self._customers():
                yield from self._of_one(customer)
        else:
            yield from self._of_many()

    def _customers(self) -> Iterator[Customer]:
        if self.test.fixture is None:
            yield Customer({})
            return
        program, expectations = self.runner.program, self.test.expectations
        yield from customers_of(self.test.fixture, program, self.channel, expectations)

    def _of_one(self, base: Customer) -> Iterator[Failure]:
        missing = Missing()
        found, failure = self._decide(base, missing)
        if failure is not None:
            yield failure
            return
        failures = [f for e in self.test.expectations for f in found.failures(e)]
        if missing.names:
            yield self._not_given(missing)
        else:
            yield from (self._dated(f) for f in failures)

    def _of_many(self) -> Iterator[Failure]:
        """Yield expectations that too few or too many customers of a file meet."""
        expectations = self.test.expectations
        met = [0] * len(expectations)
        first: dict[int, tuple[Customer, Failure]] = {}
        missing = Missing()
        for base in self._customers():
            found, failure = self._decide(base, missing)
            if failure is not None:
                yield failure
                return
            for number, expectation in enumerate(expectations):
                if found.meets(expectation):
                    met[number] += 1
                elif number not in first:
                    first[number] = (found.customer, next(found.failures(expectation)))
        if missing.names:
            yield self._not_given(missing)
            return
        for number, expectation in enumerate(expectations):
            yield from self._counted(expectation, met[number], first.get(number))

    def _counted(
        self, expectation: Expectation, met: int, first: tuple[Customer, Failure] | None
    ) -> Iterator[Failure]:
        """Yield what is wrong with how many meet an expectation; ``first`` does not."""
        if expectation.count is not None:
            if met != expectation.count:
                message = f"expected this for {_customers(expectation.count)}, got {met:,}"
                yield self._dated(Failure(message, expectation.span))
        elif first is not None:
            customer, failure = first
            key = ", ".join(str(customer.values.get(a.name)) for a in self.audience.key)
            message = f"customer {key}: {failure.message}"
            more = f"{self.customers - met:,} of {self.customers:,} customers fail it"
            yield replace(failure, message=message, help=more)

    def _decide(self, base: Customer, missing: Missing) -> tuple[Judge, Failure | None]:
        """Decide for a customer; say what stands in the way of judging the decision."""
        test, program, channel = self.test, self.runner.program, self.channel
        self.customers += 1
        self.runner.customers += 1
        self.runner.progress(self.runner.customers)
        customer = customer_of(test, self.audience, self.moment, base, missing)
        decision = decide(program, channel, customer, self.moment, test.top, self.folds)
        members = memberships(program, channel, Frame(customer, self.moment))
        judge = Judge(program, channel, customer, self.moment, test.top, decision, members)
        undecided = undecided_sample(test.samples, channel, self.audience, customer, members)
        if undecided is not None:
            return judge, self._undecided(undecided)
        self.runner.coverage.note(self.original, channel, self.needed, members, decision)
        kernels = self.runner.kernels
        if kernels is not None:
            plain = Customer(dict(customer.values), customer.rows)
            found = kernels.difference(self.whole, plain, self.moment, test.top)
            if found is not None:
                advice = "this is a bug of interact: please report it"
                return judge, Failure(f"the kernels differ: {found}", test.span, help=advice)
        return judge, None

    # ---------------------------------------------------------------- failures

    def _not_given(self, missing: Missing) -> Failure:
        names = sorted(missing.names)
        message = f"the outcome depends on {', '.join(names)}"
        row = next((name for name in names if "." in name), None)
        advice = (
            f"add it to the row of {row.partition('.')[0]}"
            if row
            else (f"add `given {names[0]} = …`")
        )
        return Failure(message, self.test.span, help=advice)

    def _undecided(self, sample: Sample) -> Failure:
        key = ", ".join(a.name for a in self.audience.key)
        message = f"the outcome depends on the sample {sample.step}"
        first = self.channel.cells[sample.cells[0]].name
        advice = f"say where the customer is, `given {sample.step} = {first}`, or give the {key}"
        return Failure(message, self.test.span, help=advice)

    def _dated(self, failure: Failure) -> Failure:
        """Say of a test without a time that it depends on it, if it does."""
        if (
            self.test.now is not None
            or failure.help
            or not _depends_on_time(self.runner.program, self.channel)
        ):
            return failure
        advice = "it was decided as of the time of the run: `at 2026-05-01` gives it another"
        return replace(failure, help=advice)


def _depends_on_time(program: Program, channel: Channel) -> bool:
    lives = (live for r in channel.rules for live in (r.live, program.offers[r.offer].live))
    parts = (part for expr in channel_expressions(channel) for part in walk(expr))
    return any(live != ALWAYS for live in lives) or any(isinstance(p, Clock) for p in parts)


def _customers(count: int) -> str:
    return f"{count:,} customer{'s' * (count != 1)}"
