"""Conditions that nobody meets who comes to them, and decisions that leave somebody out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

from interact.compiler.core.nodes import Expr
from interact.compiler.core.program import Cell, Channel, Filter, Rule
from interact.compiler.diagnostics.diagnostic import Label
from interact.compiler.lints.catalogue import NO_OTHERWISE, OUTSIDE_SEGMENT, SHADOWED_BRANCH
from interact.compiler.lints.lint import Linted
from interact.compiler.lints.regions import apart, meet_all
from interact.compiler.surface import ast


def check_rules_of_segments(project: Linted) -> None:
    """Report W0104 for rules: their conditions contradict what their segments ask for.

    A rule that stands for several is reported when all of them do.
    """
    for channel in project.program.channels:
        by_place = sorted(channel.rules, key=lambda r: (r.span.file, r.span.start))
        for _, rules in groupby(by_place, key=lambda r: r.span):
            found = list(rules)
            if all(_is_outside(project, channel, rule) for rule in found):
                _report_rule(project, channel, found[0])


def _is_outside(project: Linted, channel: Channel, rule: Rule) -> bool:
    if rule.condition is None or not rule.segments:
        return False
    true = project.truths.of(rule.condition).true
    inside = project.reach.segments(channel, rule.segments)
    return bool(true and inside) and apart(true, inside)


def _report_rule(project: Linted, channel: Channel, rule: Rule) -> None:
    assert rule.condition is not None
    segments = [channel.segments[i] for i in rule.segments]
    made = [channel.cells[i].span for s in segments for i in s.cells]
    project.report(
        OUTSIDE_SEGMENT,
        rule.condition.span,
        labels=[Label(made[0], "they are chosen here")] if len(made) == 1 else (),
        names=" or ".join(s.name for s in segments),
    )


def check_cells(project: Linted) -> None:
    """Report W0104 and W0201 for cells that nobody gets into."""
    for channel in project.program.channels:
        for index, cell in enumerate(channel.cells):
            if not project.reach.cell(channel, index):
                _explain_empty(project, channel, index, cell)


def _explain_empty(project: Linted, channel: Channel, index: int, cell: Cell) -> None:
    """Report why nobody gets into a cell, unless that is reported for what it starts from."""
    parents = project.reach.parents(channel, index)
    condition = cell.test.condition if isinstance(cell.test, Filter) else None
    true = meet_all([]) if condition is None else project.truths.of(condition).true
    if not parents or not true:
        return
    if condition is not None and apart(parents, true):
        named = dict.fromkeys(channel.cells[i].name for i in cell.parents)
        made = [channel.cells[i].span for i in cell.parents]
        labels = [Label(made[0], "they are chosen here")] if len(made) == 1 else []
        names = " or ".join(named)
        project.report(OUTSIDE_SEGMENT, condition.span, labels=labels, names=names)
        return
    labels = [Label(place.span, "takes them all") for place in _taker(project, channel, cell)]
    project.report(SHADOWED_BRANCH, cell.span, labels=labels, name=cell.name)


def _taker(project: Linted, channel: Channel, cell: Cell) -> Iterator[Cell]:
    """Yield the earlier branch that takes everybody for a branch, if it is one alone."""
    condition = cell.test.condition if isinstance(cell.test, Filter) else None
    if condition is None:
        return
    assert isinstance(cell.test, Filter)
    own = project.truths.of(condition)
    for index in cell.test.unless:
        other = _condition(channel.cells[index])
        if other is not None and own.implies(project.truths.of(other)):
            yield channel.cells[index]
            return


def _condition(cell: Cell) -> Expr | None:
    return cell.test.condition if isinstance(cell.test, Filter) else None


def check_otherwise(project: Linted) -> None:
    """Report W0202: decisions of several branches, none of which takes the rest."""
    places = {
        cell.span: (channel, index)
        for channel in project.program.channels
        for index, cell in enumerate(channel.cells)
    }
    for flowchart in (d for d in project.declarations if isinstance(d, ast.Flowchart)):
        for step in flowchart.steps:
            if not isinstance(step, ast.Decision) or step.independent or len(step.branches) < 2:
                continue
            cells = [places[b.name.span] for b in step.branches if b.name.span in places]
            if len(cells) == len(step.branches) and _is_open(project, cells):
                project.report(NO_OTHERWISE, step.name.span, name=step.name.text)


def _is_open(project: Linted, cells: Sequence[tuple[Channel, int]]) -> bool:
    """Return whether somebody may come to the branches of a decision whom none of them takes."""
    channel, first = cells[0]
    conditions = [c for _, i in cells if (c := _condition(channel.cells[i])) is not None]
    if len(conditions) < len(cells):
        return False
    left = [project.truths.of(c).not_true for c in conditions]
    return bool(meet_all([project.reach.parents(channel, first), *left]))
