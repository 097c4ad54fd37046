"""Looks for a customer of whom a claim does not hold."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import z3

from interact.compiler.core.interpret import Customer, Frame, Moment, Record, evaluate
from interact.compiler.core.nodes import Aggregate, Expr
from interact.compiler.core.program import Channel, Program, channel_expressions
from interact.compiler.core.tests import Claim, OfferShown
from interact.compiler.proof.claims import broken
from interact.compiler.proof.decision import Decided
from interact.compiler.proof.expressions import Expressions
from interact.compiler.proof.terms import Formula, Symbols
from interact.compiler.proof.witness import Witness, witness_of
from interact.stdlib.types import MICROSECONDS_PER_DAY, Kind, Value

_YEARS = (-25_567, 47_482)
_ORDINARY = {
    Kind.INT: (0, 10**6),
    Kind.DECIMAL: (0, 10**9),
    Kind.FLOAT: (-(10**6), 10**6),
    Kind.DATE: _YEARS,
    Kind.TIMESTAMP: tuple(day * MICROSECONDS_PER_DAY for day in _YEARS),
}
"""Bounds; days from 1900 to 2100."""
EFFORT = 50_000_000
"""Steps of the solver until it gives up: the same on every machine."""
_PATIENCE = 60_000
"""Milliseconds, for what does not count as steps."""


@dataclass(frozen=True, slots=True)
class Everyone:
    """The customers of whom something shall hold.

    Attributes:
        channel: Cut down to what the claims depend on.
        given: Attributes that have one value.
        rows: Rows that are known.
        condition: True of them; None for all.
        moment: None for any time.
    """

    program: Program
    channel: Channel
    top: int
    moment: Moment | None
    given: Mapping[str, Value] = field(default_factory=dict)
    rows: Mapping[str, Sequence[Record]] = field(default_factory=dict)
    condition: Expr | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """That a claim holds, or a customer of whom it may not; or neither, when it is too hard."""

    holds: bool
    witness: Witness | None = None


def prove(claim: Claim, everyone: Everyone, effort: int = EFFORT) -> Answer:
    """Return whether a claim holds of everyone, as far as that is seen with an ``effort``."""
    decided = decided_of(everyone, [claim])
    expressions = decided.expressions
    condition = expressions.holds(everyone.condition)
    for stage in broken(claim, decided):
        solver = z3.Solver()
        solver.set("rlimit", effort)
        solver.set("timeout", _PATIENCE)
        solver.add(condition, stage(), *expressions.symbols.facts)
        found = solver.check()
        if found == z3.unsat:
            return Answer(True)
    if found == z3.unknown:
        return Answer(False)
    model = solver.model()
    for most in (9, 0):
        if solver.check(*ordinary(decided, most)) == z3.sat:
            model = solver.model()
    return Answer(False, witness_of(model, decided))


def ordinary(decided: Decided, most: int) -> Iterator[Formula]:
    """Yield what is so of a customer whom people would look at rather than at another one.

    Args:
        most: How many rows of a kind there are.
    """
    expressions = decided.expressions
    for name, term in expressions.read.items():
        kind = expressions.attributes[name].type.kind
        if kind in _ORDINARY:
            low, high = _ORDINARY[kind]
            yield z3.And(term.value >= low, term.value <= high)
    for fold, term in expressions.unclear.items():
        if isinstance(fold, Aggregate) and fold.function == "count":
            yield term.value <= most


def decided_of(everyone: Everyone, claims: Sequence[Claim]) -> Decided:
    """Return the decision about any of the customers."""
    program, channel = everyone.program, everyone.channel
    read = [*channel_expressions(channel), *_further(everyone, claims)]
    texts = (v for v in everyone.given.values() if isinstance(v, str))
    audience = program.audience_of(channel)
    known = {a.name: a for a in (*audience.attributes, *channel.states)}
    expressions = Expressions(
        Symbols.of(read, [*texts, *_wanted_texts(claims)]),
        known,
        everyone.moment,
        everyone.given,
        everyone.rows,
    )
    return Decided(program, channel, expressions, everyone.top)


def _further(everyone: Everyone, claims: Sequence[Claim]) -> Iterator[Expr]:
    """Yield what is read beside the decision."""
    if everyone.condition is not None:
        yield everyone.condition
    for offer in everyone.program.offers:
        yield from (a.value for a in offer.attributes)
    for rule in everyone.channel.rules:
        yield from (a.value for a in rule.attributes)


def _wanted_texts(claims: Sequence[Claim]) -> Iterator[str]:
    for claim in claims:
        if isinstance(claim, OfferShown):
            for _, wanted in claim.attributes:
                value = evaluate(wanted.value, Frame(Customer({}), Moment(0)))
                if isinstance(value, str):
                    yield value
