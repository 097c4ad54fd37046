"""Decisions of sessions in which some flowcharts keep what they said.

The interpreter makes them: there is no compiled form of a channel for each set of answers.
"""

from __future__ import annotations

from collections.abc import Container, Mapping, Sequence
from copy import copy

from interact.compiler.codegen.single import Choice, Ranked
from interact.compiler.core.decide import Candidate, decide
from interact.compiler.core.held import Held, holding
from interact.compiler.core.interpret import Customer, Moment
from interact.compiler.core.program import Channel, Program
from interact.runtime.decider import Decider, Proposal
from interact.runtime.host.deployment import MOST_OFFERS, ServedChannel
from interact.stdlib.types import Value


def served_with(served: ServedChannel, held: Held) -> ServedChannel:
    """Return a channel as a session uses it, with flowcharts that are held."""
    if not held:
        return served
    found = copy(served)
    found.channel = holding(served.channel, held)
    found.decider = _Interpreting(served.decider, served.program, found.channel)
    return found


class _Interpreting(Decider):
    """Decides by the definition of arbitration itself; all else is as the other decider has it."""

    def __init__(self, other: Decider, program: Program, channel: Channel) -> None:
        self._other, self._program, self._channel = other, program, channel

    @property
    def defaults(self) -> Mapping[str, Value]:
        return self._other.defaults

    def completed(
        self, values: Mapping[str, Value], rows: Mapping[str, Sequence[Mapping[str, Value]]]
    ) -> Customer:
        return self._other.completed(values, rows)

    def choose(self, customer: Customer, now: int, zones: Sequence[int] | None = None) -> Choice:
        found = decide(self._program, self._channel, customer, Moment(now), MOST_OFFERS)
        return Choice(found.segments, tuple(map(_ranked, found.zones)))

    def proposals(
        self,
        zone: int,
        choice: Choice,
        customer: Customer,
        now: int,
        number: int,
        without: Container[str] = (),
    ) -> tuple[Proposal, ...]:
        return self._other.proposals(zone, choice, customer, now, number, without)


def _ranked(candidates: Sequence[Candidate]) -> tuple[Ranked, ...]:
    """Return the rules that are kept, best first, as candidates stand."""
    return tuple(
        (one.rule, one.score)
        for one in candidates
        if one.position is not None and one.score is not None
    )
