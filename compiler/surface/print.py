"""Surface trees as text: what is read back is the same tree. Sources are formatted by format.py.

Two spaces of indent, one item to a line, the types of a block and the clauses of a group of rules
aligned. Optional separators are left out, except before a name that is a word of the language
and could be taken for one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import assert_never

from interact.compiler.surface.ast import (
    Arbitration,
    Attribute,
    Audience,
    Branch,
    Channel,
    Constant,
    Decision,
    Declaration,
    Derived,
    Enumeration,
    Field,
    Flowchart,
    Function,
    Instance,
    LiteralExpr,
    Many,
    Member,
    Module,
    Name,
    Offer,
    OfferList,
    Parameter,
    Point,
    Redraw,
    Rule,
    Sample,
    Segment,
    SegmentRules,
    Select,
    Settings,
    Share,
    Step,
    Strategy,
    Suppress,
    Table,
    Take,
    Template,
    Zone,
    ZoneRules,
)
from interact.compiler.surface.ast_tests import Test
from interact.compiler.surface.layout import Lines, block, flat, items, optional, separator
from interact.compiler.surface.print_event import print_event, print_pattern
from interact.compiler.surface.print_expression import print_cell, print_expression, quote
from interact.compiler.surface.print_part import print_live, print_type, print_values
from interact.compiler.surface.print_test import print_test

__all__ = ["print_expression", "print_module", "print_most", "print_settings", "print_take"]


def print_module(module: Module) -> str:
    """Return the text of a module, which ends with a line break unless it is empty."""
    imports = "".join(f"import {quote(i.path)}\n" for i in module.imports)
    declared = [
        "".join(f"{line}\n" for line in _declaration(declaration))
        for declaration in module.declarations
    ]
    return "\n".join([imports, *declared] if imports else declared)


def _declaration(declaration: Declaration) -> Lines:
    match declaration:
        case Constant():
            return iter((_constant(declaration),))
        case Enumeration(name=name, members=members):
            body = items(members, lambda member: member.name.text, _member)
            return block(f"enum {name.text}", body)
        case Function():
            return iter((_function(declaration),))
        case Table():
            return block(f"table {_signature(declaration)}", _table(declaration))
        case Template():
            return block(f"template {_signature(declaration)}", _rules(declaration.rules))
        case Audience():
            return _audience(declaration)
        case Offer():
            return _offer(declaration)
        case OfferList():
            return iter((_offer_list(declaration),))
        case Channel():
            return _channel(declaration)
        case Flowchart(name=name, channel=channel, steps=steps):
            return block(f"flowchart {name.text} on {channel.text}", flat(map(_step, steps)))
        case Strategy(name=name, channel=channel, settings=settings, zones=zones):
            body = flat(map(_zone_rules, zones))
            return block(f"strategy {name.text} on {channel.text}{_settings(settings)}", body)
        case Test():
            return print_test(declaration)
        case _:
            assert_never(declaration)


# -------------------------------------------------------------------------------------- definitions


def _constant(constant: Constant) -> str:
    type_ = "" if constant.type is None else f": {print_type(constant.type)}"
    return f"constant {constant.name.text}{type_} = {print_expression(constant.value)}"


def _signature(declared: Function | Table | Template) -> str:
    listed = ", ".join(map(_parameter, declared.parameters))
    if isinstance(declared, Template):
        return f"{declared.name.text}({listed})"
    result = "" if declared.result is None else f" -> {print_type(declared.result)}"
    return f"{declared.name.text}({listed}){optional(' for ', declared.audience)}{result}"


def _parameter(parameter: Parameter) -> str:
    default = "" if parameter.default is None else f" = {print_expression(parameter.default)}"
    return f"{parameter.name.text}: {print_type(parameter.type)}{default}"


def _function(function: Function) -> str:
    return f"function {_signature(function)} = {print_expression(function.body)}"


def _table(table: Table) -> Lines:
    if table.columns:
        yield f"by {' | '.join(map(print_expression, table.columns))}"
    for row in table.rows:
        result = print_expression(row.result)
        cells = " | ".join(map(print_cell, row.cells))
        yield f"when {cells} then {result}" if row.cells else f"otherwise {result}"


def _member(member: Member) -> str:
    return "" if member.text is None else f"= {quote(member.text)}"


# -------------------------------------------------------------------------------------- audience


def _audience(audience: Audience) -> Lines:
    body: list[str] = []
    if len(audience.key) == 1:
        body += _key(audience)
    elif audience.key:
        body += block("key", _fields(audience.key))
    if audience.profile:
        body += block("profile", _fields(audience.profile))
    body += flat(map(_many, audience.many))
    if audience.session:
        body += block("session", _fields(audience.session))
    return block(f"audience {audience.name.text}{optional(' ', audience.doc)}", body)


def _key(audience: Audience) -> Lines:
    """Yield a key of one field, set off from rows whose name could be taken for a clause."""
    is_followed = audience.many and not audience.profile
    mark = separator(audience.many[0].name.text if is_followed else "")
    for line in _fields(audience.key):
        yield f"key {line}{mark}"


def _many(many: Many) -> Lines:
    notes = optional(" from ", many.column) + optional(" ", many.doc)
    return block(f"{many.name.text}: many{notes}", _fields(many.fields))


def _fields(fields: Sequence[Field]) -> Lines:
    return items(fields, lambda field: f"{field.name.text}:", _field)


def _field(field: Field) -> str:
    default = "" if field.default is None else f" = {print_expression(field.default)}"
    notes = optional(" from ", field.column) + optional(" ", field.doc)
    return print_type(field.type) + default + notes


# -------------------------------------------------------------------------------------- offer


def _offer(offer: Offer) -> Lines:
    body: list[str] = []
    if offer.code:
        body.append("code " + ", ".join(map(print_expression, offer.code)))
    if offer.live is not None:
        body.append(print_live(offer.live))
    if offer.attributes:
        body += block("attributes", _attributes(offer.attributes))
    body += map(_suppress, offer.suppress)
    if offer.visit_cap is not None:
        body.append(f"at most {offer.visit_cap.most.text} contacts per visit")
    title, audience = optional(" ", offer.title), optional(" for ", offer.audience)
    return block(f"offer {offer.name.text}{title}{audience}", body)


def _suppress(rule: Suppress) -> str:
    length = "" if rule.length is None else f" for {rule.length.text}"
    count = "" if rule.contacts is None else f"{rule.contacts.text} "
    also = "" if rule.same is None else f" also offers with same {rule.same.text}"
    return f"suppress{length} after {count}{rule.cause}{also}"


def _offer_list(listed: OfferList) -> str:
    if listed.condition is None:
        return f"offers {listed.name.text} = {_names(listed.offers)}"
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
        parts.append((f"at most {channel.visit_cap.most.text} contacts per offer per visit",))
    parent = optional(" extends ", channel.parent)
    return block(f"channel {channel.name.text}{parent} for {channel.audience.text}", flat(parts))


def _zone(zone: Zone) -> Lines:
    return block(f"zone {zone.name.text}", map(_point, zone.points))


def _arbitration(arbitration: Arbitration) -> Lines:
    return block("arbitration", print_settings(arbitration))


def print_settings(arbitration: Arbitration) -> list[str]:
    """Return the settings of an arbitration, a line each."""
    unique = arbitration.unique or ""
    lines = [
        f"ties by {arbitration.ties}{optional(' ', arbitration.seed)}" if arbitration.ties else "",
        f"unique by {unique}{optional(' ', arbitration.attribute)}" if unique else "",
        _most(arbitration.most),
    ]
    return [line for line in lines if line]


def _point(point: Point) -> str:
    return f"point {point.name.text}{optional(' default ', point.default)}"


# -------------------------------------------------------------------------------------- flowchart


def _step(step: Step) -> Lines:
    match step:
        case Derived(name=name, value=value):
            yield f"let {name.text} = {print_expression(value)}"
        case Decision(name=name, source=source, independent=independent, branches=branches):
            mode = " independent" * independent
            yield from block(
                f"decision {name.text}{optional(' of ', source)}{mode}", _branches(branches)
            )
        case Select(name=name, source=source, condition=condition):
            of = optional(" of ", source)
            yield f"select {name.text}{of} when {print_expression(condition)}"
        case Sample(name=name, source=source, seed=seed, shares=shares, redraw=redraw):
            notes = optional(" of ", source) + optional(" seed ", seed) + _redraw(redraw)
            yield from block(f"sample {name.text}{notes}", _shares(shares))
        case Segment(name=name, sources=sources):
            yield f"segment {name.text} = {_names(sources)}"
        case _:
            assert_never(step)


def _redraw(redraw: Redraw | None) -> str:
    if redraw is None:
        return ""
    return f" redraw every {redraw.every.text} from {print_expression(redraw.start)}"


def _branches(branches: Sequence[Branch]) -> Lines:
    return items(branches, lambda branch: branch.name.text, _condition)


def _condition(branch: Branch) -> str:
    if branch.condition is None:
        return "otherwise"
    return f"when {print_expression(branch.condition)}"


def _shares(shares: Sequence[Share]) -> Lines:
    return items(
        shares,
        lambda share: share.name.text,
        _percentage,
    )


def _percentage(share: Share) -> str:
    if share.constant is not None:
        return f"{share.constant.text}%"
    return "rest" if share.percent is None else f"{share.percent}%"


def _names(names: Iterable[Name]) -> str:
    return ", ".join(name.text for name in names)


# -------------------------------------------------------------------------------------- strategy


def _zone_rules(zone: ZoneRules) -> Lines:
    head = f"zone {_names(zone.zones)}" if zone.zones else "every zone"
    return block(head + _settings(zone.settings), flat(map(_segment_rules, zone.groups)))


def _settings(settings: Settings) -> str:
    clauses = [
        " disabled" * settings.disabled,
        "" if settings.score is None else f" score {print_expression(settings.score)}",
        "" if settings.live is None else f" {print_live(settings.live)}",
    ]
    return "".join(clauses)


def _segment_rules(group: SegmentRules) -> Lines:
    head = _names(group.segments) or "everyone"
    return block(f"for {head}", _rules(group.rules))


def _rules(rules: Sequence[Rule]) -> Lines:
    """Yield rules in runs, aligned, and uses of templates between them."""
    for is_use, run in groupby(rules, lambda rule: rule.instances is not None):
        listed = list(run)
        if is_use:
            yield from flat(map(_use, listed))
        else:
            yield from items(listed, lambda rule: rule.offer.text, _clauses)


def _use(use: Rule) -> Lines:
    return block(f"use {use.offer.text}", map(_instance, use.instances or ()))


def _instance(instance: Instance) -> str:
    args = ", ".join(map(print_expression, instance.args))
    return f"({args}){optional(' as ', instance.alias)}"


_ONE = LiteralExpr("int", "1")


def _clauses(rule: Rule) -> str:
    clauses = [
        "" if rule.alias is None else f"as {rule.alias.text}",
        "disabled" * rule.disabled,
        "pinned" * rule.pinned,
        print_take(rule),
        print_values(rule.values),
        "" if rule.score is None else f"score {print_expression(rule.score)}",
        "" if rule.using is None else f"using {print_expression(rule.using)}",
        "" if rule.condition is None else f"when {print_expression(rule.condition)}",
        "" if rule.live is None else print_live(rule.live),
        print_most(rule),
    ]
    return " ".join(clause for clause in clauses if clause)


def print_most(rule: Rule) -> str:
    """Return the clause that says how many offers a rule allows, empty without one."""
    return "alone" if rule.most == _ONE else _most(rule.most)


def print_take(rule: Rule) -> str:
    """Return the clause that takes offers of a list, empty without one."""
    return "" if rule.take is None else _take(rule.take)


def _take(take: Take) -> str:
    if take.chance:
        return f"take {take.count.text} by chance{optional(' ', take.seed)}"
    if take.by is None:
        return f"take {take.count.text}"
    return f"take {take.count.text} by {take.by.text}{' desc' * take.descending}"


def _most(most: LiteralExpr | None) -> str:
    return "" if most is None else f"at most {most.text} offers"
