"""Offers: codes, dates, attributes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TypeAlias

from interact.compiler.core.audiences import assign, lower_type, report_duplicates
from interact.compiler.core.infer import Typing, describe, infer_constant, poison
from interact.compiler.core.literals import lower_literal, parse_day
from interact.compiler.core.nodes import Const, Expr
from interact.compiler.core.print import print_value
from interact.compiler.core.program import ALWAYS, Audience, Live, Offer, OfferAttribute
from interact.compiler.core.scope import NOTHING, Definitions, Scope
from interact.compiler.core.size import USE_ONCE, is_too_large
from interact.compiler.diagnostics import names, offering, structure, types
from interact.compiler.diagnostics.diagnostic import Sink
from interact.compiler.diagnostics.suggest import known_hint
from interact.compiler.surface import ast
from interact.stdlib.types import DATE, MICROSECONDS_PER_DAY, Type

MAX_CODE_PARTS = 5
MAX_DAYS = 36_525
Settle: TypeAlias = Callable[[str, Type, Expr], Expr]


def lower_offer(
    declared: ast.Offer,
    audiences: Sequence[Audience],
    sink: Sink,
    definitions: Definitions = NOTHING,
) -> Offer:
    """Resolve an offer.

    Reports:
        E0403 for its code, E0405 and E0442 for its dates, E0412 and E0413 for its audience, and
        whatever its attributes' expressions have.
    """
    length = None if declared.live is None else declared.live.length
    code = tuple(part.text for part in declared.code) or (declared.name.text,)
    if len(code) > MAX_CODE_PARTS or "" in code:
        found = "an empty one" if "" in code else len(code)
        sink.report(structure.CODE_PARTS, (declared.code or (declared.name,))[0].span, found=found)
    report_duplicates(
        "attribute", [a.name for a in declared.attributes], sink, where=f" in {declared.name.text}"
    )
    return Offer(
        declared.name.text,
        declared.title or declared.name.text,
        code,
        lower_live(declared.live, Scope("an offer", definitions=definitions), sink),
        _attributes(declared, audiences, definitions, sink),
        None if length is None else whole_days(length, sink),
        declared.span,
    )


def check_codes(offers: Sequence[Offer], sink: Sink) -> None:
    """Report offers that share a code (E0404), which is what results and rows of tables show."""
    taken: dict[str, Offer] = {}
    for offer in offers:
        other = taken.setdefault(offer.code_text, offer)
        if other.name != offer.name:
            sink.report(
                structure.CODE_TAKEN,
                offer.span,
                first=other.name,
                second=offer.name,
                shared=offer.code_text,
            )


def lower_live(declared: ast.Live | None, scope: Scope, sink: Sink) -> Live:
    """Return the days of a ``live`` clause; without one, always. Constants of ``scope`` count.

    Reports:
        E0330 for a constant that is no date, E0405 for an end before the start.
    """
    if declared is None:
        return ALWAYS
    typing = Typing(scope, sink)
    start, end = (
        None if d is None else lower_day(d, typing) for d in (declared.start, declared.end)
    )
    if start is not None and end is not None and end < start:
        first, last = print_value(start, DATE), print_value(end, DATE)
        sink.report(structure.LIVE_BACKWARDS, declared.span, start=first, end=last)
    return Live(start, end)


def lower_day(written: ast.LiteralExpr | ast.NameExpr, typing: Typing) -> int | None:
    """Return a date; None after an error."""
    if isinstance(written, ast.LiteralExpr):
        return parse_day(written.text)
    usage = "a day is a date such as `2026-01-31`, or a constant that is one"
    found = infer_constant(ast.Name(written.name, written.span), typing, usage)
    if found is not None and found.type == DATE and isinstance(found.value, int):
        return found.value
    if found is not None:
        typing.sink.report(types.NOT_A_DATE, written.span, found=describe(found.type))
    return None


def whole_days(length: ast.LiteralExpr, sink: Sink) -> int:
    """Return how many days a duration has, at least 1.

    Reports:
        E0442 for a length that is no number of days.
    """
    found = lower_literal(length, sink)
    days, rest = divmod(int(str(found.value or 0)), MICROSECONDS_PER_DAY)
    if rest or not 0 < days <= MAX_DAYS:
        sink.report(offering.NOT_WHOLE_DAYS, length.span, most=MAX_DAYS, found=length.text)
    return max(days, 1)


def audience_of(declared: ast.Offer, audiences: Sequence[Audience], sink: Sink) -> Audience | None:
    """Return the audience whose attributes an offer reads: the one named, or the only one."""
    if declared.audience is not None:
        name = declared.audience.text
        found = next((a for a in audiences if a.name == name), None)
        if found is not None:
            sink.resolved(declared.audience.span, found.span)
        else:
            sink.missing(declared.audience.span, [a.name for a in audiences])
            sink.report(
                names.UNKNOWN_REFERENCE,
                declared.audience.span,
                kind="audience",
                name=name,
                where="",
                hint=known_hint(name, [a.name for a in audiences]),
            )
        return found
    if len(audiences) == 1:
        return audiences[0]
    if declared.attributes and audiences:
        listed = ", ".join(a.name for a in audiences)
        sink.report(
            structure.WHICH_AUDIENCE,
            declared.name.span,
            name=declared.name.text,
            audiences=listed,
            first=audiences[0].name,
        )
    return None


def _attributes(
    declared: ast.Offer, audiences: Sequence[Audience], definitions: Definitions, sink: Sink
) -> tuple[OfferAttribute, ...]:
    audience = audience_of(declared, audiences, sink)
    if audience is None:
        return ()
    return lower_attributes(declared, audience, {}, definitions, sink, sink)


def lower_attributes(
    declared: ast.Offer,
    audience: Audience,
    given: Mapping[str, ast.Expr],
    definitions: Definitions,
    sink: Sink,
    given_sink: Sink,
    settle: Settle = lambda name, kind, own: own,
) -> tuple[OfferAttribute, ...]:
    """Return the attributes of an offer in order, with what a rule gives in place of their values.

    An attribute sees those above it. Mistakes in what is given go to ``given_sink``; ``settle``
    returns what counts in place of an attribute's own value.
    """
    scope = replace(Scope.of_audience(audience, definitions), templates=True)
    lowered = []
    later = {
        a.name.text: f"an attribute uses those above it: move `{a.name.text}` up"
        for a in declared.attributes
    }
    for attribute in declared.attributes:
        name = attribute.name.text
        scope = replace(scope, hidden={**later, name: "an attribute cannot use itself"})
        place = given_sink if name in given else sink
        target = lower_type(attribute.type, sink, definitions)
        written = given.get(name, attribute.value)
        value: Expr = Const(None, target, attribute.span)
        if written is not None:
            value = assign(
                name,
                Typing(scope, place).expecting(target).infer(written),
                target,
                place,
                written.span,
            )
        value = settle(name, target, value)
        if is_too_large(value):
            how = "with the attributes above put in"
            place.report(types.TOO_LARGE, value.span, how=how, hint=USE_ONCE)
            value = poison(value.span)
        lowered.append(OfferAttribute(name, target, value, written is None, attribute.span))
        scope = scope.with_local(name, value, attribute.span)
    return tuple(lowered)
