"""Looks for a customer of whom a claim does not hold."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import z3

from interact.compiler.core.interpret import Customer, Frame, Moment, Record, evaluate
from interact.compiler.core.nodes import Aggregate, Call, Expr
from interact.compiler.core.program import Attribute, Channel, Program, channel_expressions
from interact.compiler.core.tests import Claim, OfferShown
from interact.compiler.proof.claims import broken
from interact.compiler.proof.decision import Decided
from interact.compiler.proof.expressions import Expressions
from interact.compiler.proof.rows import MOST, Row
from interact.compiler.proof.terms import Formula, Symbols, Term
from interact.compiler.proof.witness import Witness, witness_of
from interact.stdlib.types import MICROSECONDS_PER_DAY, Kind, Type, Value

_YEARS = (-25_567, 47_482)
_ORDINARY = {
    Kind.INT: (0, 10**6),
    Kind.DECIMAL: (0, 10**6),
    Kind.FLOAT: (-(10**6), 10**6),
    Kind.DATE: _YEARS,
    Kind.TIMESTAMP: tuple(day * MICROSECONDS_PER_DAY for day in _YEARS),
}
"""Bounds; days from 1900 to 2100."""
EFFORT = 50_000_000
"""Steps of the solver until it gives up: the same on every machine."""
_MOST_WITNESSES = 6
_PATIENCE = 60_000
"""Milliseconds, for what does not count as steps."""


Stage: TypeAlias = Callable[[], Formula]


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
    """That a claim holds, or customers of whom it may not; or neither.

    Attributes:
        witnesses: Found as they are asked for.
        unclear: What no formula tells; nothing when it was too hard.
    """

    holds: bool
    witnesses: Iterable[Witness] = ()
    unclear: tuple[Call | Aggregate, ...] = ()


def prove(claim: Claim, everyone: Everyone, effort: int = EFFORT) -> Answer:
    """Return whether a claim holds of everyone, as far as that is seen with an ``effort``."""

    def made(rows: int | None) -> tuple[Decided, Sequence[Stage]]:
        decided = decided_of(everyone, [claim], rows)
        return decided, broken(claim, decided)

    return sought(made, everyone.condition, effort)


def sought(
    made: Callable[[int | None], tuple[Decided, Sequence[Stage]]],
    condition: Expr | None,
    effort: int,
) -> Answer:
    """Look for a customer, first among all, then among those with few rows.

    Args:
        made: Returns a decision for so many rows, None for any, and what is to be impossible.
        condition: True of the customers; None for all.
    """
    decided, stages = made(None)
    for stage in stages:
        solver = _solver(stage, decided, condition, effort)
        found = solver.check()
        if found == z3.unsat:
            return Answer(True)
    if any(isinstance(e, Aggregate) for e in decided.expressions.unclear):
        decided, stages = made(MOST)
        solver = _solver(stages[-1], decided, condition, effort)
        found = solver.check()
    if found == z3.unknown:
        return Answer(False)
    witnesses = _witnesses(solver, decided) if found == z3.sat else ()
    return Answer(False, witnesses, tuple(decided.expressions.unclear))


def _witnesses(solver: z3.Solver, decided: Decided) -> Iterator[Witness]:
    """Yield customers, each other than those before in what no formula tells, if that is read."""
    expressions = decided.expressions
    for _ in range(_MOST_WITNESSES):
        model = _ordinary_model(solver, decided)
        yield witness_of(model, decided)
        terms = [*(expressions.unclear or expressions.read).values()]
        solver.add(z3.Or([t.value != model.eval(t.value, model_completion=True) for t in terms]))
        if solver.check() != z3.sat:
            return


def _solver(stage: Stage, decided: Decided, condition: Expr | None, effort: int) -> z3.Solver:
    solver = z3.Solver()
    solver.set("rlimit", effort)
    solver.set("timeout", _PATIENCE)
    holds = decided.expressions.holds(condition)
    solver.add(holds, stage(), *decided.expressions.symbols.facts)
    return solver


def _ordinary_model(solver: z3.Solver, decided: Decided) -> z3.ModelRef:
    """Return a solution that is as ordinary as it can be."""
    model, kept = solver.model(), list[Formula]()
    apart = z3.And([z3.Not(is_close) for _, is_close, *_ in decided.common.alike.values()])
    for condition in (apart, *ordinary(decided)):
        if solver.check(*kept, condition) == z3.sat:
            model = solver.model()
            kept.append(condition)
    return model


def ordinary(decided: Decided) -> Iterator[Formula]:
    """Yield what is so of a customer whom people would look at rather than at another one."""
    expressions = decided.expressions
    for rows in (expressions.few or {}).values():
        for row in rows:
            yield z3.Not(row.present)
            yield from (_is_ordinary(t, row.declared[n].type) for n, t in row.fields.items())
    for name, term in expressions.read.items():
        yield _is_ordinary(term, expressions.attributes[name].type)


def _is_ordinary(term: Term, type_: Type) -> Formula:
    if type_.kind not in _ORDINARY:
        return term.value == term.value
    low, high = _ORDINARY[type_.kind]
    unit = 10**type_.scale
    return z3.And(term.value >= low * unit, term.value <= high * unit)


def decided_of(
    everyone: Everyone,
    claims: Sequence[Claim],
    rows: int | None = None,
    also: Everyone | None = None,
) -> Decided:
    """Return the decision about any of the customers, or those with at most so many ``rows``.

    Args:
        also: Another program and channel whose decisions about them are looked at beside it.
    """
    program, channel = everyone.program, everyone.channel
    read = [*channel_expressions(channel), *_further(everyone, claims)]
    read += [] if also is None else channel_expressions(also.channel)
    texts = (v for v in everyone.given.values() if isinstance(v, str))
    expressions = Expressions(
        Symbols.of(read, [*texts, *_wanted_texts(claims)]),
        attributes_of(program, channel),
        everyone.moment,
        everyone.given,
        everyone.rows,
    )
    if rows is not None:
        expressions.few = _few([everyone] if also is None else [everyone, also], rows, expressions)
    return Decided(program, channel, expressions, everyone.top)


def attributes_of(program: Program, channel: Channel) -> dict[str, Attribute]:
    """Return all that decisions of a channel can read of a customer, but rows."""
    audience = program.audience_of(channel)
    return {a.name: a for a in (*audience.attributes, *channel.states)}


def fields_of(program: Program, channel: Channel) -> dict[str, dict[str, Attribute]]:
    """Return the fields of each list of rows, by name."""
    return {
        many.name: {f.name: f for f in many.fields} for many in program.audience_of(channel).rows
    }


def _few(
    sides: Sequence[Everyone], count: int, expressions: Expressions
) -> dict[str, Sequence[Row]]:
    """Return rows of each list of which a later one is there only if the earlier ones are."""
    declared: dict[str, dict[str, Attribute]] = {}
    for side in sides:
        for name, fields in fields_of(side.program, side.channel).items():
            declared.setdefault(name, {}).update(fields)
    found: dict[str, Sequence[Row]] = {}
    for name, fields in declared.items():
        there = [expressions.symbols.boolean(f"row of {name}") for _ in range(count)]
        facts = [z3.Implies(later, before) for before, later in itertools.pairwise(there)]
        expressions.symbols.facts += facts
        found[name] = [Row(is_there, fields) for is_there in there]
    return found


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
