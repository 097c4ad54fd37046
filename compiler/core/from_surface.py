"""From the surface to the core: resolve every name, give every expression its types."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from interact.compiler.core.audiences import lower_audience, report_duplicates
from interact.compiler.core.bars import check_bars
from interact.compiler.core.definitions import ProjectDefinitions
from interact.compiler.core.from_channel import Shared, lower_channel
from interact.compiler.core.lower_impressions import Limits, lower_own
from interact.compiler.core.offer_lists import lower_lists
from interact.compiler.core.offer_tables import lower_offer_tables
from interact.compiler.core.offers import audience_of, check_codes, lower_offer
from interact.compiler.core.program import Audience, Channel, Program
from interact.compiler.core.rules import Offers
from interact.compiler.core.scope import Scope
from interact.compiler.diagnostics import names
from interact.compiler.diagnostics.diagnostic import Sink
from interact.compiler.diagnostics.suggest import known_hint
from interact.compiler.surface import ast

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
    constants = definitions.constants()
    definitions.check_functions()
    offers, limits = _offers(modules, audiences, definitions, sink)
    _check_channel_references(modules, sink)
    channels = _declared(modules, ast.Channel)
    tables = lower_offer_tables(
        _declared(modules, ast.OfferTable), channels, audiences, offers, definitions, sink
    )
    flowcharts, strategies = _declared(modules, ast.Flowchart), _declared(modules, ast.Strategy)
    shared = Shared(channels, flowcharts, strategies, audiences, offers, limits, tables)
    found = [lower_channel(channel, shared, sink) for channel in channels]
    lowered = tuple(channel for channel in found if channel is not None)
    listed = tuple(t.table for t in tables)
    return Program(audiences, tuple(offers.lowered), lowered, constants, listed)


def _offers(
    modules: Sequence[ast.Module],
    audiences: tuple[Audience, ...],
    definitions: ProjectDefinitions,
    sink: Sink,
) -> tuple[Offers, Limits]:
    """Return the offers of a project with their lists, and their own limits of impressions."""
    declared = _declared(modules, ast.Offer)
    offers = tuple(lower_offer(o, audiences, sink, definitions) for o in declared)
    check_codes(offers, sink)
    quiet = Sink()
    readers = [audience_of(o, audiences, quiet) for o in declared]
    lists = lower_lists(_all_declared(modules, ast.OfferList), offers, definitions, sink)
    everything = Offers(offers, declared, readers, lists)
    limits = lower_own(declared, offers, lists, definitions, sink)
    check_bars(everything, sink)
    return everything, limits


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
    known = {c.name.text: c.name.span for c in _declared(modules, ast.Channel)}
    users: list[ast.Flowchart | ast.Strategy] = [
        *_declared(modules, ast.Flowchart),
        *_declared(modules, ast.Strategy),
    ]
    for user in users:
        if user.channel.text in known:
            sink.resolved(user.channel.span, known[user.channel.text])
        else:
            sink.missing(user.channel.span, known)
            sink.report(
                names.UNKNOWN_REFERENCE,
                user.channel.span,
                kind="channel",
                name=user.channel.text,
                where="",
                hint=known_hint(user.channel.text, known),
            )
