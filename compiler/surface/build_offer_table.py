"""Builds tables of offers: one method per rule of the grammar."""

from __future__ import annotations

from typing import cast

from interact.compiler.source import Span
from interact.compiler.surface.ast import Field, OfferTable, TableKind
from interact.compiler.surface.build_part import Part, PartBuilder
from interact.compiler.surface.token import Token


class OfferTableBuilder(PartBuilder):
    """Every method takes the span of its rule and the children that the rule keeps."""

    def suppressions(self, span: Span, name: Token, audience: Token) -> OfferTable:
        return OfferTable("suppressions", self.as_name(name), self.as_name(audience), span=span)

    def offer_table(
        self, span: Span, kind: Token, name: Token, audience: Token, *parts: Part
    ) -> OfferTable:
        found = self._once(parts)
        return OfferTable(
            cast(TableKind, kind.text),
            self.as_name(name),
            self.as_name(audience),
            found.get("columns", ()),
            "by zone" in found,
            found.get("on", ()),
            found.get("adds", ()),
            found.get("score"),
            found.get("when"),
            found.get("with", ()),
            span,
        )

    def table_columns(self, span: Span, *columns: Field) -> Part:
        return Part("columns", columns, span)

    def by_zone(self, span: Span) -> Part:
        return Part("by zone", True, span)

    def on_channels(self, span: Span, *channels: Token) -> Part:
        return Part("on", tuple(map(self.as_name, channels)), span)

    def adds(self, span: Span, *offers: Token) -> Part:
        return Part("adds", tuple(map(self.as_name, offers)), span)
