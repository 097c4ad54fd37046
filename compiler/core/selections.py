"""Which offers of a list go on: the order in which a rule takes them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from interact.compiler.core.conversion import coerce, unify
from interact.compiler.core.infer import describe
from interact.compiler.core.nodes import Expr, type_of
from interact.compiler.core.offer_lists import constant_value, is_constant
from interact.compiler.core.program import OfferAttribute, Selection
from interact.compiler.diagnostics import names, offering
from interact.compiler.diagnostics.diagnostic import Sink
from interact.compiler.diagnostics.suggest import known_hint
from interact.compiler.surface import ast
from interact.stdlib.records import record
from interact.stdlib.types import BOOL, ERROR, TEXT, Type


@record
class Choice:
    """An offer that a rule proposes, the attributes that the rule gives, and all it has."""

    offer: int
    given: tuple[OfferAttribute, ...]
    attributes: tuple[OfferAttribute, ...]
    order: Expr | None = None


def in_order(take: ast.Take, choices: Sequence[Choice], sink: Sink) -> list[Choice]:
    """Return the offers among which ``take`` chooses, with the lowest turn first.

    Offers without the attribute are left out. Where its values depend on the customer, they
    become the order of the choices.

    Reports:
        E0203 for an attribute that no offer has, E0447 and E0448 for values without an order.
    """
    if take.by is None:
        return list(choices)
    name = take.by.text
    valued = [
        (choice, attribute.value)
        for choice in choices
        for attribute in choice.attributes
        if attribute.name == name
    ]
    if not valued:
        _report_unknown(take.by, choices, sink)
        return []
    for attribute in (a for c in choices for a in c.attributes if a.name == name):
        sink.resolved(take.by.span, attribute.span)
    common = _common([value for _, value in valued], take.by, sink)
    if common == ERROR:
        return []
    ordered = [replace(choice, order=coerce(value, common)) for choice, value in valued]
    if all(c.order is not None and is_constant(c.order) for c in ordered):
        return _sorted(ordered, take.descending)
    if common in (TEXT, BOOL):
        sink.report(offering.NOT_IN_ORDER, take.by.span, name=name, found=describe(common))
    return ordered


def selection_of(take: ast.Take, count: int, rule: str) -> Selection:
    """Return the selection of a rule; without a seed, chance is the rule's own."""
    seed = (take.seed if take.seed is not None else rule) if take.chance else None
    return Selection(count, take.descending, seed)


def _sorted(choices: Sequence[Choice], descending: bool) -> list[Choice]:
    """Return choices by their constant orders, those without one left out."""
    values: dict[int, Any] = {
        c.offer: constant_value(c.order) for c in choices if c.order is not None
    }
    present = [c for c in choices if values[c.offer] is not None]
    ranked = sorted(present, key=lambda c: values[c.offer], reverse=descending)
    return [replace(c, order=None) for c in ranked]


def _common(values: Sequence[Expr], by: ast.Name, sink: Sink) -> Type:
    """Return the type in which values are compared, ERROR when there is none."""
    found = type_of(values[0])
    for value in values[1:]:
        common = unify(found, type_of(value))
        if common is None:
            left, right = describe(found), describe(type_of(value))
            sink.report(offering.TYPES_DIFFER, by.span, name=by.text, left=left, right=right)
            return ERROR
        found = common
    return found


def _report_unknown(by: ast.Name, choices: Sequence[Choice], sink: Sink) -> None:
    known = [a.name for c in choices for a in c.attributes]
    sink.missing(by.span, known)
    sink.report(
        names.UNKNOWN_REFERENCE,
        by.span,
        kind="attribute",
        name=by.text,
        where=" in the offers of the list",
        hint=known_hint(by.text, known),
    )
