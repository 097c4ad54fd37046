"""How grave each finding is: as declared, or as a caller wants it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from interact.compiler.diagnostics.diagnostic import Diagnostic, Severity
from interact.compiler.lints.catalogue import LINTS

WARNINGS = "warnings"
"""In place of a code: every lint that is a warning."""


@dataclass(frozen=True, slots=True)
class Levels:
    """Codes that are errors (``warnings`` for all warnings), and codes that are not reported.

    A code in both is not reported.
    """

    denied: frozenset[str] = frozenset()
    allowed: frozenset[str] = frozenset()

    def unknown(self) -> Iterator[str]:
        """Yield what is no code of a lint."""
        known = {*LINTS, WARNINGS}
        yield from sorted((self.denied - known) | (self.allowed - LINTS.keys()))

    def applied(self, found: Iterable[Diagnostic]) -> Iterator[Diagnostic]:
        """Yield findings with the severity that they have here, without those allowed."""
        for finding in found:
            code = finding.code
            if code.id in self.allowed:
                continue
            is_warning = WARNINGS in self.denied and code.severity is Severity.WARNING
            if code.id in self.denied or is_warning:
                finding = replace(finding, code=replace(code, severity=Severity.ERROR))
            yield finding
