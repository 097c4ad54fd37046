"""A registry: bundles by digest, and environments as histories of what they run.

==================================  =====================================================
file                                what it holds
==================================  =====================================================
registry.json                       format, to know a registry by
bundles/DIGEST.bundle               a bundle
signatures/DIGEST/KEY.json          a signature of it, by the key of that name
environments/NAME/00000001.json     an entry of an environment's history
==================================  =====================================================

No file is ever changed. The last entry is what an environment runs; whoever adds one says which he
saw last, and is refused when somebody was faster.
"""

from __future__ import annotations

import json
import os
import re
from concurrent.futures import ThreadPoolExecutor

from interact.runtime.bundle import EXTENSION, Bundle, BundleError, bundle_of
from interact.runtime.errors import InteractError, UsageError
from interact.runtime.registry.entries import (
    FORMAT,
    RESTORE,
    Entry,
    RegistryError,
    checked_environment,
    decode,
    encode,
)
from interact.runtime.registry.storage import Storage, open_storage

MARK, SETTINGS = "registry.json", "interact.toml"
_DAMAGED = "remove it, and deploy it again"
_ENTRY = re.compile(r"[0-9]{8,}\.json")
_READERS = 16
_BUNDLES, _ENVIRONMENTS = "bundles", "environments"


class Registry:
    """Bundles and environments in a storage."""

    def __init__(self, storage: Storage) -> None:
        self.storage = storage

    @property
    def place(self) -> str:
        return self.storage.place

    # -- bundles -------------------------------------------------------------------------------

    def add(self, digest: str, data: bytes) -> None:
        """Keep a bundle, unless it is there."""
        if not self.storage.create(self._bundle(digest), data):
            self.bundle(digest)

    def bundle(self, digest: str) -> Bundle:
        """Return a bundle, verified.

        Raises:
            RegistryError: There is none.
            BundleError: It is damaged, or another than its name says.
        """
        name = self._bundle(digest)
        data = self.storage.read(name)
        place = f"{self.place}/{name}"
        if data is None:
            raise RegistryError(f"{place} is missing", help="deploy it again")
        try:
            found = bundle_of(place, data)
        except BundleError as error:
            raise BundleError(error.message, help=_DAMAGED) from error
        if found.digest != digest:
            raise BundleError(f"{place} is another bundle than its name says", help=_DAMAGED)
        return found

    def bundles(self) -> list[str]:
        """Return the digests of all bundles."""
        names = self.storage.names(_BUNDLES)
        return [n.removesuffix(EXTENSION) for n in names if n.endswith(EXTENSION)]

    def _bundle(self, digest: str) -> str:
        return f"{_BUNDLES}/{digest}{EXTENSION}"

    # -- environments --------------------------------------------------------------------------

    def environments(self) -> list[str]:
        """Return the names of all environments."""
        return self.storage.names(_ENVIRONMENTS)

    def entries(self, environment: str) -> tuple[Entry, ...]:
        """Return all entries of an environment, the first one first; none when it is new.

        Raises:
            RegistryError: One is missing, or not understood.
        """
        name = checked_environment(environment)
        with ThreadPoolExecutor(_READERS) as pool:
            numbers = range(1, self._count(name) + 1)
            listed = tuple(pool.map(lambda number: self._read(name, number), numbers))
        return listed + self._after(name, len(listed))

    def history(self, environment: str) -> tuple[Entry, ...]:
        """Return all entries of an environment, of which there is at least one.

        Raises:
            RegistryError: There is no such environment.
        """
        found = self.entries(environment)
        if not found:
            known = ", ".join(self.environments())
            raise RegistryError(
                f"nothing was ever deployed to {environment} in {self.place}",
                help=f"there are {known}" if known else "interact deploy BUNDLE --to ENVIRONMENT",
            )
        return found

    def readable(self, environment: str) -> tuple[list[Entry], list[InteractError]]:
        """Return the entries of an environment that can be read, and what is wrong with others.

        Raises:
            RegistryError: There is no such environment.
        """
        name = checked_environment(environment)
        numbers = range(1, self._count(name) + 1)
        if not numbers:
            return list(self.history(environment)), []
        with ThreadPoolExecutor(_READERS) as pool:
            listed = list(pool.map(lambda number: self._tried(name, number), numbers))
        wrong = [found for found in listed if isinstance(found, InteractError)]
        return [found for found in listed if isinstance(found, Entry)], wrong

    def _tried(self, environment: str, version: int) -> Entry | InteractError:
        try:
            return self._read(environment, version)
        except InteractError as error:
            return error

    def last(self, environment: str, known: Entry | None = None) -> Entry | None:
        """Return the last entry of an environment; None when there is none.

        Args:
            known: One that was read before; only later ones are asked for.

        Raises:
            RegistryError: ``known`` is gone, as when a shared folder is not there any more.
        """
        name = checked_environment(environment)
        if known is None and (count := self._count(name)):
            known = self._read(name, count)
        later = self._after(name, 0 if known is None else known.version)
        if later or known is None:
            return later[-1] if later else None
        return self._read(name, known.version)

    def append(self, entry: Entry) -> Entry:
        """Add the entry that follows the last one of its environment.

        Raises:
            RegistryError: There is one of that version, made by somebody else meanwhile.
        """
        name = self._entry(entry.environment, entry.version)
        if not self.storage.create(name, encode(entry)):
            other = self.last(entry.environment)
            by = f" by {other.by}" if other is not None else ""
            raise RegistryError(
                f"{entry.environment} was changed{by} meanwhile; nothing was done",
                help=f"see interact deployments {entry.environment}, then try again",
            )
        return entry

    def _count(self, environment: str) -> int:
        """Return a number of entries; there may be later ones that a list does not have yet."""
        listed = self.storage.names(f"{_ENVIRONMENTS}/{environment}")
        return max((int(name[:-5]) for name in listed if _ENTRY.fullmatch(name)), default=0)

    def _after(self, environment: str, version: int) -> tuple[Entry, ...]:
        """Return the entries after a version: numbers have no gaps."""
        found: list[Entry] = []
        while (entry := self._found(environment, version + 1)) is not None:
            version += 1
            found.append(entry)
        return tuple(found)

    def _read(self, environment: str, version: int) -> Entry:
        found = self._found(environment, version)
        if found is None:
            place = f"{self.place}/{self._entry(environment, version)}"
            raise RegistryError(f"{place} is missing", help=RESTORE)
        return found

    def _found(self, environment: str, version: int) -> Entry | None:
        name = self._entry(environment, version)
        data = self.storage.read(name)
        return None if data is None else decode(f"{self.place}/{name}", environment, version, data)

    def _entry(self, environment: str, version: int) -> str:
        return f"{_ENVIRONMENTS}/{environment}/{version:08}.json"


def is_registry(place: str) -> bool:
    """Return whether a registry is at a place; a URL is always taken for one."""
    return "://" in place or os.path.isfile(os.path.join(place, MARK))


def open_registry(place: str, *, make: bool = False) -> Registry:
    """Return the registry at a place.

    Args:
        place: A folder, or the URL of an object store.
        make: Begin one where nothing is.

    Raises:
        UsageError: There is none, or something else is there.
        RegistryError: It is of an unknown format.
    """
    storage = open_storage(place)
    mark = storage.read(MARK)
    if mark is None:
        _begin(storage, make)
    else:
        _check(storage, mark)
    return Registry(storage)


def _begin(storage: Storage, make: bool) -> None:
    if not make:
        raise UsageError(
            f"there is no registry in {storage.place}",
            help="interact deploy BUNDLE --to ENVIRONMENT --registry PLACE begins one",
        )
    if os.path.isfile(storage.place):
        raise UsageError(f"{storage.place} is a file; a registry is a folder")
    found = set(storage.names("")) - {SETTINGS}
    if found and MARK not in found:
        raise UsageError(
            f"{storage.place} holds something else; a registry begins in an empty folder"
        )
    storage.create(MARK, json.dumps({"format": FORMAT}).encode() + b"\n")


def _check(storage: Storage, mark: bytes) -> None:
    try:
        found = json.loads(mark)["format"]
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise RegistryError(f"{storage.place}/{MARK} is not that of a registry") from error
    if found != FORMAT:
        raise RegistryError(
            f"the registry in {storage.place} has the format {found!r:.20}, and {FORMAT} is "
            "understood here",
            help="use a version of interact that knows it",
        )
