"""What takes offers away: suppression after responses and contacts, caps of visits."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from interact.compiler.core.infer import Typing, infer_condition
from interact.compiler.core.literals import lower_literal
from interact.compiler.core.nodes import Expr
from interact.compiler.core.offer_lists import constant_value, is_constant
from interact.compiler.core.program import Bar
from interact.compiler.core.rules import Offers
from interact.compiler.core.scope import Scope
from interact.compiler.core.state import (
    ACCEPTED,
    CONTACTED,
    CONTACTS,
    IN_VISIT,
    REJECTED,
    states_about,
)
from interact.compiler.diagnostics import offering
from interact.compiler.diagnostics.diagnostic import Label, Sink
from interact.compiler.source import Span
from interact.compiler.surface import ast
from interact.stdlib.types import Value

MAX_CONTACTS = 1_000_000
_RESPONSES = {"accept": ACCEPTED, "reject": REJECTED}


def check_bars(offers: Offers, sink: Sink) -> None:
    """Check what offers say of themselves, used or not.

    Reports:
        E0470 for a number of contacts out of range, E0471 for a second rule on contacts, E0472
        for no length of time, E0473 for the attribute of related offers.
    """
    for index, offer in enumerate(offers.declared):
        counted = [s for s in offer.suppress if s.contacts is not None]
        for again in counted[1:]:
            labels = (Label(counted[0].span, "first here"),)
            sink.report(offering.CONTACTS_TWICE, again.span, labels=labels, offer=offer.name.text)
        for suppress in offer.suppress:
            _check_number(suppress.contacts, sink)
            if suppress.length is not None and not lower_literal(suppress.length, sink).value:
                sink.report(offering.NO_LENGTH, suppress.length.span)
            for attribute in offers.lowered[index].attributes if suppress.same else ():
                if suppress.same is not None and attribute.name == suppress.same.text:
                    sink.resolved(suppress.same.span, attribute.span)
            if suppress.same is not None and _value(suppress.same.text, index, offers) is None:
                name, title = suppress.same.text, offer.name.text
                sink.report(offering.NOTHING_IN_COMMON, suppress.same.span, name=name, offer=title)
        _check_number(_most(offer.visit_cap), sink)


def _most(cap: ast.VisitCap | None) -> ast.LiteralExpr | None:
    return None if cap is None else cap.most


def _check_number(written: ast.LiteralExpr | None, sink: Sink) -> None:
    if written is None:
        return
    number = lower_literal(written, sink).value
    if not isinstance(number, int) or not 0 < number <= MAX_CONTACTS:
        sink.report(
            offering.BAD_CONTACTS, written.span, most=f"{MAX_CONTACTS:,}", found=written.text
        )


def lower_bars(
    cap: ast.VisitCap | None, used: Sequence[int], offers: Offers, sink: Sink
) -> tuple[Bar, ...]:
    """Return the bars of a channel for ``used``, the offers that its rules propose, by stage.

    What a bar of an offer keeps away may be related offers, too: those among all of the project
    whose attribute has the same constant value.

    Reports:
        E0470 for a number of contacts out of range. ``check_bars`` reports the rest.
    """
    _check_number(_most(cap), sink)
    suppressed = [bar for i in range(len(offers.lowered)) for bar in _suppressions(i, used, offers)]
    capped = [bar for i in used for bar in _caps(i, cap, offers)]
    return (*suppressed, *capped)


def _suppressions(offer: int, used: Sequence[int], offers: Offers) -> Iterator[Bar]:
    declared = offers.declared[offer]
    for suppress in declared.suppress:
        barred = {offer}
        if suppress.same is not None:
            barred |= set(_related(suppress.same.text, offer, offers))
        here = tuple(i for i in used if i in barred)
        if here:
            condition = _condition(_when(declared.name.text, suppress), declared, suppress.span)
            yield Bar("suppression", here, condition, span=suppress.span)


def _caps(offer: int, cap: ast.VisitCap | None, offers: Offers) -> Iterator[Bar]:
    """Yield the caps of an offer in a visit: its own, and that of the channel."""
    declared = offers.declared[offer]
    for found in (declared.visit_cap, cap):
        if found is not None:
            shown = _state(declared.name.text, IN_VISIT)
            reached = ast.BinaryExpr(">=", shown, found.most)
            condition = _condition(reached, declared, found.span)
            yield Bar("visit cap", (offer,), condition, span=found.span)


def _related(same: str, offer: int, offers: Offers) -> Iterator[int]:
    """Yield the offers whose attribute ``same`` has the value that it has in ``offer``."""
    values = [_value(same, i, offers) for i in range(len(offers.lowered))]
    yield from (i for i, value in enumerate(values) if value and value == values[offer])


def _value(attribute: str, offer: int, offers: Offers) -> tuple[object, Value] | None:
    """Return the constant value of an attribute with its kind, None where there is none."""
    for found in offers.lowered[offer].attributes:
        if found.name == attribute and is_constant(found.value):
            value = constant_value(found.value)
            return None if value is None else (found.type, value)
    return None


def _when(offer: str, suppress: ast.Suppress) -> ast.Expr:
    """Return, as an author would write it, when a customer's history suppresses an offer."""
    if suppress.contacts is None:
        return _since(_state(offer, _RESPONSES[suppress.cause]), suppress.length)
    reached = ast.BinaryExpr(">=", _state(offer, CONTACTS), suppress.contacts)
    if suppress.length is None:
        return reached
    return ast.BinaryExpr("and", reached, _since(_state(offer, CONTACTED), suppress.length))


def _since(state: ast.NameExpr, length: ast.LiteralExpr | None) -> ast.Expr:
    """Return whether less than ``length`` passed since a time; without one, whether it was."""
    if length is None:
        return ast.IsNullExpr(state, True)
    return ast.BinaryExpr(">", state, ast.BinaryExpr("-", ast.NameExpr("now"), length))


def _state(offer: str, what: str) -> ast.NameExpr:
    return ast.NameExpr(f"{offer}.{what}")


def _condition(written: ast.Expr, offer: ast.Offer, span: Span) -> Expr:
    """Return a condition on states of an offer; what can be wrong with it is reported elsewhere."""
    scope = Scope("a state", states_about(offer.name.text))
    return replace(infer_condition(written, Typing(scope, Sink())), span=span)
