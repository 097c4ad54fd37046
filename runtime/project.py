"""Projects: sources on a disk, or a bundle, as a program that is ready to run."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from hashlib import sha256
from pathlib import PurePath
from typing import TYPE_CHECKING, ClassVar

from interact.compiler.core.program import Channel, Program
from interact.compiler.source import SourceFile
from interact.runtime import archive
from interact.runtime.errors import InteractError, UsageError

if TYPE_CHECKING:
    from interact.compiler.columnar.nodes import Plan
    from interact.compiler.diagnostics.diagnostic import Diagnostic
    from interact.compiler.lints.levels import Levels
    from interact.compiler.pipeline import Checked
    from interact.runtime.bundle import Bundle

EXTENSION = ".interact"
_UP = ".up"


class SourceError(InteractError):
    """A source cannot be read."""


class CheckFailed(InteractError):
    """The sources have errors; ``checked`` holds them."""

    exit_code: ClassVar[int] = 1

    def __init__(self, sources: list[SourceFile], checked: Checked) -> None:
        super().__init__("the project has errors")
        self.sources = sources
        self.checked = checked

    def __str__(self) -> str:
        return f"{self.message}\n\n{self.render()}"

    def render(self) -> str:
        """Return the findings, as ``interact check`` shows them."""
        from interact.compiler.diagnostics.render import render_text

        return render_text(self.checked.diagnostics, {s.name: s for s in self.sources})


@dataclass(frozen=True, slots=True)
class Project:
    """An optimised program, where its spans are, and how to get the plan of a channel.

    Attributes:
        digest: Of the bundle; None for sources.
        lint: Works out what the lints find; nothing in a bundle.
    """

    path: str
    program: Program
    sources: Mapping[str, SourceFile]
    plan_of: Callable[[Channel], Plan]
    digest: str | None = None
    lint: Callable[[], tuple[Diagnostic, ...]] = tuple
    _version: list[str] = field(default_factory=list, init=False, repr=False, compare=False)
    """Once it was asked for: to write a large program takes as long as to score many customers."""

    @property
    def version(self) -> str:
        """The name of what decides: the digest of its bundle, which sources need not be in."""
        if self.digest is not None:
            return self.digest
        if not self._version:
            from interact.runtime.build import digest_of

            self._version.append(digest_of(self))
        return self._version[0]

    @property
    def sources_digest(self) -> str:
        """The digest of the sources and their names, in a bundle the same as in its folder."""
        listed = list(self.sources.values())
        is_bundle = self.digest is not None
        names = {n: n for n in self.sources} if is_bundle else names_in_project(self.path, listed)
        found = sha256()
        for source in sorted(listed, key=lambda s: names[s.name]):
            for part in (names[source.name].encode(), source.text.encode()):
                found.update(len(part).to_bytes(8, "big"))
                found.update(part)
        return found.hexdigest()

    def channel(self, name: str | None) -> Channel:
        """Return the channel ``name``, or the only one.

        Raises:
            UsageError: There is no such channel, or None was given and there are several.
        """
        known = [c.name for c in self.program.channels]
        shown = f"the channels are {', '.join(known)}" if known else "the project has no channel"
        if name is None and len(known) != 1:
            if known:
                raise UsageError("which channel?", help=f"--channel: {shown}")
            raise UsageError(shown, help="declare one: channel Website for Customer { … }")
        if name is not None and name not in known:
            raise UsageError(f"no channel {name}", help=shown)
        return self.program.channels[0 if name is None else known.index(name)]


def load_sources(path: str) -> list[SourceFile]:
    """Return the source in a file, or all ``*.interact`` below a folder, by name.

    Hidden files and folders are left out. Sources are named by ``path`` and the place below it.

    Raises:
        UsageError: There is none.
        SourceError: One cannot be read.
    """
    if not os.path.lexists(path):
        raise UsageError(f"no such file or folder: {path}")
    if not os.path.isdir(path):
        return [read_source(path)]
    found = source_files(path)
    if not found:
        raise UsageError(f"there is no *{EXTENSION} file in {path}")
    return [read_source(file) for file in found]


def source_files(folder: str) -> list[str]:
    """Return the names of all ``*.interact`` below a folder, in order."""
    return sorted(_walk(folder), key=lambda file: PurePath(file).parts)


def names_in_project(path: str, sources: list[SourceFile]) -> dict[str, str]:
    """Return for each source its name within the project, the same wherever the project lies.

    What was imported from outside its folder is below ``.up``, once for each step upwards.

    Raises:
        SourceError: A name is no text.
    """
    folder = path if os.path.isdir(path) else os.path.dirname(path)
    parts = {s.name: PurePath(os.path.relpath(s.name, folder or ".")).parts for s in sources}
    names = {n: "/".join(_UP if p == ".." else p for p in found) for n, found in parts.items()}
    for name in names.values():
        if not name.isprintable() and any(0xD800 <= ord(c) <= 0xDFFF for c in name):
            shown = name.encode("utf-8", "backslashreplace").decode()
            raise SourceError(f"the name of {shown} is not UTF-8", help="rename the file")
    return names


def check_project(path: str) -> tuple[list[SourceFile], Checked]:
    """Load a project with what it imports, and check it."""
    from interact.compiler.pipeline import check
    from interact.runtime.imports import with_imports

    found = with_imports(load_sources(path), source_files, read_source)
    return found.sources, check(found.sources, found.absent, found.parsed)


def check_sources(path: str) -> tuple[list[SourceFile], Checked]:
    """Load and check a project.

    Raises:
        CheckFailed: It has errors.
    """
    sources, checked = check_project(path)
    if checked.program is None:
        raise CheckFailed(sources, checked)
    return sources, checked


def lint_sources(
    sources: Sequence[SourceFile], checked: Checked, levels: Levels | None = None
) -> tuple[Diagnostic, ...]:
    """Return what the lints find in a project; nothing in one with errors."""
    from interact.compiler.lints.run import lint

    program = checked.program
    return () if program is None else lint(program, checked.modules, sources, levels)


def is_bundle(path: str) -> bool:
    """Return whether a file begins as a bundle does, or is called one."""
    from interact.runtime.bundle import EXTENSION

    try:
        with open(path, "rb") as file:
            return file.read(4) == archive.MAGIC or path.endswith(EXTENSION)
    except OSError:
        return path.endswith(EXTENSION) and not os.path.isdir(path)


def open_project(path: str | os.PathLike[str]) -> Project:
    """Return the project in a file or folder of sources, or in a bundle.

    Raises:
        InteractError: There is none, it cannot be read, or it has errors.
    """
    name = os.fspath(path)
    return _from_bundle(name) if is_bundle(name) else from_sources(name)


def _from_bundle(path: str) -> Project:
    from interact.runtime.bundle import read_bundle

    return project_in(read_bundle(path))


def project_in(bundle: Bundle) -> Project:
    """Return the project in a bundle; one of another version of the compiler is built again from
    the sources that it holds.

    Raises:
        BundleError: Its program is not understood.
    """
    from interact.runtime.bundle import ForeignBundle

    try:
        program = bundle.program
    except ForeignBundle as error:
        program = _rebuilt(bundle, error)

    @cache
    def plan_of(name: str) -> Plan:
        try:
            return bundle.plan(name)
        except ForeignBundle:
            from interact.compiler.pipeline import plan_channel

            return plan_channel(program, next(c for c in program.channels if c.name == name))

    sources = {s.name: s for s in bundle.sources}
    return Project(bundle.path, program, sources, lambda c: plan_of(c.name), bundle.digest)


def _rebuilt(bundle: Bundle, error: InteractError) -> Program:
    """Return the program of a bundle's sources.

    Raises:
        BundleError: They have errors for this version, which is the ``error``.
    """
    from interact.compiler.pipeline import check, optimize

    checked = check(bundle.sources)
    if checked.program is None:
        raise error
    return optimize(checked.program)


def from_sources(path: str) -> Project:
    """Return the project in a file or folder of sources.

    Raises:
        InteractError: They cannot be read, or have errors.
    """
    from interact.compiler.pipeline import optimize, plan_channel

    sources, checked = check_sources(path)
    assert checked.program is not None
    program = optimize(checked.program)
    named = {s.name: s for s in sources}

    plans = cache(lambda number: plan_channel(program, program.channels[number]))
    return Project(
        path,
        program,
        named,
        lambda c: plans(program.channels.index(c)),
        lint=lambda: lint_sources(sources, checked),
    )


def _walk(folder: str) -> Iterator[str]:
    for place, folders, names in os.walk(folder, onerror=_unreadable):
        folders[:] = [name for name in folders if not name.startswith(".")]
        for name in names:
            if name.endswith(EXTENSION) and not name.startswith("."):
                yield os.path.join(place, name).removeprefix(os.path.join(".", ""))


def _unreadable(error: OSError) -> None:
    raise SourceError(f"cannot read {error.filename}: {error.strerror}") from error


_BUNDLE, _PARQUET, _CSV = "a bundle", "a Parquet file", "a CSV file"
_OTHER_HELP = {
    _BUNDLE: "test, score, explain, describe, diff and serve take bundles; "
    "check the sources that it was built from",
    _PARQUET: "customers are given with --customers",
    _CSV: "customers are given with --customers",
}
_CSV_NAMES = (".csv", ".tsv", ".csv.gz")


def _other(file: str, data: bytes) -> str | None:
    if file.lower().endswith(_CSV_NAMES):
        return _CSV
    if data.startswith(archive.MAGIC):
        return _BUNDLE
    return _PARQUET if data.startswith(b"PAR1") else None


def read_source(file: str) -> SourceFile:
    """Return the source in a file.

    Raises:
        SourceError: It cannot be read, or is no text.
    """
    try:
        with open(file, "rb") as opened:
            data = opened.read()
    except OSError as error:
        raise SourceError(f"cannot read {file}: {error.strerror}") from error
    if (kind := _other(file, data)) is not None:
        raise SourceError(f"{file} is {kind}, not a source", help=_OTHER_HELP[kind])
    try:
        return SourceFile(file, data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise SourceError(
            f"{file} is not UTF-8: line {line} has the byte 0x{data[error.start]:02x}",
            help="save it as UTF-8 text",
        ) from error
