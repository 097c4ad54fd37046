"""What can be written at a place: words of the language, and names that would lead somewhere.

Names are found by trying: one that nobody declares is put in at the place, and the compiler tells
which names it would have understood there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from lsprotocol import types as lsp

from interact.compiler.source import SourceFile
from interact.compiler.surface.following import Following, following
from interact.compiler.surface.from_source import parse_file
from interact.compiler.surface.lex import tokenize
from interact.compiler.surface.outline import Symbol
from interact.compiler.surface.tables import load_tables
from interact.runtime.editor.analysis import Analysis, resolve
from interact.runtime.editor.hover import callables
from interact.runtime.editor.symbols import KINDS
from interact.runtime.reference import plain

PROBE = "interactprobe"
_BEFORE, _AFTER = re.compile(r"\w*\Z"), re.compile(r"\w*")
_DECLARATION = re.compile(r"^(?=[a-z])", re.MULTILINE)
_FUNCTIONS = ("function", "decision table")


def complete(analysis: Analysis, source: SourceFile, offset: int) -> list[lsp.CompletionItem]:
    """Return what can be written at a place, what is most likely first."""
    start = offset - len(_BEFORE.search(source.text[:offset])[0])  # type: ignore[index]
    end = offset + len(_AFTER.match(source.text, offset)[0])  # type: ignore[index]
    kind = _surroundings(source.text, start)
    if kind == "comment":
        return []
    may = following(source, start)
    is_member = source.text[start - 1 : start] == "."
    is_value = (may.is_value or kind == "text") and not is_member
    names = _names(analysis, source, start, end, may)
    items = [*_named(analysis, names)]
    items += _callables(analysis) if names and is_value else ()
    words = [] if kind == "text" or is_member else [_word(word) for word in may.words]
    begins_line = not source.text[source.text.rfind("\n", 0, start) + 1 : start].strip()
    listed = [*items, *words] if is_value or begins_line else [*words, *items]
    for place, item in enumerate(listed):
        item.sort_text = f"{place:04}"
    return listed


def _surroundings(text: str, offset: int) -> str:
    """Return whether a place is in a comment, a text, or in neither."""
    for token in tokenize(text, load_tables()).tokens:
        if token.start < offset < token.end and token.text.startswith('"'):
            return "text"
        if token.start >= offset:
            break
    line = text[text.rfind("\n", 0, offset) + 1 : offset]
    return "comment" if "#" in re.sub(r'"(?:[^"\\]|\\.)*"', "", line) else ""


def _names(
    analysis: Analysis, source: SourceFile, start: int, end: int, may: Following
) -> list[str]:
    """Return the names that would lead somewhere; none where a name is declared.

    The text is tried as it is, then with the item ended behind the name, then without what follows.
    """
    before, after = source.text[:start] + PROBE, source.text[end:]
    later = _DECLARATION.search(after, after.find("\n") + 1) if "\n" in after else None
    others = after[later.start() :] if later else ""
    ends = [f"{before} {rest} " for rest in may.rests]
    for tries in (
        [before + after],
        [f"{text}{after}" for text in ends],
        [f"{text}{'}' * may.blocks}\n{others}" for text in ends],
    ):
        sources = (SourceFile(source.name, text) for text in tries)
        found = [name for tried in sources for name in _known(analysis, tried, start)]
        if found:
            return list(dict.fromkeys(found))
    return []


def _known(analysis: Analysis, source: SourceFile, start: int) -> list[str]:
    """Return the names that the compiler would understand at a place."""
    sources = [source if s.name == source.name else s for s in analysis.sources.values()]
    parsed = {**analysis.parsed, source.name: parse_file(source)}
    _, heard = resolve(sources, frozenset(), parsed)
    end = start + len(PROBE)
    found = [
        name
        for span, names in heard.known.items()
        if span.file == source.name and span.start <= start and span.end == end
        for name in names
    ]
    return [name for name in dict.fromkeys(found) if name.isidentifier() and name != PROBE]


# ---------------------------------------------------------------- items


def _named(analysis: Analysis, names: list[str]) -> Iterator[lsp.CompletionItem]:
    declared: dict[str, Symbol] = {}
    for symbol in analysis.index.symbols():
        declared.setdefault(symbol.name.text, symbol)
    for name in names:
        is_function = name not in declared and name in callables()
        yield _callable(name) if is_function else _item(name, declared.get(name), analysis)


def _item(name: str, symbol: Symbol | None, analysis: Analysis) -> lsp.CompletionItem:
    if symbol is None:
        return lsp.CompletionItem(name, kind=lsp.CompletionItemKind.Value)
    type_ = analysis.index.type_of(symbol)
    sort = KINDS.get(symbol.kind, lsp.SymbolKind.Struct)
    return lsp.CompletionItem(
        name,
        kind=getattr(lsp.CompletionItemKind, sort.name, lsp.CompletionItemKind.Reference),
        detail=f"{symbol.kind}: {type_}" if type_ else symbol.kind,
        documentation=symbol.doc or None,
    )


def _callables(analysis: Analysis) -> Iterator[lsp.CompletionItem]:
    own = (s for s in analysis.index.symbols() if s.kind in _FUNCTIONS)
    yield from (_item(symbol.name.text, symbol, analysis) for symbol in own)
    yield from (_callable(name) for name in callables() if name.isidentifier())


def _callable(name: str) -> lsp.CompletionItem:
    entry = callables()[name][0]
    return lsp.CompletionItem(
        name,
        kind=lsp.CompletionItemKind.Function,
        detail=entry.usage[0] if entry.usage else None,
        documentation=plain(entry.doc),
    )


def _word(word: str) -> lsp.CompletionItem:
    return lsp.CompletionItem(word, kind=lsp.CompletionItemKind.Keyword)
