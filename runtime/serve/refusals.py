"""Why a version is not served, in one line."""

from __future__ import annotations

import shlex

from interact.compiler.diagnostics.diagnostic import Severity
from interact.runtime.errors import InteractError
from interact.runtime.project import CheckFailed


def why(error: Exception) -> str:
    """Return what went wrong: a message, or that it is a bug."""
    if isinstance(error, CheckFailed):
        return f"{error.message}: {_first(error)}"
    if isinstance(error, InteractError):
        return error.message
    return f"a bug of interact: {type(error).__name__}: {error}"


def shown_by(error: Exception, path: str) -> str:
    """Return what shows all that is wrong with the sources at a path; nothing of other errors."""
    if not isinstance(error, CheckFailed):
        return ""
    return f"; interact check {shlex.quote(path)} shows more"


def _first(failed: CheckFailed) -> str:
    """Return where the first error is, its code and text, and how many there are."""
    errors = [d for d in failed.checked.diagnostics if d.severity is Severity.ERROR]
    first = errors[0]
    source = {source.name: source for source in failed.sources}.get(first.span.file)
    place = "" if source is None else f"{source.name}:{source.position(first.span.start)[0]}: "
    more = f", and {len(errors) - 1:,} more" if len(errors) > 1 else ""
    return f"{place}{first.code.id} {first.message}{more}"
