"""The typed core: expressions with every name resolved and every conversion explicit.

A core expression has one type, known at every node; operands of a comparison have equal types;
conditions are three-valued; text interpolation, ``between`` and derived fields are gone. The
interpreter (``interpret.py``) is its definition; the columnar plan is derived from it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import field, replace
from typing import Literal, TypeAlias, assert_never

from interact.compiler.source import NOWHERE, Span
from interact.stdlib.records import record
from interact.stdlib.types import BOOL, DATE, TIMESTAMP, Type, Value

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


def type_of(expr: Expr) -> Type:
    """Return the type of an expression."""
    match expr:
        case Compare() | InSet() | And() | Or() | Not() | IsNull():
            return BOOL
        case Clock(which=which):
            return DATE if which == "today" else TIMESTAMP
        case _:
            return expr.type


def children(expr: Expr) -> tuple[Expr, ...]:
    """Return the direct operands, in order of evaluation."""
    match expr:
        case Const() | Attr() | RowField() | Clock():
            return ()
        case Compare(left=left, right=right):
            return (left, right)
        case InSet(operand=operand):
            return (operand,)
        case And(args=args) | Or(args=args) | Call(args=args):
            return args
        case Not(arg=arg) | IsNull(arg=arg) | Convert(arg=arg):
            return (arg,)
        case When(condition=condition, yes=yes, no=no):
            return (condition, yes, no)
        case Aggregate(value=value, where=where):
            return tuple(e for e in (where, value) if e is not None)
        case _:
            assert_never(expr)


def map_children(expr: Expr, f: Callable[[Expr], Expr]) -> Expr:
    """Rebuild ``expr`` with ``f`` applied to each direct operand."""
    match expr:
        case Const() | Attr() | RowField() | Clock():
            return expr
        case Compare(left=left, right=right):
            return replace(expr, left=f(left), right=f(right))
        case InSet(operand=operand):
            return replace(expr, operand=f(operand))
        case And(args=args) | Or(args=args) | Call(args=args):
            return replace(expr, args=tuple(f(a) for a in args))
        case Not(arg=arg) | IsNull(arg=arg) | Convert(arg=arg):
            return replace(expr, arg=f(arg))
        case When(condition=condition, yes=yes, no=no):
            return replace(expr, condition=f(condition), yes=f(yes), no=f(no))
        case Aggregate(value=value, where=where):
            return replace(
                expr,
                value=None if value is None else f(value),
                where=None if where is None else f(where),
            )
        case _:
            assert_never(expr)


def walk(expr: Expr) -> Iterator[Expr]:
    """Yield ``expr`` and all below it, parents first."""
    yield expr
    for child in children(expr):
        yield from walk(child)
