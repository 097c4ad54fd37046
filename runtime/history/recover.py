"""What writers that died have left: published, and their folders removed."""

from __future__ import annotations

import errno
import time
from pathlib import Path

from interact.runtime.history.locks import LOCK, take_lock
from interact.runtime.history.log import LOGS
from interact.runtime.history.names import FILE, KeyNames
from interact.runtime.history.publish import Tell, publish

_STARTING_SECONDS = 60.0
"""A writer that begins has a folder out of sight for a moment, and no lock yet."""


def recover(history: Path, key_names: KeyNames, tell: Tell = lambda error: None) -> int:
    """Publish what writers that died have left, and remove their folders; return the events.

    Living writers hold a lock, and are left alone. Several processes may recover at once.

    Args:
        history: The folder.
        key_names: The key columns of each audience level, where a writer did not tell them.
        tell: Told when a segment was damaged, or cannot be published, and is left.

    Raises:
        OSError: A file could not be written; what is not published is still in its log.
    """
    count = 0
    for folder in sorted((history / LOGS).glob("*/")):
        try:
            if folder.name.startswith(".") and _age(folder) < _STARTING_SECONDS:
                continue
            lock = take_lock(folder)
        except FileNotFoundError:  # somebody else was faster
            continue
        if lock is None:
            continue
        try:
            count += _recover_writer(history, folder, key_names, tell)
            remove_if_empty(folder)
        finally:
            lock.release()
    return count


def _age(folder: Path) -> float:
    return time.time() - folder.stat().st_mtime


def _recover_writer(history: Path, folder: Path, key_names: KeyNames, tell: Tell) -> int:
    count, segments = 0, sorted(folder.glob("[0-9]*"))
    for segment in segments:
        is_sealed = segment != segments[-1]
        try:
            count += publish(history, segment, key_names, is_sealed=is_sealed, tell=tell)
        except OSError:
            raise
        except Exception as error:  # whatever is wrong with one segment, others are published
            tell(error)
    return count


def remove_if_empty(folder: Path) -> None:
    """Remove the folder of a writer that is gone, unless it holds a segment."""
    if not any(folder.glob("[0-9]*")):
        for name in (FILE, f".{FILE}.tmp", LOCK):
            (folder / name).unlink(missing_ok=True)
        try:
            folder.rmdir()
        except OSError as error:  # somebody else removes it, too
            if error.errno not in (errno.ENOENT, errno.ENOTEMPTY):
                raise
