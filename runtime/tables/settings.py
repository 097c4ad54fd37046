"""Where the rows of tables come from, in ``interact.toml`` beside a project.

::

    [tables]
    Personal = "personal.parquet"          # relative to this file
    poll_seconds = 60                      # how often a host looks for other rows

    [tables.DoNotOffer]
    url   = "sqlite:///crm.db"
    query = "select customer_id, offer from stop_list"
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from interact.runtime.errors import UsageError
from interact.runtime.settings_file import settings_file
from interact.runtime.tables.rows import TableSpec

POLL = "poll_seconds"
_DEFAULT_POLL = 60.0


@dataclass(frozen=True, slots=True)
class TableSettings:
    """Sources by table, and how many seconds a host waits before it looks for other rows."""

    tables: dict[str, TableSpec] = field(default_factory=dict)
    poll_seconds: float = _DEFAULT_POLL


def read_table_settings(path: str) -> TableSettings:
    """Return the tables named beside the project at ``path``; none when there is no file.

    Raises:
        UsageError: The file is no TOML, has sections that are not known, or an entry is neither a
            file nor a query.
    """
    settings = settings_file(path)
    if settings is None:
        return TableSettings()
    file, folder = settings.path, settings.folder
    found = settings.sections.get("tables", {})
    poll = found.pop(POLL, _DEFAULT_POLL) if isinstance(found, dict) else None
    if not isinstance(poll, int | float) or poll <= 0:
        raise UsageError(f"{file}: [tables] names a file for each table, and {POLL} is a number")
    return TableSettings({s.name: s for s in _specs(found, folder, file)}, float(poll))


def _specs(found: Mapping[str, Any], folder: str, file: str) -> Iterator[TableSpec]:
    for name, source in found.items():
        match source:
            case str():
                yield TableSpec(name, _beside(folder, source))
            case {"file": str(place), **others} if not others:
                yield TableSpec(name, _beside(folder, place))
            case {"url": str(url), "query": str(query), **others} if not others:
                yield TableSpec(name, _placed(url, folder), query)
            case _:
                raise UsageError(
                    f"{file}: the table {name} is neither a file nor a query",
                    help=f'write {name} = "FILE", or [tables.{name}] with url and query',
                )


def _placed(url: str, folder: str) -> str:
    """Return a URL whose file is relative to the folder of the settings; ``env:NAME`` is one of the
    environment."""
    if url.startswith("env:"):
        name = url.removeprefix("env:")
        if name not in os.environ:
            raise UsageError(f"the environment has no {name}, which [tables] names for a database")
        return os.environ[name]
    scheme, mark, place = url.partition(":///")
    is_file = mark and scheme in ("sqlite", "duckdb")
    return scheme + mark + _beside(folder, place) if is_file else url


def _beside(folder: str, place: str) -> str:
    return os.path.normpath(os.path.join(folder, place))
