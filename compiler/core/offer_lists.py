"""Lists of offers: named one by one, or found by their constant attributes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field

from interact.compiler.core.audiences import report_duplicates
from interact.compiler.core.conversion import coerce, unify
from interact.compiler.core.infer import Typing, describe, infer_condition
from interact.compiler.core.interpret import Customer, Frame, Moment, evaluate
from interact.compiler.core.nodes import (
    Aggregate,
    Attr,
    Clock,
    Const,
    Expr,
    RowField,
    walk,
)
from interact.compiler.core.offers import MAX_CODE_PARTS
from interact.compiler.core.program import Attribute, Audience, Offer
from interact.compiler.core.scope import Definitions, Scope
from interact.compiler.diagnostics import names, offering
from interact.compiler.diagnostics.diagnostic import Sink
from interact.compiler.diagnostics.suggest import known_hint
from interact.compiler.source import NOWHERE, Span
from interact.compiler.surface import ast
from interact.stdlib.records import record
from interact.stdlib.types import TEXT, Type, Value

_SEEN = "a list sees the attributes of offers, and name, title, code, code1 to code5"
_NOBODY = Frame(Customer({}), Moment(0))


@record
class OfferList:
    """Offers under one name, as indices in their order."""

    name: str
    offers: tuple[int, ...]
    span: Span = field(default=NOWHERE, compare=False)


@record
class Offers:
    """The offers of a project, as lowered and as written, and whose attributes each reads."""

    lowered: Sequence[Offer]
    declared: Sequence[ast.Offer]
    readers: Sequence[Audience | None]
    lists: Mapping[str, OfferList] = field(default_factory=dict)


def is_constant(expr: Expr) -> bool:
    """Return whether an expression has the same value for everyone, at any time."""
    return not any(isinstance(e, Attr | RowField | Clock | Aggregate) for e in walk(expr))


def constant_value(expr: Expr) -> Value:
    """Return the value of a constant expression."""
    return evaluate(expr, _NOBODY)


def lower_lists(
    declared: Sequence[ast.OfferList],
    offers: Sequence[Offer],
    definitions: Definitions,
    sink: Sink,
) -> dict[str, OfferList]:
    """Return the lists of a project by name.

    Reports:
        E0203 for an unknown offer, E0204 for one that stands twice, E0445 for a condition on what
        is not constant, E0446 for the name of an offer, W0440 for a condition that no offer
        satisfies, and whatever conditions have.
    """
    report_duplicates("list of offers", [d.name for d in declared], sink)
    known = {offer.name: i for i, offer in enumerate(offers)}
    for one in declared:
        if one.name.text in known:
            sink.report(offering.LIST_LIKE_OFFER, one.name.span, name=one.name.text)
    found: dict[str, OfferList] = {}
    for one in declared:
        if one.condition is None:
            listed = tuple(_named(one, known, offers, sink))
        else:
            listed = tuple(_found(one.condition, offers, definitions, sink))
            if not listed and not sink.has_errors:
                sink.report(offering.EMPTY_LIST, one.name.span, name=one.name.text)
        found[one.name.text] = OfferList(one.name.text, listed, one.name.span)
    return found


def _named(
    declared: ast.OfferList, known: dict[str, int], offers: Sequence[Offer], sink: Sink
) -> Iterator[int]:
    report_duplicates("offer", list(declared.offers), sink, where=f" in {declared.name.text}")
    for name in declared.offers:
        if name.text in known:
            sink.resolved(name.span, offers[known[name.text]].span)
            yield known[name.text]
        else:
            sink.missing(name.span, known)
            sink.report(
                names.UNKNOWN_REFERENCE,
                name.span,
                kind="offer",
                name=name.text,
                where="",
                hint=known_hint(name.text, known),
            )


def _found(
    condition: ast.Expr, offers: Sequence[Offer], definitions: Definitions, sink: Sink
) -> Iterator[int]:
    """Yield the offers for which a condition is true."""
    types, clashes = _types(offers)
    attributes = {n: Attribute(n, t, True, n) for n, t in types.items()}
    scope = Scope("a list of offers", attributes=attributes, definitions=definitions, note=_SEEN)
    core = infer_condition(condition, Typing(scope, sink))
    for part in walk(core):
        if isinstance(part, Clock):
            sink.report(offering.KNOWN_LATER, part.span, name=part.which)
    read = {p.name: p for p in walk(core) if isinstance(p, Attr)}
    for name in (name for name in read if name in clashes):
        left, right = map(describe, clashes[name])
        sink.report(offering.TYPES_DIFFER, read[name].span, name=name, left=left, right=right)
        return
    for part in (p for p in walk(core) if isinstance(p, Attr)):
        for attribute in (a for o in offers for a in o.attributes if a.name == part.name):
            sink.resolved(part.span, attribute.span)
    for index, offer in enumerate(offers):
        values = {}
        for name, part in read.items():
            value = _value(offer, name, types[name])
            if not is_constant(value):
                what = "lists are made"
                sink.report(
                    offering.NOT_CONSTANT, part.span, name=name, offer=offer.name, what=what
                )
                return
            values[name] = constant_value(value)
        if evaluate(core, Frame(Customer(values), Moment(0))) is True:
            yield index


def _types(offers: Sequence[Offer]) -> tuple[dict[str, Type], dict[str, tuple[Type, Type]]]:
    """Return what a condition on offers can read, and which of that has several types.

    An attribute hides what all offers have.
    """
    every = ("name", "title", "code", *(f"code{i + 1}" for i in range(MAX_CODE_PARTS)))
    found: dict[str, Type] = {}
    clashes: dict[str, tuple[Type, Type]] = {}
    for attribute in (a for offer in offers for a in offer.attributes):
        before = found.get(attribute.name, attribute.type)
        common = unify(before, attribute.type)
        if common is None:
            clashes[attribute.name] = (before, attribute.type)
        found[attribute.name] = common or before
    return dict.fromkeys(every, TEXT) | found, clashes


def _value(offer: Offer, name: str, type: Type) -> Expr:
    """Return what an offer has under a name that conditions on offers can read."""
    for attribute in offer.attributes:
        if attribute.name == name:
            return coerce(attribute.value, type)
    codes = {f"code{i + 1}": part for i, part in enumerate(offer.code)}
    own = {"name": offer.name, "title": offer.title, "code": offer.code_text, **codes}
    return Const(own.get(name), type)
