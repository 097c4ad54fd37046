"""``interact.toml`` beside a project: where it runs, which is not part of what it means."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from typing import Any, Final

from interact.runtime.errors import UsageError
from interact.stdlib.records import record

NAME: Final = "interact.toml"
_SECTIONS: Final = ("profiles", "tables", "serve")


@record
class SettingsFile:
    """What a file of settings says, by section. Paths in it are relative to its ``folder``."""

    path: str
    folder: str
    sections: Mapping[str, Any]


def settings_file(project: str) -> SettingsFile | None:
    """Return the settings beside the project at a path; None when there is no file.

    Raises:
        UsageError: The file cannot be read, is no TOML, or has sections that are not known.
    """
    folder = project if os.path.isdir(project) else os.path.dirname(project)
    path = os.path.join(folder, NAME)
    if not os.path.exists(path):
        return None
    try:
        with open(path, "rb") as opened:
            found = tomllib.load(opened)
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"cannot read {path}: {error}") from error
    if unknown := sorted(set(found) - set(_SECTIONS)):
        known = f"{', '.join(_SECTIONS[:-1])} and {_SECTIONS[-1]}"
        raise UsageError(f"{path}: no setting {unknown[0]}", help=f"the settings are {known}")
    return SettingsFile(path, folder, found)
