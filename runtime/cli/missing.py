"""A package that is not installed: which extra brings it."""

from __future__ import annotations

import re
from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, requires

from interact.runtime.errors import UsageError, not_installed

_REQUIREMENT = re.compile(r"""([\w.-]+).*;\s*extra\s*==\s*["'](\w+)["']""")


def told_of(error: ModuleNotFoundError, command: str) -> UsageError | None:
    """Return what to say of a package that a command needs; None when no extra brings it."""
    try:
        listed = requires("interact-dsl") or []
    except PackageNotFoundError:
        return None
    extra = extra_of(str(error.name).partition(".")[0], command, listed)
    return None if extra is None else not_installed(f"interact {command}", error, extra)


def extra_of(package: str, command: str, listed: Iterable[str]) -> str | None:
    """Return the extra that brings a package: the one called as the command, or else the first.

    >>> listed = ['duckdb>=1; extra == "campaign"', 'duckdb>=1; extra == "report"']
    >>> [extra_of("duckdb", c, listed) for c in ("report", "history")]
    ['report', 'campaign']
    """
    pairs = [found.groups() for line in listed if (found := _REQUIREMENT.match(line))]
    extras = [
        extra
        for name, extra in pairs
        if name.lower().replace("-", "_").startswith(package) and extra != "dev"
    ]
    return command if command in extras else next(iter(extras), None)
