"""From the core to columns: a channel's decisions as operations over whole columns."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import assert_never

from interact.compiler.columnar.conditions import lower_condition
from interact.compiler.columnar.lowering import Lowering
from interact.compiler.columnar.nodes import (
    OpKind,
    Plan,
    RulePlan,
    StagePlan,
    ZonePlan,
)
from interact.compiler.core.decide import Outcome
from interact.compiler.core.nodes import (
    Attr,
    Expr,
)
from interact.compiler.core.program import (
    HASH_BITS,
    Cell,
    Channel,
    Filter,
    Program,
    Rule,
    Share,
    channel_folds,
    folds_of,
)
from interact.stdlib.types import FLOAT, INT


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
    if not rule.enabled:
        nothing = build.add(OpKind.CONSTANT, (), None, FLOAT)
        stage = StagePlan(Outcome.DISABLED.value, build.none)
        return RulePlan(index, build.none, nothing, rule.pinned, rule.live, rule.span, (stage,))
    live = program.offers[rule.offer].live.within(rule.live)
    before, low.live = low.live, live
    mask = build.any(segments[i] for i in rule.segments) if rule.segments else build.live
    stages = [StagePlan(Outcome.SEGMENT.value, mask)]
    if rule.condition is not None:
        mask = build.all((mask, lower_condition(rule.condition, True, mask, low)))
        stages.append(StagePlan(Outcome.ELIGIBILITY.value, mask))
    score = low.value(rule.score, mask)
    low.live = before
    return RulePlan(index, mask, score, rule.pinned, live, rule.span, tuple(stages))


def _zone(rules: list[RulePlan], channel: Channel) -> ZonePlan:
    """Put the rules of one offer together; the offer whose first rule is first comes first."""

    def offer(plan: RulePlan) -> int:
        return channel.rules[plan.rule].offer

    first = {offer(r): r.rule for r in reversed(rules)}
    ordered = sorted(rules, key=lambda r: (first[offer(r)], r.rule))
    return ZonePlan(tuple(tuple(group) for _, group in groupby(ordered, key=offer)))
