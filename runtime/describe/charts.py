"""Flowcharts as graphs: steps and cells as boxes, from the sources as they were written."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import assert_never

from interact.compiler.surface import ast
from interact.compiler.surface.print_expression import print_expression
from interact.runtime.describe.model import Chart, Count, Edge, Node, NodeKind

WIDTH = 36
"""Characters of a condition on one line."""
START, _CELL = "start", "cell-"
Members = Mapping[tuple[str, str], Count]
"""How many customers are in each cell, by flowchart and name; empty without a trial run.

With no flowchart, how many are in the segment of that name.
"""


def chart_of(flowchart: ast.Flowchart, audience: str, members: Members) -> Chart:
    """Return a flowchart as a graph.

    Args:
        flowchart: As it was written.
        audience: The name of the box where all start.
        members: From a trial run.
    """
    work = _Work(flowchart.name.text, members)
    whole = next((c.whole for c in members.values()), None)
    count = None if whole is None else Count(whole, whole)
    work.nodes.append(Node(START, NodeKind.START, audience, "everyone", (), count))
    for step in flowchart.steps:
        work.step(step)
    is_used = any(edge.source == START for edge in work.edges) or not work.edges
    nodes = tuple(work.nodes if is_used else work.nodes[1:])
    return Chart(work.name, tuple(work.derived), nodes, tuple(work.edges))


@dataclass
class _Work:
    """The boxes of one flowchart so far."""

    name: str
    members: Members
    nodes: list[Node] = field(default_factory=list)
    edges: list[Edge] = field(default_factory=list)
    derived: list[tuple[str, str]] = field(default_factory=list)

    def step(self, step: ast.Step) -> None:
        match step:
            case ast.Decision():
                self._decision(step)
            case ast.Sample():
                self._sample(step)
            case ast.Select(name=name, source=source, condition=condition):
                self._cell(name.text, _source(source), NodeKind.CELL, "", condition)
            case ast.Segment(name=name, sources=sources):
                self._union(name.text, [s.text for s in sources])
            case ast.Snapshot(name=name, source=source, fields=fields):
                listed = ", ".join(f.name.text for f in fields)
                lines = tuple(wrapped(listed)) if fields else ()
                self._step(name.text, _source(source), NodeKind.SNAPSHOT, "table", lines)
            case ast.Derived(name=name, value=value):
                self.derived.append((name.text, print_expression(value)))
            case _:
                assert_never(step)

    def _decision(self, step: ast.Decision) -> None:
        note = "all that fit" if step.independent else "the first that fits"
        source = self._step(step.name.text, _source(step.source), NodeKind.DECISION, note)
        for number, branch in enumerate(step.branches, start=1):
            kind = NodeKind.OTHERWISE if branch.condition is None else NodeKind.CELL
            place = "" if step.independent or branch.condition is None else f"{number}."
            self._cell(branch.name.text, source, kind, place, branch.condition)

    def _sample(self, step: ast.Sample) -> None:
        seed = () if step.seed is None else (f"seed {step.seed}",)
        if step.redraw is not None:
            seed = (*seed, f"drawn again every {step.redraw.every.text}")
        source = self._step(
            step.name.text, _source(step.source), NodeKind.SAMPLE, "by chance", seed
        )
        for share in step.shares:
            constant = None if share.constant is None else share.constant.text
            number = share.percent or constant
            part = "the rest" if number is None else f"{number} %"
            self._cell(share.name.text, source, NodeKind.SHARE, part, None)

    def _step(
        self, name: str, source: str, kind: NodeKind, note: str, lines: tuple[str, ...] = ()
    ) -> str:
        """Add the box of a step, and return its id."""
        node = Node(f"step-{name}", kind, name, note, lines)
        self.nodes.append(node)
        self._edge(source, node, None)
        return node.id

    def _cell(
        self, name: str, source: str, kind: NodeKind, note: str, condition: ast.Expr | None
    ) -> None:
        lines = () if condition is None else tuple(wrapped(print_expression(condition)))
        if kind is NodeKind.OTHERWISE:
            lines = ("otherwise",)
        count = self.members.get((self.name, name))
        node = Node(_cell_id(name), kind, name, note, lines, count)
        self.nodes.append(node)
        self._edge(source, node, count)

    def _union(self, name: str, sources: list[str]) -> None:
        count = self.members.get((self.name, name))
        node = Node(_cell_id(name), NodeKind.UNION, name, "segment", (), count)
        self.nodes.append(node)
        for source in sources:
            self._edge(_cell_id(source), node, None)

    def _edge(self, source: str, node: Node, count: Count | None) -> None:
        """Add an arrow; it tells the part of those who came to its source."""
        if all(n.id != source for n in self.nodes):
            self._elsewhere(source.removeprefix(_CELL))
        came = self._arrived(source)
        part = None if count is None or came is None else Count(count.customers, came)
        self.edges.append(Edge(source, node.id, node.kind, part))

    def _elsewhere(self, name: str) -> None:
        """Add the box of a segment that other flowcharts make."""
        count = self.members.get(("", name))
        node = Node(_cell_id(name), NodeKind.START, name, "of another flowchart", (), count)
        self.nodes.append(node)

    def _arrived(self, id: str) -> int | None:
        """Return how many customers come to a box; to a step, as many as to its source."""
        node = next(n for n in self.nodes if n.id == id)
        if node.count is not None:
            return node.count.customers
        sources = [e.source for e in self.edges if e.target == id]
        return self._arrived(sources[0]) if len(sources) == 1 else None


def _source(name: ast.Name | None) -> str:
    return START if name is None else _cell_id(name.text)


def _cell_id(name: str) -> str:
    return f"{_CELL}{name}"


def wrapped(text: str, width: int = WIDTH) -> Iterator[str]:
    """Yield a condition in lines; one begins with ``and`` or ``or`` where it can.

    >>> list(wrapped("balance >= 20_000 and credit_score >= 700 or vip", 24))
    ['balance >= 20_000', 'and credit_score >= 700', 'or vip']
    """
    line = ""
    for part in re.split(r" (?=(?:and|or) )", text):
        joined = f"{line} {part}".strip()
        if len(joined) <= width:
            line = joined
            continue
        if line:
            yield line
        *full, line = textwrap.wrap(part, width, break_on_hyphens=False, break_long_words=False)
        yield from full
    if line:
        yield line
