"""Which store a service keeps sessions and states in."""

from __future__ import annotations

import os

from interact.runtime.host.memory_store import MemoryStore
from interact.runtime.host.sqlite_journal import open_journal
from interact.runtime.host.store import Store

MEMORY = "memory"
FOLDER = "state"


def open_store(wanted: str | None, history: str | None) -> Store:
    """Return the store.

    Args:
        wanted: ``memory``, or a folder; None is one in the history, or memory without one.
        history: The folder of the history.

    Raises:
        InteractError: It cannot be opened.
    """
    if wanted is None:
        wanted = MEMORY if history is None else os.path.join(history, FOLDER)
    return MemoryStore() if wanted == MEMORY else MemoryStore(journal=open_journal(wanted))
