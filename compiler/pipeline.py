"""The pipeline: the only file that knows the order of stages and passes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from operator import is_
from types import MappingProxyType
from typing import TYPE_CHECKING

from interact.compiler.columnar.from_core import lower_channel, lower_filter, lower_snapshots
from interact.compiler.columnar.nodes import Plan, SnapshotPlan
from interact.compiler.columnar.verify import verify_plan
from interact.compiler.core.definitions import KnownDefinitions
from interact.compiler.core.enumerations import erase_declarations, erase_expression
from interact.compiler.core.events import is_met
from interact.compiler.core.filters import FilterTyping
from interact.compiler.core.from_surface import lower_project, project_scope
from interact.compiler.core.nodes import Expr
from interact.compiler.core.program import Cell, Channel, Filter, OfferAttribute, Program, Rule
from interact.compiler.core.scope import Scope
from interact.compiler.core.size import is_too_deep
from interact.compiler.core.snapshots import Snapshot
from interact.compiler.core.verify import verify_program
from interact.compiler.diagnostics import names, structure, types
from interact.compiler.diagnostics.diagnostic import Diagnostic, Sink
from interact.compiler.diagnostics.listener import Listener
from interact.compiler.optimize.fold_constants import fold_constants
from interact.compiler.optimize.simplify_conditions import simplify_conditions
from interact.compiler.source import SourceFile, Span
from interact.compiler.surface import ast_tests
from interact.compiler.surface.ast import Enumeration, Module
from interact.compiler.surface.expand import expand_templates
from interact.compiler.surface.from_source import (
    Parsed,
    parse_expression,
    parse_file,
    parse_module,
)

if TYPE_CHECKING:
    from interact.compiler.core.tests import Test


@dataclass(frozen=True, slots=True)
class Pass:
    """A rewrite of core expressions that keeps their meaning."""

    name: str
    run: Callable[[Expr], Expr]


PASSES: tuple[Pass, ...] = (
    Pass("fold-constants", fold_constants),
    Pass("simplify-conditions", simplify_conditions),
)


@dataclass(frozen=True, slots=True)
class Checked:
    """A project that was read: its program, unless there are errors, and what was found.

    ``tests`` are about that program, which does not depend on them.
    """

    modules: tuple[Module, ...]
    program: Program | None
    diagnostics: tuple[Diagnostic, ...]
    tests: tuple[Test, ...] = ()


def check(
    sources: Sequence[SourceFile],
    absent: Collection[tuple[str, str]] = frozenset(),
    parsed: Mapping[str, Parsed] = MappingProxyType({}),
    listener: Listener | None = None,
) -> Checked:
    """Parse a project, and if it is well formed resolve and type it.

    Args:
        sources: All files, with those that they import.
        absent: File and path of the imports at which nothing was found.
        parsed: Files that are parsed already, by name.
        listener: Hears of names, in files that are not well formed too, as far as they are.
    """
    sink = Sink(listener)
    files = [parsed.get(source.name) or parse_file(source) for source in sources]
    for file in reversed(files):
        sink.adopt(file.found)
    modules = tuple(file.module for file in files)
    _report_absent(modules, absent, sink)
    if not sink.has_errors and not any(m.declarations for m in modules):
        place = Span(sources[0].name, 0, 0) if sources else Span("", 0, 0)
        sink.report(structure.NOTHING_DECLARED, place, path=place.file)
    if sink.has_errors:
        if listener is not None:
            quiet = Sink(listener)
            lower_project(expand_templates(modules, quiet), quiet)
        return Checked(modules, None, sink.diagnostics)
    modules = expand_templates(modules, sink)
    program = lower_project(modules, sink)
    _report_large(program, sink)
    if sink.has_errors:
        return Checked(modules, None, sink.diagnostics)
    tests = _tests(modules, program, sink)
    if any(isinstance(d, Enumeration) for m in modules for d in m.declarations):
        program = map_expressions(erase_declarations(program), erase_expression)
    return Checked(modules, None if sink.has_errors else program, sink.diagnostics, tests)


def _report_absent(
    modules: Sequence[Module], absent: Collection[tuple[str, str]], sink: Sink
) -> None:
    for found in (i for m in modules for i in m.imports if (m.file, i.path) in absent):
        sink.report(names.UNKNOWN_IMPORT, found.span, path=found.path)


def _report_large(program: Program, sink: Sink) -> None:
    """Report expressions that later passes could not walk (E0332)."""
    found: set[Span] = set()

    def examine(expr: Expr) -> Expr:
        if is_too_deep(expr) and expr.span not in found:
            found.add(expr.span)
            hint = "nest it less, or name fewer parts of it by names of others"
            sink.report(types.TOO_LARGE, expr.span, how="with all names put in", hint=hint)
        return expr

    map_expressions(program, examine)


def _tests(modules: Sequence[Module], program: Program, sink: Sink) -> tuple[Test, ...]:
    """Return the tests of a project; one without any does not import what lowers them."""
    if not any(isinstance(d, ast_tests.Test) for m in modules for d in m.declarations):
        return ()
    from interact.compiler.core.tests_from_surface import lower_tests

    return lower_tests(modules, program, sink)


def optimize(
    program: Program,
    *,
    verify: bool = False,
    on_pass: Callable[[str, Program], None] = lambda name, program: None,
) -> Program:
    """Run every pass over a program; ``on_pass`` sees the result of each."""
    for step in PASSES:
        program = map_expressions(program, step.run)
        if verify:
            verify_program(program)
        on_pass(step.name, program)
    return program


def plan_channel(program: Program, channel: Channel, *, verify: bool = False) -> Plan:
    """Return the columnar plan of a channel of an optimised program."""
    plan = lower_channel(program, channel)
    if verify:
        verify_plan(plan)
    return plan


def plan_snapshots(program: Program, channel: Channel) -> SnapshotPlan:
    """Return the plan whose segments are the customers of a channel's snapshots, in order."""
    return lower_snapshots(program, channel)


def plan_filter(
    program: Program,
    channel: Channel,
    text: str,
    name: str = "--where",
    sources: Sequence[SourceFile] = (),
) -> tuple[Plan | None, SourceFile, tuple[Diagnostic, ...]]:
    """Return the plan of a condition on a channel's customers, given as text.

    The plan is None when there are errors; its only segment holds the customers that remain. A
    part of a condition sees enumerations as their texts; one that makes no sense so may name their
    members, and call the functions of the project in ``sources``.
    """
    source, sink = SourceFile(name, text), Sink()
    parsed = parse_expression(source, sink)
    if parsed is None or sink.has_errors:
        return None, source, sink.diagnostics

    def whole() -> Scope:
        modules = [parse_module(s, Sink()) for s in sources]
        return _in_filter(project_scope(modules, program, channel), channel)

    plain = Scope.of_audience(program.audience_of(channel), KnownDefinitions(program))
    typing = FilterTyping(text, _in_filter(plain, channel), whole if sources else None, sink)
    condition = typing.infer(parsed)
    if sink.has_errors:
        return None, source, sink.diagnostics
    for step in PASSES:
        condition = step.run(condition)
    return lower_filter(condition), source, sink.diagnostics


def _in_filter(scope: Scope, channel: Channel) -> Scope:
    """Return a scope in which patterns of a channel are conditions, and its segments unknown."""
    hidden = {s.name: "segments are not known in --where" for s in channel.segments}
    scope = replace(scope, hidden={**scope.hidden, **hidden})
    for pattern in channel.patterns:
        scope = scope.with_local(pattern.name, is_met(pattern.name, pattern.span))
    return scope


def map_expressions(program: Program, f: Callable[[Expr], Expr]) -> Program:
    """Rebuild a program with ``f`` applied to every expression of its channels and offers."""

    def cell(c: Cell) -> Cell:
        if not isinstance(c.test, Filter) or c.test.condition is None:
            return c
        return replace(c, test=replace(c.test, condition=f(c.test.condition)))

    def rule(r: Rule) -> Rule:
        score, condition = f(r.score), None if r.condition is None else f(r.condition)
        attributes = tuple(map(attribute, r.attributes))
        order = None if r.order is None else f(r.order)
        old, new = (r.score, r.condition, r.order), (score, condition, order)
        if all(map(is_, (*old, *r.attributes), (*new, *attributes))):
            return r
        return replace(r, score=score, condition=condition, attributes=attributes, order=order)

    def attribute(a: OfferAttribute) -> OfferAttribute:
        value = f(a.value)
        return a if value is a.value else replace(a, value=value)

    def snapshot(s: Snapshot) -> Snapshot:
        return replace(s, fields=tuple(replace(x, value=f(x.value)) for x in s.fields))

    channels = tuple(
        replace(
            c,
            cells=tuple(map(cell, c.cells)),
            rules=tuple(map(rule, c.rules)),
            bars=tuple(replace(b, condition=f(b.condition)) for b in c.bars),
            snapshots=tuple(map(snapshot, c.snapshots)),
        )
        for c in program.channels
    )
    offers = tuple(
        replace(o, attributes=tuple(map(attribute, o.attributes))) for o in program.offers
    )
    return replace(program, channels=channels, offers=offers)
