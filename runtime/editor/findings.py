"""Diagnostics of the compiler as those of the protocol."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from lsprotocol import types as lsp

from interact.compiler.diagnostics.diagnostic import Diagnostic, Severity
from interact.compiler.lints.catalogue import LINTS
from interact.compiler.lints.pages import page_name
from interact.compiler.source import Span
from interact.runtime.editor.analysis import Analysis
from interact.runtime.errors import InteractError

SOURCE = "interact"
_SEVERITIES = {
    Severity.ERROR: lsp.DiagnosticSeverity.Error,
    Severity.WARNING: lsp.DiagnosticSeverity.Warning,
    Severity.NOTE: lsp.DiagnosticSeverity.Information,
}
_PAGES = Path(__file__).resolve().parents[2] / "docs" / "lints"
"""Where the pages about lints are, if this is a checkout."""
Place = Callable[[Span], lsp.Location]


def shown(analysis: Analysis, place: Place) -> Iterator[tuple[str, lsp.Diagnostic]]:
    """Yield what was found in a project, each with the file that it is in."""
    for found in analysis.found:
        yield found.span.file, _diagnostic(found, place)
    for path, error in analysis.unreadable.items():
        yield path, _unreadable(error)


def _diagnostic(found: Diagnostic, place: Place) -> lsp.Diagnostic:
    related = [
        lsp.DiagnosticRelatedInformation(place(label.span), label.text) for label in found.labels
    ]
    return lsp.Diagnostic(
        range=place(found.span).range,
        message=_message(found),
        severity=_SEVERITIES[found.severity],
        code=found.code.id,
        code_description=_page(found.code.id),
        source=SOURCE,
        tags=_tags(found.code.id),
        related_information=related or None,
        data=found.help or None,
    )


def _message(found: Diagnostic) -> str:
    """Return the headline, what the place is, and the help, a line each."""
    lines = [found.message, found.label, f"help: {found.help}" if found.help else ""]
    if found.code.id in LINTS:
        lines.append(f"more: interact lints {found.code.id}")
    return "\n".join(line for line in lines if line)


def _page(code: str) -> lsp.CodeDescription | None:
    lint = LINTS.get(code)
    page = None if lint is None else _PAGES / page_name(lint)
    return lsp.CodeDescription(page.as_uri()) if page is not None and page.is_file() else None


def _tags(code: str) -> list[lsp.DiagnosticTag] | None:
    """Return that an editor may show it faded, of what is not used."""
    lint = LINTS.get(code)
    is_unused = lint is not None and lint.name.startswith("unused")
    return [lsp.DiagnosticTag.Unnecessary] if is_unused else None


def _unreadable(error: InteractError) -> lsp.Diagnostic:
    start = lsp.Position(0, 0)
    lines = [error.message, f"help: {error.help}" if error.help else ""]
    return lsp.Diagnostic(
        range=lsp.Range(start, start),
        message="\n".join(line for line in lines if line),
        severity=lsp.DiagnosticSeverity.Error,
        source=SOURCE,
    )
