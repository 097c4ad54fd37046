"""Strategies: blocks for zones and segments, and what they settle for the rules in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from interact.compiler.core.infer import Typing, infer_score
from interact.compiler.core.marketer_score import DEFAULT_SCORE, over
from interact.compiler.core.nodes import Const
from interact.compiler.core.program import ALWAYS, Rule
from interact.compiler.core.rules import Block, Targets, lower_rule, rule_live
from interact.compiler.core.scope import Scope
from interact.compiler.diagnostics.diagnostic import Sink
from interact.compiler.surface import ast
from interact.stdlib.types import FLOAT


def lower_strategy(
    strategy: ast.Strategy, targets: Targets, scope: Scope, sink: Sink
) -> Iterator[Rule]:
    """Yield the rules of a strategy in the order in which they stand.

    Reports:
        E0203 for an unknown zone, segment or offer, E0405 and E0441 for dates, E0411 for an offer
        of another audience, E0440 for attributes, and whatever scores and conditions have.
    """
    typing = Typing(scope, sink)
    everything = Block(
        strategy.name.text, (), (), Const(DEFAULT_SCORE, FLOAT, strategy.span), True, ALWAYS
    )
    whole = _settled(everything, strategy.settings, typing)
    for zone in strategy.zones:
        zones = tuple(_zones(zone, targets, sink))
        block = replace(_settled(whole, zone.settings, typing), zones=zones)
        for group in zone.groups:
            yield from _group(group, block, targets, typing)


def _group(
    group: ast.SegmentRules, block: Block, targets: Targets, typing: Typing
) -> Iterator[Rule]:
    found = (targets.segment(name, typing.sink) for name in group.segments)
    segments = tuple(index for index in found if index is not None)
    titles = tuple(name.text for name in group.segments)
    for rule in group.rules:
        yield from lower_rule(
            rule, replace(block, segments=segments, titles=titles), targets, typing
        )


def _settled(block: Block, settings: ast.Settings, typing: Typing) -> Block:
    """Return a block with what stands before its brace, most often nothing."""
    if not settings.disabled and settings.score is None and settings.live is None:
        return block
    score = block.score
    if settings.score is not None:
        score = infer_score(settings.score, over(score, typing))
    live = block.live.within(rule_live(settings.live, typing))
    return replace(block, score=score, enabled=block.enabled and not settings.disabled, live=live)


def _zones(block: ast.ZoneRules, targets: Targets, sink: Sink) -> Iterator[int]:
    if not block.zones:
        yield from targets.zones.values()
        return
    for name in block.zones:
        index = targets.zone(name, sink)
        if index is not None:
            yield index
