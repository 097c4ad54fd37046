"""Flowcharts as text."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from interact.compiler.surface.ast import (
    Branch,
    Decision,
    Derived,
    Flowchart,
    NameExpr,
    Redraw,
    Sample,
    Segment,
    Select,
    Share,
    Snapshot,
    SnapshotField,
    Step,
)
from interact.compiler.surface.layout import Lines, block, flat, items, optional
from interact.compiler.surface.print_expression import print_expression
from interact.compiler.surface.print_part import print_names


def print_flowchart(flowchart: Flowchart) -> Lines:
    head = f"flowchart {flowchart.name.text} on {flowchart.channel.text}"
    return block(head, flat(map(_step, flowchart.steps)))


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
            yield f"segment {name.text} = {print_names(sources)}"
        case Snapshot(name=name, source=source, mode=mode, fields=fields):
            notes = optional(" of ", source) + _MODES[mode]
            yield from block(f"snapshot {name.text}{notes}", map(_field, fields))
        case _:
            assert_never(step)


_MODES = {"replace": "", "append": " append", "update": " update by key"}


def _field(field: SnapshotField) -> str:
    name = field.name.text
    is_attribute = field.value == NameExpr(name)
    return f"{name};" if is_attribute else f"{name} = {print_expression(field.value)};"


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
