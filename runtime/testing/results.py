"""What became of tests."""

from __future__ import annotations

from dataclasses import dataclass

from interact.compiler.core.tests import Test
from interact.compiler.diagnostics.diagnostic import Code, Diagnostic, Label, Severity
from interact.compiler.source import Span

FAILED = Code("test", Severity.ERROR, "expectation that is not met", "{message}")


@dataclass(frozen=True, slots=True)
class Failure:
    """An expectation that is not met, or a test that cannot be run.

    Attributes:
        reasons: Places that explain it, with what happened there.
    """

    message: str
    span: Span
    reasons: tuple[Label, ...] = ()
    help: str = ""

    def as_diagnostic(self) -> Diagnostic:
        return Diagnostic(FAILED, self.span, self.message, self.help, self.reasons)


@dataclass(frozen=True, slots=True)
class Result:
    """A test that was run, for how many customers and how long."""

    test: Test
    failures: tuple[Failure, ...]
    customers: int
    seconds: float

    @property
    def has_passed(self) -> bool:
        return not self.failures
