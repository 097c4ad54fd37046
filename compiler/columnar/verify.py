"""What holds of every columnar plan; checked in tests and with ``--verify``."""

from __future__ import annotations

from collections.abc import Sequence

from interact.compiler.columnar.nodes import VALUE_KINDS, Op, OpKind, Plan, SnapshotPlan
from interact.compiler.core.verify import CompilerBug
from interact.stdlib.types import FLOAT, INT

_MASK_ARGS = frozenset({OpKind.ALL, OpKind.ANY, OpKind.MINUS, OpKind.BOOL})


def verify_plan(plan: Plan) -> None:
    """Check a plan.

    Raises:
        CompilerBug: a rule is broken; the message says which.
    """
    verify_ops(plan.ops)
    for rows in plan.rows:
        verify_ops(rows.ops)
        _masks(rows.ops, [f.where for f in rows.folds], "rows of a fold")
    _masks(plan.ops, plan.segments, "segment")
    if isinstance(plan, SnapshotPlan):
        _masks(plan.ops, [f.where for f in plan.fields], "customers of a field")
    for zone in plan.zones:
        if zone.ties is not None and plan.ops[zone.ties].type != INT:
            raise CompilerBug("ties that are not settled by a hash")
        for rules in zone.offers:
            _masks(plan.ops, [r.mask for r in rules], "rule")
            _masks(plan.ops, [s.mask for r in rules for s in r.stages], "stage")
            if any(r.stages[-1].mask != r.mask for r in rules):
                raise CompilerBug("stages that do not end with the mask of their rule")
            if any(plan.ops[r.score].type != FLOAT for r in rules):
                raise CompilerBug("score that is not a float")
    _masks(plan.ops, [i for f in plan.failures for i in (f.failed, f.demand)], "failure")


def verify_ops(ops: Sequence[Op]) -> None:
    """Check that operations read earlier ones, and make what their kind makes."""
    for index, op in enumerate(ops):
        if any(not 0 <= a < index for a in op.args):
            raise CompilerBug(f"operation {index} reads a later one: {op}")
        if (op.kind in VALUE_KINDS) != (op.type is not None):
            raise CompilerBug(f"operation {index} makes a value and a mask: {op}")
        if op.kind in _MASK_ARGS:
            _masks(ops, op.args, f"operand of operation {index}")
        if op.kind is OpKind.CHOOSE:
            _masks(ops, op.args[:1], f"condition of operation {index}")


def _masks(ops: Sequence[Op], indices: Sequence[int], what: str) -> None:
    for index in indices:
        if ops[index].type is not None:
            raise CompilerBug(f"{what} is a value, not a mask: {ops[index]}")
