"""``interact.toml`` beside a project: where it runs, which is not part of what it means.

::

    [profiles]
    Customer = "customers.parquet"     # by audience level; relative to this file
"""

from __future__ import annotations

import os
import tomllib
from dataclasses import dataclass, field

from interact.runtime.errors import UsageError

FILE = "interact.toml"


@dataclass(frozen=True, slots=True)
class Settings:
    """Paths of profiles by audience level."""

    profiles: dict[str, str] = field(default_factory=dict)


def read_settings(path: str) -> Settings:
    """Return the settings beside the project at ``path``; none when there is no file.

    Raises:
        UsageError: The file is no TOML, or has entries that are not known.
    """
    folder = path if os.path.isdir(path) else os.path.dirname(path)
    file = os.path.join(folder, FILE)
    if not os.path.exists(file):
        return Settings()
    try:
        with open(file, "rb") as opened:
            found = tomllib.load(opened)
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"cannot read {file}: {error}") from error
    if unknown := set(found) - {"profiles"}:
        raise UsageError(
            f"{file}: no setting {sorted(unknown)[0]}", help="the settings are profiles"
        )
    profiles = found.get("profiles", {})
    if not isinstance(profiles, dict) or not all(isinstance(v, str) for v in profiles.values()):
        raise UsageError(f"{file}: [profiles] names a file for each audience level")
    return Settings({level: os.path.join(folder, place) for level, place in profiles.items()})
