"""From the surface to the core: resolve every name, give every expression its types."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TypeVar

from interact.compiler.core.arbitration import lower_arbitration
from interact.compiler.core.audiences import lower_audience, report_duplicates
from interact.compiler.core.bars import check_bars, lower_bars
from interact.compiler.core.definitions import ProjectDefinitions
from interact.compiler.core.event_bars import event_bars
from interact.compiler.core.flowcharts import lower_flowcharts
from interact.compiler.core.infer import Typing
from interact.compiler.core.lineage import is_base, lineage
from interact.compiler.core.lower_channel import lower_happenings, with_patterns
from interact.compiler.core.lower_events import Surroundings
from interact.compiler.core.lower_impressions import Limits, bars_of, lower_limits, lower_own
from interact.compiler.core.lower_snapshots import check_snapshots
from interact.compiler.core.nodes import Expr
from interact.compiler.core.offer_lists import lower_lists
from interact.compiler.core.offer_tables import Declared, lower_offer_tables
from interact.compiler.core.offers import audience_of, check_codes, lower_offer
from interact.compiler.core.program import Audience, Channel, Point, Program, Rule, Zone
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

D = TypeVar("D", bound=ast.Named)


def lower_project(modules: Sequence[ast.Module], sink: Sink) -> Program:
    """Return the core program of a project's modules, taken together.

    Reports:
        E02xx for names, E03xx for types, E04xx for structure. After an error the program is
        incomplete and only good for further diagnostics.
    """
    for kind, sort in _KINDS.items():
        report_duplicates(kind, [d.name for d in _all_declared(modules, sort)], sink)
    definitions = ProjectDefinitions([d for m in modules for d in m.declarations], sink)
    audiences = tuple(
        lower_audience(a, sink, definitions) for a in _declared(modules, ast.Audience)
    )
    definitions.audiences = audiences
    definitions.check_functions()
    declared_offers = _declared(modules, ast.Offer)
    offers = tuple(lower_offer(o, audiences, sink, definitions) for o in declared_offers)
    check_codes(offers, sink)
    quiet = Sink()
    readers = [audience_of(o, audiences, quiet) for o in declared_offers]
    lists = lower_lists(_all_declared(modules, ast.OfferList), offers, definitions, sink)
    everything = Offers(offers, declared_offers, readers, lists)
    limits = lower_own(declared_offers, offers, lists, definitions, sink)
    check_bars(everything, sink)
    _check_channel_references(modules, sink)
    declared_channels = _declared(modules, ast.Channel)
    tables = lower_offer_tables(
        _declared(modules, ast.OfferTable),
        declared_channels,
        audiences,
        everything,
        definitions,
        sink,
    )
    channels = (
        _channel(c, modules, audiences, everything, limits, tables, sink) for c in declared_channels
    )
    lowered = tuple(c for c in channels if c is not None)
    listed = tuple(t.table for t in tables)
    return Program(audiences, offers, lowered, definitions.constants(), listed)


def project_scope(modules: Sequence[ast.Module], program: Program, channel: Channel) -> Scope:
    """Return what is seen of a channel's customers in a right project, with its definitions."""
    quiet = Sink()
    definitions = ProjectDefinitions([d for m in modules for d in m.declarations], quiet)
    audiences = tuple(
        lower_audience(a, quiet, definitions) for a in _declared(modules, ast.Audience)
    )
    definitions.audiences = audiences
    name = program.audiences[channel.audience].name
    (audience,) = (a for a in audiences if a.name == name)
    return Scope.of_audience(audience, definitions)


_KINDS: dict[str, type[ast.Named]] = {
    "audience": ast.Audience,
    "offer": ast.Offer,
    "channel": ast.Channel,
    "flowchart": ast.Flowchart,
    "strategy": ast.Strategy,
    "table of offers": ast.OfferTable,
}


def _all_declared(modules: Sequence[ast.Module], sort: type[D]) -> list[D]:
    return [d for m in modules for d in m.declarations if isinstance(d, sort)]


def _declared(modules: Sequence[ast.Module], sort: type[D]) -> list[D]:
    """Return the declarations of a sort, one of each name, so that a copy is one mistake."""
    found: dict[str, D] = {}
    for declared in _all_declared(modules, sort):
        found.setdefault(declared.name.text, declared)
    return list(found.values())


def _check_channel_references(modules: Sequence[ast.Module], sink: Sink) -> None:
    known = [c.name.text for c in _declared(modules, ast.Channel)]
    users: list[ast.Flowchart | ast.Strategy] = [
        *_declared(modules, ast.Flowchart),
        *_declared(modules, ast.Strategy),
    ]
    for user in users:
        if user.channel.text not in known:
            sink.report(
                names.UNKNOWN_REFERENCE,
                user.channel.span,
                kind="channel",
                name=user.channel.text,
                where="",
                hint=known_hint(user.channel.text, known),
            )


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


def _channel(
    declared: ast.Channel,
    modules: Sequence[ast.Module],
    audiences: tuple[Audience, ...],
    offers: Offers,
    own_limits: Limits,
    tables: Sequence[Declared],
    sink: Sink,
) -> Channel | None:
    definitions = own_limits.definitions
    line = lineage(declared, _declared(modules, ast.Channel), sink)
    audience = _audience_index(declared, audiences, sink)
    zones = _zones(declared, sink)
    if audience is None:
        return None
    name = declared.name.text
    scope = with_patterns(Scope.of_audience(audiences[audience], definitions), line, sink)
    flowcharts = [f for f in _declared(modules, ast.Flowchart) if f.channel.text == name]
    cells, segments, snapshots = lower_flowcharts(flowcharts, scope, sink)
    check_snapshots(snapshots, audiences[audience], sink)
    targets = Targets(
        name,
        audiences[audience].name,
        Targets.indices(zones),
        Targets.indices(segments),
        offers,
        _meant(zones),
    )
    around = Surroundings(
        name,
        scope,
        {},
        [f.name.text for f in flowcharts],
        [s.name for s in segments],
        [o.name for o in offers.lowered],
        sink,
        is_base(declared, _declared(modules, ast.Channel)),
    )
    happenings = lower_happenings(line, around)
    segments = with_qualified(segments, happenings)
    scope = replace(scope, segments=targets.segments, hidden=_hidden_from_rules(flowcharts, offers))
    targets.tables = Sources.of_channel(name, tables, Typing(scope, sink))
    rules = _rules(name, modules, targets, scope, sink)
    rules += tuple(added_rules(rules, segments, targets))
    if len(rules) > MAX_RANK:
        sink.report(structure.TOO_MANY_RULES, declared.name.span, name=name, count=len(rules))
    chosen = lower_arbitration(declared, rules, offers.lowered, sink)
    zones = tuple(map(chosen.settle, zones))
    used = sorted({rule.offer for rule in chosen.rules})
    limits = lower_limits(declared, used, own_limits, sink)
    listed = {i: offers.lowered[i].name for i in used}
    bars = (
        *suppression_bars(tables, name, listed),
        *event_bars(happenings, listed),
        *lower_bars(declared.visit_cap, used, offers, sink),
        *bars_of(limits),
    )
    return Channel(
        name,
        audience,
        zones,
        cells,
        segments,
        chosen.rules,
        tuple(targets.selections),
        happenings.events,
        happenings.patterns,
        bars,
        states_in(
            [
                *also_of(segments),
                *(bar.condition for bar in bars),
                *(_expressions(chosen.rules) if targets.tables.tables else ()),
            ]
        ),
        limits,
        snapshots,
        declared.span,
    )


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


def _rules(
    channel: str, modules: Sequence[ast.Module], targets: Targets, scope: Scope, sink: Sink
) -> tuple[Rule, ...]:
    strategies = [s for s in _declared(modules, ast.Strategy) if s.channel.text == channel]
    return tuple(r for s in strategies for r in lower_strategy(s, targets, scope, sink))


def _audience_index(
    declared: ast.Channel, audiences: tuple[Audience, ...], sink: Sink
) -> int | None:
    known = [a.name for a in audiences]
    name = declared.audience.text
    if name in known:
        return known.index(name)
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
