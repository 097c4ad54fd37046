"""Builds flowcharts: one method per rule of the grammar."""

from __future__ import annotations

from typing import Literal

from interact.compiler.source import Span
from interact.compiler.surface.ast import (
    Branch,
    Decision,
    Derived,
    Expr,
    Flowchart,
    NameExpr,
    Redraw,
    Sample,
    Segment,
    Select,
    Share,
    Snapshot,
    SnapshotField,
    Step,
)
from interact.compiler.surface.build_part import Day, Part, PartBuilder
from interact.compiler.surface.token import Token


class FlowchartBuilder(PartBuilder):
    """Every method takes the span of its rule and the children that the rule keeps."""

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

    def snapshot(
        self, span: Span, name: Token, source: Token | None, *children: Part | SnapshotField
    ) -> Snapshot:
        found = self._once(child for child in children if isinstance(child, Part))
        fields = tuple(child for child in children if isinstance(child, SnapshotField))
        mode: Literal["replace", "append", "update"] = found.get("mode", "replace")
        return Snapshot(self.as_name(name), source and self.as_name(source), mode, fields, span)

    def append(self, span: Span) -> Part:
        return Part("mode", "append", span)

    def replace(self, span: Span) -> Part:
        return Part("mode", "replace", span)

    def update(self, span: Span) -> Part:
        return Part("mode", "update", span)

    def snapshot_field(self, span: Span, name: Token, value: Expr | None) -> SnapshotField:
        of = self.as_name(name)
        return SnapshotField(of, value or NameExpr(name.text, None, of.span), span)
