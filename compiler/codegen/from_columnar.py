"""From the columnar plan to kernels: choose a kernel for each operation, on the columns at hand.

Operations are emitted when something asks for them, so what no rule of the day needs costs
nothing, and each mask or value is made close to its use.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from interact.compiler.codegen import bind_masks, bind_values
from interact.compiler.codegen.abi import BLOCK_WORDS, WORD_ROWS
from interact.compiler.codegen.assembler import Assembler
from interact.compiler.codegen.bind_stages import emit_explained
from interact.compiler.codegen.bind_zones import ScorePlace, bind_zone, state_buffer
from interact.compiler.codegen.operands import (
    Immediate,
    InputKey,
    Operand,
    Program,
    Setting,
    Storage,
    Value,
)
from interact.compiler.codegen.texts import Texts
from interact.compiler.columnar.lanes import Lane
from interact.compiler.columnar.nodes import Failure, Op, OpKind, Plan, RowsPlan, SnapshotPlan
from interact.compiler.core.interpret import Moment
from interact.compiler.source import Span
from interact.stdlib.records import record


class Layout(StrEnum):
    """How results come: a column for each slot of a zone, or a row for each offer."""

    WIDE = "wide"
    LONG = "long"
    SINGLE = "single"
    """As wide, for runs over one word of rows; nothing is counted."""
    EXPLAINED = "explained"
    """As long, with the masks of the stages and the scores of every rule."""


LONG_LAYOUTS = (Layout.LONG, Layout.EXPLAINED)
Storages = Mapping[InputKey, Storage]


@dataclass
class Binder:
    """Turns the operations of one table of rows into instructions.

    ``columns`` says how each input arrives. ``failed`` holds, for an operation that can lack a
    result, how to make the mask of rows in which it did.
    """

    ops: Sequence[Op]
    columns: Storages
    moment: Moment
    assembler: Assembler = field(default_factory=Assembler)
    failed: dict[int, Callable[[], Operand]] = field(default_factory=dict)
    truths: dict[tuple[tuple[int, ...], object], tuple[Operand, Operand, Operand]] = field(
        default_factory=dict
    )
    counted: set[Failure] = field(default_factory=set)
    narrowed: dict[InputKey, Operand] = field(default_factory=dict)
    texts: Texts = field(default_factory=Texts)
    score_uses: Counter[int] = field(default_factory=Counter)
    _values: dict[int, Value] = field(default_factory=dict)
    _masks: dict[int, Operand] = field(default_factory=dict)
    _readers: Counter[int] = field(default_factory=Counter)

    def value(self, index: int) -> Value:
        """Return where the value of an operation lies, emitting it when it is new."""
        if index not in self._values:
            self._values[index] = bind_values.bind_value(index, self.ops[index], self)
        return self._values[index]

    def mask(self, index: int) -> Operand:
        """Return where the mask of an operation lies, emitting it when it is new."""
        if index not in self._masks:
            self._masks[index] = bind_masks.bind_mask(index, self.ops[index], self)
        return self._masks[index]

    @property
    def live(self) -> Operand:
        """The mask of rows that exist: all ones but in the last block."""
        return self.assembler.buffer("live", self.assembler.mask_bytes)

    def scored_once(self, index: int) -> bool:
        """Return whether a value is nothing but the score of one rule."""
        return self.score_uses[index] == 1 and self._readers[index] == 0

    def __post_init__(self) -> None:
        for op in self.ops:
            if op.kind is not OpKind.FAILED:
                self._readers.update(op.args)


@record
class Bound:
    """A plan bound to columns as they arrive, on one day.

    Attributes:
        program: For the rows of the table.
        top: Offers kept in each zone.
        places: Where the exact score of each rule is, by rule.
    """

    program: Program
    plan: Plan | RowsPlan
    moment: Moment
    top: int
    places: Mapping[int, ScorePlace]


def bind_plan(plan: Plan, columns: Storages, moment: Moment, top: int, layout: Layout) -> Bound:
    """Choose kernels for a channel's plan.

    Counters: the members of each segment, then one for each failure that is counted.
    """
    is_single = layout is Layout.SINGLE
    bind = _binder(plan.ops, columns, moment, 1 if is_single else BLOCK_WORDS)
    if layout is not Layout.EXPLAINED:  # which reads scores where nobody is offered anything
        bind.score_uses.update(r.score for z in plan.zones for o in z.offers for r in o)
    asm = bind.assembler
    for number, segment in enumerate(plan.segments):
        out = asm.output(f"segment.{number}", "bits")
        mask = bind.mask(segment)
        asm.emit("bits.and", Immediate(2), out, mask, bind.live)
        if not is_single:
            asm.emit("bits.count", out, asm.counter(("segment", number)))
    failures = _of_today(plan.failures, bind)
    noted = _by_value(failures, bind)
    rules = [r.rule for z in plan.zones for o in z.offers for r in o]
    asm.buffer("score_table", 16 * (max(rules, default=0) + 1))
    places = {}
    for number, zone in enumerate(plan.zones):
        if is_single and not zone.offers:
            continue
        for place in bind_zone(number, zone, top, noted, bind):
            places[place.rule] = place
        if layout is Layout.EXPLAINED:
            emit_explained(zone, bind)
        elif layout is not Layout.LONG:
            _emit_wide(number, top, bind)
    if layout in LONG_LAYOUTS and plan.zones:
        _emit_long(len(plan.zones) * top, bind)
    if isinstance(plan, SnapshotPlan):
        _emit_fields(plan, bind)
    if not is_single:
        _count_failures(failures, bind)
    program = asm.finish(many_blocks=not is_single)
    return Bound(program, plan, moment, top, places)


def bind_rows(plan: RowsPlan, columns: Storages, moment: Moment) -> Bound:
    """Choose kernels for what is computed of each ``many`` row: the operands of the folds."""
    bind = _binder(plan.ops, columns, moment, BLOCK_WORDS)
    asm = bind.assembler
    for number, fold in enumerate(plan.folds):
        where = bind.mask(fold.where)
        if fold.truth is not None:
            asm.emit("bits.copy", bind.mask(fold.truth), asm.output(f"truth.{number}", "bits"))
        if fold.value is not None:
            where = _whole(f"value.{number}", fold.value, where, bind)
        asm.emit("bits.and", Immediate(2), asm.output(f"where.{number}", "bits"), where, bind.live)
    _count_failures(_of_today(plan.failures, bind), bind)
    return Bound(asm.finish(many_blocks=True), plan, moment, 0, {})


def _binder(ops: Sequence[Op], columns: Storages, moment: Moment, words: int) -> Binder:
    return Binder(ops, columns, moment, Assembler(words), texts=Texts(moment))


def _emit_fields(plan: SnapshotPlan, bind: Binder) -> None:
    """Write the fields of snapshots as columns, and for whom they have a value."""
    asm = bind.assembler
    for number, found in enumerate(plan.fields):
        where = _whole(f"field.{number}", found.value, bind.mask(found.where), bind)
        asm.emit("bits.and", Immediate(2), asm.output(f"has.{number}", "bits"), where, bind.live)


def _whole(name: str, number: int, where: Operand, bind: Binder) -> Operand:
    """Emit a value as a full column, but for texts; return ``where`` less its nulls."""
    value = bind.value(number)
    if value.lane is Lane.CODE:
        return where if value.valid is None else bind_masks.join("and", [where, value.valid], bind)
    lane = Lane.F64 if value.lane is Lane.F64 else Lane.I64
    column = bind_values.filled(value, lane, bind)
    out = bind.assembler.output(name, "f8" if lane is Lane.F64 else "i8")
    bind.assembler.emit(f"select.{lane.value}", bind.live, column.data, column.data, out)
    present = bind_masks.not_nan(column.data, bind) if lane is Lane.F64 else column.valid
    return where if present is None else bind_masks.join("and", [where, present], bind)


def _by_value(failures: Sequence[Failure], bind: Binder) -> Mapping[int, list[Failure]]:
    """Return the failures by the value whose lack they count, those alone in their place only."""
    places = Counter(failure.span for failure in failures)
    found: dict[int, list[Failure]] = {}
    for failure in failures:
        if places[failure.span] == 1:
            for arg in bind.ops[failure.failed].args:
                found.setdefault(arg, []).append(failure)
    return found


def _emit_wide(zone: int, top: int, bind: Binder) -> None:
    """Write rule and score of each slot as columns, one slot after the other."""
    asm = bind.assembler
    asm.emit(
        f"top.emit.k{top}",
        state_buffer(zone, top, bind),
        asm.buffer("score_table", 0),
        asm.output(f"rules.{zone}", "i2"),
        asm.output(f"scores.{zone}", "f8"),
        Setting("stride"),
    )


def _emit_long(slots: int, bind: Binder) -> None:
    """Append a row for each offer that a customer gets."""
    asm = bind.assembler
    names = ("row", "zone", "position", "rule", "score")
    asm.emit(
        "rows.emit.i32",
        asm.buffer("first_row", 8),
        Immediate(slots),
        asm.buffer("slots", 32 * slots),
        asm.buffer("places", 8 * asm.words * (WORD_ROWS + slots) + 64),
        asm.buffer("cursor", 8),
        *(asm.output(f"long.{name}", "long") for name in names),
    )


def _count_failures(failures: Sequence[Failure], bind: Binder) -> None:
    """Count, for each place in the source, the rows in which it had no result.

    A place counts a row once, however many uses of it the row needs.
    """
    places: dict[Span, dict[int, list[int]]] = {}
    for failure in failures:
        if failure not in bind.counted:
            demands = places.setdefault(failure.span, {}).setdefault(failure.failed, [])
            demands.append(failure.demand)
    for span, uses in places.items():
        lacking = [_lacking(failed, demands, bind) for failed, demands in uses.items()]
        rows = bind_masks.join("or", lacking, bind)
        bind.assembler.emit("bits.count", rows, bind.assembler.counter(span))


def _lacking(failed: int, demands: Sequence[int], bind: Binder) -> Operand:
    """Return the mask of rows that need an operation which has no result in them."""
    needed = bind_masks.join("or", [bind.mask(m) for m in demands], bind)
    return bind_masks.join("and", [bind.mask(failed), needed, bind.live], bind)


def _of_today(failures: Sequence[Failure], bind: Binder) -> list[Failure]:
    """Return the failures that can occur on the day, for anybody."""
    return [
        failure
        for failure in failures
        if failure.live.includes(bind.moment.today)
        and bind.ops[failure.demand].kind is not OpKind.NONE
    ]
