"""Builds strategies and templates of rules: one method per rule of the grammar."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from interact.compiler.diagnostics import syntax
from interact.compiler.source import Span
from interact.compiler.surface.ast import (
    Expr,
    Instance,
    LiteralExpr,
    Parameter,
    Rule,
    SegmentRules,
    Settings,
    Strategy,
    Take,
    Template,
    Value,
    ZoneRules,
)
from interact.compiler.surface.ast_expression import percentage_in, percentage_words
from interact.compiler.surface.build_part import Part, PartBuilder
from interact.compiler.surface.token import Token


class StrategyBuilder(PartBuilder):
    """Every method takes the span of its rule and the children that the rule keeps."""

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
        parts = self._once(self._without_next(clauses))
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

    def _without_next(self, clauses: tuple[Part, ...]) -> tuple[Part, ...]:
        """Return the clauses of a rule without those of the next, whose name followed a `%`."""
        words = [clause.word for clause in clauses]
        again = next((i for i, word in enumerate(words) if word in words[:i]), None)
        if again is None:
            return clauses
        for clause in clauses[:again]:
            end = percentage_in(clause.value) if isinstance(clause.value, Expr) else None
            if end is not None:
                self.sink.report(syntax.PERCENTAGE, end.span, **percentage_words(end))
                return clauses[:again]
        return clauses

    def template(self, span: Span, name: Token, *children: Any) -> Template:
        parameters = tuple(child for child in children if isinstance(child, Parameter))
        rules = tuple(child for child in children if isinstance(child, Rule))
        return Template(self.as_name(name), parameters, rules, span)

    def use(self, span: Span, template: Token, *instances: Instance) -> Rule:
        return Rule(self.as_name(template), span=span, instances=instances)

    def instance(self, span: Span, *children: Any) -> Instance:
        *args, alias = children
        found = tuple(self.expression(arg.span, arg) for arg in args)
        return Instance(found, alias and self.as_name(alias), span)

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
        return Value(self.as_name(name), self.expression(value.span, value), span)

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
