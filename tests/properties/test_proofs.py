"""Proofs: formulas allow whatever the interpreter decides, and what is proved is so."""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
import z3
from tests.properties.customers import draw_customers
from tests.properties.programs import Generated, generate

from interact.compiler.core.decide import Decision, decide
from interact.compiler.core.hashes import hashes_of
from interact.compiler.core.interpret import Customer, Frame, Moment, evaluate
from interact.compiler.core.nodes import Aggregate, Call, type_of
from interact.compiler.core.program import Channel, Program, Rule
from interact.compiler.core.tests import (
    Claim,
    Membership,
    OfferAbsent,
    OffersAre,
    OfferShown,
    SegmentsAre,
    SomeOffer,
)
from interact.compiler.pipeline import optimize
from interact.compiler.proof.alike import are_alike
from interact.compiler.proof.decision import Decided
from interact.compiler.proof.prove import Everyone, decided_of, prove
from interact.compiler.proof.terms import Term
from interact.stdlib.temporal import FIRST_DAY, FIRST_INSTANT, LAST_DAY, LAST_INSTANT
from interact.stdlib.types import Kind, Type, Value

CUSTOMERS, TOP, EFFORT = 6, 2, 2_000_000
RANGES = {Kind.DATE: (FIRST_DAY, LAST_DAY), Kind.TIMESTAMP: (FIRST_INSTANT, LAST_INSTANT)}


@pytest.mark.parametrize("seed", range(16))
def test_formulas_allow_what_is_decided(seed: int) -> None:
    generated = generate(seed)
    program = optimize(generated.program)
    channel, moment = program.channels[0], generated.moment
    anytime = Everyone(program, channel, TOP, None if seed % 2 else moment)
    decided = decided_of(anytime, [])
    places = [decided.kept(i) for i, rule in enumerate(channel.rules) if rule.enabled]
    assert len(places) == sum(rule.enabled for rule in channel.rules)
    solver = z3.Solver()
    solver.add(*decided.expressions.symbols.facts)
    for customer in customers(generated, program, channel, seed):
        decision = decide(program, channel, customer, moment, TOP)
        pinned = [*known(decided, customer, moment), *outcome(decided, decision)]
        assert solver.check(*pinned) != z3.unsat, f"seed {seed}: {customer}"


def customers(
    generated: Generated, program: Program, channel: Channel, seed: int
) -> Iterator[Customer]:
    """Yield customers whose data are what the schema says, with dates that there are."""
    audience = program.audience_of(channel)
    attributes = (*audience.attributes, *channel.states)
    chance = random.Random(f"proofs {seed}")
    for customer in draw_customers(chance, generated.schema, generated.moment.today, CUSTOMERS):
        frame = Frame(customer, generated.moment)
        values = {a.name: (a, read(customer, a.name)) for a in attributes}
        if all(is_ordinary(v, a.type, a.nullable) for a, v in values.values()) and frame:
            yield customer


def read(customer: Customer, name: str) -> Value:
    value = customer.values.get(name)
    return None if isinstance(value, float) and math.isnan(value) else value


def is_ordinary(value: Value, type_: Type, is_nullable: bool) -> bool:
    if value is None:
        return is_nullable
    low, high = RANGES.get(type_.kind, (0, 0))
    return type_.kind not in RANGES or (isinstance(value, int) and low <= value <= high)


def known(decided: Decided, customer: Customer, moment: Moment) -> Iterator[z3.BoolRef]:
    """Yield that the customer is this one, at this time."""
    expressions = decided.expressions
    yield expressions.now == moment.now
    for name, term in expressions.read.items():
        yield is_value(decided, term, read(customer, name), expressions.attributes[name].type)
    frame = Frame(customer, moment)
    for expr, term in expressions.unclear.items():
        if isinstance(expr, Aggregate):
            yield is_value(decided, term, evaluate(expr, frame), expr.type)
        elif isinstance(expr, Call):
            value = evaluate(expr, frame)
            if None not in [evaluate(a, frame) for a in expr.args]:
                yield is_value(decided, term, value, type_of(expr))
    hashes = hashes_of(decided.program.audience_of(decided.channel), customer)
    for draw, symbol in decided.common.draws.items():
        yield symbol == (hashes.of(draw.on(moment.today)) or 0)
    yield z3.Bool("has a key") == (hashes.key is not None)
    for seed, symbol in decided.common.picks.items():
        yield symbol == (hashes.of(seed) or 0)


def is_value(decided: Decided, term: Term, value: Value, type_: Type) -> z3.BoolRef:
    if value is None:
        return term.null
    symbols = decided.expressions.symbols
    if isinstance(value, str):
        return z3.And(z3.Not(term.null), symbols.is_text(term.value, value))
    return z3.And(z3.Not(term.null), term.value == symbols.constant(value, type_).value)


def outcome(decided: Decided, decision: Decision) -> Iterator[z3.BoolRef]:
    """Yield that this is decided: segments, offers and their places."""
    for formula, is_in in zip(decided.segments, decision.segments, strict=True):
        yield formula == is_in
    for zone in decision.zones:
        for candidate in zone:
            if not decided.channel.rules[candidate.rule].enabled:
                continue
            is_kept = candidate.position is not None
            yield decided.kept(candidate.rule) == is_kept
            if candidate.position is not None:
                yield decided.place(candidate.rule, candidate.position - 1)


@pytest.mark.parametrize("first", range(0, 6, 2))
def test_what_is_proved_is_so(first: int) -> None:
    for seed in range(first, first + 2):
        generated = generate(seed)
        program = optimize(generated.program)
        channel, moment = program.channels[0], generated.moment
        everyone = Everyone(program, channel, TOP, moment)
        shown = [
            decide(program, channel, c, moment, TOP)
            for c in customers(generated, program, channel, seed)
        ]
        for claim in claims(random.Random(f"claims {seed}"), channel):
            if prove(claim, everyone, EFFORT).holds:
                wrong = [d for d in shown if not is_so(claim, channel, d)]
                assert not wrong, f"seed {seed}: {claim}"


@pytest.mark.parametrize("seed", range(3))
def test_versions_that_are_proved_to_be_alike_are(seed: int) -> None:
    generated = generate(seed)
    program = optimize(generated.program)
    channel, moment = program.channels[0], generated.moment
    chance = random.Random(f"versions {seed}")
    before = Everyone(program, channel, TOP, moment)
    assert are_alike(before, before, EFFORT).holds
    for _ in range(2):
        after = replace(channel, rules=changed(chance, channel.rules))
        if are_alike(before, replace(before, channel=after), EFFORT).holds:
            for customer in customers(generated, program, channel, seed):
                old, new = (decide(program, c, customer, moment, TOP) for c in (channel, after))
                for zone in range(len(channel.zones)):
                    assert offers(channel, old, zone) == offers(after, new, zone)


def changed(chance: random.Random, rules: Sequence[Rule]) -> tuple[Rule, ...]:
    """Return rules of which one is disabled, for others, or two have changed places."""
    found, index = list(rules), chance.randrange(len(rules))
    kind = chance.choice(("disabled", "swapped", "for everyone"))
    if kind == "swapped" and index:
        found[index - 1], found[index] = found[index], found[index - 1]
    elif kind == "disabled":
        found[index] = replace(found[index], enabled=False)
    else:
        found[index] = replace(found[index], segments=())
    return tuple(found)


def test_much_is_proved() -> None:
    found: Counter[bool] = Counter()
    for seed in range(3):
        program = optimize(generate(seed).program)
        channel = program.channels[0]
        everyone = Everyone(program, channel, TOP, generate(seed).moment)
        for claim in claims(random.Random(f"claims {seed}"), channel):
            found[prove(claim, everyone, EFFORT).holds] += 1
    assert found[True] >= 5
    assert found[False] >= 5


def claims(chance: random.Random, channel: Channel) -> Sequence[Claim]:
    """Return claims about a channel, some of which hold."""
    rules = [rule for rule in channel.rules if rule.enabled]
    segments = range(len(channel.segments))
    found: list[Claim] = []
    for rule in chance.sample(rules, min(len(rules), 3)):
        found.append(OfferAbsent(rule.zone, rule.offer))
        found.append(OfferShown(rule.zone, rule.offer))
        found.append(SomeOffer(rule.zone))
        found.append(OffersAre(rule.zone, chance.choice([(), (rule.offer,)])))
    for index in chance.sample(segments, min(len(segments), 2)):
        found += [Membership((index,), chance.random() < 0.5), SegmentsAre((index,))]
    return found


def is_so(claim: Claim, channel: Channel, decision: Decision) -> bool:
    match claim:
        case OfferAbsent(zone=zone, offer=offer):
            return offer not in offers(channel, decision, zone)
        case OfferShown(zone=zone, offer=offer):
            return offer in offers(channel, decision, zone)
        case SomeOffer(zone=zone):
            return bool(offers(channel, decision, zone))
        case OffersAre(zone=zone, offers=wanted):
            return offers(channel, decision, zone) == list(wanted)
        case Membership(segments=named, is_member=is_member):
            return all(decision.segments[i] is is_member for i in named)
        case SegmentsAre(segments=wanted):
            return {i for i, is_in in enumerate(decision.segments) if is_in} == set(wanted)
    raise AssertionError(claim)


def offers(channel: Channel, decision: Decision, zone: int) -> list[int]:
    kept = [c for c in decision.zones[zone] if c.position is not None]
    return [channel.rules[c.rule].offer for c in kept]
