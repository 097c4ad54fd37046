"""What a channel says about arbitration: ties, which candidates share a place, how many remain."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import replace

from interact.compiler.core.offer_lists import constant_value, is_constant
from interact.compiler.core.program import Offer, Rule, Zone
from interact.compiler.core.rules import number_of_offers
from interact.compiler.diagnostics import names, offering
from interact.compiler.diagnostics.diagnostic import Sink
from interact.compiler.diagnostics.suggest import known_hint
from interact.compiler.surface import ast
from interact.stdlib.records import record


@record
class Arbitrated:
    """The rules in the order that settles ties, with their groups, and what zones are to keep.

    ``most`` and ``ties`` are those of each zone, by name.
    """

    rules: tuple[Rule, ...]
    most: Mapping[str, int | None]
    ties: Mapping[str, str | None]

    def settle(self, zone: Zone) -> Zone:
        """Return a zone with what is said of it."""
        return replace(zone, most=self.most.get(zone.name), ties=self.ties.get(zone.name))


def lower_arbitration(
    channel: ast.Channel, rules: tuple[Rule, ...], offers: Sequence[Offer], sink: Sink
) -> Arbitrated:
    """Return a channel's rules as its arbitration wants them; by default each offer has one place.

    What a zone says holds there in place of what the channel says.

    Reports:
        E0203 for an attribute that no offer has, E0443 for a number of offers out of range, E0445
        for an attribute that depends on the customer.
    """
    whole = channel.arbitration or ast.Arbitration()
    most = _number(whole, sink)
    ordered = _in_order(whole, rules, offers)
    arranged = _grouped(whole, ordered, ordered, offers, sink)
    numbers: dict[str, int | None] = {}
    seeds: dict[str, str | None] = {}
    for index, zone in enumerate(channel.zones):
        own = zone.arbitration or ast.Arbitration()
        numbers[zone.name.text] = most if own.most is None else _number(own, sink)
        seeds[zone.name.text] = _seed(own if own.ties else whole, channel.name.text)
        places = [i for i, rule in enumerate(arranged) if rule.zone == index]
        inside = [arranged[i] for i in places]
        if own.ties is not None:
            declared = [rule for rule in rules if rule.zone == index]
            inside = _grouped(whole, _in_order(own, declared, offers), rules, offers, Sink())
        if own.unique is not None:
            inside = _grouped(own, inside, inside, offers, sink)
        for place, rule in zip(places, inside, strict=True):
            arranged[place] = rule
    return Arbitrated(tuple(arranged), numbers, seeds)


def _in_order(
    declared: ast.Arbitration, rules: Sequence[Rule], offers: Sequence[Offer]
) -> list[Rule]:
    """Return rules in the order that settles ties."""
    if declared.ties == "newest":
        return sorted(rules, key=lambda rule: _age(rule.offer, offers))
    return list(rules)


def _grouped(
    declared: ast.Arbitration,
    rules: Sequence[Rule],
    among: Sequence[Rule],
    offers: Sequence[Offer],
    sink: Sink,
) -> list[Rule]:
    """Return rules with their groups; ``among`` are those whose offers have the attribute."""
    place = _place(declared, among, offers, sink)
    numbers: dict[Hashable, int] = {}
    return [
        replace(rule, group=numbers.setdefault(place(i, rule), len(numbers)))
        for i, rule in enumerate(rules)
    ]


def _number(declared: ast.Arbitration, sink: Sink) -> int | None:
    return None if declared.most is None else number_of_offers(declared.most, sink)


def _seed(declared: ast.Arbitration, channel: str) -> str | None:
    if declared.ties != "chance":
        return None
    return channel if declared.seed is None else declared.seed


def _age(offer: int, offers: Sequence[Offer]) -> tuple[bool, int, int]:
    """Return what sorts offers with the newest first: the last to start, then to be declared."""
    start = offers[offer].live.start
    return start is None, -(start or 0), -offer


def _place(
    declared: ast.Arbitration, rules: Sequence[Rule], offers: Sequence[Offer], sink: Sink
) -> Callable[[int, Rule], Hashable]:
    """Return what candidates with one place have in common."""
    match declared.unique:
        case "treatment":
            return lambda index, rule: (rule.offer, rule.segments)
        case "rule":
            return lambda index, rule: index
        case "attribute":
            assert declared.attribute is not None
            used = sorted({rule.offer for rule in rules})
            values = _values(declared.attribute, used, offers, sink)
            return lambda index, rule: values.get(rule.offer, rule.offer)
        case _:
            return lambda index, rule: rule.offer


def _values(
    attribute: ast.Name, used: Sequence[int], offers: Sequence[Offer], sink: Sink
) -> dict[int, Hashable]:
    """Return the value of an attribute for each offer that has one."""
    for listed in (offers[i] for i in used):
        for own in (a for a in listed.attributes if a.name == attribute.text):
            sink.resolved(attribute.span, own.span)
    known = {(i, a.name): a.value for i in used for a in offers[i].attributes}
    if not used:
        known = {(i, a.name): a.value for i, o in enumerate(offers) for a in o.attributes}
    if offers and not any(name == attribute.text for _, name in known):
        sink.missing(attribute.span, [name for _, name in known])
        sink.report(
            names.UNKNOWN_REFERENCE,
            attribute.span,
            kind="attribute",
            name=attribute.text,
            where=" in the offers of the channel" if used else " in any offer",
            hint=known_hint(attribute.text, [name for _, name in known]),
        )
    found: dict[int, Hashable] = {}
    for (offer, name), value in known.items():
        if name != attribute.text:
            continue
        if not is_constant(value):
            what = "places are shared out"
            sink.report(
                offering.NOT_CONSTANT,
                attribute.span,
                name=name,
                offer=offers[offer].name,
                what=what,
            )
        elif (constant := constant_value(value)) is not None:
            found[offer] = (attribute.text, constant)
    return found
