"""Which store a service keeps sessions and states in."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

from interact.runtime.errors import UsageError
from interact.runtime.host.store.journal import open_journal
from interact.runtime.host.store.ledger import Ledger, MemoryLedger, open_ledger
from interact.runtime.host.store.memory import IDLE_SECONDS, MOST_SESSIONS, MemoryStore
from interact.runtime.host.store.protocol import Store
from interact.runtime.host.trouble import Outcome

MEMORY = "memory"
FOLDER = "state"
LEDGER = "impressions.db"
"""Where the folder of the history has the counts of impressions."""
SCHEMES = ("redis", "rediss", "unix")


def open_store(
    wanted: str | None,
    history: str | None,
    idle_seconds: float = IDLE_SECONDS,
    most_sessions: int = MOST_SESSIONS,
    outcome: Outcome = lambda error: None,
) -> Store:
    """Return the store.

    Args:
        wanted: ``memory``, a folder, or the URL of a Redis; None is a folder in the history, or
            memory without one.
        history: The folder of the history.
        idle_seconds: How long a session may be without a call.
        most_sessions: How many there may be, in a store of one process.
        outcome: Told whether what keeps them works, again and again.

    Raises:
        InteractError: It cannot be opened.
    """
    if wanted is None:
        wanted = MEMORY if history is None else os.path.join(history, FOLDER)
    if wanted == MEMORY:
        return MemoryStore(idle_seconds, most_sessions)
    if urlsplit(wanted).scheme in SCHEMES:
        return _redis(wanted, idle_seconds, outcome)
    if "://" in wanted:
        scheme = wanted.partition(":")[0]  # what follows may have a password
        raise UsageError(
            f"no store is called {scheme}", help="a store is redis://host:port/db, or a folder"
        )
    return MemoryStore(idle_seconds, most_sessions, journal=open_journal(wanted, outcome))


def open_counts(store: Store, history: str | None, outcome: Outcome = lambda error: None) -> Ledger:
    """Return where impressions are counted: in a shared store, or beside the history.

    Raises:
        InteractError: It cannot be opened.
    """
    if store.is_shared:
        from interact.runtime.host.store.redis_ledger import RedisLedger
        from interact.runtime.host.store.redis_store import RedisStore

        assert isinstance(store, RedisStore)
        return RedisLedger(store)
    if history is None:
        return MemoryLedger()
    return open_ledger(os.path.join(history, LEDGER), outcome)


def _redis(url: str, idle_seconds: float, outcome: Outcome) -> Store:
    try:
        from interact.runtime.host.store.redis_store import open_redis
    except ModuleNotFoundError as error:
        raise UsageError(
            f"a shared store needs {error.name}", help="pip install 'interact-dsl[redis]'"
        ) from error
    store = open_redis(url, idle_seconds)
    store.outcome = outcome
    return store
