"""Strategies: rule statements as one rule per zone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from interact.compiler.core.infer import Typing, infer_condition, infer_score
from interact.compiler.core.nodes import Const, Expr
from interact.compiler.core.offers import lower_live
from interact.compiler.core.program import Rule, Segment, Zone
from interact.compiler.core.scope import Scope
from interact.compiler.diagnostics import names, structure
from interact.compiler.diagnostics.diagnostic import Sink
from interact.compiler.diagnostics.suggest import nearest
from interact.compiler.surface import ast
from interact.stdlib.types import FLOAT

DEFAULT_SCORE = 50.0
CLAUSES = ("as", "live", "pinned", "score", "when")


@dataclass
class Targets:
    """What rules of a channel can refer to, as indices by name."""

    channel: str
    audience: str
    zones: Mapping[str, int]
    segments: Mapping[str, int]
    offers: Mapping[str, int]
    offer_audiences: Mapping[str, str | None]
    meant: Mapping[tuple[str, str], str]
    """Names of other things that are mistaken for zones or segments, with what is meant."""
    used_names: Counter[str] = field(default_factory=Counter)

    @staticmethod
    def indices(things: Sequence[Zone | Segment]) -> dict[str, int]:
        return {thing.name: i for i, thing in enumerate(things)}


def lower_strategy(
    strategy: ast.Strategy, targets: Targets, scope: Scope, sink: Sink
) -> Iterator[Rule]:
    """Yield the rules of a strategy in the order in which they stand.

    Reports:
        E0203 for an unknown zone, segment or offer, E0405 for dates, E0411 for an offer of
        another audience, and whatever scores and conditions have.
    """
    for block in strategy.zones:
        zones = _zones(block, targets, sink)
        for group in block.groups:
            segments = tuple(
                index
                for name in group.segments
                if (index := _index("segment", name, targets.segments, targets, sink)) is not None
            )
            for rule in group.rules:
                yield from _rules(
                    strategy, group, rule, zones, segments, targets, Typing(scope, sink)
                )


def _zones(block: ast.ZoneRules, targets: Targets, sink: Sink) -> list[int]:
    if not block.zones:
        return list(targets.zones.values())
    found = (_index("zone", z, targets.zones, targets, sink) for z in block.zones)
    return [zone for zone in found if zone is not None]


def _index(
    kind: str, name: ast.Name, known: Mapping[str, int], targets: Targets, sink: Sink
) -> int | None:
    index = known.get(name.text)
    if index is None:
        where = f" on {targets.channel}" if kind != "offer" else ""
        # A misspelt clause reads as one more rule, for an offer of that name.
        candidates = [*known, *CLAUSES] if kind == "offer" else known
        meant = targets.meant.get((kind, name.text))
        sink.report(
            names.UNKNOWN_REFERENCE,
            name.span,
            kind=kind,
            name=name.text,
            where=where,
            nearest=meant or nearest(name.text, candidates),
        )
    return index


def _rules(
    strategy: ast.Strategy,
    group: ast.SegmentRules,
    rule: ast.Rule,
    zones: list[int],
    segments: tuple[int, ...],
    targets: Targets,
    typing: Typing,
) -> Iterator[Rule]:
    offer = _index("offer", rule.offer, targets.offers, targets, typing.sink)
    score: Expr = Const(DEFAULT_SCORE, FLOAT, rule.span)
    if rule.score is not None:
        score = infer_score(rule.score, typing)
    condition = None if rule.condition is None else infer_condition(rule.condition, typing)
    live = lower_live(rule.live, typing.scope, typing.sink)
    if offer is None:
        return
    _check_audience(rule, targets, typing.sink)
    name = _name(strategy, group, rule, targets)
    for zone in zones:
        yield Rule(name, offer, zone, segments, score, condition, live, rule.pinned, rule.span)


def _check_audience(rule: ast.Rule, targets: Targets, sink: Sink) -> None:
    offered = targets.offer_audiences[rule.offer.text]
    if offered is not None and offered != targets.audience:
        sink.report(
            structure.WRONG_AUDIENCE,
            rule.offer.span,
            offer=rule.offer.text,
            offered=offered,
            channel=targets.audience,
        )


def _name(strategy: ast.Strategy, group: ast.SegmentRules, rule: ast.Rule, targets: Targets) -> str:
    """Return the author's name for a rule, or one made of what it says; unique in the channel."""
    if rule.alias is not None:
        name = f"{strategy.name.text}.{rule.alias.text}"
    else:
        segments = "+".join(s.text for s in group.segments) or "everyone"
        name = f"{strategy.name.text}.{segments}.{rule.offer.text}"
    targets.used_names[name] += 1
    count = targets.used_names[name]
    return name if count == 1 else f"{name}#{count}"
