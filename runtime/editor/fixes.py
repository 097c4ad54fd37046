"""What mends a finding for sure, and comments that allow one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from interact.compiler.diagnostics.diagnostic import Diagnostic, Severity
from interact.compiler.lints.catalogue import LINTS
from interact.compiler.source import SourceFile, Span
from interact.runtime.editor.analysis import Analysis, Workshop
from interact.runtime.editor.rename import edited
from interact.runtime.editor.sources import Buffers
from interact.stdlib.records import record

_SURE = re.compile(r"(?:did you mean|write) `([^`…]+)`(?: alone)?\??")

_LAST_NAME = re.compile(r"(?:\w+\.)?(\w+)")
"""Of a name with a qualifier the last part is meant, of a type not its ``?``."""


@record
class Fix:
    """An edit, what it is called, and what it mends; ``is_sure`` says that it is what was meant."""

    title: str
    span: Span
    text: str
    mends: Diagnostic
    is_sure: bool


def fixes(analysis: Analysis, workshop: Workshop, file: str, start: int, end: int) -> Iterator[Fix]:
    """Yield what mends findings of a file that touch a stretch of it.

    A replacement is tried first: it is yielded when nothing else is found in its place with it,
    or of an error of syntax, no other one.
    """
    source = analysis.sources[file]
    for found in analysis.found:
        if found.span.file != file or found.span.start > end or found.span.end < start:
            continue
        fix = _replacement(found, source)
        if fix is not None and _mends(fix, analysis, workshop):
            yield fix
        if found.code.id in LINTS and found.code.id != "W0001":
            yield _allow(found, source)


def _replacement(found: Diagnostic, source: SourceFile) -> Fix | None:
    """Return what the help of a finding says to write in its place."""
    meant = _SURE.fullmatch(found.help)
    if meant is None:
        return None
    written = source.text[found.span.start : found.span.end]
    start, end = found.span.start, found.span.end
    name = _LAST_NAME.match(written)
    if name is not None and meant[1].isidentifier() and not found.help.endswith("alone"):
        start, end = start + name.start(1), start + name.end(1)
    span = Span(found.span.file, start, end)
    return Fix(f"Write `{meant[1]}`", span, meant[1], found, True)


def _mends(fix: Fix, analysis: Analysis, workshop: Workshop) -> bool:
    buffers = Buffers()
    for path in workshop.buffers.paths():
        buffers.put(path, workshop.buffers.text(path) or "")
    for name, text in edited(analysis, [(fix.span, fix.text)]).items():
        buffers.put(name, text)
    after = Workshop(workshop.root, buffers).analyse()
    end = fix.span.start + len(fix.text)
    here = (
        d
        for d in after.found
        if d.span.file == fix.span.file
        and d.severity is Severity.ERROR
        and d.span.start <= end
        and d.span.end >= fix.span.start
    )
    return not any(_is_syntax(d) or not _is_syntax(fix.mends) for d in here)


def _is_syntax(found: Diagnostic) -> bool:
    return found.code.id.startswith("E01")


def _allow(found: Diagnostic, source: SourceFile) -> Fix:
    """Return the comment above a line that allows a finding in it."""
    start = source.text.rfind("\n", 0, found.span.start) + 1
    line = source.text[start : found.span.start]
    indent = line[: len(line) - len(line.lstrip())]
    end = "\r\n" if source.text.partition("\n")[0].endswith("\r") else "\n"
    comment = f"{indent}# allow({found.code.id}){end}"
    return Fix(
        f"Allow {found.code.id} here", Span(found.span.file, start, start), comment, found, False
    )
