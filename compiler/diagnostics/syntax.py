"""Codes of the syntax stage, E01xx: the text is not a program."""

from __future__ import annotations

from interact.compiler.diagnostics.diagnostic import Code, Severity

UNEXPECTED = Code(
    "E0101",
    Severity.ERROR,
    "something else was expected here",
    "expected {expected}, found {found}",
    help="{hint}",
)
