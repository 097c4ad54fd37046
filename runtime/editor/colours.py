"""What each name is, for editors that colour names by it: the grammar only knows words."""

from __future__ import annotations

from collections.abc import Iterator

from lsprotocol import types as lsp

from interact.compiler.source import SourceFile, Span
from interact.runtime.editor.index import Index
from interact.runtime.editor.lines import Lines

TYPES = (
    *("class", "property", "variable", "parameter", "function", "enum", "enumMember", "event"),
    *("namespace", "type"),
)
_DECLARATION = 1
_KINDS = {
    "audience": "class",
    "key": "property",
    "attribute": "property",
    "session attribute": "property",
    "offer attribute": "property",
    "field": "property",
    "column": "property",
    "rows": "property",
    "constant": "variable",
    "derived field": "variable",
    "parameter": "parameter",
    "function": "function",
    "decision table": "function",
    "template": "function",
    "enumeration": "enum",
    "member": "enumMember",
    "event": "event",
    "pattern": "event",
    "zone": "namespace",
    "point": "namespace",
    "channel": "namespace",
}
LEGEND = lsp.SemanticTokensLegend(list(TYPES), ["declaration"])


def coloured(index: Index, source: SourceFile, lines: Lines) -> list[int]:
    """Return the names of a file as the protocol has them: five numbers each, places relative."""
    found: list[int] = []
    line = column = 0
    for span, kind, declares in _names(index, source):
        place, end = lines.position(span.start), lines.position(span.end)
        first = place.character - (column if place.line == line else 0)
        found += (place.line - line, first, end.character - place.character)
        found += (TYPES.index(kind), _DECLARATION * declares)
        line, column = place.line, place.character
    return found


def _names(index: Index, source: SourceFile) -> Iterator[tuple[Span, str, bool]]:
    """Yield names in order, with what they are, and whether they are declared there."""
    last = 0
    for span in index.names(source.name):
        symbols = index.declared(span)
        if not symbols or symbols[0].kind == "test" or span.start < last:
            continue
        yield span, _KINDS.get(symbols[0].kind, "type"), symbols[0].name.span == span
        last = span.end
