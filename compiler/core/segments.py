"""Expressions that ask for segments, taken apart by who is in them."""

from __future__ import annotations

from interact.compiler.core.nodes import (
    Aggregate,
    Const,
    Expr,
    InSegment,
    When,
    map_children,
    type_of,
    walk,
)
from interact.stdlib.types import BOOL


def segment_in(expr: Expr) -> InSegment | None:
    """Return the first segment that an expression asks for."""
    return next((part for part in walk(expr) if isinstance(part, InSegment)), None)


def assume(expr: Expr, segment: InSegment, member: bool) -> Expr:
    """Return ``expr`` for customers of whom it is known whether they are in a segment."""

    def replaced(part: Expr) -> Expr:
        return Const(member, BOOL, part.span) if part == segment else map_children(part, replaced)

    return replaced(expr)


def outside_rows(fold: Aggregate) -> Expr:
    """Return a fold with segments outside of it, where an argument put them into it.

    Before: ``sum(x of rows where Rich or x > 0)``. After: ``if Rich then sum(x of rows where true
    or x > 0) else sum(x of rows where false or x > 0)``.
    """
    segment = segment_in(fold)
    if segment is None:
        return fold
    yes, no = (assume(fold, segment, member) for member in (True, False))
    assert isinstance(yes, Aggregate)
    assert isinstance(no, Aggregate)
    return When(segment, outside_rows(yes), outside_rows(no), type_of(fold), fold.span)
