"""The columnar plan as text: one operation a line, masks as ``m``, values as ``v``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from interact.compiler.columnar.nodes import FoldOutput, Op, OpKind, Plan
from interact.compiler.core.nodes import Expr
from interact.compiler.core.print import print_expr, print_value
from interact.compiler.core.program import Draw
from interact.compiler.source import Span


def print_plan(plan: Plan) -> str:
    """Return a plan as text: operations, folds, segments, rules by zone, failures counted."""
    lines: list[str] = []
    for number, rows in enumerate(plan.rows):
        lines.append(f"rows {number}: {rows.rows}")
        lines += (f"  {line}" for line in _operations(rows.ops))
        lines += (f"  fold {i}: {_fold(f, rows.ops)}" for i, f in enumerate(rows.folds))
    lines += _operations(plan.ops)
    lines += (f"segment {i}: {_name(m, plan.ops)}" for i, m in enumerate(plan.segments))
    lines += _zones(plan)
    lines += (
        f"count {f.span.start}..{f.span.end}: {_name(f.failed, plan.ops)} "
        f"where {_name(f.demand, plan.ops)}"
        for f in plan.failures
    )
    return "\n".join(lines) + "\n"


def _operations(ops: Sequence[Op]) -> Iterator[str]:
    for index, op in enumerate(ops):
        args = ", ".join(_name(a, ops) for a in op.args)
        data = _data(op)
        kind = "" if op.type is None else f": {op.type}"
        yield f"{_name(index, ops)}{kind} = {op.kind.value}({args}){data}"


def _name(index: int, ops: Sequence[Op]) -> str:
    return f"{'m' if ops[index].type is None else 'v'}{index}"


def _data(op: Op) -> str:
    if op.kind is OpKind.CONSTANT and op.type is not None:
        return f" {print_value(op.data, op.type)}"
    parts = op.data if isinstance(op.data, tuple) else () if op.data is None else (op.data,)
    return "".join(f" {_part(p)}" for p in parts if p != "")


def _part(part: object) -> str:
    if isinstance(part, Span):
        return f"{part.start}..{part.end}"
    if isinstance(part, Draw):
        return f"{part.seed} every {part.every} days" if part.every else part.seed
    if isinstance(part, Expr):
        return f"[{print_expr(part)}]"
    return str(part)


def _fold(fold: FoldOutput, ops: Sequence[Op]) -> str:
    operand = fold.truth if fold.value is None else fold.value
    value = "" if operand is None else f"{_name(operand, ops)} "
    distinct = "distinct " if fold.expr.distinct else ""
    return f"{fold.expr.function} {distinct}{value}where {_name(fold.where, ops)}"


def _zones(plan: Plan) -> Iterator[str]:
    for number, zone in enumerate(plan.zones):
        yield f"zone {number}:"
        for rules in zone.offers:
            for position, rule in enumerate(rules):
                pinned = " pinned" if rule.pinned else ""
                sign = "=" if position else "-"
                mask, score = _name(rule.mask, plan.ops), _name(rule.score, plan.ops)
                yield f"  {sign} rule {rule.rule}{pinned}: score {score} where {mask}"
