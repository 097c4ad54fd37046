"""What one editor has open: its projects, what is known of them, and what it was told."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from functools import partial

from lsprotocol import types as lsp
from pygls.uris import from_fs_path, to_fs_path

from interact.compiler.source import SourceFile, Span
from interact.runtime.editor import findings
from interact.runtime.editor.analysis import Analysis, Workshop
from interact.runtime.editor.lines import Lines
from interact.runtime.editor.sources import Buffers, root_of, sources_within
from interact.runtime.errors import InteractError
from interact.runtime.imports import with_imports

Told = dict[str, list[lsp.Diagnostic]]
_IMPORT = re.compile(r"^\s*import\b", re.MULTILINE)


class Session:
    """The projects of the files that are open. Nothing in it waits, or sends anything."""

    def __init__(self, folders: Iterable[str] = (), encoding: str = "utf-16") -> None:
        self.folders = [os.path.normpath(folder) for folder in folders]
        self.encoding = encoding
        self.buffers = Buffers()
        self._uris: dict[str, str] = {}
        self._projects: dict[str, Workshop] = {}
        self._known: dict[str, Analysis] = {}
        self._last: dict[str, Analysis] = {}
        self._told: Told = {}
        self._lines: dict[str, Lines] = {}
        self._imported: dict[str, set[str]] | None = None

    # ---------------------------------------------------------------- files

    def put(self, uri: str, text: str) -> None:
        """Take in what a file looks like in the editor."""
        path = path_of(uri)
        is_new = self.buffers.text(path) is None
        self.buffers.put(path, text)
        self._uris[os.path.realpath(path)] = uri
        if is_new:
            self._choose_projects()
        self.forget(path)

    def drop(self, uri: str) -> None:
        """Take in that a file was closed: what is saved counts again."""
        path = path_of(uri)
        self.forget(path)
        self.buffers.drop(path)
        self._uris.pop(os.path.realpath(path), None)
        self._choose_projects()

    def forget(self, path: str | None = None) -> None:
        """Take in that a file changed, or that any may have."""
        if path is None:
            self.buffers.look_again()
            self._known.clear()
            self._imported = None
            self._choose_projects()
            return
        for root, found in list(self._known.items()):
            if found.source(path) is not None or path.startswith(os.path.join(root, "")):
                del self._known[root]

    def _choose_projects(self) -> None:
        """Keep the projects of open files; one that others import needs none of its own."""
        self.buffers.look_again()
        roots = {p: root_of(p, self.folders) for p in self.buffers.paths()}
        wanted = dict.fromkeys(roots.values())
        if self._imported is None:
            self._imported = self._importers()
        importers = self._imported
        for path, root in roots.items():
            users = [r for r, files in importers.items() if os.path.realpath(path) in files]
            wanted |= dict.fromkeys(users)
            alone = all(
                any(os.path.realpath(p) in files for r, files in importers.items() if r != root)
                for p, own in roots.items()
                if own == root
            )
            if alone and root not in users:
                wanted.pop(root, None)
        self._projects = {r: self._projects.get(r) or Workshop(r, self.buffers) for r in wanted}
        self._known = {r: a for r, a in self._known.items() if r in self._projects}
        self._last = {r: a for r, a in self._last.items() if r in self._projects}

    def _importers(self) -> dict[str, set[str]]:
        """Return the files, by real path, of the projects in open folders that import some."""
        roots: dict[str, None] = {}
        for path in (p for folder in self.folders for p in sources_within(folder)):
            with suppress(InteractError):
                if _IMPORT.search(self.buffers.read(path).text):
                    roots[root_of(path, self.folders)] = None
        found: dict[str, set[str]] = {}
        for root in roots:
            with suppress(InteractError):
                sources = [self.buffers.read(p) for p in self.buffers.below(root)]
                whole = with_imports(sources, self.buffers.below, self.buffers.read)
                found[root] = {os.path.realpath(s.name) for s in whole.sources}
        return found

    # ---------------------------------------------------------------- what is known

    def analysis(self, uri: str) -> Analysis | None:
        """Return what is known of the project of a file, as it is now."""
        path = path_of(uri)
        own = root_of(path, self.folders)
        for root in sorted(self._projects, key=lambda r: r != own):
            found = self._analysed(root)
            if found.source(path) is not None:
                return found
        return None

    def analyses(self) -> list[Analysis]:
        """Return what is known of all projects that are open."""
        return [self._analysed(root) for root in self._projects]

    def at(self, uri: str, position: lsp.Position) -> tuple[Analysis, SourceFile, int] | None:
        """Return what is known of the project of a file, the file, and the place in it."""
        analysis = self.analysis(uri)
        source = None if analysis is None else analysis.source(path_of(uri))
        if analysis is None or source is None:
            return None
        return analysis, source, self.lines(source).offset(position)

    def soon_at(self, uri: str, position: lsp.Position) -> tuple[Analysis, SourceFile, int] | None:
        """Return the same as ``at``, with what was known of the project before the last change."""
        source, path = self.source(uri), path_of(uri)
        for root in self._projects:
            last = self._last.get(root)
            known = None if last is None else last.source(path)
            if source is not None and last is not None and known is not None:
                source = SourceFile(known.name, source.text)
                sources = {**last.sources, known.name: source}
                offset = self.lines(source).offset(position)
                return replace(last, sources=sources), source, offset
        return self.at(uri, position)

    def workshop(self, analysis: Analysis) -> Workshop:
        return self._projects[analysis.root]

    def source(self, uri: str) -> SourceFile | None:
        """Return the text of a file that is open."""
        path = path_of(uri)
        text = self.buffers.text(path)
        return None if text is None else SourceFile(path, text)

    def lines(self, source: SourceFile) -> Lines:
        """Return the lines of a source; those of a text are counted once."""
        known = self._lines.get(source.name)
        if known is None or known.text != source.text:
            known = self._lines[source.name] = Lines(source.text, self.encoding)
        return known

    def place(self, analysis: Analysis, span: Span) -> lsp.Location:
        """Return where a span is, for the editor."""
        source = analysis.sources.get(span.file) or SourceFile(span.file, "")
        return lsp.Location(self.uri(span.file), self.lines(source).range(span))

    def uri(self, path: str) -> str:
        """Return what the editor calls a file."""
        return self._uris.get(os.path.realpath(path)) or from_fs_path(path) or path

    def _analysed(self, root: str) -> Analysis:
        if root not in self._known:
            self._known[root] = self._last[root] = self._projects[root].analyse()
        return self._known[root]

    # ---------------------------------------------------------------- what is told

    def news(self) -> Told:
        """Return the diagnostics of files that are open, and of others where they changed."""
        told: Told = {uri: [] for uri in self._uris.values()}
        for root in self._projects:
            analysis = self._analysed(root)
            for path, diagnostic in findings.shown(analysis, partial(self.place, analysis)):
                listed = told.setdefault(self.uri(path), [])
                if diagnostic not in listed:
                    listed.append(diagnostic)
        before, self._told = self._told, told
        gone: Told = {uri: [] for uri in before if uri not in told}
        is_open = set(self._uris.values())
        others = {u: f for u, f in told.items() if u not in is_open and before.get(u) != f}
        return gone | others | {u: f for u, f in told.items() if u in is_open}


def path_of(uri: str) -> str:
    """Return the path of a URI, the URI itself when it is no file."""
    path = to_fs_path(uri) if uri.startswith("file:") else None
    return uri if path is None else os.path.normpath(path)
