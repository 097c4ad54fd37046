"""Diagnostics on a terminal and as JSON, alike for all commands."""

from __future__ import annotations

import json
import os
import shlex
import sys
from collections.abc import Sequence
from typing import Any, TextIO

import click

from interact.compiler.diagnostics.diagnostic import Diagnostic, Severity
from interact.compiler.diagnostics.render import render_text, to_json
from interact.compiler.source import SourceFile
from interact.runtime.cli.wording import plural
from interact.runtime.project import CheckFailed, Project, open_project


def print_json(data: object) -> None:
    """Print data for a program."""
    click.echo(json.dumps(data, indent=2, ensure_ascii=False))


def has_colour(stream: TextIO) -> bool:
    """Return whether a stream is a terminal that shows colours, and the user wants them."""
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return stream.isatty() and not plain


def show(
    diagnostics: Sequence[Diagnostic], sources: Sequence[SourceFile], *, err: bool = True
) -> None:
    """Print diagnostics, with a blank line after them."""
    if diagnostics:
        colour = has_colour(sys.stderr if err else sys.stdout)
        named = {s.name: s for s in sources}
        click.echo(render_text(diagnostics, named, colour=colour) + "\n", err=err, color=colour)


def counted(diagnostics: Sequence[Diagnostic], files: int) -> str:
    """Return how many findings there are of each sort, such as ``2 errors in 1 file``."""
    kinds = [plural(n, str(s)) for s in Severity if (n := _count(diagnostics, s))]
    return f"{', '.join(kinds) or 'no problems'} in {plural(files, 'file')}"


def as_json(diagnostics: Sequence[Diagnostic], sources: Sequence[SourceFile]) -> dict[str, Any]:
    """Return diagnostics for a program."""
    named = {s.name: s for s in sources}
    errors = _count(diagnostics, Severity.ERROR)
    return {
        "ok": errors == 0,
        "errors": errors,
        "warnings": _count(diagnostics, Severity.WARNING),
        "notes": _count(diagnostics, Severity.NOTE),
        "files": len(sources),
        "diagnostics": [to_json(d, named) for d in diagnostics],
    }


def has_errors(diagnostics: Sequence[Diagnostic]) -> bool:
    """Return whether any finding is an error."""
    return _count(diagnostics, Severity.ERROR) > 0


def mention(diagnostics: Sequence[Diagnostic], path: str) -> None:
    """Print on one line how many warnings there are, and what shows them."""
    count = _count(diagnostics, Severity.WARNING)
    if count:
        command = f"interact check {shlex.quote(path)}"
        click.echo(
            f"{plural(count, 'warning')}: {command} shows {'it' if count == 1 else 'them'}",
            err=True,
        )


def report(failed: CheckFailed) -> int:
    """Print why a project cannot be used; return the exit code."""
    show(failed.checked.diagnostics, failed.sources)
    click.echo(counted(failed.checked.diagnostics, len(failed.sources)), err=True)
    return failed.exit_code


def opened(path: str) -> Project:
    """Open a project; when it has errors they are printed, and the command ends."""
    try:
        return open_project(path)
    except CheckFailed as failed:
        raise click.exceptions.Exit(report(failed)) from failed


def _count(diagnostics: Sequence[Diagnostic], severity: Severity) -> int:
    return sum(d.severity is severity for d in diagnostics)
