"""Files of a registry: made once, never changed, whole or not there at all.

A folder, or an object store whose writes can be refused when the name is taken. Nothing else is
needed of it: no locks, no renames, no lists that are up to date.
"""

from __future__ import annotations

import errno
import os
from contextlib import suppress
from typing import Protocol
from uuid import uuid4

from interact.runtime.errors import OutputError, not_installed

_NO_LINKS = frozenset({errno.EPERM, errno.EOPNOTSUPP, errno.ENOTSUP, errno.ENOSYS})


class Storage(Protocol):
    """Files by name; a name is a relative path with slashes.

    Attributes:
        place: What messages call it.
    """

    place: str

    def read(self, name: str) -> bytes | None:
        """Return a file; None when there is none.

        Raises:
            OutputError: It cannot be read now.
        """

    def create(self, name: str, data: bytes) -> bool:
        """Make a file that lasts; False when there is one of that name, however it came there.

        Raises:
            OutputError: It cannot be made.
        """

    def names(self, folder: str) -> list[str]:
        """Return what is right in a folder, in order; nothing when there is no such folder.

        Raises:
            OutputError: It cannot be read now.
        """


class FolderStorage:
    """Files in a folder of this machine, or of one that it shares with others."""

    def __init__(self, folder: str) -> None:
        self.place = folder

    def read(self, name: str) -> bytes | None:
        try:
            with open(self._path(name), "rb") as file:
                return file.read()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise OutputError(f"cannot read {self._path(name)}: {error.strerror}") from error

    def create(self, name: str, data: bytes) -> bool:
        path = self._path(name)
        folder = os.path.dirname(path)
        aside = os.path.join(folder, f".{uuid4().hex}.tmp")
        try:
            os.makedirs(folder, exist_ok=True)
            _write(aside, data)
            made = _link(aside, path, data)
            _sync_folder(folder)
            return made
        except OSError as error:
            raise OutputError(f"cannot write {path}: {error.strerror}") from error
        finally:
            with suppress(OSError):
                os.remove(aside)

    def names(self, folder: str) -> list[str]:
        path = self._path(folder)
        try:
            return sorted(n for n in os.listdir(path) if not n.startswith("."))
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:
            raise OutputError(f"cannot read {path}: {error.strerror}") from error

    def _path(self, name: str) -> str:
        return os.path.join(self.place, *name.split("/"))


def open_storage(place: str) -> Storage:
    """Return the files at a place: a folder, or a URL such as ``s3://bucket/registry``.

    Raises:
        UsageError: It is of a kind that is not known, or cannot refuse a name that is taken.
    """
    kind, separator, rest = place.partition("://")
    if not separator:
        return FolderStorage(place)
    if kind == "file":
        return FolderStorage(rest)
    try:
        from interact.runtime.registry.object_store import ObjectStorage
    except ModuleNotFoundError as error:
        raise not_installed(place, error, "deploy") from error
    return ObjectStorage(place)


def _write(path: str, data: bytes) -> None:
    with open(path, "xb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())


def _link(aside: str, path: str, data: bytes) -> bool:
    """Give a file its name unless that is taken; without hard links it is written in place."""
    try:
        try:
            os.link(aside, path)
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            _write(path, data)
    except FileExistsError:
        return False
    return True


def _sync_folder(folder: str) -> None:
    """Make a new name last, where folders can be synced."""
    with suppress(OSError):
        opened = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(opened)
        finally:
            os.close(opened)
