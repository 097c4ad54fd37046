"""Surface trees as text: what is read back is the same tree. Sources are formatted by format.py.

Two spaces of indent, one item to a line, the types of a block and the clauses of a group of rules
aligned. Optional separators are left out, except before a name that is a word of the language
and could be taken for one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import assert_never

from interact.compiler.surface.ast import (
    Arbitration,
    Attribute,
    Audience,
    Channel,
    Constant,
    Declaration,
    Enumeration,
    Flowchart,
    Function,
    Module,
    Offer,
    OfferList,
    OfferTable,
    Point,
    Strategy,
    Suppress,
    Table,
    Template,
    VisitCap,
    Zone,
)
from interact.compiler.surface.ast_tests import Test
from interact.compiler.surface.layout import Lines, block, flat, items, optional
from interact.compiler.surface.print_audience import print_audience
from interact.compiler.surface.print_definition import (
    print_constant,
    print_enumeration,
    print_function,
    print_signature,
    print_table,
)
from interact.compiler.surface.print_event import print_event, print_pattern
from interact.compiler.surface.print_expression import print_expression, quote
from interact.compiler.surface.print_flowchart import print_flowchart
from interact.compiler.surface.print_offer_table import print_offer_table
from interact.compiler.surface.print_part import (
    print_at_most,
    print_impressions,
    print_live,
    print_names,
    print_type,
)
from interact.compiler.surface.print_strategy import print_rules, print_strategy
from interact.compiler.surface.print_test import print_test

__all__ = ["print_expression", "print_module", "print_settings"]


def print_module(module: Module) -> str:
    """Return the text of a module, which ends with a line break unless it is empty."""
    imports = "".join(f"import {quote(i.path)}\n" for i in module.imports)
    declared = [
        "".join(f"{line}\n" for line in _declaration(declaration))
        for declaration in module.declarations
    ]
    return "\n".join([imports, *declared] if imports else declared)


def print_declaration(declaration: Declaration) -> str:
    """Return the text of a declaration, without a line break at its end."""
    return "\n".join(_declaration(declaration))


def _declaration(declaration: Declaration) -> Lines:
    match declaration:
        case Constant():
            return iter((print_constant(declaration),))
        case Enumeration():
            return print_enumeration(declaration)
        case Function():
            return iter((print_function(declaration),))
        case Table():
            return print_table(declaration)
        case Template():
            return block(f"template {print_signature(declaration)}", print_rules(declaration.rules))
        case Audience():
            return print_audience(declaration)
        case Offer():
            return _offer(declaration)
        case OfferTable():
            return print_offer_table(declaration)
        case OfferList():
            return iter((_offer_list(declaration),))
        case Channel():
            return _channel(declaration)
        case Flowchart():
            return print_flowchart(declaration)
        case Strategy():
            return print_strategy(declaration)
        case Test():
            return print_test(declaration)
        case _:
            assert_never(declaration)


# -------------------------------------------------------------------------------------- offer


def _offer(offer: Offer) -> Lines:
    body: list[str] = []
    if offer.code:
        body.append("code " + ", ".join(map(print_expression, offer.code)))
    if offer.live is not None:
        body.append(print_live(offer.live))
    if offer.attributes:
        body += block("attributes", _attributes(offer.attributes))
    body += print_offer_limits(offer)
    title, audience = optional(" ", offer.title), optional(" for ", offer.audience)
    return block(f"offer {offer.name.text}{title}{audience}", body)


def print_offer_limits(offer: Offer) -> Lines:
    """Yield what keeps an offer away, and how often it is given, a line for each."""
    yield from map(_suppress, offer.suppress)
    if offer.visit_cap is not None:
        yield f"at most {offer.visit_cap.most.text} contacts per visit"
    yield from map(print_impressions, offer.impressions)


def _suppress(rule: Suppress) -> str:
    length = "" if rule.length is None else f" for {rule.length.text}"
    count = "" if rule.contacts is None else f"{rule.contacts.text} "
    also = "" if rule.same is None else f" also offers with same {rule.same.text}"
    return f"suppress{length} after {count}{rule.cause}{also}"


def _offer_list(listed: OfferList) -> str:
    if listed.condition is None:
        return f"offers {listed.name.text} = {print_names(listed.offers)}"
    return f"offers {listed.name.text} where {print_expression(listed.condition)}"


def _attributes(attributes: Sequence[Attribute]) -> Lines:
    return items(
        attributes,
        lambda attribute: f"{attribute.name.text}:",
        lambda attribute: f"{print_type(attribute.type)} {_given(attribute)}",
    )


def _given(attribute: Attribute) -> str:
    return "required" if attribute.value is None else f"= {print_expression(attribute.value)}"


# -------------------------------------------------------------------------------------- channel


def _channel(channel: Channel) -> Lines:
    parts: list[Iterable[str]] = [*map(_zone, channel.zones)]
    if channel.arbitration is not None:
        parts.append(_arbitration(channel.arbitration))
    parts += [*map(print_event, channel.events), *map(print_pattern, channel.patterns)]
    if channel.visit_cap is not None:
        parts.append((print_visit_cap(channel.visit_cap),))
    parts.append(map(print_impressions, channel.impressions))
    parent = optional(" extends ", channel.parent)
    return block(f"channel {channel.name.text}{parent} for {channel.audience.text}", flat(parts))


def _zone(zone: Zone) -> Lines:
    own = () if zone.arbitration is None else _arbitration(zone.arbitration)
    return block(f"zone {zone.name.text}", [*map(_point, zone.points), *own])


def _arbitration(arbitration: Arbitration) -> Lines:
    return block("arbitration", print_settings(arbitration))


def print_settings(arbitration: Arbitration) -> list[str]:
    """Return the settings of an arbitration, a line each."""
    unique = arbitration.unique or ""
    lines = [
        f"ties by {arbitration.ties}{optional(' ', arbitration.seed)}" if arbitration.ties else "",
        f"unique by {unique}{optional(' ', arbitration.attribute)}" if unique else "",
        print_at_most(arbitration.most),
    ]
    return [line for line in lines if line]


def print_visit_cap(cap: VisitCap) -> str:
    """Return the cap of a channel's offers."""
    return f"at most {cap.most.text} contacts per offer per visit"


def _point(point: Point) -> str:
    return f"point {point.name.text}{optional(' default ', point.default)}"
