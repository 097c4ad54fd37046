"""Diagnostics: what is wrong, where, and how to mend it. They are values, never raised."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from string import Formatter

from interact.compiler.diagnostics.listener import Listener
from interact.compiler.source import Span
from interact.stdlib.records import record


class Severity(StrEnum):
    """An error stops the pipeline after the stage that reported it, the others never do."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@record
class Code:
    """One kind of finding, declared once in the module of its stage.

    Attributes:
        id: ``E0101``, ``W0401``; never given to another kind later.
        title: The kind in general: lowercase, at most 80 columns, no period.
        text: Template of the headline, filled with the values of a report.
        help: Template of what to do; left out when one of its values is None or not given.
        explanation: A paragraph or two for the documentation.
    """

    id: str
    severity: Severity
    title: str
    text: str
    help: str = ""
    explanation: str = ""


@record
class Label:
    """A secondary place and what it has to do with the finding."""

    span: Span
    text: str


@record
class Diagnostic:
    """One finding. ``label`` says what the place at ``span`` is; empty when the message does."""

    code: Code
    span: Span
    message: str
    help: str = ""
    labels: tuple[Label, ...] = ()
    label: str = ""

    @property
    def severity(self) -> Severity:
        """Return the severity of the code."""
        return self.code.severity


class Sink:
    """Collects diagnostics: every pass reports into it and goes on.

    ``listener`` hears what is told of names on the way.
    """

    def __init__(self, listener: Listener | None = None) -> None:
        self._found: dict[tuple[str, Span], Diagnostic] = {}
        self.listener = listener

    def resolved(self, use: Span, declared: Span) -> None:
        """Tell where a name leads."""
        if self.listener is not None:
            self.listener.resolved(use, declared)

    def missing(self, use: Span, known: Iterable[str]) -> None:
        """Tell of a name that leads nowhere, and which names would have."""
        if self.listener is not None:
            self.listener.missing(use, known)

    def report(
        self,
        code: Code,
        span: Span,
        *,
        label: str = "",
        labels: Iterable[Label] = (),
        **values: object,
    ) -> None:
        """Add a finding at ``span``; ``values`` fill the templates of ``code``.

        The second report of one code at one span is dropped.
        """
        key = (code.id, span)
        if key not in self._found:
            message = code.text.format_map(values)
            help_text = _fill_help(code.help, values)
            self._found[key] = Diagnostic(code, span, message, help_text, tuple(labels), label)

    def adopt(self, other: Sink) -> None:
        """Add what another sink found."""
        self._found = {**other._found, **self._found}

    @property
    def diagnostics(self) -> tuple[Diagnostic, ...]:
        """Return what was found, by file and place."""
        return tuple(sorted(self._found.values(), key=_place))

    @property
    def has_errors(self) -> bool:
        """Return whether any finding is an error."""
        return any(found.severity is Severity.ERROR for found in self._found.values())


def _place(found: Diagnostic) -> tuple[str, int, int, str]:
    return found.span.file, found.span.start, found.span.end, found.code.id


def _fill_help(template: str, values: dict[str, object]) -> str:
    """Fill ``template``; empty when a value that it needs is None or missing."""
    needed = (field for _, field, _, _ in Formatter().parse(template) if field)
    if any(values.get(field) is None for field in needed):
        return ""
    return template.format_map(values)
