"""Flowcharts as Mermaid diagrams, which Git hosts draw in Markdown."""

from __future__ import annotations

from collections.abc import Iterator

from interact.runtime.cli.wording import share
from interact.runtime.describe.draw import DASHED, DOTTED, FILL
from interact.runtime.describe.model import Chart, Node, NodeKind

_BRACKETS = {
    NodeKind.START: ("([", "])"),
    NodeKind.DECISION: ("{{", "}}"),
    NodeKind.SAMPLE: ("{{", "}}"),
    NodeKind.UNION: ("(", ")"),
    NodeKind.SNAPSHOT: ("[(", ")]"),
    NodeKind.SHARE: ("(", ")"),
}
_ENTITIES = {'"': "#quot;", "<": "#lt;", ">": "#gt;", "`": "#96;"}


def mermaid_of(chart: Chart) -> str:
    """Return a flowchart in the language of Mermaid."""
    return "\n".join(_lines(chart))


def _lines(chart: Chart) -> Iterator[str]:
    ids = {node.id: f"n{number}" for number, node in enumerate(chart.nodes)}
    yield "flowchart LR"
    for node in chart.nodes:
        left, right = _BRACKETS.get(node.kind, ("[", "]"))
        yield f'  {ids[node.id]}{left}"{_label(node)}"{right}:::{node.kind.value}'
    for edge in chart.edges:
        arrow = "-.->" if edge.kind in DASHED | DOTTED else "-->"
        told = edge.count and f"|{share(edge.count.customers, edge.count.whole)}|"
        yield f"  {ids[edge.source]} {arrow}{told or ''} {ids[edge.target]}"
    for kind in dict.fromkeys(node.kind for node in chart.nodes):
        dashed = ",stroke-dasharray:4 3" if kind in DASHED else ""
        yield f"  classDef {kind.value} fill:{FILL[kind]},stroke:#777,color:#111{dashed}"


def _label(node: Node) -> str:
    is_numbered = node.note.endswith(".")
    number = f" ({node.note[:-1]})" if is_numbered else ""
    parts = [f"<b>{_escaped(node.title)}</b>{number}"]
    notes = () if is_numbered else (node.note,)
    parts += [_escaped(line) for line in (*notes, *node.lines) if line]
    if node.count is not None:
        part, whole = node.count.customers, node.count.whole
        parts.append(f"{part:,} ({share(part, whole)})")
    return "<br/>".join(parts)


def _escaped(text: str) -> str:
    """Return a text as it may stand in a label.

    >>> _escaped('age > 3 and city = "Rome"')
    'age #gt; 3 and city = #quot;Rome#quot;'
    """
    return "".join(_ENTITIES.get(c, c) for c in text.replace("#", "#35;"))
