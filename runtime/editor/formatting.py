"""The canonical form of a text as edits of its lines."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher
from itertools import accumulate

from lsprotocol import types as lsp

from interact.compiler.diagnostics.diagnostic import Sink
from interact.compiler.source import SourceFile, Span
from interact.runtime.canonical import canonical
from interact.runtime.editor.lines import Lines

_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)|[^\r\n]+")


def format_edits(source: SourceFile, lines: Lines) -> list[lsp.TextEdit] | None:
    """Return what makes a text canonical; None for one with errors, which is left alone."""
    text = canonical(source, Sink())
    if text is None:
        return None
    return [lsp.TextEdit(lines.range(span), new) for span, new in changes(source, text)]


def changes(source: SourceFile, text: str) -> Iterator[tuple[Span, str]]:
    """Yield the stretches of lines in which a text differs, and what stands there instead."""
    before, after = _LINE.findall(source.text), _LINE.findall(text)
    starts = [0, *accumulate(map(len, before))]
    for kind, i, j, k, m in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind != "equal":
            yield Span(source.name, starts[i], starts[j]), "".join(after[k:m])
