"""Rule statements as one rule per zone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from interact.compiler.core.audiences import report_duplicates
from interact.compiler.core.infer import Typing, infer_condition, infer_score
from interact.compiler.core.marketer_score import over
from interact.compiler.core.nodes import Expr
from interact.compiler.core.offer_lists import Offers as Offers
from interact.compiler.core.offers import lower_attributes, lower_live
from interact.compiler.core.program import (
    ALWAYS,
    Audience,
    Live,
    OfferAttribute,
    Rule,
    Segment,
    Selection,
    Zone,
)
from interact.compiler.core.selections import Choice, in_order, selection_of
from interact.compiler.core.table_sources import Sources, Spot
from interact.compiler.diagnostics import names, offering, structure
from interact.compiler.diagnostics.diagnostic import Sink
from interact.compiler.diagnostics.suggest import known_hint, nearest
from interact.compiler.source import Span
from interact.compiler.surface import ast
from interact.stdlib.records import record

_NO_OFFERS = {
    **dict.fromkeys(("offer", "rule"), "a rule begins with the name of its offer: `Card score 60`"),
    **dict.fromkeys(("exclusive", "only"), "if it shall be shown without others, write `alone`"),
    "descending": "write `desc`",
    "ascending": "write `asc`, or nothing",
    "priority": "write `score` before a number",
    "limit": "write `take` before a number",
    "end": "leave it out: `if a then b else c` has no `end`",
}
"""Words that read as one more rule, with what is meant by them."""

CLAUSES = (
    *("alone", "as", "disabled", "live", "pinned", "score", "take", "using", "when", "with"),
)
MOST_OFFERS = 64


@dataclass
class Targets:
    """What rules of a channel can refer to, as indices by name."""

    channel: str
    audience: str
    zones: Mapping[str, int]
    segments: Mapping[str, int]
    offers: Offers
    meant: Mapping[tuple[str, str], str]
    """Names of other things that are mistaken for zones or segments, with what is meant."""
    places: Mapping[str, Sequence[Span]] = field(default_factory=dict)
    """Where zones, segments and offers are declared, by index."""
    used_names: Counter[str] = field(default_factory=Counter)
    selections: list[Selection] = field(default_factory=list)
    tables: Sources = field(default_factory=Sources)
    offer_names: dict[str, int] = field(init=False)

    def __post_init__(self) -> None:
        self.offer_names = {offer.name: i for i, offer in enumerate(self.offers.lowered)}

    @staticmethod
    def indices(things: Sequence[Zone | Segment]) -> dict[str, int]:
        return {thing.name: i for i, thing in enumerate(things)}

    def zone(self, name: ast.Name, sink: Sink) -> int | None:
        return self._index("zone", name, self.zones, sink)

    def segment(self, name: ast.Name, sink: Sink) -> int | None:
        return self._index("segment", name, self.segments, sink)

    def spot(self, offer: int, zone: int) -> Spot:
        """Return an offer in a zone."""
        titles = {index: name for name, index in self.zones.items()}
        return Spot(offer, zone, self.offers.lowered[offer].name, titles[zone])

    def offers_named(self, name: ast.Name, sink: Sink) -> tuple[int, ...]:
        """Return the offer of a name, or the offers of the list of that name."""
        if name.text not in self.offer_names and name.text in self.offers.lists:
            sink.resolved(name.span, self.offers.lists[name.text].span)
            return self.offers.lists[name.text].offers
        index = self._index("offer", name, self.offer_names, sink)
        return () if index is None else (index,)

    def is_list(self, name: ast.Name) -> bool:
        return name.text in self.offers.lists and name.text not in self.offer_names

    def _index(self, kind: str, name: ast.Name, known: Mapping[str, int], sink: Sink) -> int | None:
        index = known.get(name.text)
        if index is None:
            where = f" on {self.channel}" if kind != "offer" else ""
            # A misspelt clause reads as one more rule, for an offer of that name.
            others = [*self.offers.lists, *CLAUSES] if kind == "offer" else ["everyone"]
            near = self.meant.get((kind, name.text)) or nearest(name.text, [*known, *others])
            hint = f"did you mean `{near}`?" if near else known_hint(name.text, known)
            listed = self.offers.lists if kind == "offer" else ()
            sink.missing(name.span, [*known, *listed])
            if kind == "offer" and name.text in _NO_OFFERS:
                hint = _NO_OFFERS[name.text]
            sink.report(
                names.UNKNOWN_REFERENCE,
                name.span,
                kind=kind,
                name=name.text,
                where=where,
                hint=hint,
            )
        elif kind in self.places:
            sink.resolved(name.span, self.places[kind][index])
        return index


@record
class Block:
    """What holds for all rules of a block: where they stand, for whom, and what they need not say.

    ``score`` is that of rules without one; ``titles`` are the segments as written.
    """

    strategy: str
    zones: tuple[int, ...]
    segments: tuple[int, ...]
    score: Expr
    enabled: bool
    live: Live
    titles: tuple[str, ...] = ()


def lower_rule(rule: ast.Rule, block: Block, targets: Targets, typing: Typing) -> Iterator[Rule]:
    """Yield a rule for each zone of its block, and each offer when it is for a list."""
    sink = typing.sink
    offers = targets.offers_named(rule.offer, sink)
    whole = _Statement(
        _score(rule, block, typing),
        None if rule.condition is None else infer_condition(rule.condition, typing),
        block.live.within(rule_live(rule.live, typing)),
        None if rule.most is None else number_of_offers(rule.most, sink),
    )
    _check_values(rule, offers, targets, sink)
    for offer in offers:
        _check_audience(rule, offer, targets, sink)
    given = [_attributes(rule, offer, targets, typing) for offer in offers]
    if rule.take is not None and not targets.is_list(rule.offer):
        if offers:
            sink.report(offering.TAKE_OF_ONE, rule.take.span, name=rule.offer.text)
        return
    known = targets.offers.lowered
    choices = [
        Choice(offer, attributes, attributes or known[offer].attributes)
        for offer, attributes in zip(offers, given, strict=True)
    ]
    names = {offer: _name(rule, known[offer].name, block, targets) for offer in offers}
    count = 0
    if rule.take is not None:
        choices = in_order(rule.take, choices, sink)
        count = number_of_offers(rule.take.count, sink)
    for zone in block.zones:
        selection = _selection(rule, count, block, targets)
        for turn, choice in enumerate(choices):
            spot = targets.spot(choice.offer, zone)
            yield Rule(
                names[choice.offer],
                choice.offer,
                zone,
                block.segments,
                targets.tables.score(spot, whole.score),
                whole.condition,
                whole.live,
                rule.pinned,
                block.enabled and not rule.disabled,
                _with_tables(rule, choice, spot, targets, typing),
                choice.offer,
                whole.most,
                selection,
                turn,
                choice.order,
                rule.span,
            )


def _selection(rule: ast.Rule, count: int, block: Block, targets: Targets) -> int | None:
    """Return the index of a new selection for a rule that takes some of a list."""
    if rule.take is None:
        return None
    title = rule.alias or rule.offer
    targets.selections.append(selection_of(rule.take, count, f"{block.strategy}.{title.text}"))
    return len(targets.selections) - 1


@record
class _Statement:
    """What all rules of one statement have in common."""

    score: Expr
    condition: Expr | None
    live: Live
    most: int | None


def number_of_offers(written: ast.LiteralExpr, sink: Sink) -> int:
    """Return a number of offers.

    Reports:
        E0443 when it is out of range.
    """
    found = int(written.text) if len(written.text) < 9 else 0
    if not 0 < found <= MOST_OFFERS:
        sink.report(offering.BAD_NUMBER, written.span, most=MOST_OFFERS, found=written.text)
    return max(found, 1)


def rule_live(declared: ast.Live | None, typing: Typing) -> Live:
    """Return the days of a rule or of a block of rules.

    Reports:
        E0405 for an end before the start, E0441 for ``live for``.
    """
    if declared is not None and declared.length is not None:
        typing.sink.report(offering.LENGTH_OF_RULE, declared.span)
        return ALWAYS
    return lower_live(declared, typing.scope, typing.sink)


def _score(rule: ast.Rule, block: Block, typing: Typing) -> Expr:
    """Return the score; one with ``using`` reads the other as ``marketer_score``."""
    score = block.score
    for written in (rule.score, rule.using):
        if written is not None:
            score = infer_score(written, over(score, typing))
    return score


def _attributes(
    rule: ast.Rule, offer: int, targets: Targets, typing: Typing
) -> tuple[OfferAttribute, ...]:
    """Return the attributes of the offer with what the rule gives, none when it gives nothing."""
    sink = typing.sink
    declared, known = targets.offers.declared[offer], targets.offers.lowered[offer].attributes
    title = declared.name.text
    given = {v.name.text: v.value for v in rule.values}
    for attribute in known:
        if attribute.required and attribute.name not in given:
            sink.report(offering.VALUE_MISSING, rule.offer.span, offer=title, name=attribute.name)
    audience = targets.offers.readers[offer]
    if audience is None or not given.keys() & {a.name for a in known}:
        return ()
    return lower_attributes(declared, audience, given, typing.scope.definitions, Sink(), sink)


def _with_tables(
    rule: ast.Rule, choice: Choice, spot: Spot, targets: Targets, typing: Typing
) -> tuple[OfferAttribute, ...]:
    """Return what a rule gives, and tables of offers give more or instead."""
    audience = targets.offers.readers[spot.offer]
    if audience is None or not targets.tables.gives(spot):
        return choice.given
    given = {v.name.text: v.value for v in rule.values}
    return table_attributes(spot, targets, given, audience, typing)


def table_attributes(
    spot: Spot,
    targets: Targets,
    given: Mapping[str, ast.Expr],
    audience: Audience,
    typing: Typing,
) -> tuple[OfferAttribute, ...]:
    """Return the attributes of an offer in a zone with what a rule has ``given``, and tables."""
    return lower_attributes(
        targets.offers.declared[spot.offer],
        audience,
        given,
        typing.scope.definitions,
        Sink(),
        Sink(),
        lambda name, kind, own: targets.tables.attribute(spot, name, kind, own, name in given),
    )


def _check_values(rule: ast.Rule, offers: Sequence[int], targets: Targets, sink: Sink) -> None:
    """Report values that are given twice, or for an attribute that no offer of the rule has."""
    title = rule.offer.text
    report_duplicates("value", [v.name for v in rule.values], sink, where=f" for {title}")
    attributes = [a for offer in offers for a in targets.offers.lowered[offer].attributes]
    known = [a.name for a in attributes]
    for value in rule.values:
        for attribute in (a for a in attributes if a.name == value.name.text):
            sink.resolved(value.name.span, attribute.span)
        if offers and value.name.text not in known:
            sink.missing(value.name.span, known)
            sink.report(
                names.UNKNOWN_REFERENCE,
                value.name.span,
                kind="attribute",
                name=value.name.text,
                where=f" in {title}",
                hint=known_hint(value.name.text, known),
            )


def _check_audience(rule: ast.Rule, offer: int, targets: Targets, sink: Sink) -> None:
    offered = targets.offers.readers[offer]
    if offered is not None and offered.name != targets.audience:
        sink.report(
            structure.WRONG_AUDIENCE,
            rule.offer.span,
            offer=rule.offer.text,
            offered=offered.name,
            channel=targets.audience,
        )


def _name(rule: ast.Rule, offer: str, block: Block, targets: Targets) -> str:
    """Return the author's name for a rule, or one made of what it says; unique in the channel."""
    if rule.alias is not None:
        listed = f".{offer}" if targets.is_list(rule.offer) else ""
        name = f"{block.strategy}.{rule.alias.text}{listed}"
    else:
        segments = "+".join(block.titles) or "everyone"
        name = f"{block.strategy}.{segments}.{offer}"
    targets.used_names[name] += 1
    count = targets.used_names[name]
    return name if count == 1 else f"{name}#{count}"
