"""Diagnostics as text for people and as plain data for programs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from interact.compiler.diagnostics.diagnostic import Diagnostic
from interact.compiler.diagnostics.excerpt import Mark, draw_excerpt, marks_of
from interact.compiler.diagnostics.paint import Paint
from interact.compiler.source import SourceFile, Span

Json = dict[str, object]


def render_text(
    diagnostics: Iterable[Diagnostic], sources: Mapping[str, SourceFile], *, colour: bool = False
) -> str:
    """Return all ``diagnostics`` as text, a blank line between two, none at the end."""
    return "\n\n".join(render_diagnostic(found, sources, colour=colour) for found in diagnostics)


def render_diagnostic(
    found: Diagnostic, sources: Mapping[str, SourceFile], *, colour: bool = False
) -> str:
    """Return one diagnostic with the source lines that it is about.

    ::

        error[E0101]: expected a name, found `{`
         --> cards.interact:1:7
          |
        1 | offer {
          |       ^ here
          = help: …
    """
    paint = Paint(colour)
    tone = found.severity.value
    head = paint(tone, f"{found.severity}[{found.code.id}]") + paint("strong", f": {found.message}")
    lines = [head]
    by_file = _marks_by_file(found, sources)
    width = max((len(str(mark.line)) for marks in by_file.values() for mark in marks), default=0)
    for file, marks in by_file.items():
        source = sources[file]
        line, column = source.position(_first_of(found, file).start)
        arrow = "-->" if file == found.span.file else ":::"
        lines.append(f"{' ' * width}{paint('gutter', arrow)} {file}:{line}:{column}")
        lines.extend(draw_excerpt(source, marks, width, tone, paint))
    if found.help:
        lines.append(
            f"{' ' * (width + 1)}{paint('gutter', '=')} {paint('strong', 'help')}: " + found.help
        )
    return "\n".join(lines)


def _first_of(found: Diagnostic, file: str) -> Span:
    """Return the first place of ``found`` in ``file``, the primary one before all others."""
    places = [found.span, *(label.span for label in found.labels)]
    return next(span for span in places if span.file == file)


def _marks_by_file(found: Diagnostic, sources: Mapping[str, SourceFile]) -> dict[str, list[Mark]]:
    """Return what to underline in each file that is known, the primary file first."""
    by_file: dict[str, list[Mark]] = {}
    places = [(found.span, found.label, True)]
    places += [(label.span, label.text, False) for label in found.labels]
    for span, text, is_primary in places:
        if span.file in sources:
            marks = marks_of(sources[span.file], span, text, is_primary)
            by_file.setdefault(span.file, []).extend(marks)
    return by_file


def to_json(found: Diagnostic, sources: Mapping[str, SourceFile]) -> Json:
    """Return one diagnostic as plain data; lines and columns count from 1, the end exclusive.

    A place outside ``sources`` has line and column 0.
    """
    return {
        "code": found.code.id,
        "severity": found.severity.value,
        "message": found.message,
        "help": found.help,
        **_range(found.span, sources),
        "label": found.label,
        "labels": [{"text": label.text, **_range(label.span, sources)} for label in found.labels],
    }


def _range(span: Span, sources: Mapping[str, SourceFile]) -> Json:
    source = sources.get(span.file)
    line, column = source.position(span.start) if source else (0, 0)
    end_line, end_column = source.position(span.end) if source else (0, 0)
    return {
        "file": span.file,
        "line": line,
        "column": column,
        "endLine": end_line,
        "endColumn": end_column,
    }
