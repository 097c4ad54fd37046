"""The columnar plan: a channel as operations over whole columns.

A plan is a list of operations in SSA form: an operation reads only earlier ones, equal operations
exist once. An operation makes either a *value* (a column with a type, possibly null) or a *mask*
(a definite bit a row: conditions have become "is true" and "is false"). How a value is stored is
not said here: that is decided when the plan is bound to real columns.

==============  ===========================  =====================================================
kind            data                         makes
==============  ===========================  =====================================================
COLUMN          (rows or "", name)           the value of an attribute, or of a field of rows
CONSTANT        value                        one value for all rows
CLOCK           "today" or "now"             one value for all rows
APPLY           qualified function           the built-in's value of the arguments
CAST                                         the argument in the operation's type
FUSED           (expression, constants)      float arithmetic ``add(c0,mul(c1,x0))`` of arguments
BOOL                                         the bool that is true, false where the masks are set
CHOOSE                                       the second argument where the mask is set, else third
TEXT            core expression              a value that depends on texts; arguments: its inputs
HASH            draw                         the hash of the customer's key (the arguments)
FOLD            (rows plan, output)          a fold over rows
LIVE                                         mask: every row
NONE                                         mask: no row
DAYS            days                         mask: every row on these days, else no row
TRUTH           wanted bool                  mask: the bool column is (not) true
COMPARE         comparison                   mask: both present, and the comparison holds
MEMBER          values                       mask: the argument is one of them
PRESENT                                      mask: the argument is not null
APPLY_TRUTH     (function, wanted)           mask: the built-in is (not) true of the arguments
TEXT_TRUTH      (core expression, wanted)    mask: a condition on texts is (not) true
TEXT_FAILED     (core expression, span)      mask: the operation at ``span`` in it had no result
FOLD_TRUTH      (rows plan, output)          mask: any, all
ALL, ANY                                     mask: and, or of masks
MINUS                                        mask: the first and not the second
FAILED                                       mask: the operation has operands but no result
==============  ===========================  =====================================================
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from interact.compiler.core.nodes import Aggregate
from interact.compiler.core.program import Live
from interact.compiler.source import Span
from interact.stdlib.records import record
from interact.stdlib.types import Type


class OpKind(StrEnum):
    """What an operation does; see the table above."""

    __hash__ = str.__hash__  # that of enumerations is a Python function

    COLUMN = "column"
    CONSTANT = "constant"
    CLOCK = "clock"
    APPLY = "apply"
    CAST = "cast"
    FUSED = "fused"
    BOOL = "bool"
    CHOOSE = "choose"
    TEXT = "text"
    HASH = "hash"
    FOLD = "fold"
    LIVE = "live"
    NONE = "none"
    DAYS = "days"
    TRUTH = "truth"
    COMPARE = "compare"
    MEMBER = "member"
    PRESENT = "present"
    APPLY_TRUTH = "apply-truth"
    TEXT_TRUTH = "text-truth"
    TEXT_FAILED = "text-failed"
    FOLD_TRUTH = "fold-truth"
    ALL = "all"
    ANY = "any"
    MINUS = "minus"
    FAILED = "failed"


VALUE_KINDS = frozenset(
    {
        OpKind.COLUMN,
        OpKind.CONSTANT,
        OpKind.CLOCK,
        OpKind.APPLY,
        OpKind.CAST,
        OpKind.FUSED,
        OpKind.BOOL,
        OpKind.CHOOSE,
        OpKind.TEXT,
        OpKind.HASH,
        OpKind.FOLD,
    }
)


@record
class Op:
    """One operation.

    ``args`` are indices of earlier ones, ``data`` is hashable and as the table above says,
    ``type`` is None for a mask.
    """

    kind: OpKind
    args: tuple[int, ...] = ()
    data: Any = None
    type: Type | None = None


TEXT_KINDS = (OpKind.TEXT, OpKind.TEXT_TRUTH, OpKind.TEXT_FAILED)


def input_key(op: Op) -> tuple[str, ...]:
    """Return the name of the column that an operation reads: an attribute, a field, or a fold."""
    key: tuple[str, ...] = op.data
    return key if op.kind is OpKind.COLUMN else ("#fold", *map(str, key))


@record
class Failure:
    """Rows to count for the run's report of operations without a result.

    Counted where the mask ``failed`` and the mask ``demand`` hold, on days within ``live``.
    """

    span: Span
    failed: int
    demand: int
    live: Live


@record
class FoldOutput:
    """One fold of a rows plan, over rows of the mask ``where``.

    It folds the value ``value`` or the mask ``truth``; rows when neither is given.
    """

    expr: Aggregate
    value: int | None
    truth: int | None
    where: int


@record
class RowsPlan:
    """What is computed for each row of a ``many`` attribute, and folded to its customer.

    A COLUMN of ``(rows, name)`` is a field of the row, one of ``("", name)`` the customer's.
    """

    rows: str
    ops: tuple[Op, ...]
    folds: tuple[FoldOutput, ...]
    failures: tuple[Failure, ...]


@record
class StagePlan:
    """A stage of arbitration that a mask decides: who passes it and all such before it.

    ``outcome`` is that of ``core.decide.Outcome`` of those who do not.
    """

    outcome: str
    mask: int


@record
class RulePlan:
    """A rule: who may get it (mask), at which score (value, float), on which days.

    ``stages`` say what the mask is made of, for explanations; the last has the mask itself.
    Where the rule is the best, no more than ``most`` offers are kept.
    """

    rule: int
    mask: int
    score: int
    pinned: bool
    live: Live
    span: Span
    stages: tuple[StagePlan, ...]
    most: int | None = None


@record
class ZonePlan:
    """The rules of a zone, those of one group together; at most ``most`` groups are kept.

    ``ties`` is a hash (value, int) that gives equal scores an order by chance.
    """

    offers: tuple[tuple[RulePlan, ...], ...]
    most: int | None = None
    ties: int | None = None


@record
class Plan:
    """A channel in columns. ``segments`` holds the mask of each segment."""

    ops: tuple[Op, ...]
    rows: tuple[RowsPlan, ...]
    segments: tuple[int, ...]
    zones: tuple[ZonePlan, ...]
    failures: tuple[Failure, ...]


@record
class FieldPlan:
    """A value of each customer of the mask ``where``; that of a bool is 1 or 0."""

    value: int
    where: int


@record
class SnapshotPlan(Plan):
    """Who is in snapshots, as segments, and the values of their fields, one after the other."""

    fields: tuple[FieldPlan, ...] = ()
