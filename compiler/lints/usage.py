"""What is declared and not used."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from functools import cache
from typing import Any

from interact.compiler.core.lineage import is_base
from interact.compiler.core.program import Channel
from interact.compiler.lints.catalogue import (
    EMPTY_ZONE,
    NO_RULES,
    UNUSED_DEFINITION,
    UNUSED_LET,
    UNUSED_OFFER,
    UNUSED_SEGMENT,
)
from interact.compiler.lints.lint import Linted
from interact.compiler.surface import ast


def check_offers(project: Linted) -> None:
    """Report W0404: offers that no rule proposes, where there are rules."""
    program = project.program
    used = {rule.offer for channel in program.channels for rule in channel.rules}
    unused = [o.name for i, o in enumerate(program.offers) if i not in used] if used else []
    named = {n.text for d in _users(project) for n in names_in(d)} if unused else set()
    for name in unused:
        if name in project.offers and name not in named:
            project.report(UNUSED_OFFER, project.offers[name].name.span, name=name)


def _users(project: Linted) -> Iterator[ast.Declaration]:
    """Yield the declarations that may read offers or segments in some way."""
    passive = ast.Audience | ast.Offer | ast.Channel | ast.Flowchart
    return (d for d in project.declarations if not isinstance(d, passive))


def check_zones(project: Linted) -> None:
    """Report W0405 and W0406: zones without rules, and channels without any."""
    declared = {d.name.text: d for d in project.declarations if isinstance(d, ast.Channel)}
    for channel in project.program.channels:
        if channel.name not in declared:
            continue
        if is_base(declared[channel.name], tuple(declared.values())):
            continue
        if not channel.rules:
            project.report(NO_RULES, declared[channel.name].name.span, name=channel.name)
            continue
        used = {channel.zones[rule.zone].name for rule in channel.rules}
        for zone in declared[channel.name].zones:
            if zone.name.text not in used:
                project.report(EMPTY_ZONE, zone.name.span, name=zone.name.text)


def check_segments(project: Linted) -> None:
    """Report W0203: selections and unions that nothing reads, and steps none of whose cells is."""
    read = {c.name: _read_segments(project, c) for c in project.program.channels if c.rules}
    unread = [
        (step, names)
        for flowchart in (d for d in project.declarations if isinstance(d, ast.Flowchart))
        for step in (flowchart.steps if flowchart.channel.text in read else ())
        if (names := list(_cells_of(step)))
        and not any(n.text in read[flowchart.channel.text] for n in names)
    ]
    named = {n.text for d in _users(project) for n in names_in(d)} if unread else set()
    for step, names in unread:
        if not any(n.text in named for n in names):
            _report_step(project, step, names)


def _report_step(project: Linted, step: ast.Step, names: list[ast.Name]) -> None:
    if isinstance(step, ast.Decision | ast.Sample):
        what = f"a cell of `{step.name.text}`"
        project.report(UNUSED_SEGMENT, step.name.span, what=what)
    else:
        project.report(UNUSED_SEGMENT, names[0].span, what=f"`{names[0].text}`")


def _cells_of(step: ast.Step) -> Iterator[ast.Name]:
    match step:
        case ast.Decision(branches=branches):
            yield from (b.name for b in branches)
        case ast.Sample(shares=shares):
            yield from (s.name for s in shares)
        case ast.Select(name=name) | ast.Segment(name=name):
            yield name
        case _:
            return


def _read_segments(project: Linted, channel: Channel) -> set[str]:
    """Return the names of segments that rules or steps read."""
    read = {channel.segments[i].name for rule in channel.rules for i in rule.segments}
    for declared in project.declarations:
        if isinstance(declared, ast.Flowchart):
            read |= {n.text for step in declared.steps for n in _sources_of(step)}
    return read


def _sources_of(step: ast.Step) -> tuple[ast.Name, ...]:
    match step:
        case (
            ast.Decision(source=source)
            | ast.Select(source=source)
            | ast.Sample(source=source)
            | ast.Snapshot(source=source)
        ):
            return () if source is None else (source,)
        case ast.Segment(sources=sources):
            return sources
        case _:
            return tuple(names_in(step))


_DEFINITIONS = (
    ast.Constant,
    ast.Enumeration,
    ast.Function,
    ast.Table,
    ast.Template,
    ast.OfferList,
)


def check_definitions(project: Linted) -> None:
    """Report W0407: definitions whose names come up nowhere else."""
    for declared in project.declarations:
        if isinstance(declared, _DEFINITIONS):
            name = declared.name
            if project.words[name.text] == 1:
                project.report(UNUSED_DEFINITION, name.span, name=name.text)


def check_derived(project: Linted) -> None:
    """Report W0204: derived fields that no later step reads."""
    for flowchart in (d for d in project.declarations if isinstance(d, ast.Flowchart)):
        read: set[str] = set()
        for step in reversed(flowchart.steps):
            if isinstance(step, ast.Derived) and step.name.text not in read:
                project.report(UNUSED_LET, step.name.span, name=step.name.text)
            read |= {n.name for n in nodes_in(step) if isinstance(n, ast.NameExpr)}


def names_in(node: object) -> Iterator[ast.Name]:
    """Yield the names in a tree, those of expressions as well."""
    for found in nodes_in(node):
        if isinstance(found, ast.Name):
            yield found
        elif isinstance(found, ast.NameExpr):
            yield ast.Name(found.name, found.span)


def nodes_in(node: Any) -> Iterator[Any]:
    """Yield a node of the surface and all below it, of whatever sort they are."""
    if isinstance(node, tuple):
        for item in node:
            yield from nodes_in(item)
    elif is_dataclass(node):
        yield node
        sort: Any = type(node)
        for name in _parts(sort):
            yield from nodes_in(getattr(node, name))


@cache
def _parts(sort: Any) -> tuple[str, ...]:
    return tuple(f.name for f in fields(sort) if f.name != "span")
