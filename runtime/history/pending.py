"""A merge where folders cannot be exchanged: what comes and what goes is told before it does.

NFS, SMB and some other file systems cannot let two folders take each other's names. There a file,
``.compaction/pending.json``, names the merged files and those that they take the place of::

    {"folder": "contacts/date=2026-11-24/channel=Website", "made": [name, …], "gone": [name, …]}

Then the merged files come, and the others go. Until all merged files are there, they do not count;
from then on the others do not. So whoever shares the lock of the history and passes over what is
``hidden`` sees each row once, also when the process was killed in between; the next run finishes
it. Whoever takes no lock can see rows twice meanwhile.
"""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from interact.runtime.errors import OutputError
from interact.runtime.history.log import sync_folder

WORK = ".compaction"
_FILE = "pending.json"


@dataclass(frozen=True, slots=True)
class _Pending:
    folder: str
    made: Sequence[str]
    gone: Sequence[str]

    def hidden(self, history: Path) -> set[Path]:
        folder = history / self.folder
        is_made = all((folder / name).exists() for name in self.made)
        return {folder / name for name in (self.gone if is_made else self.made)}


def hidden(history: Path) -> set[Path]:
    """Return the files of a merge that was begun which do not count. The lock is shared."""
    pending = _read(history)
    return set() if pending is None else pending.hidden(history)


def replace(history: Path, folder: Path, new: Path, gone: Sequence[str]) -> None:
    """Let all files of ``new`` take the place of some of a folder. The lock is held alone."""
    made = sorted(path.name for path in new.iterdir())
    _write(history, _Pending(folder.relative_to(history).as_posix(), made, sorted(gone)))
    for name in made:
        os.rename(new / name, folder / name)
    sync_folder(folder)
    finish(history)


def finish(history: Path) -> None:
    """Remove what does not count of a merge that was begun. The lock is held alone."""
    pending = _read(history)
    if pending is None:
        return
    for path in pending.hidden(history):
        path.unlink(missing_ok=True)
    if (folder := history / pending.folder).is_dir():
        sync_folder(folder)
    (history / WORK / _FILE).unlink()
    sync_folder(history / WORK)


def is_pending(history: Path) -> bool:
    """Return whether a merge was begun and not finished."""
    return (history / WORK / _FILE).exists()


def _read(history: Path) -> _Pending | None:
    path = history / WORK / _FILE
    try:
        return _Pending(**json.loads(path.read_bytes()))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError) as error:
        raise OutputError(
            f"{path} cannot be read: {error}", help="it tells which files of the history count"
        ) from error


def _write(history: Path, pending: _Pending) -> None:
    path = history / WORK / _FILE
    hidden = path.with_name(f".{_FILE}.tmp")
    with open(hidden, "w", encoding="utf-8") as written:
        json.dump(asdict(pending), written)
        written.flush()
        os.fsync(written.fileno())
    os.replace(hidden, path)
    sync_folder(path.parent)
