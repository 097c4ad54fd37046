"""Builds declarations: one method per rule or alias of the grammar's other sections.

A clause or section becomes a ``Part`` until its statement is complete, which looks for parts that
are given twice.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any, TypeAlias

from interact.compiler.source import Span
from interact.compiler.surface.ast import (
    Arbitration,
    Attribute,
    Audience,
    Branch,
    Channel,
    Decision,
    Declaration,
    Derived,
    Event,
    Expr,
    Field,
    Flowchart,
    Import,
    Instance,
    LiteralExpr,
    Live,
    Many,
    Module,
    NameExpr,
    Offer,
    OfferList,
    Parameter,
    Pattern,
    Point,
    Redraw,
    Rule,
    Sample,
    Segment,
    SegmentRules,
    Select,
    Settings,
    Share,
    Step,
    Strategy,
    Suppress,
    Take,
    Template,
    TypeName,
    Value,
    Zone,
    ZoneRules,
)
from interact.compiler.surface.build_bars import BarBuilder
from interact.compiler.surface.build_definition import DefinitionBuilder
from interact.compiler.surface.build_event import EventBuilder
from interact.compiler.surface.build_part import Part
from interact.compiler.surface.build_test import TestBuilder
from interact.compiler.surface.token import Token

Day: TypeAlias = LiteralExpr | NameExpr


class ModuleBuilder(EventBuilder, TestBuilder, BarBuilder, DefinitionBuilder):
    """Every method takes the span of its rule and the children that the rule keeps."""

    def module(self, span: Span, *children: Declaration | Import) -> Module:
        imports = tuple(child for child in children if isinstance(child, Import))
        declared = tuple(child for child in children if not isinstance(child, Import))
        return Module(self.source.name, declared, imports)

    def import_of(self, span: Span, path: Token) -> Import:
        return Import(self.literals.text(path), span)

    # ---------------------------------------------------------------- audience

    def audience(
        self, span: Span, name: Token, doc: Token | None, *sections: Part | Many
    ) -> Audience:
        many = tuple(section for section in sections if isinstance(section, Many))
        parts = self._once(section for section in sections if isinstance(section, Part))
        key, profile, session = (parts.get(word, ()) for word in ("key", "profile", "session"))
        return Audience(self.as_name(name), key, profile, many, session, self._text(doc), span)

    def key(self, span: Span, *fields: Field) -> Part:
        return Part("key", fields, span)

    def profile(self, span: Span, *fields: Field) -> Part:
        return Part("profile", fields, span)

    def session(self, span: Span, *fields: Field) -> Part:
        return Part("session", fields, span)

    def many(self, span: Span, name: Token, *children: Part | Field) -> Many:
        notes = self._once(child for child in children if isinstance(child, Part))
        fields = tuple(child for child in children if isinstance(child, Field))
        return Many(self.as_name(name), fields, notes.get("from"), notes.get("doc"), span)

    def field(self, span: Span, name: Token, type_: TypeName, *notes: Part) -> Field:
        parts = self._once(notes) if notes else {}
        default, column, doc = (parts.get(word) for word in ("default", "from", "doc"))
        return Field(self.as_name(name), type_, default, column, doc, span)

    def default(self, span: Span, value: Expr) -> Part:
        return Part("default", value, span)

    def column(self, span: Span, name: Token) -> Part:
        return Part("from", self._text(name), span)

    def doc(self, span: Span, text: Token) -> Part:
        return Part("doc", self._text(text), span)

    def type(self, span: Span, name: Token, scale: Token | None, mark: Token | None) -> TypeName:
        places = None if scale is None else self.literals.scale(scale)
        return TypeName(name.text, places, mark is not None, span)

    # ---------------------------------------------------------------- offer

    def offer(
        self,
        span: Span,
        name: Token,
        title: Token | None,
        audience: Token | None,
        *parts: Part | Suppress,
    ) -> Offer:
        found = self._once(part for part in parts if isinstance(part, Part))
        return Offer(
            self.as_name(name),
            self._text(title),
            audience and self.as_name(audience),
            found.get("code", ()),
            found.get("live"),
            found.get("attributes", ()),
            tuple(part for part in parts if isinstance(part, Suppress)),
            found.get("at most"),
            span,
        )

    def code(self, span: Span, *codes: Token) -> Part:
        return Part("code", tuple(map(self.literals.literal, codes)), span)

    def live(self, span: Span, start: Day, end: Day) -> Part:
        return Part("live", Live(start, end, None, span), span)

    def live_from(self, span: Span, start: Day) -> Part:
        return Part("live", Live(start, None, None, span), span)

    def live_until(self, span: Span, end: Day) -> Part:
        return Part("live", Live(None, end, None, span), span)

    def live_for(self, span: Span, length: Token) -> Part:
        return Part("live", Live(None, None, self.literals.literal(length), span), span)

    def day(self, span: Span, date: Token) -> Day:
        return self.literals.literal(date)

    def named(self, span: Span, name: Token) -> Day:
        return NameExpr(name.text, None, span)

    def attributes(self, span: Span, *attributes: Attribute) -> Part:
        return Part("attributes", attributes, span)

    def attribute(self, span: Span, name: Token, type_: TypeName, value: Expr) -> Attribute:
        return Attribute(self.as_name(name), type_, value, span)

    def required_attribute(self, span: Span, name: Token, type_: TypeName) -> Attribute:
        return Attribute(self.as_name(name), type_, None, span)

    def offer_list(self, span: Span, name: Token, *offers: Token) -> OfferList:
        return OfferList(self.as_name(name), tuple(map(self.as_name, offers)), None, span)

    def offer_query(self, span: Span, name: Token, condition: Expr) -> OfferList:
        return OfferList(self.as_name(name), (), condition, span)

    # ---------------------------------------------------------------- channel

    def channel(
        self,
        span: Span,
        name: Token,
        parent: Token | None,
        audience: Token,
        *parts: Zone | Part | Event | Pattern,
    ) -> Channel:
        found = self._once(part for part in parts if isinstance(part, Part))
        return Channel(
            self.as_name(name),
            self.as_name(audience),
            tuple(part for part in parts if isinstance(part, Zone)),
            found.get("arbitration"),
            parent and self.as_name(parent),
            tuple(part for part in parts if isinstance(part, Event)),
            tuple(part for part in parts if isinstance(part, Pattern)),
            found.get("at most"),
            span,
        )

    def arbitration(self, span: Span, *choices: Part) -> Part:
        found = self._once(choices)
        unique, attribute = found.get("unique", (None, None))
        ties, seed = found.get("ties", (None, None))
        made = Arbitration(ties, unique, attribute, found.get("at most"), seed, span)
        return Part("arbitration", made, span)

    def ties_by_declaration(self, span: Span) -> Part:
        return Part("ties", ("declaration", None), span)

    def ties_by_newest(self, span: Span) -> Part:
        return Part("ties", ("newest", None), span)

    def ties_by_chance(self, span: Span, seed: Token | None) -> Part:
        return Part("ties", ("chance", self._text(seed)), span)

    def unique_offer(self, span: Span) -> Part:
        return Part("unique", ("offer", None), span)

    def unique_treatment(self, span: Span) -> Part:
        return Part("unique", ("treatment", None), span)

    def unique_rule(self, span: Span) -> Part:
        return Part("unique", ("rule", None), span)

    def unique_attribute(self, span: Span, name: Token) -> Part:
        return Part("unique", ("attribute", self.as_name(name)), span)

    def at_most(self, span: Span, count: Token) -> Part:
        return Part("at most", self.literals.literal(count), span)

    def zone(self, span: Span, name: Token, *points: Point) -> Zone:
        return Zone(self.as_name(name), points, span)

    def point(self, span: Span, name: Token, default: Token | None) -> Point:
        return Point(self.as_name(name), self._text(default), span)

    # ---------------------------------------------------------------- flowchart

    def flowchart(self, span: Span, name: Token, channel: Token, *steps: Step) -> Flowchart:
        return Flowchart(self.as_name(name), self.as_name(channel), steps, span)

    def derived(self, span: Span, name: Token, value: Expr) -> Derived:
        return Derived(self.as_name(name), value, span)

    def decision(
        self,
        span: Span,
        name: Token,
        source: Token | None,
        independent: Token | None,
        *branches: Branch,
    ) -> Decision:
        of = source and self.as_name(source)
        return Decision(self.as_name(name), of, independent is not None, branches, span)

    def branch(self, span: Span, name: Token, condition: Expr | None = None) -> Branch:
        return Branch(self.as_name(name), condition, span)

    def select(self, span: Span, name: Token, source: Token | None, condition: Expr) -> Select:
        return Select(self.as_name(name), source and self.as_name(source), condition, span)

    def sample(
        self,
        span: Span,
        name: Token,
        source: Token | None,
        seed: Token | None,
        redraw: Redraw | None,
        *shares: Share,
    ) -> Sample:
        of = source and self.as_name(source)
        return Sample(self.as_name(name), of, self._text(seed), shares, redraw, span)

    def redraw(self, span: Span, every: Token, start: Day) -> Redraw:
        return Redraw(self.literals.literal(every), start, span)

    def share(self, span: Span, name: Token, percent: Token | None = None) -> Share:
        if percent is None:
            return Share(self.as_name(name), None, None, span)
        if percent.kind == "NAME":
            return Share(self.as_name(name), None, self.as_name(percent), span)
        return Share(self.as_name(name), self.literals.literal(percent).text, None, span)

    def segment(self, span: Span, name: Token, *sources: Token) -> Segment:
        return Segment(self.as_name(name), tuple(map(self.as_name, sources)), span)

    # ---------------------------------------------------------------- strategy

    def strategy(
        self, span: Span, name: Token, channel: Token, *children: Part | ZoneRules
    ) -> Strategy:
        zones = tuple(child for child in children if isinstance(child, ZoneRules))
        settings = self._settings(children, span)
        return Strategy(self.as_name(name), self.as_name(channel), settings, zones, span)

    def zone_rules(self, span: Span, *children: Token | Part | SegmentRules | Rule) -> ZoneRules:
        zones = tuple(self.as_name(child) for child in children if isinstance(child, Token))
        groups = _groups(c for c in children if isinstance(c, SegmentRules | Rule))
        return ZoneRules(zones, self._settings(children, span), groups, span)

    def every_zone(self, span: Span, *children: Part | SegmentRules | Rule) -> ZoneRules:
        return self.zone_rules(span, *children)

    def _settings(self, children: Iterable[object], span: Span) -> Settings:
        parts = self._once(child for child in children if isinstance(child, Part))
        return Settings("disabled" in parts, parts.get("score"), parts.get("live"), span)

    def segment_rules(self, span: Span, *children: Token | Rule) -> SegmentRules:
        segments = tuple(self.as_name(child) for child in children if isinstance(child, Token))
        rules = tuple(child for child in children if isinstance(child, Rule))
        return SegmentRules(segments, rules, span)

    def everyone(self, span: Span, *rules: Rule) -> SegmentRules:
        return SegmentRules((), rules, span)

    def rule(self, span: Span, offer: Token, *clauses: Part) -> Rule:
        parts = self._once(clauses)
        return Rule(
            self.as_name(offer),
            parts.get("as"),
            "disabled" in parts,
            "pinned" in parts,
            parts.get("with", ()),
            parts.get("score"),
            parts.get("using"),
            parts.get("when"),
            parts.get("live"),
            parts.get("take"),
            parts.get("at most"),
            span,
        )

    def template(self, span: Span, name: Token, *children: Any) -> Template:
        parameters = tuple(child for child in children if isinstance(child, Parameter))
        rules = tuple(child for child in children if isinstance(child, Rule))
        return Template(self.as_name(name), parameters, rules, span)

    def use(self, span: Span, template: Token, *instances: Instance) -> Rule:
        return Rule(self.as_name(template), span=span, instances=instances)

    def instance(self, span: Span, *children: Any) -> Instance:
        *args, alias = children
        return Instance(tuple(args), alias and self.as_name(alias), span)

    def alias(self, span: Span, name: Token) -> Part:
        return Part("as", self.as_name(name), span)

    def pinned(self, span: Span, word: Token) -> Part:
        return Part("pinned", True, span)

    def disabled(self, span: Span, word: Token) -> Part:
        return Part("disabled", True, span)

    def take(self, span: Span, count: Token, order: Take | None) -> Part:
        number = self.literals.literal(count)
        made = Take(number, span=span) if order is None else replace(order, count=number, span=span)
        return Part("take", made, span)

    def order(self, span: Span, name: Token, direction: Token | None) -> Take:
        descending = direction is not None and direction.text == "desc"
        return Take(LiteralExpr("null", ""), self.as_name(name), descending)

    def by_chance(self, span: Span, seed: Token | None) -> Take:
        return Take(LiteralExpr("null", ""), chance=True, seed=self._text(seed))

    def alone(self, span: Span, word: Token) -> Part:
        return Part("at most", LiteralExpr("int", "1", span), span)

    def values(self, span: Span, *values: Value) -> Part:
        return Part("with", values, span)

    def value(self, span: Span, name: Token, value: Expr) -> Value:
        return Value(self.as_name(name), value, span)

    def score(self, span: Span, value: Expr) -> Part:
        return Part("score", value, span)

    def using(self, span: Span, value: Expr) -> Part:
        return Part("using", value, span)

    def when(self, span: Span, condition: Expr) -> Part:
        return Part("when", condition, span)


def _groups(items: Iterable[SegmentRules | Rule]) -> tuple[SegmentRules, ...]:
    """Return the groups; rules that stand in the zone itself are a group for everyone."""
    groups: list[SegmentRules] = []
    loose: list[Rule] = []
    for item in items:
        if isinstance(item, Rule):
            loose.append(item)
        else:
            groups += [*_loose_group(loose), item]
            loose = []
    return (*groups, *_loose_group(loose))


def _loose_group(rules: list[Rule]) -> list[SegmentRules]:
    return [SegmentRules((), tuple(rules), rules[0].span.to(rules[-1].span))] if rules else []
