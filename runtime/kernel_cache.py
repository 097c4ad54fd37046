"""Machine code of kernels, kept on disk between runs and shared by all strategies.

The cache is a convenience: whatever is wrong with it is a miss, or a save that did not happen.
It lies in a folder of the user's own, as whoever can write there can run code. This module
imports neither Numba nor Arrow, so that a warm start stays quick.
"""

from __future__ import annotations

import os
import stat
import time
from collections.abc import Iterator
from contextlib import suppress

MAX_BYTES = 512 * 1024 * 1024
_SHRINK_TO = 0.8
_SUFFIX = ".kernel"
_TEMPORARY = ".tmp"
_TOUCH_SECONDS = 3600
_ABANDONED_SECONDS = 3600
_LOOK_EVERY = 64


def default_directory() -> str:
    """Return ``$INTERACT_CACHE_DIR``, or the place where the system keeps caches."""
    if chosen := os.environ.get("INTERACT_CACHE_DIR"):
        return os.path.join(chosen, "kernels")
    root = os.environ.get("XDG_CACHE_HOME", "")
    if not os.path.isabs(root):  # as its specification says
        root = os.path.expanduser("~/.cache")
    return os.path.join(root, "interact", "kernels")


class FileKernelStore:
    """Code by key: a file for each, that is written aside and renamed.

    Processes and threads may share it. When its files exceed ``max_bytes``, those go that were
    not used for longest. A folder that others may write to is not used at all.
    """

    def __init__(
        self, directory: str | os.PathLike[str] | None = None, *, max_bytes: int = MAX_BYTES
    ) -> None:
        self.directory = default_directory() if directory is None else os.fspath(directory)
        self.max_bytes = max_bytes
        self._saved = 0
        self._usable: bool | None = None

    def load(self, key: str) -> bytes | None:
        """Return what was saved under ``key``, unchecked; None when there is nothing."""
        if not self._is_usable(make=False):
            return None
        path = self._path(key)
        try:
            with open(path, "rb") as file:
                data = file.read()
                self._touch(path, os.fstat(file.fileno()))
        except OSError:
            return None
        return data or None

    def save(self, key: str, data: bytes) -> None:
        """Keep ``data``, if that is possible."""
        if not self._is_usable(make=True):
            return
        with suppress(OSError):
            self._write(self._path(key), data)
            self._saved += 1
            if self._saved % _LOOK_EVERY == 1:
                self._shrink()

    def _is_usable(self, *, make: bool) -> bool:
        if self._usable is None:
            self._usable = _is_private(self.directory, make=make)
        return bool(self._usable)

    def _path(self, key: str) -> str:
        return os.path.join(self.directory, _file_name(key))

    def _touch(self, path: str, found: os.stat_result) -> None:
        """Note the use, at most once an hour."""
        if time.time() - found.st_mtime > _TOUCH_SECONDS:
            with suppress(OSError):
                os.utime(path)

    def _write(self, path: str, data: bytes) -> None:
        aside = os.path.join(self.directory, os.urandom(8).hex() + _TEMPORARY)
        try:
            with open(aside, "xb") as file:
                file.write(data)
            os.replace(aside, path)
        except BaseException:
            with suppress(OSError):
                os.remove(aside)
            raise

    def _shrink(self) -> None:
        """Drop the files that were not used for longest, and what killed processes left."""
        files = sorted(self._files())
        total = sum(size for _, size, _ in files)
        if total <= self.max_bytes:
            return
        for _, size, path in files:
            if total <= self.max_bytes * _SHRINK_TO:
                return
            with suppress(OSError):
                os.remove(path)
            total -= size

    def _files(self) -> Iterator[tuple[float, int, str]]:
        """Yield time of last use, size and path of each file."""
        abandoned = time.time() - _ABANDONED_SECONDS
        with os.scandir(self.directory) as entries:
            for entry in entries:
                try:
                    found = entry.stat()
                    if entry.name.endswith(_SUFFIX):
                        yield found.st_mtime, found.st_size, entry.path
                    elif entry.name.endswith(_TEMPORARY) and found.st_mtime < abandoned:
                        os.remove(entry.path)
                except OSError:  # another process was quicker
                    continue


def keeps(directory: str) -> bool:
    """Return whether kernels can be kept in a folder."""
    return bool(_is_private(directory, make=False)) and os.access(directory, os.W_OK)


def _file_name(key: str) -> str:
    """Return a digest as it is, and the digest of any other key."""
    if not (key.isascii() and key.isalnum() and len(key) <= 128):
        import hashlib  # costs more than all of this module

        key = hashlib.sha256(key.encode()).hexdigest()
    return key + _SUFFIX


def _is_private(directory: str, *, make: bool) -> bool | None:
    """Return whether only this user can write to the folder; None when it is not there yet."""
    try:
        if make:
            os.makedirs(directory, mode=0o700, exist_ok=True)
        found = os.lstat(directory)
    except FileNotFoundError:
        return False if make else None
    except OSError:
        return False
    if not stat.S_ISDIR(found.st_mode):
        return False
    if not hasattr(os, "getuid"):  # Windows guards a user's folders by itself
        return True
    return found.st_uid == os.getuid() and not found.st_mode & 0o022
