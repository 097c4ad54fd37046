"""What is known of a project as it stands in the editor."""

from __future__ import annotations

import logging
import os
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field

from interact.compiler.diagnostics.diagnostic import Diagnostic
from interact.compiler.pipeline import Checked, check
from interact.compiler.source import SourceFile
from interact.compiler.surface.ast import Module
from interact.compiler.surface.from_source import Parsed, parse_file
from interact.runtime.editor.index import Heard, Index
from interact.runtime.editor.sources import Buffers, read_all
from interact.runtime.errors import InteractError
from interact.runtime.imports import with_imports
from interact.runtime.project import lint_sources

_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Analysis:
    """A project that was checked.

    Attributes:
        root: Of the project.
        sources: By name, which is the path.
        parsed: Files as they are written, by the name of their source.
        found: Errors, and in a project without errors what its lints find.
        index: What names stand for.
        unreadable: Files of the project that are no text, or are gone.
    """

    root: str
    sources: Mapping[str, SourceFile]
    parsed: Mapping[str, Parsed]
    checked: Checked
    found: tuple[Diagnostic, ...]
    index: Index
    unreadable: Mapping[str, InteractError]

    @property
    def modules(self) -> Mapping[str, Module]:
        """What the files declare, by the name of their source."""
        return {name: file.module for name, file in self.parsed.items()}

    def source(self, path: str) -> SourceFile | None:
        """Return the source at a path, whatever leads there."""
        real = os.path.realpath(path)
        return self.sources.get(path) or next(
            (s for s in self.sources.values() if os.path.realpath(s.name) == real), None
        )


def resolve(
    sources: Sequence[SourceFile],
    absent: Collection[tuple[str, str]],
    parsed: Mapping[str, Parsed],
) -> tuple[Checked, Heard]:
    """Check a project, and hear of its names.

    What is half written can hold what the compiler never sees otherwise: where it stumbles over
    that, the errors of syntax are still told.
    """
    heard = Heard()
    try:
        return check(sources, absent, parsed, heard), heard
    except Exception:
        if not any(file.found.has_errors for file in parsed.values()):
            raise
        _log.exception("this is a bug of interact, in what is not well formed")
        return check(sources, absent, parsed), Heard()


@dataclass
class Workshop:
    """A project that is checked again and again; files that stay the same are parsed once."""

    root: str
    buffers: Buffers
    _parsed: dict[str, tuple[str, Parsed]] = field(default_factory=dict)
    _texts: dict[str, str] = field(default_factory=dict)
    _found: tuple[Diagnostic, ...] = ()
    """What was found when the project was well formed the last time, in these texts."""

    def analyse(self) -> Analysis:
        """Check the project as it is now."""
        is_folder = os.path.isdir(self.root)
        paths = self.buffers.below(self.root) if is_folder else [self.root]
        listed, unreadable = read_all(paths, self.buffers)
        whole = with_imports(listed, self.buffers.below, self._read(unreadable))
        sources = [s for s in whole.sources if s.name not in unreadable]
        parsed = self._parse(sources)
        checked, heard = resolve(sources, whole.absent, parsed)
        found = (*checked.diagnostics, *lint_sources(sources, checked))
        found += self._still_found(sources, parsed, found)
        modules = {name: file.module for name, file in parsed.items()}
        named, index = {s.name: s for s in sources}, Index(modules, heard)
        return Analysis(self.root, named, parsed, checked, found, index, unreadable)

    def _read(self, unreadable: dict[str, InteractError]) -> Callable[[str], SourceFile]:
        """Return how imported files are read: one that cannot be is noted, and empty."""

        def read(path: str) -> SourceFile:
            (found, failed) = read_all([path], self.buffers)
            unreadable.update(failed)
            return found[0] if found else SourceFile(path, "")

        return read

    def _still_found(
        self,
        sources: Sequence[SourceFile],
        parsed: Mapping[str, Parsed],
        found: tuple[Diagnostic, ...],
    ) -> tuple[Diagnostic, ...]:
        """Return what was found in files that did not change, while others are not well formed.

        Names and types are not checked as long as a file is half written; what is wrong with them
        elsewhere does not go away for that.
        """
        texts = {source.name: source.text for source in sources}
        if not any(file.found.has_errors for file in parsed.values()):
            self._texts, self._found = texts, found
            return ()
        same = {name for name, text in texts.items() if self._texts.get(name) == text}
        places = ((d, {d.span.file, *(x.span.file for x in d.labels)}) for d in self._found)
        return tuple(d for d, files in places if files <= same)

    def _parse(self, sources: Sequence[SourceFile]) -> dict[str, Parsed]:
        kept: dict[str, tuple[str, Parsed]] = {}
        for source in sources:
            text, parsed = self._parsed.get(source.name, (None, None))
            if parsed is None or text != source.text:
                parsed = parse_file(source)
            kept[source.name] = source.text, parsed
        self._parsed = kept
        return {name: parsed for name, (_, parsed) in kept.items()}
