"""Where the versions that a host serves come from: a path, or an environment of a registry."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Protocol

from interact.runtime.bundle import Bundle, read_bundle
from interact.runtime.errors import UsageError
from interact.runtime.project import Project, is_bundle, open_project, project_in
from interact.runtime.registry.entries import Entry, is_digest
from interact.runtime.registry.registry import Registry
from interact.runtime.serve.compiling import Compile, compile_here

Trust = Callable[[Registry, Bundle], None]
"""Raises an ``InteractError`` for a bundle that shall not run."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a host shall serve.

    Attributes:
        label: What logs call it.
        number: The version of an environment; 0 for a path.
        whole: Opens the project for everybody; None for nothing.
        trial: Opens the one that a share (per cent) of the audience gets.
    """

    label: str
    number: int
    whole: Callable[[], Project] | None
    trial: Callable[[], Project] | None = None
    share: float = 0.0


class Versions(Protocol):
    """Tells what shall be served. One thread asks at a time.

    Attributes:
        environment: Of the registry; empty for a path.
    """

    @property
    def environment(self) -> str: ...

    def compile_with(self, compile: Compile) -> None:
        """Have bundles compiled by something before they are loaded."""

    def look(self, *, anew: bool = False) -> Wanted | None:
        """Return what shall be served from now on; None when that is as before.

        Args:
            anew: Return it even then.

        Raises:
            InteractError: It cannot be told now.
        """

    def earlier(self) -> list[Wanted]:
        """Return what was served before, the last one first, for a start without it."""

    def project(self, version: str) -> Project | None:
        """Return the project of a version that another host may serve; None when it is unknown.

        Raises:
            InteractError: It cannot be read, or is not trusted.
        """


@dataclass(slots=True)
class PathVersions:
    """A bundle that is replaced in its place, or sources, which are read when told to."""

    path: str
    _compile: Compile = compile_here
    _seen: tuple[int, ...] = ()
    _served: tuple[int, ...] = ()

    @property
    def environment(self) -> str:
        return ""

    def compile_with(self, compile: Compile) -> None:
        self._compile = compile

    def look(self, *, anew: bool = False) -> Wanted | None:
        found = self._mark()
        is_settled, self._seen = found == self._seen, found
        if anew or (is_settled and found != self._served):
            self._served = found
            return Wanted(self.path, 0, self._opened)
        return None

    def _opened(self) -> Project:
        if not is_bundle(self.path):
            return open_project(self.path)
        bundle = read_bundle(self.path)
        self._compile(bundle)
        return project_in(bundle)

    def earlier(self) -> list[Wanted]:
        return []

    def project(self, version: str) -> Project | None:
        return None

    def _mark(self) -> tuple[int, ...]:
        """Return what changes when a bundle is replaced, and nothing for sources."""
        if not is_bundle(self.path):
            return ()
        try:
            found = os.stat(self.path)
        except OSError as error:
            raise UsageError(f"{self.path} is gone") from error
        return found.st_ino, found.st_size, found.st_mtime_ns


@dataclass(slots=True)
class RegistryVersions:
    """What an environment of a registry runs."""

    registry: Registry
    environment: str
    trust: Trust
    _compile: Compile = compile_here
    _seen: Entry | None = field(default=None, init=False)

    def compile_with(self, compile: Compile) -> None:
        self._compile = compile

    def look(self, *, anew: bool = False) -> Wanted | None:
        found = self.registry.last(self.environment, self._seen)
        if found == self._seen and not anew:
            return None
        self._seen = found
        return self._wanted(found)

    def earlier(self) -> list[Wanted]:
        entries = self.registry.entries(self.environment)[:-1]
        return [self._wanted(entry) for entry in reversed(entries)]

    def _wanted(self, entry: Entry | None) -> Wanted:
        if entry is None or entry.whole is None:
            return Wanted("nothing", 0 if entry is None else entry.version, None)
        whole, trial = entry.whole, entry.trial
        label = f"version {entry.version} of {self.environment}"
        return Wanted(
            label,
            entry.version,
            lambda: self._opened(whole),
            None if trial is None else lambda: self._opened(trial),
            entry.share,
        )

    def project(self, version: str) -> Project | None:
        return self._opened(version) if is_digest(version) else None

    def _opened(self, digest: str) -> Project:
        bundle = self.registry.bundle(digest)
        self.trust(self.registry, bundle)
        self._compile(bundle)
        return project_in(bundle)


def trust_all(registry: Registry, bundle: Bundle) -> None:
    """Run whatever the registry holds."""
