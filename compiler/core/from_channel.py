"""A channel with its flowcharts and strategies, from the surface to the core."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from interact.compiler.core.arbitration import Arbitrated, lower_arbitration
from interact.compiler.core.audiences import report_duplicates
from interact.compiler.core.bars import lower_bars
from interact.compiler.core.event_bars import event_bars
from interact.compiler.core.flowcharts import lower_flowcharts
from interact.compiler.core.impressions import ImpressionLimit
from interact.compiler.core.infer import Typing
from interact.compiler.core.lineage import is_base, lineage
from interact.compiler.core.lower_channel import Happenings, lower_happenings, with_patterns
from interact.compiler.core.lower_events import Surroundings
from interact.compiler.core.lower_impressions import Limits, bars_of, lower_limits
from interact.compiler.core.lower_snapshots import check_snapshots
from interact.compiler.core.nodes import Expr
from interact.compiler.core.offer_tables import Declared
from interact.compiler.core.program import (
    Attribute,
    Audience,
    Bar,
    Channel,
    Point,
    Rule,
    Segment,
    Zone,
)
from interact.compiler.core.qualifying import also_of, with_qualified
from interact.compiler.core.rules import Offers, Targets
from interact.compiler.core.scope import Scope
from interact.compiler.core.strategies import lower_strategy
from interact.compiler.core.table_rules import added_rules
from interact.compiler.core.table_sources import Sources, suppression_bars
from interact.compiler.core.table_states import states_in
from interact.compiler.diagnostics import names, structure
from interact.compiler.diagnostics.diagnostic import Sink
from interact.compiler.diagnostics.suggest import known_hint
from interact.compiler.surface import ast
from interact.stdlib.ranking import MAX_RANK
from interact.stdlib.records import record


@record
class Shared:
    """What the channels of a project have in common; declarations are one of each name."""

    channels: Sequence[ast.Channel]
    flowcharts: Sequence[ast.Flowchart]
    strategies: Sequence[ast.Strategy]
    audiences: tuple[Audience, ...]
    offers: Offers
    limits: Limits
    tables: Sequence[Declared]

    def flowcharts_of(self, channel: ast.Channel) -> list[ast.Flowchart]:
        return [f for f in self.flowcharts if f.channel.text == channel.name.text]

    def strategies_of(self, channel: ast.Channel) -> list[ast.Strategy]:
        return [s for s in self.strategies if s.channel.text == channel.name.text]


def lower_channel(declared: ast.Channel, shared: Shared, sink: Sink) -> Channel | None:
    """Return a channel; None when its audience is not known."""
    line = lineage(declared, shared.channels, sink)
    index = _audience_index(declared, shared.audiences, sink)
    zones = _zones(declared, sink)
    if index is None:
        return None
    audience = shared.audiences[index]
    scope = with_patterns(Scope.of_audience(audience, shared.limits.definitions), line, sink)
    flowcharts = shared.flowcharts_of(declared)
    cells, segments, snapshots = lower_flowcharts(flowcharts, scope, sink)
    check_snapshots(snapshots, audience, sink)
    targets = _targets(declared, audience, zones, segments, shared.offers)
    happenings = lower_happenings(line, _surroundings(declared, scope, segments, shared, sink))
    segments = with_qualified(segments, happenings)
    hidden = _hidden_from_rules(flowcharts, shared.offers)
    places = tuple(segment.span for segment in segments)
    scope = replace(scope, segments=targets.segments, segment_places=places, hidden=hidden)
    rules = _rules(declared, targets, segments, scope, shared, sink)
    chosen = lower_arbitration(declared, rules, shared.offers.lowered, sink)
    used = sorted({rule.offer for rule in chosen.rules})
    limits = lower_limits(declared, used, shared.limits, sink)
    bars = _bars(declared, happenings, used, limits, shared, sink)
    return Channel(
        declared.name.text,
        index,
        tuple(map(chosen.settle, zones)),
        cells,
        segments,
        chosen.rules,
        tuple(targets.selections),
        happenings.events,
        happenings.patterns,
        bars,
        _states(segments, bars, chosen, targets),
        limits,
        snapshots,
        declared.span,
    )


def _targets(
    declared: ast.Channel,
    audience: Audience,
    zones: tuple[Zone, ...],
    segments: tuple[Segment, ...],
    offers: Offers,
) -> Targets:
    return Targets(
        declared.name.text,
        audience.name,
        Targets.indices(zones),
        Targets.indices(segments),
        offers,
        _meant(zones),
        {
            "zone": [zone.span for zone in zones],
            "segment": [segment.span for segment in segments],
            "offer": [offer.span for offer in offers.lowered],
        },
    )


def _surroundings(
    declared: ast.Channel,
    scope: Scope,
    segments: tuple[Segment, ...],
    shared: Shared,
    sink: Sink,
) -> Surroundings:
    flowcharts = shared.flowcharts_of(declared)
    return Surroundings(
        declared.name.text,
        scope,
        {},
        [f.name.text for f in flowcharts],
        [s.name for s in segments],
        [o.name for o in shared.offers.lowered],
        sink,
        is_base(declared, shared.channels),
        {
            "flowchart": {f.name.text: f.name.span for f in flowcharts},
            "segment": {s.name: s.span for s in segments},
            "offer": {o.name: o.span for o in shared.offers.lowered},
        },
    )


def _rules(
    declared: ast.Channel,
    targets: Targets,
    segments: tuple[Segment, ...],
    scope: Scope,
    shared: Shared,
    sink: Sink,
) -> tuple[Rule, ...]:
    """Return the rules of strategies, then those that tables add."""
    name = declared.name.text
    targets.tables = Sources.of_channel(name, shared.tables, Typing(scope, sink))
    strategies = shared.strategies_of(declared)
    rules = tuple(r for s in strategies for r in lower_strategy(s, targets, scope, sink))
    rules += tuple(added_rules(rules, segments, targets))
    if len(rules) > MAX_RANK:
        sink.report(structure.TOO_MANY_RULES, declared.name.span, name=name, count=len(rules))
    return rules


def _bars(
    declared: ast.Channel,
    happenings: Happenings,
    used: Sequence[int],
    limits: tuple[ImpressionLimit, ...],
    shared: Shared,
    sink: Sink,
) -> tuple[Bar, ...]:
    """Return what keeps offers (indices) away, in the order of the stages."""
    listed = {i: shared.offers.lowered[i].name for i in used}
    return (
        *suppression_bars(shared.tables, declared.name.text, listed),
        *event_bars(happenings, listed),
        *lower_bars(declared.visit_cap, used, shared.offers, sink),
        *bars_of(limits),
    )


def _states(
    segments: tuple[Segment, ...], bars: tuple[Bar, ...], chosen: Arbitrated, targets: Targets
) -> tuple[Attribute, ...]:
    decided = _expressions(chosen.rules) if targets.tables.tables else ()
    return states_in([*also_of(segments), *(bar.condition for bar in bars), *decided])


def _hidden_from_rules(flowcharts: Sequence[ast.Flowchart], offers: Offers) -> dict[str, str]:
    """Return why rules do not see derived fields of flowcharts and attributes of offers."""
    attributes = {a.name for offer in offers.lowered for a in offer.attributes}
    told = {
        name: f"`{name}` is an attribute of offers, and rules do not read these"
        for name in attributes
    }
    return told | {
        step.name.text: f"`{step.name.text}` is a derived field of {flowchart.name.text}, "
        "and not visible outside it"
        for flowchart in flowcharts
        for step in flowchart.steps
        if isinstance(step, ast.Derived)
    }


def _expressions(rules: Sequence[Rule]) -> Iterator[Expr]:
    """Yield what rules decide by, and what goes out with their offers."""
    for rule in rules:
        yield from (e for e in (rule.score, rule.condition, rule.order) if e is not None)
        yield from (attribute.value for attribute in rule.attributes)


def _meant(zones: tuple[Zone, ...]) -> dict[tuple[str, str], str]:
    """Return what is often written for a zone, or for everyone, with what is meant."""
    points = {("zone", p.name): z.name for z in zones for p in z.points}
    everyone = {("segment", word): "everyone" for word in ("all", "any", "anyone", "everybody")}
    return points | everyone


def _audience_index(
    declared: ast.Channel, audiences: tuple[Audience, ...], sink: Sink
) -> int | None:
    known = [a.name for a in audiences]
    name = declared.audience.text
    if name in known:
        sink.resolved(declared.audience.span, audiences[known.index(name)].span)
        return known.index(name)
    sink.missing(declared.audience.span, known)
    if not known:
        sink.report(structure.NO_AUDIENCE, declared.audience.span)
    else:
        sink.report(
            names.UNKNOWN_REFERENCE,
            declared.audience.span,
            kind="audience",
            name=name,
            where="",
            hint=known_hint(name, known),
        )
    return None


def _zones(declared: ast.Channel, sink: Sink) -> tuple[Zone, ...]:
    where = f" on {declared.name.text}"
    report_duplicates("zone", [z.name for z in declared.zones], sink, where=where)
    points = [p.name for z in declared.zones for p in z.points]
    report_duplicates("point", points, sink, where=where)
    return tuple(
        Zone(z.name.text, tuple(Point(p.name.text, p.default or "") for p in z.points), span=z.span)
        for z in declared.zones
    )
