"""From the core to columns: a channel's decisions as operations over whole columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import InitVar, dataclass, field
from itertools import groupby
from typing import assert_never

from interact.compiler.columnar import text
from interact.compiler.columnar.builder import Builder
from interact.compiler.columnar.conditions import lower_condition
from interact.compiler.columnar.nodes import (
    Failure,
    FoldOutput,
    OpKind,
    Plan,
    RowsPlan,
    RulePlan,
    ZonePlan,
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
    RowField,
    When,
    type_of,
    walk,
)
from interact.compiler.core.program import (
    ALWAYS,
    HASH_BITS,
    Cell,
    Channel,
    Filter,
    Live,
    Program,
    Rule,
    Share,
    channel_folds,
    fold_depth,
    folds_of,
)
from interact.stdlib.types import BOOL, FLOAT, INT, TEXT, Value


def lower_channel(program: Program, channel: Channel) -> Plan:
    """Return the plan of a channel."""
    low = Lowering(folds=channel_folds(channel))
    key = [Attr(a.name, a.type, False) for a in program.audience_of(channel).key]
    cells: list[int] = []
    for cell in channel.cells:
        cells.append(_cell(cell, cells, key, low))
    segments = tuple(low.builder.any(cells[i] for i in s.cells) for s in channel.segments)
    rules = [_rule(index, rule, program, segments, low) for index, rule in enumerate(channel.rules)]
    zones = tuple(
        _zone([r for r in rules if channel.rules[r.rule].zone == zone], channel)
        for zone in range(len(channel.zones))
    )
    return Plan(tuple(low.builder.ops), low.rows_plans(), segments, zones, tuple(low.failures))


def lower_filter(condition: Expr) -> Plan:
    """Return a plan whose only segment holds the customers for whom ``condition`` is true."""
    low = Lowering(folds=folds_of([condition]))
    mask = lower_condition(condition, True, low.builder.live, low)
    return Plan(tuple(low.builder.ops), low.rows_plans(), (mask,), (), tuple(low.failures))


def _cell(cell: Cell, cells: Sequence[int], key: Sequence[Expr], low: Lowering) -> int:
    build = low.builder
    inside = build.any(cells[i] for i in cell.parents) if cell.parents else build.live
    match cell.test:
        case Filter(condition=condition, unless=unless):
            inside = build.minus(inside, build.any(cells[i] for i in unless))
            if condition is None:
                return inside
            return build.all((inside, lower_condition(condition, True, inside, low)))
        case Share() as share:
            return build.all((inside, *_share(share, key, low)))
        case _:
            assert_never(cell.test)


def _share(share: Share, key: Sequence[Expr], low: Lowering) -> Iterator[int]:
    """Yield the masks that together say: the customer has a key, its hash is in the share."""
    values = [low.value(k, low.builder.live) for k in key]
    yield from (low.builder.add(OpKind.PRESENT, (v,)) for v in values)
    bounds = (("ge", share.low, 0), ("lt", share.high, 2**HASH_BITS))
    hashed = low.builder.add(OpKind.HASH, values, share.seed, INT)
    for op, bound, trivial in bounds:
        if bound != trivial:
            limit = low.builder.add(OpKind.CONSTANT, (), bound, INT)
            yield low.builder.add(OpKind.COMPARE, (hashed, limit), op)


def _rule(
    index: int, rule: Rule, program: Program, segments: Sequence[int], low: Lowering
) -> RulePlan:
    build = low.builder
    live = _both(program.offers[rule.offer].live, rule.live)
    before, low.live = low.live, live
    mask = build.any(segments[i] for i in rule.segments) if rule.segments else build.live
    if rule.condition is not None:
        mask = build.all((mask, lower_condition(rule.condition, True, mask, low)))
    score = low.value(rule.score, mask)
    low.live = before
    return RulePlan(index, mask, score, rule.pinned, live, rule.span)


def _both(a: Live, b: Live) -> Live:
    starts = [s for s in (a.start, b.start) if s is not None]
    ends = [e for e in (a.end, b.end) if e is not None]
    return Live(max(starts, default=None), min(ends, default=None))


def _zone(rules: list[RulePlan], channel: Channel) -> ZonePlan:
    """Put the rules of one offer together; the offer whose first rule is first comes first."""

    def offer(plan: RulePlan) -> int:
        return channel.rules[plan.rule].offer

    first = {offer(r): r.rule for r in reversed(rules)}
    ordered = sorted(rules, key=lambda r: (first[offer(r)], r.rule))
    return ZonePlan(tuple(tuple(group) for _, group in groupby(ordered, key=offer)))


@dataclass
class Lowering:
    """The operations of one table of rows: customers, or the rows of a ``many`` attribute.

    ``folds`` are those that anything in the plan reads, each after those that it reads itself.
    """

    rows: str = ""
    folds: InitVar[Sequence[Aggregate]] = ()
    builder: Builder = field(default_factory=Builder)
    failures: dict[Failure, None] = field(default_factory=dict)
    live: Live = ALWAYS
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
                return f"{FUSED[part.function]}({','.join(render(a) for a in part.args)})"
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
        inputs, over = self._text(expr, demand)
        return self.builder.add(OpKind.TEXT, inputs, over, type_of(expr))

    def text_truth(self, expr: Expr, wanted: bool, demand: int) -> int:
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
    yes = lower_condition(expr.value, True, where, inner)
    if expr.function != "count":
        return FoldOutput(expr, None, yes, where)
    no = lower_condition(expr.value, False, where, inner)
    numbers = [inner.builder.add(OpKind.CONSTANT, (), n, INT) for n in (1, 0)]
    value = inner.builder.add(OpKind.CHOOSE, (yes, *numbers), None, INT)
    present = inner.builder.any((yes, no))
    return FoldOutput(expr, value, None, inner.builder.all((where, present)))
