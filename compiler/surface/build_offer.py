"""Builds offers and lists of them: one method per rule of the grammar."""

from __future__ import annotations

from interact.compiler.source import Span
from interact.compiler.surface.ast import (
    Attribute,
    Expr,
    Impressions,
    Live,
    NameExpr,
    Offer,
    OfferList,
    Suppress,
    TypeName,
)
from interact.compiler.surface.build_part import Day, Part, PartBuilder
from interact.compiler.surface.token import Token


class OfferBuilder(PartBuilder):
    """Every method takes the span of its rule and the children that the rule keeps."""

    def offer(
        self,
        span: Span,
        name: Token,
        title: Token | None,
        audience: Token | None,
        *parts: Part | Suppress | Impressions,
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
            tuple(part for part in parts if isinstance(part, Impressions)),
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
