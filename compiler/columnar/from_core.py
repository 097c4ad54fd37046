"""From the core to columns: a channel's decisions as operations over whole columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from operator import attrgetter
from typing import assert_never

from interact.compiler.columnar.conditions import lower_condition
from interact.compiler.columnar.lowering import Lowering
from interact.compiler.columnar.nodes import (
    FieldPlan,
    OpKind,
    Plan,
    RulePlan,
    SnapshotPlan,
    StagePlan,
    ZonePlan,
)
from interact.compiler.columnar.selections import Member, select
from interact.compiler.core.decide import Outcome
from interact.compiler.core.nodes import (
    Attr,
    Expr,
    type_of,
)
from interact.compiler.core.program import (
    HASH_BITS,
    Cell,
    Channel,
    Draw,
    Filter,
    Live,
    Program,
    Rule,
    Segment,
    Selection,
    Share,
    channel_folds,
    folds_of,
)
from interact.stdlib.types import BOOL, FLOAT, INT


def lower_channel(program: Program, channel: Channel) -> Plan:
    """Return the plan of a channel."""
    audience = program.audience_of(channel)
    low = Lowering(folds=channel_folds(channel) if audience.rows else ())
    key = [Attr(a.name, a.type, False) for a in audience.key]
    cells: list[int] = []
    for cell in channel.cells:
        cells.append(_cell(cell, cells, key, low))
    segments = tuple(_segment(segment, cells, low) for segment in channel.segments)
    low.segments = segments
    rules = list(_Rules(program, channel, segments, key, low).plans())
    hashes = {z.ties: _ties(z.ties, key, low) for z in channel.zones if z.ties is not None}
    zones = tuple(
        _zone(
            [r for r in rules if channel.rules[r.rule].zone == number],
            channel,
            zone.most,
            None if zone.ties is None else hashes[zone.ties],
        )
        for number, zone in enumerate(channel.zones)
    )
    return Plan(tuple(low.builder.ops), low.rows_plans(), segments, zones, tuple(low.failures))


def lower_filter(condition: Expr) -> Plan:
    """Return a plan whose only segment holds the customers for whom ``condition`` is true."""
    low = Lowering(folds=folds_of([condition]))
    mask = lower_condition(condition, True, low.builder.live, low)
    return Plan(tuple(low.builder.ops), low.rows_plans(), (mask,), (), tuple(low.failures))


def _segment(segment: Segment, cells: Sequence[int], low: Lowering) -> int:
    build = low.builder
    inside = [cells[i] for i in segment.cells]
    if segment.also is not None:
        inside.append(lower_condition(segment.also, True, build.live, low))
    return build.any(inside)


def lower_snapshots(program: Program, channel: Channel) -> SnapshotPlan:
    """Return the plan of the customers of snapshots, and of their fields."""
    values = [f.value for s in channel.snapshots for f in s.fields]
    conditions = [c.test.condition for c in channel.cells if isinstance(c.test, Filter)]
    low = Lowering(folds=folds_of([*(c for c in conditions if c is not None), *values]))
    key = [Attr(a.name, a.type, False) for a in program.audience_of(channel).key]
    cells: list[int] = []
    for cell in channel.cells:
        cells.append(_cell(cell, cells, key, low))
    build = low.builder
    members = tuple(
        build.any(cells[i] for i in s.cells) if s.cells else build.live for s in channel.snapshots
    )
    pairs = zip(channel.snapshots, members, strict=True)
    fields = tuple(_field(f.value, mask, low) for s, mask in pairs for f in s.fields)
    ops, failures = tuple(build.ops), tuple(low.failures)
    return SnapshotPlan(ops, low.rows_plans(), members, (), failures, fields)


def _field(value: Expr, mask: int, low: Lowering) -> FieldPlan:
    if type_of(value) == BOOL:
        return FieldPlan(*low.number(value, mask))
    return FieldPlan(low.value(value, mask), mask)


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
    hashed = low.builder.add(OpKind.HASH, values, share.draw, INT)
    for op, bound, trivial in bounds:
        if bound != trivial:
            limit = low.builder.add(OpKind.CONSTANT, (), bound, INT)
            yield low.builder.add(OpKind.COMPARE, (hashed, limit), op)


def _ties(seed: str, key: Sequence[Expr], low: Lowering) -> int:
    """Return the hash of each customer, 0 without a key."""
    keys = [low.value(k, low.builder.live) for k in key]
    known = low.builder.all(low.builder.add(OpKind.PRESENT, (k,)) for k in keys)
    hashed = low.builder.add(OpKind.HASH, keys, Draw(seed), INT)
    zero = low.builder.add(OpKind.CONSTANT, (), 0, INT)
    return low.builder.add(OpKind.CHOOSE, (known, hashed, zero), None, INT)


@dataclass
class _Rules:
    """The rules of a channel while they are lowered; a selection is made of all its rules."""

    program: Program
    channel: Channel
    segments: Sequence[int]
    key: Sequence[Expr]
    low: Lowering
    selected: dict[int, int] = field(default_factory=dict)
    admitted: dict[int, tuple[StagePlan, ...]] = field(default_factory=dict)

    def plans(self) -> Iterator[RulePlan]:
        for index, rule in enumerate(self.channel.rules):
            yield self._rule(index, rule) if rule.enabled else self._disabled(index, rule)

    def _rule(self, index: int, rule: Rule) -> RulePlan:
        stages = self._admit(index)
        if rule.selection is not None:
            stages += (StagePlan(Outcome.SELECTION.value, self._select(index, rule.selection)),)
        mask, live = stages[-1].mask, self._live(rule)
        with self._within(live):
            score = self.low.value(rule.score, mask)
        return RulePlan(index, mask, score, rule.pinned, live, rule.span, stages, rule.most)

    def _disabled(self, index: int, rule: Rule) -> RulePlan:
        nothing = self.low.builder.add(OpKind.CONSTANT, (), None, FLOAT)
        none = self.low.builder.none
        stages = (StagePlan(Outcome.DISABLED.value, none),)
        return RulePlan(index, none, nothing, rule.pinned, rule.live, rule.span, stages)

    def _live(self, rule: Rule) -> Live:
        return self.program.offers[rule.offer].live.within(rule.live)

    @contextmanager
    def _within(self, live: Live) -> Iterator[None]:
        """Lower what is needed on some days only."""
        before, self.low.live = self.low.live, live
        yield
        self.low.live = before

    def _admit(self, index: int) -> tuple[StagePlan, ...]:
        """Return the stages before the selection."""
        if index not in self.admitted:
            rule = self.channel.rules[index]
            with self._within(self._live(rule)):
                self.admitted[index] = tuple(self._stages(rule))
        return self.admitted[index]

    def _stages(self, rule: Rule) -> Iterator[StagePlan]:
        low, build = self.low, self.low.builder
        mask = build.any(self.segments[i] for i in rule.segments) if rule.segments else build.live
        yield StagePlan(Outcome.SEGMENT.value, mask)
        for stage, bars in groupby(self.channel.bars, key=attrgetter("stage")):
            conditions = [bar.condition for bar in bars if rule.offer in bar.offers]
            if conditions:
                barred = [lower_condition(c, True, mask, low) for c in conditions]
                mask = build.minus(mask, build.any(barred))
                yield StagePlan(stage, mask)
        if rule.condition is not None:
            mask = build.all((mask, lower_condition(rule.condition, True, mask, low)))
            yield StagePlan(Outcome.ELIGIBILITY.value, mask)

    def _select(self, index: int, selection: int) -> int:
        """Return for whom a rule is among those that its selection lets go on."""
        if index not in self.selected:
            rules = self.channel.rules
            of_it = [i for i, r in enumerate(rules) if r.selection == selection and r.enabled]
            of_it.sort(key=lambda i: rules[i].turn)
            chosen = self.channel.selections[selection]
            members = [self._member(i, chosen) for i in of_it]
            descending = chosen.descending or chosen.seed is not None
            masks = select(members, chosen.count, descending, self.low.builder)
            self.selected.update(zip(of_it, masks, strict=True))
        return self.selected[index]

    def _member(self, index: int, selection: Selection) -> Member:
        rule, build = self.channel.rules[index], self.low.builder
        admitted, live = self._admit(index)[-1].mask, self._live(rule)
        if selection.seed is not None:
            keys = [self.low.value(k, build.live) for k in self.key]
            seed = f"{selection.seed}.{self.program.offers[rule.offer].name}"
            hashed = build.add(OpKind.HASH, keys, Draw(seed), INT)
            known = build.all(build.add(OpKind.PRESENT, (k,)) for k in keys)
            return Member(admitted, live, hashed, known)
        if rule.order is None:
            return Member(admitted, live)
        with self._within(live):
            return Member(admitted, live, self.low.value(rule.order, admitted))


def _zone(rules: list[RulePlan], channel: Channel, most: int | None, ties: int | None) -> ZonePlan:
    """Put the rules of one group together; the group whose first rule is first comes first."""

    def group(plan: RulePlan) -> int:
        return channel.rules[plan.rule].group

    first = {group(r): r.rule for r in reversed(rules)}
    ordered = sorted(rules, key=lambda r: (first[group(r)], r.rule))
    grouped = tuple(tuple(of_it) for _, of_it in groupby(ordered, key=group))
    return ZonePlan(grouped, most, ties)
