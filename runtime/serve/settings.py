"""Where profiles come from, and pages, in ``interact.toml`` beside a project.

::

    [profiles]
    Customer = "customers.parquet"     # by audience level; relative to this file

    [serve]
    site = "site"                      # a folder of pages, which everyone may read

    [serve.tables]                     # what clients may name as UACICustomLoggerTableName
    visits = ["age", "campaign"]       # attributes and parameters of the session
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from interact.runtime.errors import UsageError
from interact.runtime.host.profiles.sql import Database
from interact.runtime.serve.profile_settings import read_database
from interact.runtime.settings_file import settings_file


@dataclass(frozen=True, slots=True)
class Settings:
    """Paths of profiles by audience level, and of a folder of pages.

    Attributes:
        tables: By a name in small letters what rows of contacts and responses have beside.
    """

    profiles: dict[str, str | Database] = field(default_factory=dict)
    site: str | None = None
    tables: dict[str, tuple[str, ...]] = field(default_factory=dict)


def read_settings(path: str) -> Settings:
    """Return the settings beside the project at ``path``; none when there is no file.

    Raises:
        UsageError: The file is no TOML, or has entries that are not known.
    """
    settings = settings_file(path)
    if settings is None:
        return Settings()
    file, folder, found = settings.path, settings.folder, settings.sections
    profiles = found.get("profiles", {})
    if not isinstance(profiles, dict):
        raise UsageError(f"{file}: [profiles] names a file for each audience level")
    places = {level: _place(file, folder, level, given) for level, given in profiles.items()}
    serve = found.get("serve", {})
    if not isinstance(serve, dict) or set(serve) - {"site", "tables"}:
        raise UsageError(f'{file}: [serve] has two settings: site = "site", and tables')
    return Settings(places, _site(file, folder, serve), _tables(file, serve.get("tables", {})))


def _place(file: str, folder: str, level: str, given: object) -> str | Database:
    if isinstance(given, str):
        return os.path.join(folder, given)
    if isinstance(given, dict):
        return read_database(f"{file}: [profiles.{level}]", folder, given)
    raise UsageError(f"{file}: profiles of {level} are a file, or a database with a url")


def _tables(file: str, tables: object) -> dict[str, tuple[str, ...]]:
    if not isinstance(tables, dict) or not all(map(_is_names, tables.values())):
        raise UsageError(f'{file}: [serve.tables] has lists of names, such as visits = ["age"]')
    return {name.lower(): tuple(columns) for name, columns in tables.items()}


def _is_names(given: object) -> bool:
    return isinstance(given, list) and all(isinstance(name, str) for name in given)


def _site(file: str, folder: str, serve: dict[str, object]) -> str | None:
    if "site" not in serve:
        return None
    site = serve["site"]
    if not isinstance(site, str) or not os.path.isdir(os.path.join(folder, site)):
        raise UsageError(f"{file}: site names a folder, and {site!r:.80} is none")
    return os.path.join(folder, site)
