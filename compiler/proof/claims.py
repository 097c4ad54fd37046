"""When a decision is not what a test expects, as a formula."""

from __future__ import annotations

from collections.abc import Callable
from typing import assert_never

import z3

from interact.compiler.core.interpret import Customer, Frame, Moment, evaluate
from interact.compiler.core.tests import (
    Claim,
    Membership,
    OfferAbsent,
    OffersAre,
    OfferShown,
    SegmentsAre,
    SomeOffer,
    Wanted,
)
from interact.compiler.proof.decision import Decided
from interact.compiler.proof.terms import Formula, Term, real
from interact.stdlib.types import FLOAT, Type


def broken(claim: Claim, decided: Decided) -> list[Callable[[], Formula]]:
    """Return what has to be impossible: first what is easy to rule out, and implied by the rest.

    The stage of an absent offer is no part of it.
    """
    segments = decided.segments
    match claim:
        case OfferAbsent(zone=zone, offer=offer):
            rules = decided.of_offer(zone, offer)
            return [
                lambda: z3.Or([decided.ranked(i) for i in rules]),
                lambda: z3.Or([decided.kept(i) for i in rules]),
            ]
        case OffersAre(zone=zone, offers=()):
            return [lambda: z3.Or([decided.ranked(i) for i in decided.of_zone(zone)])]
        case SomeOffer(zone=zone):
            return [lambda: z3.Not(z3.Or([decided.ranked(i) for i in decided.of_zone(zone)]))]
        case OffersAre():
            return [lambda: z3.Not(_are(claim, decided))]
        case OfferShown():
            return [lambda: z3.Not(_is_shown(claim, decided))]
        case SegmentsAre(segments=wanted):
            return [
                lambda: z3.Or([s if i not in wanted else z3.Not(s) for i, s in enumerate(segments)])
            ]
        case Membership(segments=named, is_member=is_member):
            inside = [segments[i] for i in named]
            return [lambda: z3.Not(z3.And(inside)) if is_member else z3.Or(inside)]
        case _:
            assert_never(claim)


def _are(claim: OffersAre, decided: Decided) -> Formula:
    """Return whether a zone shows offers in an order, and no others."""
    rules = decided.channel.rules
    shown = [decided.placed(claim.zone, o, number) for number, o in enumerate(claim.offers)]
    others = [
        z3.Not(decided.kept(i))
        for i in decided.of_zone(claim.zone)
        if rules[i].offer not in claim.offers
    ]
    twice = [z3.Not(_is_kept_twice(claim.zone, offer, decided)) for offer in set(claim.offers)]
    return z3.And([*shown, *others, *twice])


def _is_kept_twice(zone: int, offer: int, decided: Decided) -> Formula:
    """Return whether an offer has two places, as rules of other groups may give it."""
    rules = decided.of_offer(zone, offer)
    groups = {decided.channel.rules[i].group for i in rules}
    if len(groups) == 1:
        return z3.BoolVal(False)
    kept = [decided.kept(i) for i in rules]
    return z3.Not(z3.AtMost(*kept, 1))


def _is_shown(claim: OfferShown, decided: Decided) -> Formula:
    """Return whether an offer is shown, with its score and attributes if they are wanted."""
    ways = []
    for index in decided.of_offer(claim.zone, claim.offer):
        rule = decided.channel.rules[index]
        parts = [decided.kept(index)]
        if claim.score is not None:
            parts.append(_agrees(decided.score(index), claim.score, FLOAT, decided))
        declared = {a.name: a for a in decided.program.attributes_of(rule)}
        for name, wanted in claim.attributes:
            found = decided.expressions.term(declared[name].value)
            parts.append(_agrees(found, wanted, declared[name].type, decided))
        ways.append(z3.And(parts))
    return z3.Or(ways)


def _agrees(found: Term, wanted: Wanted, type_: Type, decided: Decided) -> Formula:
    """Return whether a value is certainly the wanted one, as exact as it was written."""
    frame = Frame(Customer({}), decided.expressions.moment or Moment(0))
    value = evaluate(wanted.value, frame)
    if value is None:
        return found.null
    if isinstance(value, float):
        error = 1e-9 * abs(value) if wanted.places is None else 0.5 * 10.0**-wanted.places
        near = z3.And(
            found.value - real(value) <= real(error), real(value) - found.value <= real(error)
        )
    elif isinstance(value, str):
        near = decided.expressions.symbols.is_text(found.value, value)
    else:
        near = found.value == decided.expressions.symbols.constant(value, type_).value
    return z3.And(z3.Not(found.null), near)
