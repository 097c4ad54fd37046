"""Write a page, whole or not at all."""

from __future__ import annotations

import os

from interact.runtime.errors import OutputError


def write_page(path: str, text: str) -> None:
    """Write a page, in place of an earlier one.

    Raises:
        OutputError: It cannot be written.
    """
    hidden = f"{path}.tmp"
    try:
        with open(hidden, "w", encoding="utf-8", newline="\n") as out:
            out.write(text)
        os.replace(hidden, path)
    except OSError as error:
        raise OutputError(f"cannot write {path}: {error.strerror}") from error
