"""The lowering of expressions: values, texts and folds as operations over one table of rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import InitVar, dataclass, field

from interact.compiler.columnar import text
from interact.compiler.columnar.builder import Builder
from interact.compiler.columnar.conditions import lower_condition
from interact.compiler.columnar.nodes import (
    Failure,
    FoldOutput,
    OpKind,
    RowsPlan,
)
from interact.compiler.core.failing import fails
from interact.compiler.core.fusion import FUSED, is_fused
from interact.compiler.core.nodes import (
    Aggregate,
    Attr,
    Call,
    Clock,
    Const,
    Convert,
    Expr,
    InSegment,
    RowField,
    When,
    type_of,
    walk,
)
from interact.compiler.core.program import (
    ALWAYS,
    Live,
    fold_depth,
)
from interact.compiler.core.segments import assume, segment_in
from interact.stdlib.types import BOOL, FLOAT, INT, TEXT, Value


@dataclass
class Lowering:
    """The operations of one table of rows: customers, or the rows of a ``many`` attribute.

    ``folds`` are those that anything in the plan reads, each after those that it reads itself,
    ``segments`` the masks of the channel's segments.
    """

    rows: str = ""
    folds: InitVar[Sequence[Aggregate]] = ()
    builder: Builder = field(default_factory=Builder)
    failures: dict[Failure, None] = field(default_factory=dict)
    live: Live = ALWAYS
    segments: Sequence[int] = ()
    _places: dict[Aggregate, tuple[int, int]] = field(default_factory=dict)
    _plans: dict[tuple[str, int], tuple[Lowering, list[FoldOutput]]] = field(default_factory=dict)

    def __post_init__(self, folds: Sequence[Aggregate]) -> None:
        for fold in folds:
            self._places[fold] = self._new_fold(fold)

    def reads_text(self, expr: Expr) -> bool:
        return text.reads_text(expr)

    def value(self, expr: Expr, demand: int) -> int:
        """Return the operation that makes the value of ``expr``, needed by rows of ``demand``."""
        build = self.builder
        if type_of(expr) == BOOL and not isinstance(expr, Attr | RowField):
            truth = [lower_condition(expr, wanted, demand, self) for wanted in (True, False)]
            return build.add(OpKind.BOOL, truth, None, BOOL)
        if self.reads_text(expr):
            return self.text_value(expr, demand)
        match expr:
            case Const(type=kind) if kind == TEXT:
                return self.text_value(expr, demand)
            case Const(value=value, type=kind):
                return build.add(OpKind.CONSTANT, (), value, kind)
            case Attr(name=name, type=kind):
                return build.add(OpKind.COLUMN, (), ("", name), kind)
            case RowField(rows=rows, name=name, type=kind):
                return build.add(OpKind.COLUMN, (), (rows, name), kind)
            case Clock(which=which):
                return build.add(OpKind.CLOCK, (), which, type_of(expr))
            case Convert(arg=arg, type=kind):
                made = build.add(OpKind.CAST, (self.value(arg, demand),), None, kind)
                return self.failing(made, expr, demand)
            case Call():
                return self._call(expr, demand)
            case When():
                return self._choose(expr, demand)
            case Aggregate():
                return self.fold(expr)
            case _:
                raise AssertionError(f"not a value: {expr}")

    def number(self, expr: Expr, demand: int) -> tuple[int, int]:
        """Return a bool as 1 or 0, and the mask of rows of ``demand`` in which it is not null."""
        build = self.builder
        yes = lower_condition(expr, True, demand, self)
        no = lower_condition(expr, False, demand, self)
        numbers = [build.add(OpKind.CONSTANT, (), n, INT) for n in (1, 0)]
        value = build.add(OpKind.CHOOSE, (yes, *numbers), None, INT)
        return value, build.all((demand, build.any((yes, no))))

    def _call(self, expr: Call, demand: int) -> int:
        if is_fused(expr):
            return self.failing(self._fused(expr, demand), expr, demand)
        args = [self.value(a, demand) for a in expr.args]
        made = self.builder.add(OpKind.APPLY, args, expr.function, expr.type)
        return self.failing(made, expr, demand)

    def _choose(self, expr: When, demand: int) -> int:
        build = self.builder
        chosen = lower_condition(expr.condition, True, demand, self)
        other = build.inverse(chosen)
        yes = self.value(expr.yes, build.all((demand, chosen)))
        no = self.value(expr.no, build.all((demand, other)))
        return build.add(OpKind.CHOOSE, (chosen, yes, no), None, expr.type)

    def _fused(self, expr: Call, demand: int) -> int:
        """Return one operation for a tree of float arithmetic."""
        constants: list[Value] = []
        inputs: list[int] = []

        def render(part: Expr) -> str:
            if isinstance(part, Call) and is_fused(part):
                return f"{FUSED[part.function]}({','.join([render(a) for a in part.args])})"
            if isinstance(part, Const) and part.value is not None:
                constants.append(part.value)
                return f"c{len(constants) - 1}"
            inputs.append(self._fused_input(part, demand))
            return f"x{len(inputs) - 1}"

        text_form = render(expr)
        return self.builder.add(OpKind.FUSED, inputs, (text_form, tuple(constants)), FLOAT)

    def _fused_input(self, expr: Expr, demand: int) -> int:
        """Return an input: an int as it is, since the kernel converts it on the way."""
        if isinstance(expr, Convert) and type_of(expr.arg) == INT:
            return self.value(expr.arg, demand)
        return self.value(expr, demand)

    def failing(self, made: int, expr: Expr, demand: int) -> int:
        """Note that ``made`` may have no result, and for whom that counts."""
        if fails(expr):
            failed = self.builder.add(OpKind.FAILED, (made,))
            self._note(expr, failed, demand)
        return made

    def _note(self, expr: Expr, failed: int, demand: int) -> None:
        self.failures.setdefault(Failure(expr.span, failed, demand, self.live))

    # -- texts ------------------------------------------------------------------------------

    def text_value(self, expr: Expr, demand: int) -> int:
        segment = segment_in(expr)
        if segment is not None:
            inside, outside = self._cases(segment, demand)
            yes = self.value(assume(expr, segment, True), inside)
            no = self.value(assume(expr, segment, False), outside)
            chosen = self.segments[segment.index]
            return self.builder.add(OpKind.CHOOSE, (chosen, yes, no), None, type_of(expr))
        inputs, over = self._text(expr, demand)
        return self.builder.add(OpKind.TEXT, inputs, over, type_of(expr))

    def _cases(self, segment: InSegment, demand: int) -> tuple[int, int]:
        """Return the rows of ``demand`` that are in a segment, and those that are not."""
        mask = self.segments[segment.index]
        return self.builder.all((demand, mask)), self.builder.minus(demand, mask)

    def text_truth(self, expr: Expr, wanted: bool, demand: int) -> int:
        segment = segment_in(expr)
        if segment is not None:
            mask, cases = self.segments[segment.index], self._cases(segment, demand)
            truths = [
                lower_condition(assume(expr, segment, member), wanted, needed, self)
                for member, needed in zip((True, False), cases, strict=True)
            ]
            inside, outside = self.builder.all((mask, truths[0])), truths[1]
            return self.builder.any((inside, self.builder.minus(outside, mask)))
        inputs, over = self._text(expr, demand)
        return self.builder.add(OpKind.TEXT_TRUTH, inputs, (over, wanted))

    def _text(self, expr: Expr, demand: int) -> tuple[list[int], Expr]:
        """Return the inputs of a text expression, and the expression over them."""
        found = text.inputs_of(expr)
        inputs = [
            self.fold(e) if isinstance(e, Aggregate) else self.value(e, demand) for e in found
        ]
        over = text.over_inputs(expr, found)
        for part in walk(over):
            if fails(part):
                failed = self.builder.add(OpKind.TEXT_FAILED, inputs, (over, part.span))
                self._note(part, failed, demand)
        return inputs, over

    # -- rows -------------------------------------------------------------------------------

    def fold(self, expr: Aggregate) -> int:
        """Return the operation that reads a fold; any and all make a mask."""
        place = self._places[expr]
        if expr.type == BOOL:
            return self.builder.add(OpKind.FOLD_TRUTH, (), place)
        return self.builder.add(OpKind.FOLD, (), place, expr.type)

    def _new_fold(self, expr: Aggregate) -> tuple[int, int]:
        """Lower a fold and return its place: the rows plan, and the output of that."""
        number, inner, outputs = self._rows_plan(expr)
        live = inner.builder.live
        where = live if expr.where is None else lower_condition(expr.where, True, live, inner)
        outputs.append(_fold_output(expr, where, inner))
        return number, len(outputs) - 1

    def _rows_plan(self, expr: Aggregate) -> tuple[int, Lowering, list[FoldOutput]]:
        """Return the plan in which a fold is worked out, after the folds that it reads."""
        key = (expr.rows, fold_depth(expr))
        if key not in self._plans:
            self._plans[key] = (Lowering(expr.rows, _places=self._places), [])
        return (list(self._plans).index(key), *self._plans[key])

    def rows_plans(self) -> tuple[RowsPlan, ...]:
        return tuple(
            RowsPlan(low.rows, tuple(low.builder.ops), tuple(outputs), tuple(low.failures))
            for low, outputs in self._plans.values()
        )


def _fold_output(expr: Aggregate, where: int, inner: Lowering) -> FoldOutput:
    """Lower the operand of a fold; a count of bools counts the numbers 0 and 1."""
    if expr.value is None:
        return FoldOutput(expr, None, None, where)
    if type_of(expr.value) != BOOL:
        return FoldOutput(expr, inner.value(expr.value, where), None, where)
    if expr.function != "count":
        return FoldOutput(expr, None, lower_condition(expr.value, True, where, inner), where)
    value, present = inner.number(expr.value, where)
    return FoldOutput(expr, value, None, present)
