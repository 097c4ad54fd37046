"""Rule statements as one rule per zone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from interact.compiler.core.audiences import report_duplicates
from interact.compiler.core.infer import Typing, infer_condition, infer_score
from interact.compiler.core.nodes import Expr
from interact.compiler.core.offers import lower_attributes, lower_live
from interact.compiler.core.program import (
    ALWAYS,
    Audience,
    Live,
    Offer,
    OfferAttribute,
    Rule,
    Segment,
    Zone,
)
from interact.compiler.diagnostics import names, offering, structure
from interact.compiler.diagnostics.diagnostic import Sink
from interact.compiler.diagnostics.suggest import nearest
from interact.compiler.surface import ast
from interact.stdlib.records import record

CLAUSES = ("as", "disabled", "live", "pinned", "score", "using", "when", "with")
MARKETER_SCORE = "marketer_score"


@record
class Offers:
    """The offers of a project, as lowered and as written, and whose attributes each reads."""

    lowered: Sequence[Offer]
    declared: Sequence[ast.Offer]
    readers: Sequence[Audience | None]


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
    used_names: Counter[str] = field(default_factory=Counter)
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

    def offer(self, name: ast.Name, sink: Sink) -> int | None:
        return self._index("offer", name, self.offer_names, sink)

    def _index(self, kind: str, name: ast.Name, known: Mapping[str, int], sink: Sink) -> int | None:
        index = known.get(name.text)
        if index is None:
            where = f" on {self.channel}" if kind != "offer" else ""
            # A misspelt clause reads as one more rule, for an offer of that name.
            candidates = [*known, *CLAUSES] if kind == "offer" else known
            meant = self.meant.get((kind, name.text))
            sink.report(
                names.UNKNOWN_REFERENCE,
                name.span,
                kind=kind,
                name=name.text,
                where=where,
                nearest=meant or nearest(name.text, candidates),
            )
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

    @staticmethod
    def over(score: Expr, typing: Typing) -> Typing:
        """Return ``typing`` for a score that can read ``marketer_score``.

        An attribute of that name hides it.
        """
        if MARKETER_SCORE in typing.scope.attributes:
            return typing
        return typing.inside(typing.scope.with_local(MARKETER_SCORE, score))


def lower_rule(rule: ast.Rule, block: Block, targets: Targets, typing: Typing) -> Iterator[Rule]:
    """Yield a rule for each zone of its block."""
    offer = targets.offer(rule.offer, typing.sink)
    score = _score(rule, block, typing)
    condition = None if rule.condition is None else infer_condition(rule.condition, typing)
    live = block.live.within(rule_live(rule.live, typing))
    if offer is None:
        return
    _check_audience(rule, offer, targets, typing.sink)
    attributes = _attributes(rule, offer, targets, typing)
    name = _name(rule, block, targets)
    enabled = block.enabled and not rule.disabled
    for zone in block.zones:
        yield Rule(
            name,
            offer,
            zone,
            block.segments,
            score,
            condition,
            live,
            rule.pinned,
            enabled,
            attributes,
            rule.span,
        )


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
            score = infer_score(written, block.over(score, typing))
    return score


def _attributes(
    rule: ast.Rule, offer: int, targets: Targets, typing: Typing
) -> tuple[OfferAttribute, ...]:
    """Return the attributes of the offer with what the rule gives, none when it gives nothing."""
    sink = typing.sink
    declared, known = targets.offers.declared[offer], targets.offers.lowered[offer].attributes
    title, names_known = declared.name.text, [a.name for a in known]
    report_duplicates("value", [v.name for v in rule.values], sink, where=f" for {title}")
    for value in rule.values:
        if value.name.text not in names_known:
            near = nearest(value.name.text, names_known)
            sink.report(
                names.UNKNOWN_REFERENCE,
                value.name.span,
                kind="attribute",
                name=value.name.text,
                where=f" in {title}",
                nearest=near,
            )
    given = {v.name.text: v.value for v in rule.values}
    for attribute in known:
        if attribute.required and attribute.name not in given:
            sink.report(offering.VALUE_MISSING, rule.offer.span, offer=title, name=attribute.name)
    audience = targets.offers.readers[offer]
    if not rule.values or audience is None:
        return ()
    return lower_attributes(declared, audience, given, typing.scope.definitions, Sink(), sink)


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


def _name(rule: ast.Rule, block: Block, targets: Targets) -> str:
    """Return the author's name for a rule, or one made of what it says; unique in the channel."""
    if rule.alias is not None:
        name = f"{block.strategy}.{rule.alias.text}"
    else:
        segments = "+".join(block.titles) or "everyone"
        name = f"{block.strategy}.{segments}.{rule.offer.text}"
    targets.used_names[name] += 1
    count = targets.used_names[name]
    return name if count == 1 else f"{name}#{count}"
