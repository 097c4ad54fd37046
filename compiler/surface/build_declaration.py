"""Builds declarations: one method per rule or alias of the grammar's other sections.

A clause or section becomes a ``Part`` until its statement is complete, which looks for parts that
are given twice.
"""

from __future__ import annotations

from interact.compiler.source import Span
from interact.compiler.surface.ast import (
    Arbitration,
    Audience,
    Channel,
    Declaration,
    Event,
    Expr,
    Field,
    Import,
    Impressions,
    Many,
    Module,
    Pattern,
    Point,
    TypeName,
    Zone,
)
from interact.compiler.surface.build_bars import BarBuilder
from interact.compiler.surface.build_definition import DefinitionBuilder
from interact.compiler.surface.build_event import EventBuilder
from interact.compiler.surface.build_flowchart import FlowchartBuilder
from interact.compiler.surface.build_offer import OfferBuilder
from interact.compiler.surface.build_offer_table import OfferTableBuilder
from interact.compiler.surface.build_part import Part
from interact.compiler.surface.build_strategy import StrategyBuilder
from interact.compiler.surface.build_test import TestBuilder
from interact.compiler.surface.token import Token


class ModuleBuilder(
    EventBuilder,
    TestBuilder,
    BarBuilder,
    DefinitionBuilder,
    OfferBuilder,
    OfferTableBuilder,
    FlowchartBuilder,
    StrategyBuilder,
):
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

    # ---------------------------------------------------------------- channel

    def channel(
        self,
        span: Span,
        name: Token,
        parent: Token | None,
        audience: Token,
        *parts: Zone | Part | Event | Pattern | Impressions,
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
            tuple(part for part in parts if isinstance(part, Impressions)),
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

    def zone(self, span: Span, name: Token, *children: Point | Part) -> Zone:
        found = self._once(child for child in children if isinstance(child, Part))
        points = tuple(child for child in children if isinstance(child, Point))
        return Zone(self.as_name(name), points, found.get("arbitration"), span)

    def point(self, span: Span, name: Token, default: Token | None) -> Point:
        return Point(self.as_name(name), self._text(default), span)
