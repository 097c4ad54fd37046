"""For whom a condition is true, false or null: three regions that cover these customers.

Each says too much rather than too little, so that an empty region is certain: a condition whose
``true`` is empty is true for nobody.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from interact.compiler.core.nodes import (
    And,
    Call,
    Compare,
    Comparison,
    Const,
    Convert,
    Expr,
    InSegment,
    InSet,
    IsNull,
    Not,
    Or,
    When,
    type_of,
)
from interact.compiler.lints.regions import ALL, NONE, Box, Region, apart, join, meet, meet_all
from interact.compiler.lints.terms import Terms, before_conversion, before_rank
from interact.compiler.lints.values import NULL, Values, among, besides, compared
from interact.compiler.optimize.fold_constants import fold_constants
from interact.stdlib.records import record
from interact.stdlib.types import BOOL, FLOAT, Value

_TURNED: dict[Comparison, Comparison] = {
    "lt": "gt", "le": "ge", "gt": "lt", "ge": "le", "eq": "eq", "ne": "ne",
}  # fmt: skip
_OPPOSITE: dict[Comparison, Comparison] = {
    "lt": "ge", "le": "gt", "gt": "le", "ge": "lt", "eq": "ne", "ne": "eq",
}  # fmt: skip
_SIGNS: dict[Comparison, tuple[int, ...]] = {
    "lt": (-1,), "le": (-1, 0), "gt": (1,), "ge": (0, 1), "eq": (0,), "ne": (-1, 1),
}  # fmt: skip
_DEEPEST = 60


@record
class Truth:
    """Regions that cover the customers for whom a condition is true, false and null."""

    true: Region
    false: Region
    null: Region

    @property
    def not_true(self) -> Region:
        return join((self.false, self.null))

    @property
    def not_false(self) -> Region:
        return join((self.true, self.null))

    def implies(self, other: Truth) -> bool:
        """Return whether the other is certainly true wherever this one is."""
        return apart(self.true, other.false) and apart(self.true, other.null)


UNKNOWN = Truth(ALL, ALL, ALL)


class Truths:
    """Works out the truth of conditions, each once."""

    def __init__(self) -> None:
        self.terms = Terms()
        self.segments: dict[InSegment, Region] = {}
        """The segments that conditions have asked for; who can be in each."""
        self.find_segment: Callable[[InSegment], Region] = lambda asked: ALL
        self._known: dict[int, tuple[Expr, Truth]] = {}

    def of(self, expr: Expr, depth: int = 0) -> Truth:
        """Return the truth of a condition; unknown for one that is nested very deeply."""
        known = self._known.get(id(expr))
        if known is None:
            made = UNKNOWN if depth > _DEEPEST else self._make(expr, depth + 1)
            known = self._known[id(expr)] = (expr, made)
        return known[1]

    def _make(self, expr: Expr, depth: int) -> Truth:
        match expr:
            case Const(value=value):
                # A condition that is written as a constant is meant to be one.
                return Truth(NONE, NONE, ALL) if value is None else UNKNOWN
            case And(args=args):
                return _all([self.of(a, depth) for a in args])
            case Or(args=args):
                return _negated(_all([_negated(self.of(a, depth)) for a in args]))
            case Not(arg=arg):
                return _negated(self.of(arg, depth))
            case IsNull(arg=arg):
                return self._is_null(arg, depth)
            case Compare(op=op, left=left, right=right):
                return self._compare(op, left, right, depth)
            case InSegment():
                return self._in_segment(expr)
            case InSet(operand=operand, values=values):
                return self._in_set(operand, values)
            case When(condition=condition, yes=yes, no=no):
                return _chosen(*(self.of(part, depth) for part in (condition, yes, no)))
            case _:
                return self._tested(expr, among([True]), among([False]))

    def _in_segment(self, expr: InSegment) -> Truth:
        if expr not in self.segments:
            self.segments[expr] = self.find_segment(expr)
        tested = self._tested(expr, among([True]), among([False]))
        return Truth(meet(self.segments[expr], tested.true), tested.false, tested.null)

    def _is_null(self, arg: Expr, depth: int) -> Truth:
        if isinstance(arg, Const):
            return UNKNOWN
        if type_of(arg) == BOOL:
            inner = self.of(arg, depth)
            return Truth(inner.null, join((inner.true, inner.false)), NONE)
        term = self.terms.number(arg)
        absent = self.terms.absent(term, arg)
        return Truth(_region(absent), (self.terms.present(term),), NONE)

    def _compare(self, op: Comparison, left: Expr, right: Expr, depth: int) -> Truth:
        left, right = _settled(left), _settled(right)
        if isinstance(left, Const) and not isinstance(right, Const):
            op, left, right = _TURNED[op], right, left
        if isinstance(left, When) and depth <= _DEEPEST:
            yes, no = (self._branch(op, part, right, depth + 1) for part in (left.yes, left.no))
            return _chosen(self.of(left.condition, depth), yes, no)
        if not isinstance(right, Const):
            return self._compare_terms(op, left, right)
        if right.value is None:
            return Truth(NONE, NONE, ALL)
        if isinstance(left, Const):
            return UNKNOWN  # constants beside each other are a switch of the author's
        sets = [compared(o, right.value, right.type) for o in (op, _OPPOSITE[op])]
        return self._tested(left, *sets)

    def _branch(self, op: Comparison, part: Expr, right: Expr, depth: int) -> Truth:
        """Return the truth of a comparison with one branch of an ``if``."""
        part = _settled(part)
        if not isinstance(part, Const) or not isinstance(right, Const):
            return self._compare(op, part, right, depth)
        if part.value is None or right.value is None:
            return Truth(NONE, NONE, ALL)
        holds = among([part.value]) & compared(op, right.value, right.type)
        return Truth(NONE, ALL, NONE) if holds.is_empty else Truth(ALL, NONE, NONE)

    def _compare_terms(self, op: Comparison, left: Expr, right: Expr) -> Truth:
        a, b = self.terms.number(left), self.terms.number(right)
        absent = (self.terms.absent(a, left), self.terms.absent(b, right))
        null = join(_region(box) for box in absent)
        if a == b:
            same = (self.terms.present(a),)
            return Truth(same, NONE, null) if 0 in _SIGNS[op] else Truth(NONE, same, null)
        sign, is_turned = self.terms.sign(a, b)
        op = _TURNED[op] if is_turned else op
        true, false = (self._where(sign, among(_SIGNS[o])) for o in (op, _OPPOSITE[op]))
        return Truth(true, false, null)

    def _in_set(self, operand: Expr, values: Sequence[Value]) -> Truth:
        operand = _settled(operand)
        if isinstance(operand, Const):
            return UNKNOWN
        return self._tested(operand, among(values), besides(values, type_of(operand)))

    def _tested(self, expr: Expr, true: Values, false: Values) -> Truth:
        """Return the truth of a test on one term that is true for some values, false for others."""
        before = _before(expr, true, false)
        if before is not None:
            tested = self._tested(*before)
            if not isinstance(expr, Convert) or type_of(expr) == FLOAT:
                return tested
            overflow = {self.terms.number(expr): NULL}
            return Truth(tested.true, tested.false, (*tested.null, overflow))
        null = _region(self.terms.absent(self.terms.number(expr), expr))
        return Truth(self._having(expr, true), self._having(expr, false), null)

    def _having(self, expr: Expr, values: Values) -> Region:
        """Return the customers for whom a term has one of some values."""
        return self._where(self.terms.number(expr), values)

    def _where(self, term: int, values: Values) -> Region:
        met = self.terms.domain(term) & values
        return NONE if met.is_empty else ({**self.terms.present(term), term: met},)


def _before(expr: Expr, true: Values, false: Values) -> tuple[Expr, Values, Values] | None:
    """Return a test on what a conversion converts, or a rank ranks, instead of on its result."""
    if isinstance(expr, Call) and expr.function == "enumeration:enum_rank":
        return expr.args[0], before_rank(true, expr), before_rank(false, expr)
    if not isinstance(expr, Convert) or isinstance(expr.arg, Const):
        return None
    source = type_of(expr.arg)
    sets = [before_conversion(values, source, expr.type) for values in (true, false)]
    return None if sets[0] is None or sets[1] is None else (expr.arg, sets[0], sets[1])


def _settled(expr: Expr) -> Expr:
    """Return an operand, as a constant if it depends on nothing."""
    is_plain = isinstance(expr, Const) or type_of(expr) == BOOL
    return expr if is_plain else fold_constants(expr)


def _region(box: Box | None) -> Region:
    return NONE if box is None else (box,)


def _negated(truth: Truth) -> Truth:
    return Truth(truth.false, truth.true, truth.null)


def _chosen(condition: Truth, yes: Truth, no: Truth) -> Truth:
    """Return the truth of ``if condition then yes else no``."""

    def either(part: Callable[[Truth], Region]) -> Region:
        return join((meet(condition.true, part(yes)), meet(condition.not_true, part(no))))

    return Truth(either(lambda t: t.true), either(lambda t: t.false), either(lambda t: t.null))


def _all(parts: Sequence[Truth]) -> Truth:
    """Return the truth of ``and``."""
    null = join(_null_boxes(parts))
    return Truth(meet_all(p.true for p in parts), join(p.false for p in parts), null)


def _null_boxes(parts: Sequence[Truth]) -> list[Region]:
    """Return where one part is null, but for boxes in which another part must be false.

    Only tests for null say of whom something is null that they are not null themselves.
    """
    if all(part.null for part in parts):
        return [part.null for part in parts]
    return [
        tuple(
            box
            for box in part.null
            if all(not apart((box,), other.not_false) for other in parts if other is not part)
        )
        for part in parts
    ]
