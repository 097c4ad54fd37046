"""Limits of impressions, of offers and of channels, with their offers and days resolved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from interact.compiler.core.impressions import ImpressionLimit
from interact.compiler.core.literals import lower_literal
from interact.compiler.core.nodes import And, Attr, Clock, Compare, Const, Expr
from interact.compiler.core.offer_lists import OfferList
from interact.compiler.core.offers import lower_live
from interact.compiler.core.program import Bar, Offer
from interact.compiler.core.scope import Definitions, Scope
from interact.compiler.core.state import IMPRESSIONS_LEFT, state_name
from interact.compiler.diagnostics import names, offering
from interact.compiler.diagnostics.diagnostic import Label, Sink
from interact.compiler.diagnostics.suggest import known_hint
from interact.compiler.surface import ast
from interact.stdlib.records import record
from interact.stdlib.types import DATE, INT, MICROSECONDS_PER_DAY

MAX_IMPRESSIONS = 1_000_000_000_000
_UNITS = {
    "minute": 60_000_000,
    "hour": 3_600_000_000,
    "day": MICROSECONDS_PER_DAY,
    "week": 7 * MICROSECONDS_PER_DAY,
}


@record
class Limits:
    """The offers of a project with their own limits, by index."""

    offers: Sequence[Offer]
    lists: Mapping[str, OfferList]
    own: Mapping[int, tuple[ImpressionLimit, ...]]
    definitions: Definitions

    def named(self, name: ast.Name, sink: Sink) -> tuple[int, ...]:
        """Return an offer, or the offers of a list; none after an error."""
        known = {offer.name: i for i, offer in enumerate(self.offers)}
        if name.text in known:
            sink.resolved(name.span, self.offers[known[name.text]].span)
            return (known[name.text],)
        if name.text in self.lists:
            sink.resolved(name.span, self.lists[name.text].span)
            return self.lists[name.text].offers
        sink.missing(name.span, [*known, *self.lists])
        hint = known_hint(name.text, [*known, *self.lists])
        sink.report(
            names.UNKNOWN_REFERENCE, name.span, kind="offer", name=name.text, where="", hint=hint
        )
        return ()


def lower_own(
    declared: Sequence[ast.Offer],
    offers: Sequence[Offer],
    lists: Mapping[str, OfferList],
    definitions: Definitions,
    sink: Sink,
) -> Limits:
    """Return the limits that offers have of their own, which count on all channels together.

    Reports:
        E0474 for a number out of range, E0475 for an even distribution without days, E0330 and
        E0405 for days.
    """
    own = {
        index: tuple(
            _limit(limit, _title(limit, offer.name.text), "", (index,), definitions, sink)
            for limit in offer.impressions
        )
        for index, offer in enumerate(declared)
    }
    return Limits(offers, lists, own, definitions)


def lower_limits(
    channel: ast.Channel, used: Sequence[int], limits: Limits, sink: Sink
) -> tuple[ImpressionLimit, ...]:
    """Return the limits of the offers that a channel's rules propose, those of offers first.

    Reports:
        E0203 for an unknown offer, E0476 for limits with one name, and what ``lower_own`` does.
    """
    shared = [limit for i in channel.impressions for limit in _shared(i, channel, limits, sink)]
    own = [limit for index in used for limit in limits.own[index]]
    found: dict[str, ImpressionLimit] = {}
    for limit in (*own, *shared):
        first = found.setdefault(limit.state, limit)
        if first is not limit:
            labels = (Label(first.span, "first here"),)
            name = limit.key.rpartition(".")[2]
            sink.report(offering.LIMIT_TWICE, limit.span, labels=labels, name=name)
    here = (replace(x, offers=tuple(o for o in x.offers if o in used)) for x in found.values())
    return tuple(limit for limit in here if limit.offers)


def bars_of(limits: Sequence[ImpressionLimit]) -> Iterator[Bar]:
    """Yield what keeps the offers of limits away once nothing is left, on their days."""
    for limit in limits:
        gone = Compare("le", Attr(limit.state, INT, True), Const(0, INT))
        yield Bar("impression limit", limit.offers, _within(limit, gone), span=limit.span)


def _within(limit: ImpressionLimit, condition: Expr) -> Expr:
    """Return a condition that counts on the days of a limit only."""
    first, last = limit.start, limit.end
    days: list[Expr] = []
    if first is not None:
        days.append(Compare("ge", Clock("today"), Const(first, DATE)))
    if last is not None:
        days.append(Compare("le", Clock("today"), Const(last, DATE)))
    return replace(And((condition, *days)) if days else condition, span=limit.span)


def _shared(
    declared: ast.Impressions, channel: ast.Channel, limits: Limits, sink: Sink
) -> Iterator[ImpressionLimit]:
    """Yield the limit that a channel declares: one for each offer, or one for all of them."""
    every = tuple(range(len(limits.offers)))
    found = [o for name in declared.offers for o in limits.named(name, sink)]
    offers = tuple(dict.fromkeys(found)) if declared.offers else every
    place = f"{channel.name.text}."
    listed = "_".join(name.text for name in declared.offers) or "all_offers"
    if not declared.each:
        title = _title(declared, listed)
        yield _limit(declared, title, place, offers, limits.definitions, sink)
        return
    for index in offers:
        name = limits.offers[index].name
        title = f"{declared.name.text}_{name}" if declared.name else _title(declared, name)
        yield _limit(declared, title, place, (index,), limits.definitions, sink)
        sink = Sink()  # what is wrong with one is wrong with all


def _title(declared: ast.Impressions, subject: str) -> str:
    """Return what a limit is called: as it says, or by its offers and intervals."""
    if declared.name is not None:
        return declared.name.text
    evenly = "_evenly" * declared.evenly
    return subject if declared.unit is None else f"{subject}{evenly}_per_{declared.unit}"


def _limit(
    declared: ast.Impressions,
    title: str,
    place: str,
    offers: tuple[int, ...],
    definitions: Definitions,
    sink: Sink,
) -> ImpressionLimit:
    most = lower_literal(declared.most, sink).value
    if not isinstance(most, int) or not 0 < most <= MAX_IMPRESSIONS:
        told = f"{MAX_IMPRESSIONS:,}"
        sink.report(
            offering.BAD_IMPRESSIONS, declared.most.span, most=told, found=declared.most.text
        )
        most = 1
    days = lower_live(declared.live, Scope("a limit", definitions=definitions), sink)
    live = declared.live
    if declared.evenly and (live is None or live.start is None or live.end is None):
        sink.report(offering.EVENLY_FOREVER, declared.span, unit=declared.unit or "")
    return ImpressionLimit(
        f"{place}{title}",
        state_name(title, IMPRESSIONS_LEFT),
        offers,
        most,
        days.start,
        days.end,
        None if declared.unit is None else _UNITS[declared.unit],
        declared.evenly,
        declared.span,
    )
