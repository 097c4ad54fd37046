"""How the key columns of a writer's rows are named, told beside its log from the first row on.

::

    <history>/log/<writer>/names.json     {"Customer": ["customer_id"]}, by audience level

The names are those of the version that wrote: whoever publishes or reads the log may not know it.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

from interact.runtime.errors import InteractError
from interact.runtime.history.events import Event
from interact.runtime.history.log import sync_folder
from interact.runtime.history.schema import key_column

FILE = "names.json"
KeyNames = Callable[[str], tuple[str, ...]]
"""The key columns of an audience level."""


@dataclass(slots=True)
class ToldNames:
    """Tells the names of a writer's key columns as rows of an audience level come."""

    folder: Path
    key_names: KeyNames
    _told: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def tell(self, events: Iterable[Event]) -> None:
        """Tell the names for some rows, before they are written. Threads may call it at once."""
        for event in events:
            if event.audience not in self._told:
                self._learn(event.audience)

    def _learn(self, level: str) -> None:
        """A level without names, or a disk that is full, must not keep rows from being written."""
        with self._lock, suppress(InteractError, OSError):
            told = {**self._told, level: _columns(self.key_names(level))}
            _write(self.folder / FILE, json.dumps(told).encode())
            self._told = told


def names_in(folder: Path) -> Mapping[str, tuple[str, ...]]:
    """Return the key columns that a writer told, by audience level; none when it told none."""
    try:
        found = json.loads((folder / FILE).read_bytes())
        return {level: _columns(map(str, names)) for level, names in found.items()}
    except (OSError, ValueError, AttributeError, TypeError):
        return {}


def told_or(folder: Path, key_names: KeyNames) -> KeyNames:
    """Return the key columns as a writer told them, and otherwise as others know them."""
    told = names_in(folder)
    return lambda level: told[level] if level in told else _columns(key_names(level))


def _columns(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(map(key_column, names))


def _write(path: Path, data: bytes) -> None:
    aside = path.with_name(f".{path.name}.tmp")
    with open(aside, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    os.replace(aside, path)
    sync_folder(path.parent)
