"""The typed core: expressions with every name resolved and every conversion explicit.

A core expression has one type, known at every node; operands of a comparison have equal types;
conditions are three-valued; text interpolation, ``between`` and derived fields are gone. The
interpreter (``interpret.py``) is its definition; the columnar plan is derived from it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import field, replace
from operator import is_
from typing import Any, Literal, TypeAlias

from interact.compiler.source import NOWHERE, Span
from interact.stdlib.records import record
from interact.stdlib.types import BOOL, DATE, TIMESTAMP, Type, Value

# Passes recurse into expressions of up to ``size.DEEPEST`` levels, with ten calls a level at most.
sys.setrecursionlimit(max(sys.getrecursionlimit(), 8_000))

Comparison: TypeAlias = Literal["lt", "le", "gt", "ge", "eq", "ne"]


@record
class Const:
    """A constant in machine form; ``None`` is null."""

    value: Value
    type: Type
    span: Span = field(default=NOWHERE, compare=False)


@record
class Attr:
    """A key, profile or session attribute of the audience."""

    name: str
    type: Type
    nullable: bool
    span: Span = field(default=NOWHERE, compare=False)


@record
class RowField:
    """A field of the current row of ``many`` rows; only inside an Aggregate over them."""

    rows: str
    name: str
    type: Type
    nullable: bool
    span: Span = field(default=NOWHERE, compare=False)


@record
class InSegment:
    """Whether the customer is in a segment of the channel; never null, and never in a fold."""

    index: int
    name: str
    span: Span = field(default=NOWHERE, compare=False)


@record
class Clock:
    """The decision's own time."""

    which: Literal["today", "now"]
    span: Span = field(default=NOWHERE, compare=False)


@record
class Compare:
    """Two operands of equal type; null when either is null."""

    op: Comparison
    left: Expr
    right: Expr
    span: Span = field(default=NOWHERE, compare=False)


@record
class InSet:
    """``operand in (…)``: constants of the operand's type, none null, sorted, distinct."""

    operand: Expr
    values: tuple[Value, ...]
    span: Span = field(default=NOWHERE, compare=False)


@record
class And:
    """False when any is false, else null when any is null; later ones run unless one is false."""

    args: tuple[Expr, ...]
    span: Span = field(default=NOWHERE, compare=False)


@record
class Or:
    """True when any is true, else null when any is null; later ones run unless one is true."""

    args: tuple[Expr, ...]
    span: Span = field(default=NOWHERE, compare=False)


@record
class Not:
    """The negation; null of null."""

    arg: Expr
    span: Span = field(default=NOWHERE, compare=False)


@record
class IsNull:
    """Whether the operand is null; itself never null."""

    arg: Expr
    span: Span = field(default=NOWHERE, compare=False)


@record
class When:
    """``yes`` where the condition is true, else ``no``; only the chosen one runs."""

    condition: Expr
    yes: Expr
    no: Expr
    type: Type
    span: Span = field(default=NOWHERE, compare=False)


@record
class Convert:
    """A numeric or date operand in another type; null when it does not fit."""

    arg: Expr
    type: Type
    span: Span = field(default=NOWHERE, compare=False)


@record
class Call:
    """A built-in applied to its arguments; null when any is null or it has no result."""

    function: str
    """The overload's qualified name, such as ``numeric:round_decimal``."""
    args: tuple[Expr, ...]
    type: Type
    span: Span = field(default=NOWHERE, compare=False)


@record
class Aggregate:
    """A fold over the ``many`` rows for which ``where`` is true (all when None)."""

    function: str
    rows: str
    value: Expr | None
    where: Expr | None
    distinct: bool
    type: Type
    span: Span = field(default=NOWHERE, compare=False)


Expr: TypeAlias = (
    Const
    | Attr
    | RowField
    | InSegment
    | Clock
    | Compare
    | InSet
    | And
    | Or
    | Not
    | IsNull
    | When
    | Convert
    | Call
    | Aggregate
)


_CONDITIONS = frozenset({Compare, InSet, And, Or, Not, IsNull, InSegment})


def type_of(expr: Expr) -> Type:
    """Return the type of an expression."""
    if expr.__class__ in _CONDITIONS:
        return BOOL
    if isinstance(expr, Clock):
        return DATE if expr.which == "today" else TIMESTAMP
    return expr.type  # type: ignore[union-attr]


_NO_OPERANDS: tuple[Expr, ...] = ()
_OPERANDS: dict[type, Callable[[Any], tuple[Expr, ...]]] = {
    **dict.fromkeys((Const, Attr, RowField, InSegment, Clock), lambda e: _NO_OPERANDS),
    Compare: lambda e: (e.left, e.right),
    InSet: lambda e: (e.operand,),
    **dict.fromkeys((And, Or, Call), lambda e: e.args),
    **dict.fromkeys((Not, IsNull, Convert), lambda e: (e.arg,)),
    When: lambda e: (e.condition, e.yes, e.no),
    Aggregate: lambda e: tuple([o for o in (e.where, e.value) if o is not None]),
}


def children(expr: Expr) -> tuple[Expr, ...]:
    """Return the direct operands, in order of evaluation."""
    return _OPERANDS[expr.__class__](expr)


def map_children(expr: Expr, f: Callable[[Expr], Expr]) -> Expr:
    """Return ``expr`` with ``f`` applied to each direct operand; itself when none changes."""
    if not (old := children(expr)):
        return expr
    new = tuple([f(child) for child in old])
    if all(map(is_, old, new)):
        return expr
    return _with_children(expr, new)


def _with_children(expr: Expr, new: tuple[Expr, ...]) -> Expr:
    match expr:
        case Compare():
            return replace(expr, left=new[0], right=new[1])
        case InSet():
            return replace(expr, operand=new[0])
        case And() | Or() | Call():
            return replace(expr, args=new)
        case Not() | IsNull() | Convert():
            return replace(expr, arg=new[0])
        case When():
            return replace(expr, condition=new[0], yes=new[1], no=new[2])
        case Aggregate():
            rest = iter(new)
            where = None if expr.where is None else next(rest)
            return replace(expr, where=where, value=None if expr.value is None else next(rest))
        case _:
            raise AssertionError(f"no operands: {expr}")


def walk(expr: Expr) -> Iterator[Expr]:
    """Yield ``expr`` and all below it, parents first."""
    left = [expr]
    while left:
        part = left.pop()
        yield part
        left.extend(reversed(children(part)))
