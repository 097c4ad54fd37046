"""The order in which a channel's flowcharts are worked out: those that others start from first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import assert_never

from interact.compiler.diagnostics import structure
from interact.compiler.diagnostics.diagnostic import Sink
from interact.compiler.surface import ast


def cell_names(step: ast.Step) -> Iterator[ast.Name]:
    """Yield the names of the cells that a step defines."""
    match step:
        case ast.Decision(branches=branches):
            yield from (b.name for b in branches)
        case ast.Sample(shares=shares):
            yield from (s.name for s in shares)
        case ast.Select(name=name) | ast.Segment(name=name):
            yield name
        case ast.Derived() | ast.Snapshot():
            return
        case _:
            assert_never(step)


def in_order(declared: Sequence[ast.Flowchart], sink: Sink) -> list[ast.Flowchart]:
    """Return flowcharts in their order, but each after those whose cells it starts from.

    Reports:
        E0461 where they follow each other in a circle.
    """
    makers: dict[str, list[ast.Flowchart]] = {}
    for flowchart in declared:
        for name in dict.fromkeys(n.text for step in flowchart.steps for n in cell_names(step)):
            makers.setdefault(name, []).append(flowchart)
    order = _Order(makers, sink)
    for flowchart in declared:
        order.visit(flowchart)
    return order.done


@dataclass
class _Order:
    makers: dict[str, list[ast.Flowchart]]
    sink: Sink
    done: list[ast.Flowchart] = field(default_factory=list)
    _working: list[ast.Flowchart] = field(default_factory=list)

    def visit(self, flowchart: ast.Flowchart) -> None:
        """Add a flowchart after all that it follows."""
        if any(flowchart is f for f in self.done):
            return
        self._working.append(flowchart)
        for name in _followed(flowchart):
            for other in self.makers.get(name.text, ()):
                if any(other is f for f in self._working):
                    title = other.name.text
                    self.sink.report(
                        structure.FLOWCHARTS_IN_A_CIRCLE, name.span, name=name.text, other=title
                    )
                else:
                    self.visit(other)
        self._working.pop()
        self.done.append(flowchart)


def _followed(flowchart: ast.Flowchart) -> Iterator[ast.Name]:
    """Yield the cells of other flowcharts that a flowchart starts from."""
    own = {n.text for step in flowchart.steps for n in cell_names(step)}
    for step in flowchart.steps:
        match step:
            case ast.Segment(sources=sources):
                names = sources
            case (
                ast.Decision(source=source)
                | ast.Select(source=source)
                | ast.Sample(source=source)
                | ast.Snapshot(source=source)
            ):
                names = () if source is None else (source,)
            case ast.Derived():
                names = ()
            case _:
                assert_never(step)
        yield from (name for name in names if name.text not in own)
