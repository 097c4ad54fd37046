"""A folder that is made aside and put in its place as a whole, or not at all.

============================  ===============================================  ===============
the place before              made in                                          put in place by
============================  ===============================================  ===============
nothing there                 a hidden folder beside it                        one rename
a former run, to be replaced  a hidden folder beside it                        one exchange
an empty folder               a hidden folder inside it (it may be a mount)    renames, in order
============================  ===============================================  ===============

Where no folder beside can be made or exchanged (a mount), a former run too is replaced from
the inside; there the manifest goes first and comes back last, so that nobody takes a mixture
for a run. A working folder holds a lock as long as its process lives. One without is what a
killed run left behind, and the next run to the same place clears it away.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import tempfile
import time
from dataclasses import dataclass
from typing import Any

from interact.runtime.batch.files import RESULT, reason_of
from interact.runtime.errors import OutputError, UsageError

try:
    import fcntl
except ImportError:  # Windows, where leftovers then stay
    fcntl = None  # type: ignore[assignment]

MANIFEST = RESULT
_LOCK = ".lock"
_MAKING_SECONDS = 60


@dataclass(slots=True)
class Staging:
    """Work in ``folder``, then ``publish`` or ``discard``."""

    place: str
    folder: str
    overwrite: bool
    lock: Any

    @property
    def is_inside(self) -> bool:
        return os.path.dirname(self.folder) == self.place

    def publish(self) -> None:
        """Put the folder in its place."""
        _refuse_taken(self.place, self.overwrite)
        if self.is_inside:
            self._publish_inside()
        else:
            self._publish_beside()
        _sync_folder(os.path.dirname(self.place))
        self.lock.close()

    def discard(self) -> None:
        """Drop all of it, and leave the place as it was."""
        shutil.rmtree(self.folder, ignore_errors=True)
        self.lock.close()

    def _publish_beside(self) -> None:
        if not _rename_new(self.folder, self.place):
            _exchange(self.folder, self.place)
            shutil.rmtree(self.folder, ignore_errors=True)
        # up to here the lock kept the folder from being taken for a leftover
        os.remove(os.path.join(self.place, _LOCK))

    def _publish_inside(self) -> None:
        former = [n for n in os.listdir(self.place) if not n.startswith(_prefix(self.place))]
        for name in sorted(former, key=lambda n: n != MANIFEST):
            _remove(os.path.join(self.place, name))
        made = [n for n in os.listdir(self.folder) if n != _LOCK]
        for name in sorted(made, key=lambda n: n == MANIFEST):
            os.rename(os.path.join(self.folder, name), os.path.join(self.place, name))
        shutil.rmtree(self.folder)


def stage(place: str, *, overwrite: bool) -> Staging:
    """Make a working folder for what shall be in ``place``.

    Raises:
        UsageError: The place is taken by something else, or by a former run and ``overwrite``
            is not set.
        OutputError: No folder can be made there.
    """
    place = os.path.realpath(place)
    _refuse_taken(place, overwrite)
    try:
        return _make(place, overwrite)
    except OSError as error:
        raise OutputError(f"cannot write to {place}: {reason_of(error)}") from error


def _refuse_taken(place: str, overwrite: bool) -> None:
    if not os.path.lexists(place):
        return
    if not os.path.isdir(place):
        raise UsageError(f"{place} is a file; results need a folder")
    held = [n for n in os.listdir(place) if not n.startswith(_prefix(place))]
    if held and MANIFEST not in held:
        raise UsageError(
            f"{place} holds other files than a former run's",
            help="name a folder that is empty or does not exist",
        )
    if held and not overwrite:
        raise UsageError(
            f"{place} already holds a run", help="name another folder, or use --overwrite"
        )


def _make(place: str, overwrite: bool) -> Staging:
    parent = os.path.dirname(place)
    os.makedirs(parent, exist_ok=True)
    inside = os.path.isdir(place) and (
        not os.path.exists(os.path.join(place, MANIFEST))
        or os.path.ismount(place)
        or not os.access(parent, os.W_OK)
    )
    for folder in (parent, place):
        _clear_leftovers(folder, _prefix(place))
    made = tempfile.mkdtemp(prefix=_prefix(place), dir=place if inside else parent)
    os.chmod(made, 0o777 & ~_umask())
    return Staging(place, made, overwrite, _locked(made))


def _prefix(place: str) -> str:
    return f".{os.path.basename(place)}.run-"


def _umask() -> int:
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


def _locked(folder: str) -> Any:
    lock = open(os.path.join(folder, _LOCK), "w")  # noqa: SIM115 - held while the run lasts
    if fcntl is not None:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return lock


def _clear_leftovers(folder: str, prefix: str) -> None:
    if fcntl is None or not os.path.isdir(folder):
        return
    for name in os.listdir(folder):
        path = os.path.join(folder, name)
        if name.startswith(prefix) and not _is_alive(path):
            shutil.rmtree(path, ignore_errors=True)


def _is_alive(folder: str) -> bool:
    try:
        with open(os.path.join(folder, _LOCK)) as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:  # it may just be being made
        return time.time() - os.stat(folder).st_mtime < _MAKING_SECONDS
    except OSError:
        return True
    return False


def _remove(path: str) -> None:
    shutil.rmtree(path) if os.path.isdir(path) else os.remove(path)


def _rename_new(folder: str, place: str) -> bool:
    """Rename onto a free place; False when it is taken."""
    try:
        os.rename(folder, place)
    except OSError:
        if not os.path.isdir(place):
            raise
        return False
    return True


_AT_FDCWD, _RENAME_EXCHANGE = -100, 2


def _exchange(one: str, other: str) -> None:
    """Let two folders change places: at once on Linux, by three renames elsewhere."""
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (AttributeError, OSError, TypeError):
        rename = None
    a, b = os.fsencode(one), os.fsencode(other)
    if rename is None or rename(_AT_FDCWD, a, _AT_FDCWD, b, _RENAME_EXCHANGE) != 0:
        os.rename(other, one + ".old")
        os.rename(one, other)
        os.rename(one + ".old", one)


def _sync_folder(folder: str) -> None:
    try:
        opened = os.open(folder, os.O_RDONLY)
    except OSError:  # not all systems open folders
        return
    try:
        os.fsync(opened)
    finally:
        os.close(opened)
