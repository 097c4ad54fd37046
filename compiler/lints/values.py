"""Sets of values of one type, as disjoint intervals and whether null is among them.

An end of an interval is ``(reach, value, side)``: ``reach`` is -1 or 1 for an end that is open to
that side for ever, ``side`` is 1 just above the value and -1 just below it. Ends compare as
tuples, whatever the type of the values.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, TypeAlias

from interact.compiler.core.nodes import Comparison
from interact.stdlib.records import record
from interact.stdlib.types import INT_MAX, INT_MIN, Kind, Type

End: TypeAlias = tuple[int, Any, int]
Interval: TypeAlias = tuple[End, End]
LOWEST: End = (-1, 0, 0)
HIGHEST: End = (1, 0, 0)


@record
class Values:
    """A set of values: intervals in order, none empty, and perhaps null."""

    intervals: tuple[Interval, ...]
    null: bool = False

    @property
    def is_empty(self) -> bool:
        return not self.intervals and not self.null

    def __and__(self, other: Values) -> Values:
        if self == other:
            return self
        met = tuple(_met(self.intervals, other.intervals))
        return Values(met, self.null and other.null)

    def __or__(self, other: Values) -> Values:
        joined: list[Interval] = []
        for low, high in sorted((*self.intervals, *other.intervals)):
            if joined and low <= joined[-1][1]:
                joined[-1] = (joined[-1][0], max(high, joined[-1][1]))
            else:
                joined.append((low, high))
        return Values(tuple(joined), self.null or other.null)


NULL = Values((), True)
NOTHING = Values(())
EVERYTHING = Values(((LOWEST, HIGHEST),))


def _met(left: tuple[Interval, ...], right: tuple[Interval, ...]) -> Iterator[Interval]:
    """Yield what two unions of intervals have in common."""
    i = j = 0
    while i < len(left) and j < len(right):
        low = max(left[i][0], right[j][0])
        high = min(left[i][1], right[j][1])
        if low <= high:
            yield low, high
        if left[i][1] < right[j][1]:
            i += 1
        else:
            j += 1


def domain_of(type: Type) -> Values:
    """Return all values of a type, without null."""
    if type.kind is Kind.BOOL:
        return between(0, 1)
    return between(INT_MIN, INT_MAX) if type.is_integral else EVERYTHING


def between(low: Any, high: Any) -> Values:
    """Return the values from ``low`` to ``high``, both included."""
    return Values((((0, low, 0), (0, high, 0)),))


def compared(op: Comparison, value: Any, type: Type) -> Values:
    """Return the values ``x`` of a type, and maybe others, for which ``x op value`` is true.

    >>> from interact.stdlib.types import INT
    >>> compared("gt", 5, INT) & compared("lt", 7, INT) == between(6, 6)
    True
    """
    if op == "eq":
        return between(value, value)
    lower = (LOWEST, (0, value, 0) if op == "le" else _below(value, type))
    upper = ((0, value, 0) if op == "ge" else _above(value, type), HIGHEST)
    if op == "ne":
        return Values((lower, upper))
    return Values((lower,)) if op in ("lt", "le") else Values((upper,))


def _below(value: Any, type: Type) -> End:
    return (0, value - 1, 0) if _is_whole(type) else (0, value, -1)


def _above(value: Any, type: Type) -> End:
    return (0, value + 1, 0) if _is_whole(type) else (0, value, 1)


def _is_whole(type: Type) -> bool:
    return type.is_integral or type.kind is Kind.BOOL


def among(values: Iterable[Any]) -> Values:
    """Return a set of values given one by one, in order."""
    return Values(tuple(((0, v, 0), (0, v, 0)) for v in values))


def besides(values: Iterable[Any], type: Type) -> Values:
    """Return all values of a type but some, which are given in order."""
    intervals: list[Interval] = []
    low = LOWEST
    for value in values:
        high = _below(value, type)
        if low <= high:
            intervals.append((low, high))
        low = _above(value, type)
    return Values((*intervals, (low, HIGHEST)))
