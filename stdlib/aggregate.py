"""Aggregates over ``many`` rows: their types, and one plain definition of each.

Elements that are null are skipped. ``fold`` is the definition that kernels are tested against, so
the order of its operations counts: integers are added from the first to the last, and so are
floats, from 0.0.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TypeAlias, cast

from interact.stdlib.records import record
from interact.stdlib.types import BOOL, FLOAT, INT, INT_MAX, INT_MIN, Kind, Type, Value

Fold: TypeAlias = Callable[[Sequence[Value], Type], Value]

_NUMBERS = (Kind.INT, Kind.DECIMAL, Kind.FLOAT)
_ORDERED = (*_NUMBERS, Kind.DATE, Kind.TIMESTAMP, Kind.DURATION)
_ALL = (Kind.BOOL, Kind.TEXT, *_ORDERED)


@record
class Aggregate:
    """What folds the rows of a dimension into one value.

    ``elements`` are the kinds it takes. ``fixed`` is the type of its result, None when that is
    the element's own. ``takes_rows`` says that it may stand before rows without an expression;
    each row is then folded as one true.
    """

    name: str
    usage: str
    elements: tuple[Kind, ...]
    fixed: Type | None
    fold: Fold
    doc: str
    examples: tuple[tuple[str, str], ...]
    takes_rows: bool = False

    def result(self, element: Type | None) -> Type | None:
        """Return the type for elements of a type, or rows (None); None when it takes none such."""
        if element is None:
            return self.fixed if self.takes_rows else None
        if element.kind not in self.elements:
            return None
        return self.fixed or element


def distinct(values: Sequence[Value]) -> list[Value]:
    """Return each value once, in order of first appearance."""
    return list(dict.fromkeys(values))


def fold_count(values: Sequence[Value], element: Type) -> Value:
    """Count the values that are not null."""
    return sum(v is not None for v in values)


def fold_sum(values: Sequence[Value], element: Type) -> Value:
    """Add from the first on; null as soon as an integer sum leaves 64 bits."""
    if element.kind is Kind.FLOAT:
        return _finite(_float_sum(_present_floats(values, element)))
    total = 0
    for value in _present_ints(values):
        total += value
        if not INT_MIN <= total <= INT_MAX:
            return None
    return total


def fold_avg(values: Sequence[Value], element: Type) -> Value:
    """Divide the sum, as floats, by the count."""
    numbers = _present_floats(values, element)
    return _finite(_float_sum(numbers) / len(numbers)) if numbers else None


def fold_stddev(values: Sequence[Value], element: Type) -> Value:
    """Return the square root of the squared distances from the mean over (count - 1)."""
    numbers = _present_floats(values, element)
    if len(numbers) < 2:
        return None
    mean = _float_sum(numbers) / len(numbers)
    squares = _float_sum([(x - mean) * (x - mean) for x in numbers])
    return _finite(math.sqrt(squares / (len(numbers) - 1)))


def fold_min(values: Sequence[Value], element: Type) -> Value:
    """Return the least value, the first of equal ones."""
    return min(_present_ints(values), default=None)


def fold_max(values: Sequence[Value], element: Type) -> Value:
    """Return the greatest value, the first of equal ones."""
    return max(_present_ints(values), default=None)


def fold_any(values: Sequence[Value], element: Type) -> Value:
    """Return whether a condition is true."""
    return any(v is True for v in values)


def fold_all(values: Sequence[Value], element: Type) -> Value:
    """Return whether every condition is true; a null one is not."""
    return all(v is True for v in values)


def _present_ints(values: Sequence[Value]) -> list[int]:
    return [cast(int, v) for v in values if v is not None]


def _present_floats(values: Sequence[Value], element: Type) -> list[float]:
    unit = float(10**element.scale)
    return [float(v) / unit for v in values if v is not None]


def _float_sum(numbers: Sequence[float]) -> float:
    total = 0.0
    for number in numbers:
        total += number
    return total


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None


_DECLARED = (
    Aggregate(
        "count",
        "count(rows where …) or count(distinct x of rows)",
        _ALL,
        INT,
        fold_count,
        "Count rows, values that are not null, or (with `distinct`) different values. Never null.",
        (
            ("count(accounts where balance > 100)", "how many accounts hold more than 100"),
            ("count(distinct product of accounts)", "how many products; null ones do not count"),
        ),
        takes_rows=True,
    ),
    Aggregate(
        "sum",
        "sum(x of rows where …)",
        (*_NUMBERS, Kind.DURATION),
        None,
        fold_sum,
        "Add the values. The sum of no rows is 0; one beyond 64 bits is null.",
        (
            ("sum(balance of accounts)", "the total balance; 0 without accounts"),
            ('sum(balance of accounts where product = "savings")', "null balances are skipped"),
        ),
    ),
    Aggregate(
        "avg",
        "avg(x of rows where …)",
        _NUMBERS,
        FLOAT,
        fold_avg,
        "Return the mean. The mean of no rows is null.",
        (
            ("avg(balance of accounts)", "the mean balance"),
            ("coalesce(avg(balance of accounts), 0)", "0 where the mean is null"),
        ),
    ),
    Aggregate(
        "min",
        "min(x of rows where …)",
        _ORDERED,
        None,
        fold_min,
        "Return the least value. That of no rows is null.",
        (
            ("min(balance of accounts)", "the least balance; null without accounts"),
            ("min(opened of accounts where balance > 0)", "the first date"),
        ),
    ),
    Aggregate(
        "max",
        "max(x of rows where …)",
        _ORDERED,
        None,
        fold_max,
        "Return the greatest value. That of no rows is null.",
        (
            ("max(balance of accounts)", "the greatest balance; null without accounts"),
            ("today - max(opened of accounts)", "the time since the last opening"),
        ),
    ),
    Aggregate(
        "any",
        "any(rows where …) or any(condition of rows)",
        (Kind.BOOL,),
        BOOL,
        fold_any,
        "Return whether there is such a row. Never null: a null condition does not count.",
        (
            ("any(accounts where balance < 0)", "whether an account is overdrawn"),
            ("any(balance < 0 of accounts)", "the same; false when all balances are null"),
        ),
        takes_rows=True,
    ),
    Aggregate(
        "all",
        "all(condition of rows where …)",
        (Kind.BOOL,),
        BOOL,
        fold_all,
        "Return whether the condition is true for every row. It is true without rows, and never "
        "null: a null condition counts as not true.",
        (
            ("all(balance > 0 of accounts)", "false when a balance is null"),
            ('all(balance > 0 of accounts where product = "loan")', "true without loans"),
        ),
    ),
    Aggregate(
        "stddev",
        "stddev(x of rows where …)",
        _NUMBERS,
        FLOAT,
        fold_stddev,
        "Return the sample standard deviation (n - 1). That of fewer than two values is null.",
        (
            ("stddev(balance of accounts)", "how far balances lie apart; null for one account"),
            ("stddev(balance of accounts) > 1000", "not true for a null"),
        ),
    ),
)

AGGREGATES: Mapping[str, Aggregate] = MappingProxyType({a.name: a for a in _DECLARED})
