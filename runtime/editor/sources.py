"""The sources of projects: files, with what stands unsaved in an editor over them."""

from __future__ import annotations

import os
from collections.abc import Iterable

from interact.compiler.source import SourceFile
from interact.runtime.errors import InteractError
from interact.runtime.project import EXTENSION, read_source, source_files

SETTINGS = "interact.toml"
_FOREIGN = ("node_modules", "__pycache__", "build", "dist")
_MOST_FOLDERS = 5_000


class Buffers:
    """Texts that editors have open, by the real path of their file."""

    def __init__(self) -> None:
        self._texts: dict[str, tuple[str, str]] = {}
        self._saved: dict[str, list[str]] = {}

    def put(self, path: str, text: str) -> None:
        self._texts[os.path.realpath(path)] = path, text

    def drop(self, path: str) -> None:
        self._texts.pop(os.path.realpath(path), None)

    def text(self, path: str) -> str | None:
        """Return what is open of a file, None when it is not open."""
        found = self._texts.get(os.path.realpath(path))
        return None if found is None else found[1]

    def paths(self) -> list[str]:
        """Return the files that are open, as the editor names them."""
        return [path for path, _ in self._texts.values()]

    def read(self, path: str) -> SourceFile:
        """Return a source as it is open, else as it is saved.

        Raises:
            SourceError: It is not open, and cannot be read.
        """
        text = self.text(path)
        return read_source(path) if text is None else SourceFile(path, text)

    def look_again(self) -> None:
        """Take in that there may be other files: folders are read anew."""
        self._saved.clear()

    def below(self, folder: str) -> list[str]:
        """Return the sources below a folder, those that are open and not saved too, in order."""
        if folder not in self._saved:
            self._saved[folder] = source_files(folder)
        saved = self._saved[folder]
        known = {os.path.realpath(path) for path in saved}
        new = [p for p in self.paths() if _is_below(p, folder) and os.path.realpath(p) not in known]
        return sorted([*saved, *new])


def _is_below(path: str, folder: str) -> bool:
    return path.startswith(os.path.join(folder, "")) and path.endswith(EXTENSION)


def root_of(path: str, folders: Iterable[str]) -> str:
    """Return the project that a file belongs to: a folder, or the file alone.

    It is the nearest folder above with ``interact.toml``, within the repository. Without one it is
    the outermost folder with sources in it, within those that the editor has open; of a file
    outside of them its own folder.
    """
    folder = os.path.dirname(path)
    if not os.path.isabs(path) or not os.path.isdir(folder):
        return path
    around = [f for f in folders if folder == f or folder.startswith(os.path.join(f, ""))]
    limit = max(around, key=len, default=folder)
    best, place, is_inside = folder, folder, True
    while not os.path.isfile(os.path.join(place, SETTINGS)):
        if is_inside and _has_sources(place):
            best = place
        is_inside = is_inside and place != limit
        if os.path.exists(os.path.join(place, ".git")) or place == os.path.dirname(place):
            return best
        place = os.path.dirname(place)
    return place


def sources_within(folder: str) -> list[str]:
    """Return the sources in a folder that may hold anything; of a very large one, not all."""
    found: list[str] = []
    for count, (place, folders, names) in enumerate(os.walk(folder)):
        folders[:] = [f for f in folders if not f.startswith(".") and f not in _FOREIGN]
        found += (os.path.join(place, name) for name in names if name.endswith(EXTENSION))
        if count > _MOST_FOLDERS:
            break
    return sorted(found)


def _has_sources(folder: str) -> bool:
    try:
        with os.scandir(folder) as entries:
            return any(e.name.endswith(EXTENSION) and not e.name.startswith(".") for e in entries)
    except OSError:
        return False


def read_all(
    paths: Iterable[str], buffers: Buffers
) -> tuple[list[SourceFile], dict[str, InteractError]]:
    """Return the sources that can be read, and why others cannot, by path."""
    found: list[SourceFile] = []
    failed: dict[str, InteractError] = {}
    for path in paths:
        try:
            found.append(buffers.read(path))
        except InteractError as error:
            failed[path] = error
    return found, failed
