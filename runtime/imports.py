"""Imports: the files outside a project's folder that its sources ask for."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Sequence

from interact.compiler.source import SourceFile

_EXTENSION = ".interact"
_MAYBE = re.compile(r"\bimport\b")
Absent = frozenset[tuple[str, str]]


def with_imports(
    sources: Sequence[SourceFile],
    files_in: Callable[[str], list[str]],
    read: Callable[[str], SourceFile],
) -> tuple[list[SourceFile], Absent]:
    """Return sources and all that they import, each file once, and the imports that lead nowhere.

    Args:
        sources: Of the project; they come first.
        files_in: Returns the names of the sources below a folder.
        read: Returns the source in a file.
    """
    found, absent = list(sources), set[tuple[str, str]]()
    known = {os.path.realpath(source.name) for source in sources}
    for source in found:  # grows on the way
        for path in _imports(source):
            files = _files(source.name, path, files_in)
            if not files:
                absent.add((source.name, path))
            for file in files:
                if (place := os.path.realpath(file)) not in known:
                    known.add(place)
                    found.append(read(file))
    return found, frozenset(absent)


def _imports(source: SourceFile) -> list[str]:
    """Return the paths that a source imports; most import nothing, and are not parsed for it."""
    if _MAYBE.search(source.text) is None:
        return []
    from interact.compiler.diagnostics.diagnostic import Sink
    from interact.compiler.surface.from_source import parse_module

    return [found.path for found in parse_module(source, Sink()).imports]


def _files(name: str, path: str, files_in: Callable[[str], list[str]]) -> list[str]:
    """Return the files at a path: one file, or those of a folder."""
    target = os.path.normpath(os.path.join(os.path.dirname(name), path))
    for file in (target, target + _EXTENSION):
        if file.endswith(_EXTENSION) and os.path.isfile(file):
            return [file]
    return files_in(target) if os.path.isdir(target) else []
