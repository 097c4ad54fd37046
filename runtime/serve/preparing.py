"""From projects to deployments that are ready to serve: compiled, warm, with their profiles."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

from interact.compiler.core.program import Audience
from interact.runtime.batch.schema import Needed
from interact.runtime.errors import InteractError, UsageError
from interact.runtime.host.deployment import Deployment
from interact.runtime.host.profiles.drivers import Unreachable
from interact.runtime.host.profiles.fetched import FetchedProfiles
from interact.runtime.host.profiles.needs import needs_of
from interact.runtime.host.profiles.said import with_said
from interact.runtime.host.profiles.source import ProfileSource
from interact.runtime.host.profiles.sql import Database, open_sql_profiles
from interact.runtime.host.profiles.tables import TableProfiles, open_profiles
from interact.runtime.project import Project
from interact.runtime.tables.opening import declared_table
from interact.runtime.tables.rows import TableSpec

log = logging.getLogger("interact.serve")


@dataclass(frozen=True, slots=True)
class _Profiles:
    """What was opened for an audience level, and what that was asked to have."""

    audience: Audience
    needs: tuple[Needed, ...]
    source: ProfileSource

    def serve(self, audience: Audience, needs: tuple[Needed, ...]) -> bool:
        """Return whether another version can go on with them."""
        if isinstance(self.source, TableProfiles):
            return audience == self.audience and self.source.has(needs)
        return audience == self.audience and set(needs) <= set(self.needs)


@dataclass(slots=True)
class Preparing:
    """Prepares one version after the other; what did not change is used again.

    Attributes:
        paths: Of profiles, or the databases they come from, by audience level.
        observe: Told of each profile from a database: level, outcome, seconds.
        key_names: The key columns of each audience level that was served, for the history.
        most: How many deployments are kept for sessions that began with them elsewhere.
        tables: Where the rows of tables of offers come from.
        is_of_many: Whether versions come from a registry, where one may lack a table of another.
    """

    paths: Mapping[str, str | Database]
    key_names: dict[str, tuple[str, ...]] = field(default_factory=dict)
    most: int = 8
    observe: Callable[[str, str, float], None] = lambda level, outcome, seconds: None
    tables: Sequence[TableSpec] = ()
    is_of_many: bool = False
    _profiles: dict[str, _Profiles] = field(default_factory=dict)
    _ready: OrderedDict[str, Deployment] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, project: Project) -> Deployment:
        """Return a project ready to serve.

        Raises:
            InteractError: Its profiles cannot be read, or it cannot follow what was served.
        """
        with self._lock:
            known = None if project.digest is None else self.ready(project.digest)
            if known is not None:
                return known
            self._check_keys(project)
            self._check_tables(project)
            made = Deployment(project)
            made.take_profiles(self.profiles(project))
            made.take_tables(self.tables)
            made.warm()
            self._learn_keys(project)
            self._ready[made.version] = made
            while len(self._ready) > self.most:
                self._ready.popitem(last=False)
            return made

    def ready(self, version: str) -> Deployment | None:
        """Return a version that was prepared not long ago."""
        found = self._ready.get(version)
        with suppress(KeyError):  # another thread may drop it meanwhile
            self._ready.move_to_end(version)
        return found

    def all_ready(self) -> list[Deployment]:
        """Return the versions that were prepared not long ago."""
        with self._lock:
            return list(self._ready.values())

    def forget(self) -> None:
        """Read everything anew from now on, profiles too."""
        with self._lock:
            self._profiles.clear()
            self._ready.clear()

    def close(self) -> None:
        """Let go of the databases that profiles come from."""
        with self._lock:
            for found in self._profiles.values():
                found.source.close()
            self._profiles.clear()

    def profiles(self, project: Project) -> dict[str, ProfileSource]:
        """Return the profiles of a project's audience levels, in small letters."""
        program = project.program
        audiences = {a.name.lower(): with_said(a, program) for a in program.audiences}
        for level in self.paths:
            if level.lower() not in audiences:
                known = ", ".join(a.name for a in audiences.values())
                raise UsageError(f"no audience level {level}", help=f"there are {known}")
        return {
            level.lower(): self._opened(
                level, path, audiences[level.lower()], needs_of(project, level)
            )
            for level, path in self.paths.items()
        }

    def _opened(
        self, level: str, place: str | Database, audience: Audience, needs: tuple[Needed, ...]
    ) -> ProfileSource:
        known = self._profiles.get(level)
        if known is not None and known.serve(audience, needs):
            return known.source
        found: ProfileSource
        if isinstance(place, str):
            found = open_profiles(place, audience, needs)
        else:
            found = self._asking(place, audience, needs)
        self._profiles[level] = _Profiles(audience, needs, found)
        return found

    def _asking(
        self, database: Database, audience: Audience, needs: tuple[Needed, ...]
    ) -> ProfileSource:
        """Return profiles from a database, which may be out of reach for now."""
        source = open_sql_profiles(database, audience, needs)
        try:
            source.check()
        except Unreachable as error:
            log.warning("profiles of %s: %s", audience.name, error.message)
        return FetchedProfiles(
            source, database.connections, database.timeout, partial(self.observe, audience.name)
        )

    def _check_keys(self, project: Project) -> None:
        for audience in project.program.audiences:
            names, known = _key(audience), self.key_names.get(audience.name)
            if known is not None and names != known:
                raise InteractError(
                    f"the key of {audience.name} was {', '.join(known)} and is {', '.join(names)}: "
                    "one history cannot have both",
                    help="start the hosts anew for it",
                )

    def _check_tables(self, project: Project) -> None:
        """Refuse rows of a table that is not there: people may be on the list that they are.

        A version of a registry may have no use for rows of others, if all its tables have theirs.
        """
        declared = {table.name: table for table in project.program.tables}
        given = {spec.name for spec in self.tables}
        for spec in self.tables:
            try:
                declared_table(spec.name, declared)
            except UsageError as error:
                if not self.is_of_many or set(declared) - given:
                    raise
                log.warning("%s in %s; its rows are not read", error.message, project.version[:12])

    def _learn_keys(self, project: Project) -> None:
        self.key_names.update({a.name: _key(a) for a in project.program.audiences})

    def keys_of(self, level: str) -> tuple[str, ...]:
        """Return the key columns of an audience level.

        Raises:
            InteractError: Nothing that was served has it.
        """
        found = self.key_names.get(level)
        if found is None:
            raise InteractError(f"the history has the audience level {level}, which is not served")
        return found


def _key(audience: Audience) -> tuple[str, ...]:
    return tuple(part.name for part in audience.key)
