"""What an editor asks, and how the answers are said in its protocol."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from lsprotocol import types as lsp
from pygls.exceptions import JsonRpcException

from interact.compiler.source import Span
from interact.runtime.editor import rename as renaming
from interact.runtime.editor.analysis import Analysis
from interact.runtime.editor.colours import LEGEND, coloured
from interact.runtime.editor.completion import complete
from interact.runtime.editor.fixes import Fix, fixes
from interact.runtime.editor.formatting import format_edits
from interact.runtime.editor.hover import hover
from interact.runtime.editor.serving import InteractServer
from interact.runtime.editor.session import path_of
from interact.runtime.editor.signature import signature
from interact.runtime.editor.symbols import KINDS, document_symbols
from interact.runtime.imports import files_at


def register(server: InteractServer) -> None:
    """Let a server answer."""
    for method, answer in _ANSWERS.items():
        server.feature(method, _OPTIONS.get(method))(answer)


def _formatting(
    ls: InteractServer, params: lsp.DocumentFormattingParams
) -> list[lsp.TextEdit] | None:
    source = ls.session.source(params.text_document.uri)
    return None if source is None else format_edits(source, ls.session.lines(source))


def _symbols(
    ls: InteractServer, params: lsp.DocumentSymbolParams
) -> list[lsp.DocumentSymbol] | None:
    uri = params.text_document.uri
    analysis = ls.session.analysis(uri)
    source = None if analysis is None else analysis.source(path_of(uri))
    if analysis is None or source is None:
        return None
    return document_symbols(analysis.modules[source.name], ls.session.lines(source))


def _project_symbols(
    ls: InteractServer, params: lsp.WorkspaceSymbolParams
) -> list[lsp.WorkspaceSymbol]:
    wanted = params.query.casefold()
    return [
        lsp.WorkspaceSymbol(
            ls.session.place(analysis, symbol.name.span),
            symbol.name.text,
            KINDS.get(symbol.kind, lsp.SymbolKind.Struct),
        )
        for analysis in ls.session.analyses()
        for symbol in analysis.index.symbols()
        if wanted in symbol.name.text.casefold()
    ]


def _hover(ls: InteractServer, params: lsp.HoverParams) -> lsp.Hover | None:
    place = ls.session.at(params.text_document.uri, params.position)
    found = None if place is None else hover(*place)
    if place is None or found is None:
        return None
    span, text = found
    content = lsp.MarkupContent(lsp.MarkupKind.Markdown, text)
    return lsp.Hover(content, ls.session.lines(place[1]).range(span))


def _definition(ls: InteractServer, params: lsp.DefinitionParams) -> list[lsp.Location]:
    place = ls.session.at(params.text_document.uri, params.position)
    if place is None:
        return []
    analysis, source, offset = place
    for imported in analysis.modules[source.name].imports:
        if imported.span.start <= offset <= imported.span.end:
            files = files_at(source.name, imported.path, ls.session.buffers.below)
            return _locations(ls, analysis, (Span(file, 0, 0) for file in files))
    found = analysis.index.at(source.name, offset)
    symbols = [] if found is None else found[1]
    return _locations(ls, analysis, (symbol.name.span for symbol in symbols))


def _references(ls: InteractServer, params: lsp.ReferenceParams) -> list[lsp.Location]:
    place = ls.session.at(params.text_document.uri, params.position)
    if place is None:
        return []
    analysis, source, offset = place
    found = analysis.index.at(source.name, offset)
    symbols = [] if found is None else found[1]
    declared = {symbol.name.span for symbol in symbols}
    wanted = params.context.include_declaration
    spans = (s for s in analysis.index.mentions(symbols) if wanted or s not in declared)
    return _locations(ls, analysis, spans)


def _highlights(
    ls: InteractServer, params: lsp.DocumentHighlightParams
) -> list[lsp.DocumentHighlight]:
    place = ls.session.at(params.text_document.uri, params.position)
    if place is None:
        return []
    analysis, source, offset = place
    found = analysis.index.at(source.name, offset)
    spans = [] if found is None else analysis.index.mentions(found[1])
    lines = ls.session.lines(source)
    return [lsp.DocumentHighlight(lines.range(s)) for s in spans if s.file == source.name]


def _locations(ls: InteractServer, analysis: Analysis, spans: Iterable[Span]) -> list[lsp.Location]:
    return [ls.session.place(analysis, span) for span in spans]


def _prepare_rename(ls: InteractServer, params: lsp.PrepareRenameParams) -> lsp.Range | None:
    place = ls.session.at(params.text_document.uri, params.position)
    if place is None:
        return None
    analysis, source, offset = place
    found = renaming.renamable(analysis, source.name, offset)
    return None if found is None else ls.session.lines(source).range(found[0])


def _rename(ls: InteractServer, params: lsp.RenameParams) -> lsp.WorkspaceEdit | None:
    place = ls.session.at(params.text_document.uri, params.position)
    if place is None:
        return None
    analysis, source, offset = place
    workshop = ls.session.workshop(analysis)
    try:
        edits = renaming.rename(analysis, workshop, source.name, offset, params.new_name)
    except renaming.Refused as refused:
        code = lsp.LSPErrorCodes.RequestFailed
        raise JsonRpcException(refused.message, int(code)) from refused
    changes: dict[str, list[lsp.TextEdit]] = {}
    for span, new in edits:
        location = ls.session.place(analysis, span)
        changes.setdefault(location.uri, []).append(lsp.TextEdit(location.range, new))
    return lsp.WorkspaceEdit(changes=changes)


def _completion(ls: InteractServer, params: lsp.CompletionParams) -> lsp.CompletionList | None:
    place = ls.session.soon_at(params.text_document.uri, params.position)
    return None if place is None else lsp.CompletionList(False, complete(*place))


def _signature(ls: InteractServer, params: lsp.SignatureHelpParams) -> lsp.SignatureHelp | None:
    place = ls.session.soon_at(params.text_document.uri, params.position)
    return None if place is None else signature(*place)


def _actions(ls: InteractServer, params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
    place = ls.session.at(params.text_document.uri, params.range.start)
    if place is None:
        return []
    analysis, source, start = place
    end = ls.session.lines(source).offset(params.range.end)
    workshop = ls.session.workshop(analysis)
    found = fixes(analysis, workshop, source.name, start, end)
    return [_action(ls, fix, analysis, params.context.diagnostics) for fix in found]


def _action(
    ls: InteractServer, fix: Fix, analysis: Analysis, shown: Sequence[lsp.Diagnostic]
) -> lsp.CodeAction:
    place = ls.session.place(analysis, fix.span)
    mended = ls.session.place(analysis, fix.mends.span).range
    code = fix.mends.code.id
    return lsp.CodeAction(
        fix.title,
        kind=lsp.CodeActionKind.QuickFix,
        diagnostics=[d for d in shown if d.code == code and d.range == mended] or None,
        is_preferred=fix.is_sure or None,
        edit=lsp.WorkspaceEdit(changes={place.uri: [lsp.TextEdit(place.range, fix.text)]}),
    )


def _colours(ls: InteractServer, params: lsp.SemanticTokensParams) -> lsp.SemanticTokens | None:
    place = ls.session.at(params.text_document.uri, lsp.Position(0, 0))
    if place is None:
        return None
    analysis, source, _ = place
    return lsp.SemanticTokens(coloured(analysis.index, source, ls.session.lines(source)))


_ANSWERS: dict[str, Callable[..., object]] = {
    lsp.TEXT_DOCUMENT_FORMATTING: _formatting,
    lsp.TEXT_DOCUMENT_DOCUMENT_SYMBOL: _symbols,
    lsp.WORKSPACE_SYMBOL: _project_symbols,
    lsp.TEXT_DOCUMENT_HOVER: _hover,
    lsp.TEXT_DOCUMENT_DEFINITION: _definition,
    lsp.TEXT_DOCUMENT_REFERENCES: _references,
    lsp.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT: _highlights,
    lsp.TEXT_DOCUMENT_PREPARE_RENAME: _prepare_rename,
    lsp.TEXT_DOCUMENT_RENAME: _rename,
    lsp.TEXT_DOCUMENT_COMPLETION: _completion,
    lsp.TEXT_DOCUMENT_SIGNATURE_HELP: _signature,
    lsp.TEXT_DOCUMENT_CODE_ACTION: _actions,
    lsp.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL: _colours,
}
_OPTIONS: dict[str, Any] = {
    lsp.TEXT_DOCUMENT_RENAME: lsp.RenameOptions(prepare_provider=True),
    lsp.TEXT_DOCUMENT_COMPLETION: lsp.CompletionOptions(trigger_characters=["."]),
    lsp.TEXT_DOCUMENT_SIGNATURE_HELP: lsp.SignatureHelpOptions(trigger_characters=["(", ","]),
    lsp.TEXT_DOCUMENT_CODE_ACTION: lsp.CodeActionOptions([lsp.CodeActionKind.QuickFix]),
    lsp.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL: LEGEND,
}
