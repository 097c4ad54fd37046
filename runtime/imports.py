"""Imports: the files outside a project's folder that its sources ask for."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from interact.compiler.source import SourceFile
from interact.stdlib.records import record

if TYPE_CHECKING:
    from interact.compiler.surface.from_source import Parsed

_EXTENSION = ".interact"
_MAYBE = re.compile(r"\bimport\b")


@record
class Imported:
    """Sources and all that they import, each file once.

    Attributes:
        sources: Those of the project come first.
        absent: File and path of the imports that lead nowhere.
        parsed: The files that had to be parsed to know what they import, by name.
    """

    sources: list[SourceFile]
    absent: frozenset[tuple[str, str]]
    parsed: Mapping[str, Parsed]


def with_imports(
    sources: Sequence[SourceFile],
    files_in: Callable[[str], list[str]],
    read: Callable[[str], SourceFile],
) -> Imported:
    """Return sources and all that they import.

    Args:
        sources: Of the project; they come first.
        files_in: Returns the names of the sources below a folder.
        read: Returns the source in a file.
    """
    found, absent = list(sources), set[tuple[str, str]]()
    parsed: dict[str, Parsed] = {}
    known = {os.path.realpath(source.name) for source in sources}
    for source in found:  # grows on the way
        for path in _imports(source, parsed):
            files = files_at(source.name, path, files_in)
            if not files:
                absent.add((source.name, path))
            for file in files:
                if (place := os.path.realpath(file)) not in known:
                    known.add(place)
                    found.append(read(file))
    return Imported(found, frozenset(absent), parsed)


def _imports(source: SourceFile, parsed: dict[str, Parsed]) -> list[str]:
    """Return the paths that a source imports; most import nothing, and are not parsed for it."""
    if _MAYBE.search(source.text) is None:
        return []
    from interact.compiler.surface.from_source import parse_file

    parsed[source.name] = file = parse_file(source)
    return [found.path for found in file.module.imports]


def files_at(name: str, path: str, files_in: Callable[[str], list[str]]) -> list[str]:
    """Return the files that the source ``name`` imports by a path: one, or those of a folder."""
    target = os.path.normpath(os.path.join(os.path.dirname(name), path))
    for file in (target, target + _EXTENSION):
        if file.endswith(_EXTENSION) and os.path.isfile(file):
            return [file]
    return files_in(target) if os.path.isdir(target) else []
