"""The meaning of a core expression: evaluation for one customer, in plain Python.

Slow and obvious. The kernels are tested against it, and offers' attributes and explanations,
which concern a handful of values, are computed by it.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, assert_never

from interact.compiler.core.fusion import is_fused
from interact.compiler.core.nodes import (
    Aggregate,
    And,
    Attr,
    Call,
    Clock,
    Compare,
    Const,
    Convert,
    Expr,
    InSegment,
    InSet,
    IsNull,
    Not,
    Or,
    RowField,
    When,
    type_of,
)
from interact.compiler.core.program import fold_depth
from interact.compiler.source import Span
from interact.stdlib.aggregate import AGGREGATES, distinct
from interact.stdlib.conversion import convert_value
from interact.stdlib.records import record
from interact.stdlib.types import BOOL, MICROSECONDS_PER_DAY, Value
from interact.stdlib.universe import OVERLOADS

Record = Mapping[str, Value]
Place = tuple[str, int, int]
"""Where an operation runs: the ``many`` attribute, how many folds deep, and the number of the row.

Folds that read folds are worked out apart, so what fails in their rows counts again.
"""
CUSTOMER: Place = ("", 0, 0)
COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "lt": operator.lt, "le": operator.le, "gt": operator.gt,
    "ge": operator.ge, "eq": operator.eq, "ne": operator.ne,
}  # fmt: skip


@record
class Moment:
    """The decision's own time: microseconds since 1970-01-01T00:00Z."""

    now: int

    @property
    def today(self) -> int:
        """Days since 1970-01-01."""
        return self.now // MICROSECONDS_PER_DAY


@record
class Customer:
    """One customer: attributes by name, and the records of each ``many`` attribute."""

    values: Record
    rows: Mapping[str, Sequence[Record]] = field(default_factory=dict)


@dataclass(slots=True)
class Frame:
    """What an evaluation reads, and where it notes operations without a result.

    ``failures`` holds the span of each such operation with the place where it happened, the row
    when it stands in a fold; an operation counts once in a place however often it is used.
    ``folds`` keeps the folds that were worked out, ``segments`` those that the customer is in.
    """

    customer: Customer
    moment: Moment
    failures: set[tuple[Span, Place]] = field(default_factory=set)
    folds: dict[Aggregate, Value] = field(default_factory=dict)
    row: Record | None = None
    place: Place = CUSTOMER
    segments: tuple[bool, ...] = ()

    def fail(self, span: Span) -> None:
        self.failures.add((span, self.place))


def evaluate(expr: Expr, frame: Frame) -> Value:
    """Return the value of ``expr``; None is null."""
    match expr:
        case Const(value=value):
            return value
        case Attr(name=name):
            return _read(frame.customer.values, name)
        case RowField(name=name):
            assert frame.row is not None
            return _read(frame.row, name)
        case Clock(which=which):
            return frame.moment.today if which == "today" else frame.moment.now
        case InSegment(index=index):
            return frame.segments[index]
        case Compare() | InSet() | IsNull() | Not() | And() | Or():
            return _condition(expr, frame)
        case When(condition=condition, yes=yes, no=no):
            return evaluate(yes if evaluate(condition, frame) is True else no, frame)
        case Convert(arg=arg):
            return _convert(expr, evaluate(arg, frame), frame)
        case Call():
            return _fused(expr, frame) if is_fused(expr) else _call(expr, frame)
        case Aggregate():
            return _aggregate(expr, frame)
        case _:
            assert_never(expr)


def _read(record: Record, name: str) -> Value:
    """Return an attribute; a NaN in the data is null."""
    value = record.get(name)
    return None if isinstance(value, float) and value != value else value


def _condition(expr: Compare | InSet | IsNull | Not | And | Or, frame: Frame) -> bool | None:
    match expr:
        case Compare(op=op, left=left, right=right):
            a, b = evaluate(left, frame), evaluate(right, frame)
            return None if a is None or b is None else COMPARE[op](a, b)
        case InSet(operand=operand, values=values):
            value = evaluate(operand, frame)
            return None if value is None else value in values
        case IsNull(arg=arg):
            return evaluate(arg, frame) is None
        case Not(arg=arg):
            truth = evaluate(arg, frame)
            return None if truth is None else not truth
        case And(args=args):
            return _until(args, False, frame)
        case Or(args=args):
            return _until(args, True, frame)
        case _:
            assert_never(expr)


def _until(args: Sequence[Expr], decisive: bool, frame: Frame) -> bool | None:
    """Evaluate until one is ``decisive``; null when none is and one was null."""
    unknown = False
    for arg in args:
        truth = evaluate(arg, frame)
        if truth is decisive:
            return decisive
        unknown = unknown or truth is None
    return None if unknown else not decisive


def _convert(expr: Convert, value: Value, frame: Frame) -> Value:
    result = convert_value(value, type_of(expr.arg), expr.type)
    if result is None and value is not None:
        frame.fail(expr.span)
    return result


def _call(expr: Call, frame: Frame) -> Value:
    args = [evaluate(a, frame) for a in expr.args]
    result = OVERLOADS[expr.function].apply(*args)
    if result is None and None not in args:
        frame.fail(expr.span)
    return result


def _fused(expr: Call, frame: Frame) -> Value:
    """Evaluate a tree of float arithmetic, which fails as one (see ``fusion``)."""
    value, missing = _fused_part(expr, frame)
    if value is None and not missing:
        frame.fail(expr.span)
    return value


def _fused_part(expr: Expr, frame: Frame) -> tuple[Value, bool]:
    """Return a value, and whether any operand of the tree below is null."""
    if not isinstance(expr, Call) or not is_fused(expr):
        value = evaluate(expr, frame)
        return value, value is None
    parts = [_fused_part(a, frame) for a in expr.args]
    value = OVERLOADS[expr.function].apply(*(v for v, _ in parts))
    return value, any(missing for _, missing in parts)


def _aggregate(expr: Aggregate, frame: Frame) -> Value:
    if expr not in frame.folds:
        # A fold that another fold reads is the customer's own all the same.
        outer = Frame(frame.customer, frame.moment, frame.failures, frame.folds)
        frame.folds[expr] = _fold(expr, outer)
    return frame.folds[expr]


def _fold(expr: Aggregate, frame: Frame) -> Value:
    values: list[Value] = []
    depth = fold_depth(expr)
    for number, row in enumerate(frame.customer.rows.get(expr.rows, ())):
        place = (expr.rows, depth, number)
        inner = Frame(frame.customer, frame.moment, frame.failures, frame.folds, row, place)
        if expr.where is not None and evaluate(expr.where, inner) is not True:
            continue
        values.append(True if expr.value is None else evaluate(expr.value, inner))
    if expr.distinct:
        values = distinct(values)
    element = BOOL if expr.value is None else type_of(expr.value)
    result = AGGREGATES[expr.function].fold(values, element)
    if result is None and expr.function == "sum":
        frame.fail(expr.span)
    return result
