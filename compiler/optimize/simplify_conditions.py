"""Drop the parts of conditions that are already decided."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from operator import is_

from interact.compiler.core.failing import can_fail
from interact.compiler.core.nodes import And, Const, Expr, Not, Or, When, map_children
from interact.stdlib.types import BOOL


def simplify_conditions(expr: Expr) -> Expr:
    """Flatten ``and`` and ``or``, drop repeated and neutral operands, undo double negation.

    Before: core.  After: core, no ``and`` in an ``and`` or ``or`` in an ``or``, nothing after an
    operand that decides, no ``When`` on a constant.

    A repeated operand that can lack a result stays, since each place is counted. A fold that only
    what was dropped has read is gone, with what would have failed in it.

    >>> from interact.compiler.core.nodes import Attr
    >>> a = Attr("a", BOOL, True)
    >>> simplify_conditions(And((a, Const(True, BOOL), And((a, a))))).name
    'a'
    """
    expr = map_children(expr, simplify_conditions)
    match expr:
        case And(args=args):
            return _joined(expr, list(_operands(args, And, False)), True)
        case Or(args=args):
            return _joined(expr, list(_operands(args, Or, True)), False)
        case Not(arg=Not(arg=inner)):
            return inner
        case When(condition=Const(value=value), yes=yes, no=no):
            return yes if value is True else no
        case _:
            return expr


def _operands(args: Sequence[Expr], kind: type[And | Or], decisive: bool) -> Iterator[Expr]:
    """Yield the operands in order, each once, up to the first that decides."""
    seen: set[Expr] = set()
    flat = (inner for arg in args for inner in (arg.args if isinstance(arg, kind) else (arg,)))
    for arg in flat:
        neutral = isinstance(arg, Const) and arg.value is (not decisive)
        if neutral or (arg in seen and not can_fail(arg)):
            continue
        seen.add(arg)
        yield arg
        if isinstance(arg, Const) and arg.value is decisive:
            return


def _joined(expr: And | Or, args: list[Expr], neutral: bool) -> Expr:
    if not args:
        return Const(neutral, BOOL, expr.span)
    if len(args) == 1:
        return args[0]
    is_same = len(args) == len(expr.args) and all(map(is_, args, expr.args))
    return expr if is_same else replace(expr, args=tuple(args))
