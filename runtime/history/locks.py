"""Who is alive: a lock on a file, which the system lets go of when a process dies."""

from __future__ import annotations

import fcntl
import os
from dataclasses import dataclass
from pathlib import Path

LOCK = "lock"


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
