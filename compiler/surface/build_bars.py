"""Builds what takes offers away: suppression, the caps of visits, limits of impressions."""

from __future__ import annotations

from dataclasses import replace

from interact.compiler.source import Span
from interact.compiler.surface.ast import Impressions, Live, Suppress, VisitCap
from interact.compiler.surface.build_part import Day, Part, PartBuilder
from interact.compiler.surface.token import Token


class BarBuilder(PartBuilder):
    """The rules of offers and channels that keep offers away."""

    def suppression(
        self, span: Span, length: Token | None, cause: Suppress, same: Token | None
    ) -> Suppress:
        for_long = None if length is None else self.literals.literal(length)
        alike = None if same is None else self.as_name(same)
        return replace(cause, length=for_long, same=alike, span=span)

    def after_accept(self, span: Span) -> Suppress:
        return Suppress(None, "accept")

    def after_reject(self, span: Span) -> Suppress:
        return Suppress(None, "reject")

    def after_contacts(self, span: Span, count: Token) -> Suppress:
        return Suppress(None, "contacts", self.literals.literal(count))

    def visit_cap(self, span: Span, count: Token) -> Part:
        return Part("at most", VisitCap(self.literals.literal(count), span), span)

    def visit_cap_of_offers(self, span: Span, count: Token) -> Part:
        return self.visit_cap(span, count)

    def impressions(self, span: Span, count: Token, *clauses: Part) -> Impressions:
        parts = self._once(clauses)
        unit, evenly = parts.get("per", (None, False))
        return Impressions(
            self.literals.literal(count),
            parts.get("of", ()),
            "per offer" in parts,
            parts.get("from"),
            unit,
            evenly,
            parts.get("as"),
            span,
        )

    def impressions_of_offers(self, span: Span, count: Token, *clauses: Part) -> Impressions:
        return self.impressions(span, count, *clauses)

    def of_offers(self, span: Span, *offers: Token) -> Part:
        return Part("of", tuple(map(self.as_name, offers)), span)

    def per_offer(self, span: Span) -> Part:
        return Part("per offer", True, span)

    def period(self, span: Span, start: Day, end: Day) -> Part:
        return Part("from", Live(start, end, None, span), span)

    def period_from(self, span: Span, start: Day) -> Part:
        return Part("from", Live(start, None, None, span), span)

    def period_until(self, span: Span, end: Day) -> Part:
        return Part("from", Live(None, end, None, span), span)

    def per_unit(self, span: Span, unit: Token) -> Part:
        return Part("per", (unit.text, False), span)

    def evenly(self, span: Span, unit: Token) -> Part:
        return Part("per", (unit.text, True), span)
