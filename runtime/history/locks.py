"""Locks on files, which the system lets go of when a process dies.

A writer locks its folder while it lives. Whoever reads files of a history, or adds some, shares
the lock ``.lock`` of the history; whoever takes files away has it alone.
"""

from __future__ import annotations

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from interact.runtime.errors import OutputError

LOCK = "lock"
_HISTORY_LOCK = ".lock"


@dataclass(frozen=True, slots=True)
class Lock:
    """A lock that is held until ``release`` or the end of the process."""

    file: int

    def release(self) -> None:
        """Let go of it."""
        os.close(self.file)


def take_lock(folder: Path) -> Lock | None:
    """Lock a folder; None when a living process has it.

    Raises:
        OSError: The folder cannot be written.
    """
    file = os.open(folder / LOCK, os.O_CREAT | os.O_RDWR, 0o600)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(file)
        return None
    except BaseException:
        os.close(file)
        raise
    return Lock(file)


@contextmanager
def reading(history: Path) -> Iterator[None]:
    """Keep the files of a history from being taken away; others may read and add.

    A history that cannot be written has no lock, and needs none.
    """
    try:
        file = os.open(history / _HISTORY_LOCK, os.O_CREAT | os.O_RDWR, 0o666)
    except OSError:
        yield
        return
    try:
        fcntl.flock(file, fcntl.LOCK_SH)
        yield
    finally:
        os.close(file)


@contextmanager
def changing(history: Path, wait: float) -> Iterator[None]:
    """Have a history alone, for as short a time as can be.

    Raises:
        OutputError: Somebody reads it for longer than ``wait`` seconds, or it cannot be written.
    """
    try:
        file = os.open(history / _HISTORY_LOCK, os.O_CREAT | os.O_RDWR, 0o666)
    except OSError as error:
        raise OutputError(f"cannot write the history in {history}: {error.strerror}") from error
    try:
        _take_alone(file, history, time.monotonic() + wait)
        yield
    finally:
        os.close(file)


def _take_alone(file: int, history: Path, until: float) -> None:
    while True:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError as error:
            if time.monotonic() >= until:
                raise OutputError(
                    f"the history in {history} is being read",
                    help="try again later, or wait longer with --wait",
                ) from error
        time.sleep(0.02)


def is_held(file: Path) -> bool:
    """Return whether a living process holds a lock."""
    try:
        opened = os.open(file, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(opened, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(opened)
    return False
