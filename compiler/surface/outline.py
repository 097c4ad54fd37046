"""What a file declares, in its order: every name with what it is and what stands in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import field
from typing import TypeAlias

from interact.compiler.source import NOWHERE, Span
from interact.compiler.surface import ast, ast_tests
from interact.stdlib.records import record


@record
class Symbol:
    """A name that is declared.

    Attributes:
        kind: What it is in the words of messages: ``offer``, ``segment``, ``attribute``.
        type: As it is written, None where none is.
        span: Of the whole declaration.
    """

    kind: str
    name: ast.Name
    span: Span = field(default=NOWHERE)
    type: ast.TypeName | None = None
    doc: str = ""
    children: tuple[Symbol, ...] = ()


def outline(module: ast.Module) -> tuple[Symbol, ...]:
    """Return what a module declares."""
    return tuple(_declared(declared) for declared in module.declarations)


def walk(symbols: Iterable[Symbol]) -> Iterator[Symbol]:
    """Yield symbols, each before those in it."""
    for symbol in symbols:
        yield symbol
        yield from walk(symbol.children)


Child: TypeAlias = tuple[Symbol, ...]


def _declared(declared: ast.Declaration) -> Symbol:
    made = _PLAIN.get(type(declared))
    if isinstance(declared, ast_tests.Test):
        return Symbol("test", ast.Name(declared.title.text, declared.title.span), declared.span)
    kind, doc, children = made or "", "", Child()
    type_: ast.TypeName | None = None
    match declared:
        case ast.Constant(type=type_):
            pass
        case ast.Enumeration(members=members):
            children = tuple(Symbol("member", m.name, m.span) for m in members)
        case ast.Function() | ast.Table():
            type_, children = declared.result, _parameters(declared.parameters)
        case ast.Template(parameters=parameters):
            children = (*_parameters(parameters), *_aliases(declared.rules))
        case ast.Audience(doc=said):
            doc, children = said or "", _of_audience(declared)
        case ast.Offer(title=title):
            doc, children = title or "", _of_offer(declared)
        case ast.OfferTable(kind=word, columns=columns):
            kind, children = word, tuple(_field("column", c) for c in columns)
        case ast.Channel():
            children = _of_channel(declared)
        case ast.Flowchart(steps=steps):
            children = tuple(map(_step, steps))
        case ast.Strategy(zones=zones):
            rules = (rule for zone in zones for group in zone.groups for rule in group.rules)
            children = _aliases(rules)
        case _:
            pass
    return Symbol(kind, declared.name, declared.span, type_, doc, children)


_PLAIN: dict[type, str] = {
    ast.Constant: "constant",
    ast.Enumeration: "enumeration",
    ast.Function: "function",
    ast.Table: "decision table",
    ast.Template: "template",
    ast.Audience: "audience",
    ast.Offer: "offer",
    ast.OfferList: "list of offers",
    ast.Channel: "channel",
    ast.Flowchart: "flowchart",
    ast.Strategy: "strategy",
}


def _field(kind: str, found: ast.Field) -> Symbol:
    return Symbol(kind, found.name, found.span, found.type, found.doc or "")


def _of_audience(audience: ast.Audience) -> Child:
    many = (
        Symbol(
            "rows",
            m.name,
            m.span,
            None,
            m.doc or "",
            tuple(_field("field", f) for f in m.fields),
        )
        for m in audience.many
    )
    found = [
        *(_field("key", f) for f in audience.key),
        *(_field("attribute", f) for f in audience.profile),
        *(_field("session attribute", f) for f in audience.session),
        *many,
    ]
    return tuple(sorted(found, key=lambda symbol: symbol.span.start))


def _of_offer(offer: ast.Offer) -> Child:
    attributes = (Symbol("offer attribute", a.name, a.span, a.type) for a in offer.attributes)
    return (*attributes, *_limits(offer.impressions))


def _limits(limits: Iterable[ast.Impressions]) -> Iterator[Symbol]:
    return (Symbol("limit", limit.name, limit.span) for limit in limits if limit.name is not None)


def _of_channel(channel: ast.Channel) -> Child:
    zones = (
        Symbol(
            "zone",
            zone.name,
            zone.span,
            children=tuple(Symbol("point", p.name, p.span) for p in zone.points),
        )
        for zone in channel.zones
    )
    events = (
        Symbol("event", e.name, e.span, None, e.doc or "", _parameters(e.parameters))
        for e in channel.events
    )
    patterns = (Symbol("pattern", p.name, p.span, None, p.doc or "") for p in channel.patterns)
    found = [*zones, *events, *patterns, *_limits(channel.impressions)]
    return tuple(sorted(found, key=lambda symbol: symbol.span.start))


def _step(step: ast.Step) -> Symbol:
    match step:
        case ast.Decision(branches=branches):
            cells = tuple(Symbol("segment", b.name, b.span) for b in branches)
            return Symbol("decision", step.name, step.span, children=cells)
        case ast.Sample(shares=shares):
            cells = tuple(Symbol("segment", s.name, s.span) for s in shares)
            return Symbol("sample", step.name, step.span, children=cells)
        case ast.Derived():
            return Symbol("derived field", step.name, step.span)
        case ast.Snapshot(fields=fields):
            own = (f for f in fields if f.name.span != f.value.span)
            columns = tuple(Symbol("column", f.name, f.span) for f in own)
            return Symbol("snapshot", step.name, step.span, children=columns)
        case ast.Select() | ast.Segment():
            return Symbol("segment", step.name, step.span)


def _parameters(parameters: Iterable[ast.Parameter]) -> Child:
    return tuple(Symbol("parameter", p.name, p.span, p.type) for p in parameters)


def _aliases(rules: Iterable[ast.Rule]) -> Child:
    """Return the names that authors give rules."""
    named: list[tuple[ast.Name | None, Span]] = []
    for rule in rules:
        named += [(rule.alias, rule.span), *((i.alias, i.span) for i in rule.instances or ())]
    return tuple(Symbol("rule", alias, span) for alias, span in named if alias is not None)
