"""Conditions with one outcome for everybody."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from interact.compiler.core.nodes import (
    And,
    Compare,
    Expr,
    InSet,
    IsNull,
    Not,
    Or,
    When,
    children,
)
from interact.compiler.core.program import Filter
from interact.compiler.lints.catalogue import (
    ALWAYS_NULL,
    NEVER_FALSE,
    NEVER_TRUE,
)
from interact.compiler.lints.lint import Lint, Linted
from interact.compiler.lints.reasons import reason
from interact.compiler.lints.truth import Truth
from interact.compiler.source import NOWHERE, Span
from interact.stdlib.types import BOOL


def check_conditions(project: Linted) -> None:
    """Report W0101 to W0103 for every condition and every part of one."""
    walk = _Walk(project)
    for expr in expressions_of(project):
        walk.examine(expr)
    walk.report()


def expressions_of(project: Linted) -> Iterator[Expr]:
    """Yield the expressions of a project: what customers, rules and offers are judged by."""
    for channel in project.program.channels:
        for cell in channel.cells:
            if isinstance(cell.test, Filter) and cell.test.condition is not None:
                yield cell.test.condition
        for rule in channel.rules:
            if rule.condition is not None:
                yield rule.condition
            yield rule.score
            yield from (attribute.value for attribute in rule.attributes)
            if rule.order is not None:
                yield rule.order
    for offer in project.program.offers:
        yield from (attribute.value for attribute in offer.attributes)


@dataclass
class _Walk:
    """Judges conditions by their place: what is used at several is judged there in every use."""

    project: Linted
    verdicts: dict[Span, tuple[Lint | None, Expr]] = field(default_factory=dict)
    seen: dict[int, tuple[Expr, bool]] = field(default_factory=dict)

    def examine(self, expr: Expr, above: Span | None = None) -> bool:
        """Judge an expression and all below it; return whether there is a verdict."""
        known = self.seen.get(id(expr))
        if known is None:
            told = False
            for part in children(expr):
                told = self.examine(part, expr.span) or told
            is_written = expr.span not in (above, NOWHERE)
            if not told and _is_test(expr) and is_written:
                told = self._judge(expr)
            known = self.seen[id(expr)] = (expr, told)
        return known[1]

    def _judge(self, expr: Expr) -> bool:
        lint = _verdict(self.project.truths.of(expr))
        known = self.verdicts.setdefault(expr.span, (lint, expr))
        if known[0] is not lint:
            self.verdicts[expr.span] = (None, expr)
        return lint is not None

    def report(self) -> None:
        for span, (lint, expr) in self.verdicts.items():
            if lint is not None:
                labels, hint = reason(self.project, lint, expr)
                self.project.report(lint, span, labels=labels, hint=hint)


def _is_test(expr: Expr) -> bool:
    if isinstance(expr, When):
        return expr.type == BOOL
    return isinstance(expr, And | Or | Not | Compare | InSet | IsNull)


def _verdict(truth: Truth) -> Lint | None:
    if not truth.true:
        return NEVER_TRUE if truth.false else ALWAYS_NULL
    return None if truth.false else NEVER_FALSE
