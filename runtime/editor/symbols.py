"""The outline of a file."""

from __future__ import annotations

from lsprotocol import types as lsp

from interact.compiler.surface import ast
from interact.compiler.surface.outline import Symbol, outline
from interact.runtime.editor.lines import Lines

KINDS = {
    "audience": lsp.SymbolKind.Class,
    "key": lsp.SymbolKind.Key,
    "attribute": lsp.SymbolKind.Property,
    "session attribute": lsp.SymbolKind.Property,
    "offer attribute": lsp.SymbolKind.Property,
    "field": lsp.SymbolKind.Field,
    "column": lsp.SymbolKind.Field,
    "rows": lsp.SymbolKind.Array,
    "constant": lsp.SymbolKind.Constant,
    "enumeration": lsp.SymbolKind.Enum,
    "member": lsp.SymbolKind.EnumMember,
    "function": lsp.SymbolKind.Function,
    "decision table": lsp.SymbolKind.Function,
    "template": lsp.SymbolKind.Function,
    "parameter": lsp.SymbolKind.Variable,
    "derived field": lsp.SymbolKind.Variable,
    "offer": lsp.SymbolKind.Object,
    "list of offers": lsp.SymbolKind.Array,
    "channel": lsp.SymbolKind.Interface,
    "zone": lsp.SymbolKind.Namespace,
    "event": lsp.SymbolKind.Event,
    "pattern": lsp.SymbolKind.Event,
    "flowchart": lsp.SymbolKind.Module,
    "strategy": lsp.SymbolKind.Module,
    "decision": lsp.SymbolKind.Operator,
    "sample": lsp.SymbolKind.Operator,
    "test": lsp.SymbolKind.Method,
}


def document_symbols(module: ast.Module, lines: Lines) -> list[lsp.DocumentSymbol]:
    """Return what a file declares, as a tree."""
    return [_shown(symbol, lines) for symbol in outline(module)]


def _shown(symbol: Symbol, lines: Lines) -> lsp.DocumentSymbol:
    return lsp.DocumentSymbol(
        name=symbol.name.text or "?",
        kind=KINDS.get(symbol.kind, lsp.SymbolKind.Struct),
        range=lines.range(symbol.span.to(symbol.name.span)),
        selection_range=lines.range(symbol.name.span),
        detail=symbol.kind,
        children=[_shown(child, lines) for child in symbol.children],
    )
