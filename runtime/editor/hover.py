"""What a name is: as it is declared, or as the reference of functions has it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from textwrap import dedent

from interact.compiler.source import SourceFile, Span
from interact.compiler.surface.outline import Symbol
from interact.runtime.editor.analysis import Analysis
from interact.runtime.reference import Entry, entries, plain

_WORD = re.compile(r"[^\W\d_]\w*")
_MOST_LINES = 8
_CLOCKS = {
    "today": "date\n\nThe day of the decision.",
    "now": "timestamp\n\nThe time of the decision.",
    "marketer_score": "float\n\nThe score that the block, the rule or the table has without this.",
}


def hover(analysis: Analysis, source: SourceFile, offset: int) -> tuple[Span, str] | None:
    """Return the name at a place, and what to say of it in Markdown; None when it has none."""
    found = analysis.index.at(source.name, offset)
    if found is not None and found[1]:
        return found[0], "\n\n---\n\n".join(_told(s, analysis) for s in found[1][:3])
    for word in _WORD.finditer(source.text, max(0, source.text.rfind("\n", 0, offset))):
        if word.start() > offset:
            break
        if word.end() >= offset:
            text = _of_the_language(word[0])
            return None if text is None else (Span(source.name, *word.span()), text)
    return None


def _told(symbol: Symbol, analysis: Analysis) -> str:
    """Return a declaration as it is written, and what is known of it beyond that."""
    source = analysis.sources[symbol.name.span.file]
    type_ = analysis.index.type_of(symbol)
    head = f"**{symbol.kind}** `{symbol.name.text}`" + (f": `{type_}`" if type_ else "")
    excerpt = _excerpt(symbol, source)
    parts = [head, f"```interact\n{excerpt}\n```", symbol.doc if symbol.doc not in excerpt else ""]
    return "\n\n".join(part for part in parts if part)


def _excerpt(symbol: Symbol, source: SourceFile) -> str:
    """Return the text of a declaration, cut short where it is long."""
    start = source.text.rfind("\n", 0, symbol.span.start) + 1
    indent = source.text[start : symbol.span.start]
    text = source.text[symbol.span.start : symbol.span.end].replace("\r\n", "\n")
    lines = dedent((indent if not indent.strip() else "") + text).splitlines()
    return "\n".join([*lines[:_MOST_LINES], *(["…"] if len(lines) > _MOST_LINES else [])])


@cache
def callables() -> dict[str, list[Entry]]:
    """Return what the language can call, by name."""
    found: dict[str, list[Entry]] = {}
    for entry in entries():
        found.setdefault(entry.name, []).append(entry)
    return found


def _of_the_language(word: str) -> str | None:
    if word in _CLOCKS:
        return f"`{word}`: {_CLOCKS[word]}"
    listed = callables().get(word)
    return None if listed is None else "\n\n---\n\n".join("\n".join(explained(e)) for e in listed)


def explained(entry: Entry) -> Iterator[str]:
    """Yield the lines of what the reference says of a function."""
    yield "```interact"
    yield from entry.usage
    yield "```"
    yield plain(entry.doc)
    yield ""
    for expression, result in entry.examples:
        yield f"- `{expression}` → `{result}`"
