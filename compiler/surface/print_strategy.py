"""Strategies as text: blocks of rules, rules and their clauses."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from interact.compiler.surface.ast import (
    Instance,
    LiteralExpr,
    Rule,
    SegmentRules,
    Settings,
    Strategy,
    Take,
    ZoneRules,
)
from interact.compiler.surface.layout import Lines, block, flat, items, optional
from interact.compiler.surface.print_expression import print_expression
from interact.compiler.surface.print_part import (
    print_at_most,
    print_live,
    print_names,
    print_values,
)


def print_strategy(strategy: Strategy) -> Lines:
    head = f"strategy {strategy.name.text} on {strategy.channel.text}"
    return block(head + _settings(strategy.settings), flat(map(_zone_rules, strategy.zones)))


def _zone_rules(zone: ZoneRules) -> Lines:
    head = f"zone {print_names(zone.zones)}" if zone.zones else "every zone"
    return block(head + _settings(zone.settings), flat(map(_segment_rules, zone.groups)))


def _settings(settings: Settings) -> str:
    clauses = [
        " disabled" * settings.disabled,
        "" if settings.score is None else f" score {print_expression(settings.score)}",
        "" if settings.live is None else f" {print_live(settings.live)}",
    ]
    return "".join(clauses)


def _segment_rules(group: SegmentRules) -> Lines:
    head = print_names(group.segments) or "everyone"
    return block(f"for {head}", print_rules(group.rules))


def print_rules(rules: Sequence[Rule]) -> Lines:
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
    return "alone" if rule.most == _ONE else print_at_most(rule.most)


def print_take(rule: Rule) -> str:
    """Return the clause that takes offers of a list, empty without one."""
    return "" if rule.take is None else _take(rule.take)


def _take(take: Take) -> str:
    if take.chance:
        return f"take {take.count.text} by chance{optional(' ', take.seed)}"
    if take.by is None:
        return f"take {take.count.text}"
    return f"take {take.count.text} by {take.by.text}{' desc' * take.descending}"
