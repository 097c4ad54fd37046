"""Terms: the values that conditions compare, each with a number and what is always true of it.

A term is an attribute, a fold, or an expression of any sort whose text stands for itself: two
equal expressions have equal values for a customer.
"""

from __future__ import annotations

from math import ceil, floor

from interact.compiler.core.nodes import (
    Aggregate,
    Call,
    Const,
    Convert,
    Expr,
    InSegment,
    children,
    type_of,
)
from interact.compiler.lints.regions import Box
from interact.compiler.lints.values import NULL, End, Interval, Values, among, between, domain_of
from interact.stdlib.enumeration import SEPARATOR
from interact.stdlib.types import INT_MAX, Kind, Type

_RANGES = {
    "calendar:month": (1, 12),
    "calendar:day": (1, 31),
    "calendar:hour": (0, 23),
    "calendar:minute": (0, 59),
    "calendar:second": (0, 59),
    "calendar:quarter": (1, 4),
    "calendar:day_of_year": (1, 366),
    "calendar:days_in_month": (28, 31),
    "calendar:iso_week": (1, 53),
    "calendar:weekday": (1, 7),
    "text:length": (0, INT_MAX),
    "numeric:abs_int": (0, INT_MAX),
    "numeric:sign_int": (-1, 1),
}
"""The least and greatest result of functions."""
_NEVER_NULL = ("any", "all", "count")
_EXACT = 2**53


class Terms:
    """Numbers terms as they are met."""

    def __init__(self) -> None:
        self._numbers: dict[object, int] = {}
        self._domains: list[Values] = []
        self._present: dict[int, Box] = {}

    def number(self, expr: Expr) -> int:
        """Return the number of the term that an expression is."""
        found = self._numbers.get(expr)
        if found is None:
            found = self._add(expr, _domain(expr))
            parts = _operands(expr)
            box = {found: self._domains[found]}
            for part in parts:
                box |= self.present(self.number(part))
            self._present[found] = box
        return found

    def sign(self, left: int, right: int) -> tuple[int, bool]:
        """Return the number of the sign of ``left - right``, and whether it is turned round."""
        low, high = min(left, right), max(left, right)
        found = self._numbers.get((low, high))
        if found is None:
            found = self._add((low, high), between(-1, 1))
            own = {found: between(-1, 1)}
            self._present[found] = {**own, **self.present(low), **self.present(high)}
        return found, left > right

    def domain(self, term: int) -> Values:
        """Return all values that a term can have, without null."""
        return self._domains[term]

    def present(self, term: int) -> Box:
        """Return the customers for whom a term is not null; then its operands are not either."""
        return self._present[term]

    def absent(self, term: int, expr: Expr) -> Box | None:
        """Return the customers for whom a term is null, None when it never is."""
        fold = isinstance(expr, Aggregate) and expr.function in _NEVER_NULL
        return None if fold or isinstance(expr, InSegment) else {term: NULL}

    def _add(self, key: object, domain: Values) -> int:
        self._numbers[key] = len(self._domains)
        self._domains.append(domain)
        return self._numbers[key]


def _domain(expr: Expr) -> Values:
    if isinstance(expr, Aggregate) and expr.function == "count":
        return between(0, INT_MAX)
    if isinstance(expr, Call) and expr.function in _RANGES:
        return between(*_RANGES[expr.function])
    if isinstance(expr, Call) and expr.function == "enumeration:enum_member":
        return among(sorted(_members(expr)))
    return domain_of(type_of(expr))


def _members(expr: Call) -> list[str]:
    """Return the texts of the members of an enumeration, which are an operand of its calls."""
    texts = expr.args[1]
    assert isinstance(texts, Const)
    return str(texts.value).split(SEPARATOR)


def before_rank(values: Values, rank: Call) -> Values:
    """Return the members whose places in their enumeration lie in ``values``."""
    texts = enumerate(_members(rank))
    return among(sorted(t for i, t in texts if not (values & between(i, i)).is_empty))


def _operands(expr: Expr) -> tuple[Expr, ...]:
    """Return the operands that are not null when the expression is not, constants left out."""
    if not isinstance(expr, Call | Convert):
        return ()
    return tuple(part for part in children(expr) if not isinstance(part, Const))


def before_conversion(values: Values, source: Type, target: Type) -> Values | None:
    """Return the values of ``source`` that become ``values``; None when that is not known."""
    if source.kind is Kind.INT and target.kind is Kind.FLOAT:
        ends = [end for interval in values.intervals for end in interval if not end[0]]
        if any(not -_EXACT < value < _EXACT for _, value, _ in ends):
            return None
        return _whole(values, 1)
    exact = (Kind.INT, Kind.DECIMAL)
    if source.kind in exact and target.kind is Kind.DECIMAL and target.scale >= source.scale:
        return _whole(values, 10 ** (target.scale - source.scale))
    return None


def _whole(values: Values, factor: int) -> Values:
    """Return the whole numbers that ``factor`` times lie in ``values``."""
    found: list[Interval] = []
    for low, high in values.intervals:
        least = low if low[0] else _least(low, factor)
        most = high if high[0] else _most(high, factor)
        if least <= most:
            found.append((least, most))
    return Values(tuple(found))


def _least(end: End, factor: int) -> End:
    _, value, side = end
    whole = -(-value // factor) if isinstance(value, int) else ceil(value)
    return (0, whole + (side > 0 and whole * factor == value), 0)


def _most(end: End, factor: int) -> End:
    _, value, side = end
    whole = value // factor if isinstance(value, int) else floor(value)
    return (0, whole - (side < 0 and whole * factor == value), 0)
