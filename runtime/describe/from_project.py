"""The page of a project: names and types from the program, texts as they were written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from os.path import abspath, basename, join, splitext

from interact.compiler.core import program as core
from interact.compiler.core.marketer_score import DEFAULT_SCORE
from interact.compiler.core.print import print_value
from interact.compiler.diagnostics.diagnostic import Sink
from interact.compiler.source import Span
from interact.compiler.surface import ast
from interact.compiler.surface.expand import as_written, expand_templates
from interact.compiler.surface.from_source import parse_module
from interact.compiler.surface.print import (
    print_declaration,
    print_offer_limits,
    print_settings,
    print_visit_cap,
)
from interact.compiler.surface.print_event import print_event, print_pattern
from interact.compiler.surface.print_expression import print_expression
from interact.compiler.surface.print_part import print_impressions, print_type
from interact.compiler.surface.print_strategy import print_most, print_take
from interact.runtime.describe.charts import chart_of
from interact.runtime.describe.model import (
    Audience,
    Channel,
    Field,
    Fields,
    Offer,
    Page,
    Row,
    Rule,
    Zone,
)
from interact.runtime.describe.trial import NO_RUN, TrialRun
from interact.runtime.project import Project
from interact.stdlib.types import DATE

_DEFINED = (ast.Enumeration, ast.Function, ast.Table, ast.Template, ast.OfferTable)


def page_of(project: Project, runs: Mapping[str, TrialRun]) -> Page:
    """Return what there is to show of a project.

    Args:
        project: Of sources or a bundle.
        runs: Trial runs, by the name of the channel.
    """
    texts = _Texts(project)
    offers = [_offer(o, texts) for o in project.program.offers]
    return Page(
        splitext(basename(abspath(project.path)))[0],
        tuple(
            (c.name, str(c.value.type), print_value(c.value.value, c.value.type))
            for c in project.program.constants
        ),
        tuple(texts.definitions),
        tuple(_audience(a, texts) for a in project.program.audiences),
        tuple(offers),
        tuple(texts.lists()),
        tuple(
            _channel(project.program, c, offers, texts, runs.get(c.name, NO_RUN))
            for c in project.program.channels
        ),
    )


@dataclass
class _Texts:
    """What was written, by where it stands."""

    project: Project
    modules: list[ast.Module] = field(init=False)
    definitions: list[str] = field(init=False)
    """Enumerations, functions, tables, templates of rules, and tables of offers."""
    types: dict[Span, str] = field(default_factory=dict)
    """Of attributes, as they are called: enumerations by their names."""
    offers: dict[Span, ast.Offer] = field(default_factory=dict)
    rules: dict[Span, tuple[ast.Rule, ast.Expr | None]] = field(default_factory=dict)
    """With the score, which may be that of the block."""

    def __post_init__(self) -> None:
        written = [parse_module(s, Sink()) for s in self.project.sources.values()]
        self.definitions = [
            print_declaration(d) for m in written for d in m.declarations if isinstance(d, _DEFINED)
        ]
        self.modules = list(expand_templates(written, Sink()))
        for declaration in (d for m in self.modules for d in m.declarations):
            if isinstance(declaration, ast.Offer):
                self.offers[declaration.span] = declaration
            elif isinstance(declaration, ast.Audience):
                many = (f for rows in declaration.many for f in rows.fields)
                fields = (*declaration.key, *declaration.profile, *many, *declaration.session)
                self.types |= {f.span: print_type(f.type) for f in fields}
            elif isinstance(declaration, ast.OfferTable):
                self.rules[declaration.name.span] = _added(declaration), declaration.score
            elif isinstance(declaration, ast.Strategy):
                for block in declaration.zones:
                    score = block.settings.score or declaration.settings.score
                    found = (r for group in block.groups for r in group.rules)
                    self.rules |= {r.span: (r, r.score or score) for r in found}

    def lists(self) -> Iterator[tuple[str, str]]:
        for declaration in (d for m in self.modules for d in m.declarations):
            if isinstance(declaration, ast.OfferList):
                listed = ", ".join(offer.text for offer in declaration.offers)
                yield declaration.name.text, listed or f"where {_text(declaration.condition)}"

    def events(self, channel: str) -> Iterator[str]:
        """Yield the events and patterns of a channel, as they are written."""
        for declaration in (d for m in self.modules for d in m.declarations):
            if isinstance(declaration, ast.Channel) and declaration.name.text == channel:
                yield from ("\n".join(print_event(event)) for event in declaration.events)
                yield from ("\n".join(print_pattern(pattern)) for pattern in declaration.patterns)

    def settings(self, channel: str) -> Iterator[str]:
        """Yield what a channel extends, the settings of its arbitration, and its limits."""
        declared = (d for m in self.modules for d in m.declarations if isinstance(d, ast.Channel))
        found = next((d for d in declared if d.name.text == channel), None)
        if found is None:
            return
        if found.parent is not None:
            yield f"extends {found.parent.text}"
        yield from () if found.arbitration is None else print_settings(found.arbitration)
        for zone in found.zones:
            own = () if zone.arbitration is None else print_settings(zone.arbitration)
            yield from (f"{zone.name.text}: {setting}" for setting in own)
        if found.visit_cap is not None:
            yield print_visit_cap(found.visit_cap)
        yield from map(print_impressions, found.impressions)

    def flowcharts(self, channel: str) -> Iterator[ast.Flowchart]:
        for module in self.modules:
            for declaration in module.declarations:
                if isinstance(declaration, ast.Flowchart) and declaration.channel.text == channel:
                    yield declaration

    def at(self, span: Span) -> str:
        """Return file and line, the file from the folder of the project on."""
        source = self.project.sources.get(span.file)
        line = "" if source is None else f":{source.position(span.start)[0]}"
        return f"{span.file.removeprefix(join(self.project.path, ''))}{line}"


def _added(table: ast.OfferTable) -> ast.Rule:
    """Return the rule that stands for the offers that a table adds."""
    return ast.Rule(table.name, score=table.score, condition=table.condition, values=table.values)


def _audience(audience: core.Audience, texts: _Texts) -> Audience:
    groups = [
        Fields("key", "", _fields(audience.key, texts)),
        Fields("profile", "", _fields(audience.profile, texts)),
        *(Fields(f"{r.name}: many rows", r.doc, _fields(r.fields, texts)) for r in audience.rows),
        Fields("session", "", _fields(audience.session, texts)),
    ]
    return Audience(audience.name, audience.doc, tuple(g for g in groups if g.fields))


def _fields(attributes: tuple[core.Attribute, ...], texts: _Texts) -> tuple[Field, ...]:
    return tuple(
        Field(
            a.name,
            texts.types.get(a.span, str(a.type)),
            a.doc,
            "" if a.column == a.name else a.column,
            _default(a),
        )
        for a in attributes
    )


def _default(attribute: core.Attribute) -> str:
    value = getattr(attribute.default, "value", None)
    return "" if value is None else print_value(value, attribute.type)


def _live(live: core.Live) -> str:
    """Return the days of an offer or rule, empty for always.

    >>> _live(core.Live(20454, None)), _live(core.ALWAYS)
    ('from 2026-01-01', '')
    """
    words = (("from", live.start), ("until", live.end))
    return " ".join(f"{word} {print_value(d, DATE)}" for word, d in words if d is not None)


def _offer(offer: core.Offer, texts: _Texts) -> Offer:
    written = texts.offers.get(offer.span)
    attributes = tuple(
        (a.name.text, print_type(a.type), _text(a.value) or "required")
        for a in (() if written is None else written.attributes)
    )
    return Offer(
        offer.name,
        "" if offer.title == offer.name else offer.title,
        offer.code_text,
        _days(offer),
        attributes,
        () if written is None else tuple(print_offer_limits(written)),
        texts.at(offer.span),
    )


def _days(offer: core.Offer) -> str:
    return _live(offer.live) if offer.days is None else f"for {offer.days} days"


def _text(expr: ast.Expr | None) -> str:
    return "" if expr is None else print_expression(as_written(expr))


def _channel(
    program: core.Program, channel: core.Channel, offers: list[Offer], texts: _Texts, run: TrialRun
) -> Channel:
    audience = program.audience_of(channel).name
    return Channel(
        channel.name,
        audience,
        tuple(texts.settings(channel.name)),
        tuple(texts.events(channel.name)),
        tuple(_zone(channel, z, offers, texts, run) for z in range(len(channel.zones))),
        tuple(chart_of(f, audience, run.members) for f in texts.flowcharts(channel.name)),
        run.told,
        run.tables,
    )


def _zone(
    channel: core.Channel, number: int, offers: list[Offer], texts: _Texts, run: TrialRun
) -> Zone:
    """Return a zone with its grid; columns and rows are in the order of the rules."""
    placed: dict[int, dict[str, list[Rule]]] = {}
    columns: dict[str, None] = {}
    for index, rule in enumerate(channel.rules):
        if rule.zone == number:
            column = ", ".join(channel.segments[i].name for i in rule.segments) or "everyone"
            columns[column] = None
            cells = placed.setdefault(rule.offer, {})
            cells.setdefault(column, []).append(
                _rule(index, rule, offers[rule.offer].name, texts, run)
            )
    rows = tuple(
        Row(offers[offer], tuple(tuple(cells.get(c, ())) for c in columns))
        for offer, cells in placed.items()
    )
    zone = channel.zones[number]
    return Zone(zone.name, tuple((p.name, p.default) for p in zone.points), tuple(columns), rows)


def _rule(index: int, rule: core.Rule, offer: str, texts: _Texts, run: TrialRun) -> Rule:
    written, score = texts.rules.get(rule.span, (None, None))
    given, best = run.rules.get(index, (None, None))
    return Rule(
        rule.name,
        _text(score) or f"{DEFAULT_SCORE:g}",
        _text(written.using) if written else "",
        rule.pinned,
        not rule.enabled,
        tuple((v.name.text, _text(v.value)) for v in written.values) if written else (),
        _limits(written, offer) if written else (),
        _text(written.condition) if written else "",
        _live(rule.live),
        texts.at(rule.span),
        given,
        best,
    )


def _limits(written: ast.Rule, offer: str) -> tuple[str, ...]:
    name = written.offer.text
    parts = ("" if name == offer else f"of {name}", print_take(written), print_most(written))
    return tuple(part for part in parts if part)
