"""Three-valued conditions as two definite masks: where true, and where false.

Where neither holds the condition is null. Negation swaps the two, so no mask of nulls is ever
combined: ``true(a and b) = true(a) & true(b)``, ``false(a and b) = false(a) | false(b)``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from interact.compiler.columnar.nodes import OpKind
from interact.compiler.core.failing import can_fail
from interact.compiler.core.nodes import (
    Aggregate,
    And,
    Attr,
    Call,
    Compare,
    Const,
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
from interact.stdlib.types import BOOL

if TYPE_CHECKING:
    from interact.compiler.columnar.lowering import Lowering

INVERSE = {"lt": "ge", "le": "gt", "gt": "le", "ge": "lt", "eq": "ne", "ne": "eq"}
# Pairs of truth values for which a comparison of bools holds; false is less than true.
_BOOL_PAIRS = {
    "eq": ((True, True), (False, False)),
    "ne": ((True, False), (False, True)),
    "lt": ((False, True),),
    "gt": ((True, False),),
    "le": ((True, True), (False, False), (False, True)),
    "ge": ((True, True), (False, False), (True, False)),
}


def lower_condition(expr: Expr, wanted: bool, demand: int, low: Lowering) -> int:
    """Return the mask of rows in which ``expr`` is true, or is false, as ``wanted``.

    ``demand`` masks the rows that need it: only there do operations without a result count.
    """
    if low.reads_text(expr):
        return low.text_truth(expr, wanted, demand)
    match expr:
        case Const(value=value):
            return low.builder.live if value is wanted else low.builder.none
        case Attr() | RowField():
            return low.builder.add(OpKind.TRUTH, (low.value(expr, demand),), wanted)
        case InSegment(index=index):
            member = low.segments[index]
            return member if wanted else low.builder.inverse(member)
        case Not(arg=arg):
            return lower_condition(arg, not wanted, demand, low)
        case And(args=args):
            return _chain(args, wanted, False, demand, low)
        case Or(args=args):
            return _chain(args, wanted, True, demand, low)
        case IsNull(arg=arg):
            present = _present(arg, demand, low)
            return low.builder.inverse(present) if wanted else present
        case Compare():
            return _compare(expr, wanted, demand, low)
        case InSet(operand=operand, values=values):
            return _member(operand, values, wanted, demand, low)
        case When(condition=condition, yes=yes, no=no):
            return _when(condition, yes, no, wanted, demand, low)
        case Aggregate():
            truth = low.fold(expr)
            return truth if wanted else low.builder.inverse(truth)
        case Call(function=function, args=args):
            operands = [low.value(a, demand) for a in args]
            made = low.builder.add(OpKind.APPLY_TRUTH, operands, (function, wanted))
            return low.failing(made, expr, demand)
        case _:
            raise AssertionError(f"not a condition: {expr}")


def _chain(args: tuple[Expr, ...], wanted: bool, decisive: bool, demand: int, low: Lowering) -> int:
    """Lower ``and`` (false decides) or ``or`` (true decides) of ``args``.

    An argument is needed only where no earlier one decided; that costs masks, so it is worked out
    only for arguments in which an operation can fail.
    """
    masks: list[int] = []
    needs: list[int] = []
    decided: list[int] = []
    for position, arg in enumerate(args):
        needs.append(demand)
        if position and can_fail(arg):
            earlier = slice(len(decided), position)
            undecided = zip(args[earlier], needs[earlier], strict=True)
            decided += [lower_condition(a, decisive, need, low) for a, need in undecided]
            needs[position] = low.builder.minus(demand, low.builder.any(decided))
        masks.append(lower_condition(arg, wanted, needs[position], low))
    return low.builder.any(masks) if wanted is decisive else low.builder.all(masks)


def _present(expr: Expr, demand: int, low: Lowering) -> int:
    """Return the mask of rows in which ``expr`` is not null."""
    if type_of(expr) == BOOL:
        truth = [lower_condition(expr, wanted, demand, low) for wanted in (True, False)]
        return low.builder.any(truth)
    if isinstance(expr, Const):
        return low.builder.none if expr.value is None else low.builder.live
    return low.builder.add(OpKind.PRESENT, (low.value(expr, demand),))


def _compare(expr: Compare, wanted: bool, demand: int, low: Lowering) -> int:
    op = expr.op if wanted else INVERSE[expr.op]
    if type_of(expr.left) == BOOL:
        sides = (expr.left, expr.right)
        pairs = (
            low.builder.all(
                lower_condition(s, truth, demand, low) for s, truth in zip(sides, pair, strict=True)
            )
            for pair in _BOOL_PAIRS[op]
        )
        return low.builder.any(pairs)
    operands = (low.value(expr.left, demand), low.value(expr.right, demand))
    return low.builder.add(OpKind.COMPARE, operands, op)


def _member(
    operand: Expr, values: tuple[object, ...], wanted: bool, demand: int, low: Lowering
) -> int:
    if type_of(operand) == BOOL:
        truth = [lower_condition(operand, value, demand, low) for value in (False, True)]
        return low.builder.any(truth[v] for v in (False, True) if (v in values) is wanted)
    value = low.value(operand, demand)
    inside = low.builder.add(OpKind.MEMBER, (value,), tuple(values))
    if wanted:
        return inside
    return low.builder.minus(low.builder.add(OpKind.PRESENT, (value,)), inside)


def _when(condition: Expr, yes: Expr, no: Expr, wanted: bool, demand: int, low: Lowering) -> int:
    chosen = lower_condition(condition, True, demand, low)
    other = low.builder.inverse(chosen)
    both = low.builder.all
    parts = (
        (chosen, lower_condition(yes, wanted, both((demand, chosen)), low)),
        (other, lower_condition(no, wanted, both((demand, other)), low)),
    )
    return low.builder.any(both(part) for part in parts)
