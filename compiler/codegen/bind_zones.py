"""Kernels that arbitrate: the best rules of each zone, an offer once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from interact.compiler.codegen import bind_masks, bind_values
from interact.compiler.codegen.abi import candidate_bytes
from interact.compiler.codegen.operands import Buffer, Counter, Immediate, Operand, Pool
from interact.compiler.columnar.lanes import Lane
from interact.compiler.columnar.nodes import Failure, OpKind, RulePlan, ZonePlan
from interact.stdlib.ranking import sort_key
from interact.stdlib.records import record

if TYPE_CHECKING:
    from interact.compiler.codegen.from_columnar import Binder


@record
class ScorePlace:
    """Where the exact scores of a rule are: a constant, or a column of a buffer.

    ``buffer`` names the zone's score buffer and ``column`` the block of it; a constant score has
    no buffer.
    """

    rule: int
    constant: float | None
    buffer: str
    column: int


def state_buffer(zone: int, top: int, bind: Binder) -> Buffer:
    """Return the buffer of the ``top`` best keys of each row of a block."""
    return bind.assembler.buffer(f"state.{zone}", 8 * bind.assembler.rows * top)


def bind_zone(
    number: int, zone: ZonePlan, top: int, failures: Mapping[int, list[Failure]], bind: Binder
) -> list[ScorePlace]:
    """Emit the arbitration of one zone; its state then holds the best keys.

    Rules out of date, and those that nobody can get, are left out.
    """
    day = bind.moment.today
    offers = [[r for r in rules if applies(r, day, bind)] for rules in zone.offers]
    ties = None if zone.ties is None else _column(zone.ties, bind)
    work = _Zone(number, top, failures, bind, ties)
    work.start([r for rules in offers if len(rules) == 1 for r in rules])
    for rules in offers:
        work.offer(rules)
    if ties is not None:
        bind.assembler.emit(f"ties.restore.k{top}", state_buffer(number, top, bind), ties)
    _cut(zone, [r for rules in offers for r in rules], top, state_buffer(number, top, bind), bind)
    return work.places


def _column(index: int, bind: Binder) -> Operand:
    return bind_values.filled(bind.value(index), Lane.I64, bind).data


def _cut(zone: ZonePlan, rules: Sequence[RulePlan], top: int, state: Buffer, bind: Binder) -> None:
    """Empty the slots beyond those that the channel, or the best rule of a row, allows."""
    limit = top if zone.most is None else min(top, zone.most)
    if limit < top:
        bind.assembler.emit(f"top.cut.k{top}", state, Immediate(limit))
    for rule in rules:
        if rule.most is not None and rule.most < limit:
            ends = Immediate(rule.rule), Immediate(rule.most)
            bind.assembler.emit(f"top.exclude.k{top}", state, *ends)


def applies(rule: RulePlan, day: int, bind: Binder) -> bool:
    """Return whether anybody can get a rule on a day."""
    possible = bind.ops[rule.mask].kind is not OpKind.NONE
    return possible and rule.live.includes(day) and not bind_values.is_null_op(rule.score, bind)


class _Zone:
    """One zone while its rules are emitted."""

    def __init__(
        self,
        number: int,
        top: int,
        failures: Mapping[int, list[Failure]],
        bind: Binder,
        ties: Operand | None,
    ) -> None:
        self.bind, self.top, self.failures, self._ties = bind, top, failures, ties
        self.places: list[ScorePlace] = []
        self._name = f"scores.{number}"
        self._columns = 0
        self._state = state_buffer(number, top, bind)
        self._candidates = bind.assembler.buffer(
            "candidates", candidate_bytes(bind.assembler.words)
        )

    def start(self, single: Sequence[RulePlan]) -> None:
        """Empty the state, then place the offers of constant score, best first.

        Each of them takes the first free slot of its rows, which needs no comparison of keys.
        """
        emit, k = self.bind.assembler.emit, self.top
        emit(f"top.reset.k{k}", self._state)
        constant = [(self._key(r, c), r) for r in single if (c := self._constant(r)) is not None]
        if not constant:
            return
        filled = self.bind.assembler.buffer("filled", self.bind.assembler.mask_bytes * k)
        emit(f"top.clear.k{k}", filled)
        for key, rule in sorted(constant, key=lambda pair: pair[0], reverse=True):
            signed = key - (1 << 64) if key >> 63 else key
            emit(f"top.place.k{k}", self._mask(rule), Immediate(signed), filled, self._state)
            self.places.append(ScorePlace(rule.rule, self._constant(rule), "", 0))

    def offer(self, rules: Sequence[RulePlan]) -> None:
        """Merge the rules of one offer, and insert the best of each row."""
        emit = self.bind.assembler.emit
        if len(rules) == 1:
            if self._constant(rules[0]) is None:
                self._score(rules[0], self._mask(rules[0]))
                emit(f"top.insert.k{self.top}", self._candidates, self._state)
            return
        if not rules:
            return
        best = self.bind.assembler.buffer("best", 8 * self.bind.assembler.rows)
        touched = self.bind.assembler.buffer("touched", self.bind.assembler.mask_bytes)
        for rule in rules:
            mask = self._mask(rule)
            self._score(rule, mask)
            emit("group.add", self._candidates, mask, best, touched)
        emit(f"group.insert.k{self.top}", touched, best, self._state)

    def _mask(self, rule: RulePlan) -> Operand:
        """Return who may get a rule, without the rows that only pad the last block."""
        bind = self.bind
        op = bind.ops[rule.mask]
        if op.kind is OpKind.LIVE:
            return bind.live
        parts = [bind.mask(a) for a in op.args] if op.kind is OpKind.ALL else [bind.mask(rule.mask)]
        return bind_masks.join("and", [*parts, bind.live], bind)

    def _constant(self, rule: RulePlan) -> float | None:
        if self._ties is not None:  # then no order of keys is the same for all rows
            return None
        op = self.bind.ops[rule.score]
        return float(str(op.data)) if op.kind is OpKind.CONSTANT else None

    @staticmethod
    def _key(rule: RulePlan, score: float) -> int:
        return sort_key(score, rule.rule, rule.pinned)

    def _score(self, rule: RulePlan, mask: Operand) -> None:
        """Emit the kernel that scores the rows of ``mask`` into the candidate list."""
        bind = self.bind
        shape, inputs, constants, counter = self._expression(rule)
        column = self._columns
        self._columns += 1
        self.places.append(ScorePlace(rule.rule, None, self._name, column))
        scores = bind.assembler.score_column(self._name, column)
        bind.assembler.emit(
            f"score:{shape}", mask, Immediate(rule.rule), Immediate(int(rule.pinned)),
            self._candidates, scores, counter, Pool(constants), *inputs,
        )  # fmt: skip
        if self._ties is not None:
            bind.assembler.emit("ties.mix", self._candidates, self._ties)

    def _expression(self, rule: RulePlan) -> tuple[str, list[Operand], tuple[float, ...], Counter]:
        """Return the score as a fused expression, with the counter of rows where it failed."""
        bind = self.bind
        op = bind.ops[rule.score]
        noted = self.failures.get(rule.score, [])
        if op.kind is OpKind.FUSED and len(noted) == 1 and bind.scored_once(rule.score):
            text, values, constants = bind_values.fused_operands(op, bind)
            bind.counted.add(noted[0])
            return text, [v.data for v in values], constants, bind.assembler.counter(noted[0].span)
        ignored = bind.assembler.counter(None)
        value = bind.value(rule.score)
        if value.constant is not None:
            return "c0", [], (float(value.constant),), ignored
        if value.lane is not Lane.F64 and value.valid is None:
            return value.lane.value, [value.data], (), ignored
        return "f64", [bind_values.as_float(value, bind).data], (), ignored
