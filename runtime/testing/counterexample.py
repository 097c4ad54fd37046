"""A customer of whom an expectation does not hold, decided for by the interpreter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from interact.compiler.core.decide import decide_in, members_in
from interact.compiler.core.interpret import Customer, Frame, Moment, evaluate
from interact.compiler.core.program import Channel, Share
from interact.compiler.core.tests import Chosen, Expectation, Test
from interact.compiler.proof.prove import Everyone, attributes_of, fields_of
from interact.compiler.proof.witness import Witness
from interact.runtime.testing.judge import Judge
from interact.runtime.testing.narrowing import with_outcomes
from interact.runtime.testing.neighbourhood import Neighbourhood
from interact.runtime.testing.noting import Noting
from interact.runtime.testing.results import Failure


@dataclass(frozen=True)
class Search:
    """Looks for a customer of whom an expectation does not hold.

    Attributes:
        now: A time to tell of, where any will do.
    """

    test: Test
    everyone: Everyone
    expectation: Expectation
    now: Moment

    def near(self, witnesses: Iterable[Witness]) -> Failure | None:
        """Return what to tell of a customer like one of them; None when there is none."""
        everyone = self.everyone
        around = Neighbourhood(
            [everyone.channel],
            attributes_of(everyone.program, everyone.channel),
            fields_of(everyone.program, everyone.channel),
            self.now,
            everyone.moment is None,
            self._breaks,
        )
        found = around.near(witnesses)
        return None if found is None else self._told(found, around)

    def _breaks(self, witness: Witness) -> bool:
        judge, is_meant, _ = self._decided(witness)
        return is_meant and not judge.meets(self.expectation)

    def _told(self, witness: Witness, around: Neighbourhood) -> Failure:
        judge, _, read = self._decided(witness)
        failure = next(judge.failures(self.expectation))
        told = [*self._cells(judge), *around.told(witness, read)]
        who = f"a customer with {', '.join(told)}" if told else "any customer"
        return replace(failure, message=f"{who}: {failure.message}")

    def _decided(self, witness: Witness) -> tuple[Judge, bool, list[str]]:
        """Return the decision, whether the customer is one of those meant, and what was read."""
        everyone = self.everyone
        channel = drawn(everyone.channel, witness)
        values = Noting({**everyone.given, **witness.values})
        customer = Customer(values, {**witness.rows, **everyone.rows})
        frame = Frame(customer, witness.moment)
        decision = decide_in(frame, everyone.program, channel, witness.hashes, everyone.top)
        is_meant = everyone.condition is None or evaluate(everyone.condition, frame) is True
        read = list(values.read)
        members = members_in(replace(frame, segments=()), channel, witness.hashes)
        has_reasons = not any(s.seed for s in channel.selections)
        judge = Judge(
            everyone.program,
            channel,
            customer,
            witness.moment,
            everyone.top,
            decision,
            members,
            has_reasons,
        )
        return judge, is_meant, read

    def _cells(self, judge: Judge) -> Iterator[str]:
        for sample in self.test.samples:
            inside = [judge.channel.cells[i].name for i in sample.cells if judge.members[i]]
            yield from (f"{sample.step} = {name}" for name in inside)


def drawn(channel: Channel, witness: Witness) -> Channel:
    """Return a channel whose samples come out as they do for a customer."""
    shares = [(i, cell.test) for i, cell in enumerate(channel.cells)]
    outcomes = tuple((i, _lies_in(test, witness)) for i, test in shares if isinstance(test, Share))
    return with_outcomes(channel, [Chosen("", outcomes)])


def _lies_in(share: Share, witness: Witness) -> bool:
    found = witness.hashes.of(share.draw.on(witness.moment.today))
    return found is not None and share.low <= found < share.high
