"""Folds over rows as formulas, where there are so few that each is a symbol.

Only used to look for a customer: who has more rows is not among those looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import TYPE_CHECKING

import z3

from interact.compiler.core.nodes import Aggregate, type_of
from interact.compiler.core.program import Attribute
from interact.compiler.proof.terms import Formula, Term, real
from interact.stdlib.types import INT_MAX, INT_MIN, Kind

if TYPE_CHECKING:
    from interact.compiler.proof.expressions import Expressions

MOST = 3


@dataclass(slots=True)
class Row:
    """A row that there may be; ``fields`` has those that were read."""

    present: Formula
    declared: dict[str, Attribute]
    fields: dict[str, Term] = field(default_factory=dict)


def folded(expr: Aggregate, expressions: Expressions, rows: Sequence[Row]) -> Term | None:
    """Return what a fold over rows comes to; None where no formula tells it."""
    found = [_taken(expr, expressions, row) for row in rows]
    if expr.distinct:
        found = _first_ones(found)
    match expr.function:
        case "any":
            return Term(z3.Or([z3.And(taken, term.value) for taken, term in _present(found)]))
        case "all":
            fine = (z3.And(z3.Not(t.null), t.value) for _, t in found)
            return Term(z3.And([z3.Implies(n, ok) for (n, _), ok in zip(found, fine, strict=True)]))
        case "count":
            return Term(_count(_present(found)))
        case "sum":
            return _sum(expr, _present(found))
        case "avg":
            return _average(expr, _present(found))
        case "min" | "max":
            return _extreme(_present(found), is_least=expr.function == "min")
        case _:
            return None


_Values = list[tuple[Formula, Term]]
"""Values, each with whether it counts."""


def _taken(expr: Aggregate, expressions: Expressions, row: Row) -> tuple[Formula, Term]:
    inside = expressions.inside(row)
    taken = z3.And(row.present, inside.holds(expr.where))
    return taken, Term(z3.BoolVal(True)) if expr.value is None else inside.term(expr.value)


def _present(found: _Values) -> _Values:
    return [(z3.And(taken, z3.Not(term.null)), term) for taken, term in found]


def _first_ones(found: _Values) -> _Values:
    """Return values of which each counts once."""
    return [
        (
            z3.And(
                taken,
                *(
                    z3.Not(z3.And(before, z3.Not(other.null), other.value == term.value))
                    for before, other in found[:number]
                ),
            ),
            term,
        )
        for number, (taken, term) in enumerate(found)
    ]


def _count(found: _Values) -> Formula:
    return z3.Sum([z3.If(taken, 1, 0) for taken, _ in found])


def _sum(expr: Aggregate, found: _Values) -> Term:
    zero = real(0) if expr.type.kind is Kind.FLOAT else z3.IntVal(0)
    total = reduce(lambda sum_, one: sum_ + z3.If(one[0], one[1].value, zero), found, zero)
    if expr.type.kind is Kind.FLOAT:
        return Term(total)
    return Term(total, z3.Or(total > INT_MAX, total < INT_MIN))


def _average(expr: Aggregate, found: _Values) -> Term:
    assert expr.value is not None
    unit = real(10 ** type_of(expr.value).scale)
    each = [z3.If(n, z3.ToReal(t.value) if z3.is_int(t.value) else t.value, 0) for n, t in found]
    total, count, average = z3.Sum(each), _count(found), real(0)
    for number in range(1, len(found) + 1):
        average = z3.If(count == number, total / (unit * number), average)
    return Term(average, count == 0)


def _extreme(found: _Values, *, is_least: bool) -> Term:
    best, is_any = found[0][1].value, found[0][0]
    for taken, term in found[1:]:
        is_better = term.value < best if is_least else term.value > best
        best = z3.If(z3.And(taken, z3.Or(z3.Not(is_any), is_better)), term.value, best)
        is_any = z3.Or(is_any, taken)
    return Term(best, z3.Not(is_any))
