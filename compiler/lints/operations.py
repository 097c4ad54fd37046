"""Operations without a result: for everybody, and divisions by what can be 0."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TypeAlias

from interact.compiler.core.nodes import (
    Aggregate,
    And,
    Attr,
    Call,
    Compare,
    Const,
    Convert,
    Expr,
    InSegment,
    Or,
    RowField,
    When,
    children,
    walk,
)
from interact.compiler.core.program import Channel, Filter, Rule
from interact.compiler.lints.catalogue import DIVISION, NO_RESULT
from interact.compiler.lints.lint import Linted
from interact.compiler.lints.reach import guards_of_cells
from interact.compiler.lints.regions import ALL, Region, apart, meet
from interact.compiler.lints.values import among
from interact.compiler.optimize.fold_constants import fold_constants

_DIVISIONS = frozenset(
    {"arithmetic:div_float", "arithmetic:mod_int", "arithmetic:mod_float", "numeric:quotient_int"}
)


Guards: TypeAlias = tuple[tuple[Expr, Region], ...]
"""Conditions on the way to an operation, and who comes past each."""
Come: TypeAlias = Callable[[], tuple[Region, Guards]]
"""Tells who comes to an expression, and past which conditions."""


@dataclass
class _Walk:
    """Follows the conditions under which each operation runs."""

    project: Linted
    seen: set[int] = field(default_factory=set)
    kept: list[Expr] = field(default_factory=list)

    def examine(self, expr: Expr, come: Come) -> None:
        """Examine an expression."""
        calls = [part for part in walk(expr) if isinstance(part, Call | Convert)]
        for part in calls:
            self._constant(part)
        if any(isinstance(part, Call) and part.function in _DIVISIONS for part in calls):
            self._visit(expr, *come())

    def _constant(self, expr: Call | Convert) -> None:
        """Report an operation on constants that has no result."""
        operands = children(expr)
        if id(expr) in self.seen or not all(isinstance(o, Const) for o in operands):
            return
        self.seen.add(id(expr))
        self.kept.append(expr)
        if not isinstance(fold_constants(expr), Const):
            self.project.report(NO_RESULT, expr.span)

    def _visit(self, expr: Expr, region: Region, guards: Guards) -> None:
        of = self.project.truths.of
        match expr:
            case And(args=args) | Or(args=args):
                for arg in args:
                    self._visit(arg, region, guards)
                    on = of(arg).not_false if isinstance(expr, And) else of(arg).not_true
                    region, guards = meet(region, on), (*guards, (arg, on))
            case When(condition=condition, yes=yes, no=no):
                self._visit(condition, region, guards)
                truth = of(condition)
                for part, on in ((yes, truth.true), (no, truth.not_true)):
                    self._visit(part, meet(region, on), (*guards, (condition, on)))
            case Aggregate(where=where, value=value):
                self._rows(where, value)
            case _:
                if isinstance(expr, Call) and expr.function in _DIVISIONS:
                    self._division(expr, region, guards)
                for part in children(expr):
                    self._visit(part, region, guards)

    def _rows(self, where: Expr | None, value: Expr | None) -> None:
        """Visit what a fold works out for each row; folds are worked out for every customer."""
        region, guards = ALL, Guards()
        if where is not None:
            self._visit(where, ALL, ())
            region = self.project.truths.of(where).true
            guards = ((where, region),)
        if value is not None:
            self._visit(value, region, guards)

    def _division(self, expr: Call, region: Region, guards: Guards) -> None:
        divisor = expr.args[1]
        while isinstance(divisor, Convert):
            divisor = divisor.arg
        if not isinstance(divisor, Attr | RowField | Aggregate) or not region:
            return
        term = self.project.truths.terms.number(divisor)
        zero: Region = ({term: among([0])},)
        is_guarded = apart(region, zero) or any(apart(on, zero) for _, on in guards)
        if not is_guarded and not any(_is_unclear(g, on, divisor) for g, on in guards):
            self.project.report(DIVISION, expr.span, name=self._shown(divisor))

    def _shown(self, divisor: Expr) -> str:
        """Return how a divisor is written; a column of a table has the place of its declaration."""
        text = self.project.text(divisor.span) or "the divisor"
        return text.partition(":")[0] if isinstance(divisor, Attr) else text


def _is_unclear(guard: Expr, on: Region, term: Expr) -> bool:
    """Return whether a condition says something of a term that its region does not tell."""
    for part in walk(guard):
        is_plain = isinstance(part, Compare) and isinstance(part.right, Const)
        if part == term and on == ALL:
            return True
        if part != term and _is_of_same_rows(part, term):
            return True
        is_opaque = isinstance(part, Call | When | Aggregate | Compare) and not is_plain
        if is_opaque and part != term and term in walk(part):
            return True
    return False


def _is_of_same_rows(part: Expr, term: Expr) -> bool:
    """Return whether both fold the same rows: `any(accounts)` says that `count(accounts)` is 1."""
    return isinstance(part, Aggregate) and isinstance(term, Aggregate) and part.rows == term.rows


def check_operations(project: Linted) -> None:
    """Report W0301 and W0302 in conditions, scores and attributes of offers."""
    visit = _Walk(project)
    for channel in project.program.channels:
        for index, cell in enumerate(channel.cells):
            if isinstance(cell.test, Filter) and cell.test.condition is not None:
                visit.examine(cell.test.condition, partial(_to_cell, project, channel, index))
        for rule in channel.rules:
            if rule.condition is not None:
                visit.examine(rule.condition, partial(_to_rule, project, channel, rule))
            further = () if rule.order is None else (rule.order,)
            for value in (rule.score, *further, *(a.value for a in rule.attributes)):
                visit.examine(value, partial(_to_score, project, channel, rule))
    ways = _ways_to_offers(project)
    for index, offer in enumerate(project.program.offers):
        for come in ways.get(index, [_by_anybody]):
            for attribute in offer.attributes:
                visit.examine(attribute.value, come)


def _ways_to_offers(project: Linted) -> dict[int, list[Come]]:
    """Return who comes to the attributes of each offer: those to whom a rule proposes it.

    A rule that gives attributes has its own.
    """
    ways: dict[int, list[Come]] = {}
    for channel in project.program.channels:
        for rule in (r for r in channel.rules if r.enabled):
            found = ways.setdefault(rule.offer, [])
            if not rule.attributes:
                found.append(partial(_to_score, project, channel, rule))
    return ways


def _by_anybody() -> tuple[Region, Guards]:
    return ALL, ()


def _to_cell(project: Linted, channel: Channel, index: int) -> tuple[Region, Guards]:
    """Return who comes to the test of a cell."""
    region = project.reach.left_over(channel, index)
    cell = channel.cells[index]
    before = (*cell.parents, *(cell.test.unless if isinstance(cell.test, Filter) else ()))
    return region, tuple((g, region) for g in guards_of_cells(channel, before))


def _to_rule(project: Linted, channel: Channel, rule: Rule) -> tuple[Region, Guards]:
    """Return who comes to the condition of a rule."""
    region = project.reach.segments(channel, rule.segments)
    cells = [c for i in rule.segments for c in channel.segments[i].cells]
    return region, tuple((g, region) for g in guards_of_cells(channel, cells))


def _to_score(project: Linted, channel: Channel, rule: Rule) -> tuple[Region, Guards]:
    """Return who comes to the score of a rule."""
    region, guards = _to_rule(project, channel, rule)
    if rule.condition is None:
        return region, guards
    on = project.truths.of(rule.condition).true
    asked = [p.index for p in walk(rule.condition) if isinstance(p, InSegment)]
    cells = [c for i in asked for c in channel.segments[i].cells]
    further = tuple((g, region) for g in guards_of_cells(channel, cells))
    return meet(region, on), (*guards, *further, (rule.condition, on))
