"""Which function is being called at a place, and which of its arguments is being written."""

from __future__ import annotations

from lsprotocol import types as lsp

from interact.compiler.source import SourceFile
from interact.compiler.surface.lex import tokenize
from interact.compiler.surface.outline import Symbol
from interact.compiler.surface.tables import load_tables
from interact.runtime.editor.analysis import Analysis
from interact.runtime.editor.hover import callables
from interact.runtime.reference import plain

_DEFINED = ("function", "decision table")


def signature(analysis: Analysis, source: SourceFile, offset: int) -> lsp.SignatureHelp | None:
    """Return the signatures of the function that is being called; None where none is."""
    call = _call(source.text, offset)
    if call is None:
        return None
    name, argument = call
    own = (s for s in analysis.index.symbols() if s.kind in _DEFINED and s.name.text == name)
    shown = [_of_project(symbol, analysis) for symbol in own]
    if not shown:
        listed = callables().get(name, ())
        shown = [_made(usage, plain(e.doc)) for e in listed for usage in e.usage if "(" in usage]
    fitting = (i for i, s in enumerate(shown) if argument < len(s.parameters or ()))
    return lsp.SignatureHelp(shown, next(fitting, 0), argument) if shown else None


def _call(text: str, offset: int) -> tuple[str, int] | None:
    """Return the name before the innermost open parenthesis, and how many commas follow it."""
    open_: list[tuple[str, int]] = []
    before = ""
    for token in tokenize(text, load_tables(), 0, offset).tokens:
        match token.kind:
            case "LPAR":
                open_.append((before, 0))
            case "RPAR" if open_:
                open_.pop()
            case "LBRACE" | "RBRACE":
                open_.clear()
            case "COMMA" if open_:
                open_[-1] = open_[-1][0], open_[-1][1] + 1
            case _:
                pass
        before = token.text if token.kind == "NAME" else ""
    return open_[-1] if open_ and open_[-1][0] else None


def _of_project(symbol: Symbol, analysis: Analysis) -> lsp.SignatureInformation:
    text = analysis.sources[symbol.span.file].text
    listed = [c for c in symbol.children if c.kind == "parameter"]
    written = ", ".join(text[c.span.start : c.span.end] for c in listed)
    type_ = analysis.index.type_of(symbol)
    arrow = f" -> {type_}" if type_ else ""
    return _made(f"{symbol.name.text}({written}){arrow}", symbol.doc)


def _made(label: str, doc: str) -> lsp.SignatureInformation:
    start = label.index("(") + 1
    inner = label[start : label.rindex(")")] if label.endswith(")") else label[start:]
    inner = inner.partition(") ->")[0]
    parameters = []
    for part in inner.split(", ") if inner else ():
        parameters.append(lsp.ParameterInformation((start, start + len(part))))
        start += len(part) + 2
    return lsp.SignatureInformation(label, doc or None, parameters)
