"""Flowcharts as SVG, laid out by Graphviz; colours come from the page, by class."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from html import escape

from interact.runtime.cli.wording import share
from interact.runtime.describe.model import Chart, Count, Node, NodeKind
from interact.runtime.errors import InteractError

FILL = {
    NodeKind.START: "#e8eaed",
    NodeKind.DECISION: "#dbe9ff",
    NodeKind.SAMPLE: "#f0e1ff",
    NodeKind.CELL: "#ffffff",
    NodeKind.OTHERWISE: "#f3f3f3",
    NodeKind.SHARE: "#faf3ff",
    NodeKind.UNION: "#e2f5e6",
    NodeKind.SNAPSHOT: "#fff4d6",
}
SHAPE = {
    NodeKind.START: ("box", "rounded,filled"),
    NodeKind.DECISION: ("hexagon", "filled"),
    NodeKind.SAMPLE: ("octagon", "filled"),
    NodeKind.CELL: ("box", "filled"),
    NodeKind.OTHERWISE: ("box", "filled,dashed"),
    NodeKind.SHARE: ("box", "rounded,filled"),
    NodeKind.UNION: ("box", "rounded,filled,bold"),
    NodeKind.SNAPSHOT: ("cylinder", "filled"),
}
DASHED = frozenset({NodeKind.OTHERWISE})
DOTTED = frozenset({NodeKind.SHARE})


class NoGraphviz(InteractError):
    """The program that lays out graphs is not there."""


def require_dot() -> None:
    """Check that flowcharts can be drawn.

    Raises:
        NoGraphviz: The program ``dot`` is not there.
    """
    if shutil.which("dot") is None:
        raise NoGraphviz(
            "Graphviz is needed to draw flowcharts, and there is no program `dot`",
            help="apt install graphviz, or brew install graphviz; a page in Markdown (--out "
            "FILE.md) does without",
        )


def dot_of(chart: Chart) -> str:
    """Return a flowchart in the language of Graphviz."""
    from graphviz import Digraph

    graph = Digraph(chart.name)
    graph.attr(rankdir="LR", nodesep="0.18", ranksep="0.5", bgcolor="transparent", pad="0.1")
    graph.attr("node", fontname="Helvetica", fontsize="12", margin="0.12,0.06", penwidth="1.2")
    graph.attr("edge", fontname="Helvetica", fontsize="10", arrowsize="0.6", color="#777777")
    for node in chart.nodes:
        shape, style = SHAPE[node.kind]
        extra = {"class": node.kind.value, "tooltip": node.title}
        if node.kind in (NodeKind.DECISION, NodeKind.SAMPLE):
            extra["margin"] = "0.01,0.02"
        graph.node(
            node.id, f"<{_label(node)}>", shape=shape, style=style,
            fillcolor=FILL[node.kind], color="#777777", **extra,
        )  # fmt: skip
    for edge in chart.edges:
        style = "dashed" if edge.kind in DASHED else "dotted" if edge.kind in DOTTED else "solid"
        extra = {"class": edge.kind.value, "tooltip": " "}
        graph.edge(edge.source, edge.target, _percent(edge.count), style=style, **extra)
    return str(graph.source)


def svg_of(chart: Chart) -> str:
    """Return a flowchart as an SVG element."""
    from graphviz import Source

    text = Source(dot_of(chart)).pipe(format="svg", encoding="utf-8")
    element = text[text.index("<svg") :]
    title = f'<svg role="img" aria-label="flowchart {escape(chart.name)}"'
    # A page holds several drawings, and no two of its elements may share an id.
    plain = re.sub(r'<!--.*?-->\n?| id="[^"]*"', "", element, flags=re.DOTALL)
    size = re.compile(r'width="(\d+)pt" height="\d+pt"')
    return size.sub(_fitted, plain.replace("<svg", title, 1), count=1).strip()


def _fitted(size: re.Match[str]) -> str:
    """Let a drawing shrink with the page, as far as it can still be read."""
    width = int(size[1]) * 4 // 3
    return f'style="width: 100%; min-width: {width * 5 // 8}px; max-width: {width}px"'


def _percent(count: Count | None) -> str:
    return "" if count is None else f" {share(count.customers, count.whole)} "


def _label(node: Node) -> str:
    """Return a box as one of Graphviz's tables."""
    return (
        '<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1">'
        + "".join(f"<TR>{row}</TR>" for row in _rows(node))
        + "</TABLE>"
    )


def _rows(node: Node) -> Iterator[str]:
    note = f'<FONT COLOR="#666666" POINT-SIZE="10">{escape(node.note)}</FONT>'
    title = f"<B>{escape(node.title)}</B>"
    if node.kind in (NodeKind.DECISION, NodeKind.SAMPLE, NodeKind.START, NodeKind.UNION):
        yield f'<TD ALIGN="LEFT">{title}</TD>'
        yield f'<TD ALIGN="LEFT">{note}</TD>'
    else:
        number = f"{note} " if node.note.endswith(".") else ""
        after = f"  {note}" if node.note and not number else ""
        yield f'<TD ALIGN="LEFT">{number}{title}{after}</TD>'
    if node.lines:
        face = "Helvetica" if node.kind is NodeKind.OTHERWISE else "Courier New"
        lines = "".join(f'{escape(line)}<BR ALIGN="LEFT"/>' for line in node.lines)
        yield (
            f'<TD ALIGN="LEFT" BALIGN="LEFT"><FONT FACE="{face}" POINT-SIZE="10">{lines}'
            "</FONT></TD>"
        )
    if node.count is not None:
        yield f'<TD ALIGN="LEFT"><FONT COLOR="#1a5fb4" POINT-SIZE="11">{_count(node)}</FONT></TD>'


def _count(node: Node) -> str:
    assert node.count is not None
    part, whole = node.count.customers, node.count.whole
    return f"{part:,}" + ("" if node.kind is NodeKind.START else f"  ({share(part, whole)})")
