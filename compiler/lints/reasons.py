"""Why a condition has one outcome, and what can be done about it."""

from __future__ import annotations

from collections.abc import Sequence

from interact.compiler.core.nodes import (
    Aggregate,
    And,
    Call,
    Compare,
    Const,
    Convert,
    Expr,
    InSet,
    Or,
    type_of,
)
from interact.compiler.diagnostics.diagnostic import Label
from interact.compiler.lints.catalogue import NEVER_FALSE, NEVER_TRUE
from interact.compiler.lints.lint import Lint, Linted
from interact.compiler.lints.regions import Region, apart
from interact.compiler.lints.values import HIGHEST
from interact.stdlib.types import INT_MAX, Kind

_EITHER = "join them with `or` if either will do, or change one of the two"
_ORDER = "the lower bound comes first: between 10 and 20"
_BOTH = "join them with `and` if both are meant, or change one of the two"


def reason(project: Linted, lint: Lint, expr: Expr) -> tuple[Sequence[Label], str | None]:
    """Return labels for the parts of a condition that decide it, and the help."""
    of = project.truths.of
    match expr:
        case And(args=args) if lint is NEVER_TRUE:
            if all(arg.span == expr.span for arg in args):
                return (), _ORDER
            pair = _clash(args, [of(a).true for a in args])
            return _labelled(pair, "no value meets this", "and this"), pair and _EITHER
        case Or(args=args) if lint is NEVER_FALSE:
            pair = _clash(args, [of(a).false for a in args])
            return _labelled(pair, "what fails this", "meets this"), pair and _BOTH
        case Compare(left=left, right=right):
            return (), _range(project, left if isinstance(right, Const) else right)
        case InSet(operand=operand):
            return (), _range(project, operand)
        case _:
            return (), None


def _clash(args: Sequence[Expr], regions: Sequence[Region]) -> tuple[Expr, Expr] | None:
    """Return the first two parts with nothing in common, if they stand in different places."""
    for j, right in enumerate(args):
        for i, left in enumerate(args[:j]):
            if left.span != right.span and apart(regions[i], regions[j]):
                return left, right
    return None


def _labelled(pair: tuple[Expr, Expr] | None, first: str, second: str) -> Sequence[Label]:
    return () if pair is None else (Label(pair[0].span, first), Label(pair[1].span, second))


def _range(project: Linted, term: Expr) -> str | None:
    """Return what is known of all values of a term, for people."""
    is_converted = isinstance(term, Convert)
    while isinstance(term, Convert):
        term = term.arg
    shown = project.text(term.span)
    terms = project.truths.terms
    if not type_of(term).is_integral:
        return None
    if not isinstance(term, Call | Aggregate):
        is_whole = is_converted and type_of(term).kind is Kind.INT
        return f"`{shown}` is a whole number" if is_whole else None
    intervals = terms.domain(terms.number(term)).intervals
    (_, low, _), high = intervals[0]
    if high == HIGHEST or low < 0 or not shown:
        return None
    return (
        f"`{shown}` is {low} or more" if high[1] == INT_MAX else f"`{shown}` is {low} to {high[1]}"
    )
