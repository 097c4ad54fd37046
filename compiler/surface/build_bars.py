"""Builds what takes offers away: suppression and the caps of visits."""

from __future__ import annotations

from dataclasses import replace

from interact.compiler.source import Span
from interact.compiler.surface.ast import Suppress, VisitCap
from interact.compiler.surface.build_expression import ExpressionBuilder
from interact.compiler.surface.build_part import Part
from interact.compiler.surface.token import Token


class BarBuilder(ExpressionBuilder):
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
