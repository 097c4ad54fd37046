"""Two folders take each other's names at once: whoever looks finds the one or the other."""

from __future__ import annotations

import ctypes
import os
import shutil
import sys
from pathlib import Path

from interact.runtime.errors import OutputError

_HERE = -100
_SWAP = 2


def exchange(one: Path, other: Path) -> None:
    """Exchange the names of two folders of one file system.

    Raises:
        OutputError: The file system cannot.
    """
    library = ctypes.CDLL(None, use_errno=True)
    names = os.fsencode(one), os.fsencode(other)
    try:
        if sys.platform == "darwin":
            failed = library.renamex_np(*names, _SWAP)
        else:
            failed = library.renameat2(_HERE, names[0], _HERE, names[1], _SWAP)
    except AttributeError:
        raise OutputError("this system cannot exchange folders, so nothing is merged") from None
    if failed:
        reason = os.strerror(ctypes.get_errno())
        raise OutputError(f"cannot exchange {other} with its merged files: {reason}")


def can_exchange(folder: Path) -> bool:
    """Return whether folders in a folder can be exchanged and files linked, by trying it."""
    pair = [folder / f"aside-try{n}" for n in (1, 2)]
    try:
        for one in pair:
            one.mkdir()
        (pair[0] / "file").touch()
        os.link(pair[0] / "file", pair[1] / "file")
        exchange(*pair)
    except (OSError, OutputError):
        return False
    finally:
        for one in pair:
            shutil.rmtree(one, ignore_errors=True)
    return True
