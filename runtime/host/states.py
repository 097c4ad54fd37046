"""What is known of a customer between visits: contacts, responses, patterns, suppressions."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Protocol

from interact.compiler.core.patterns import State
from interact.runtime.host.profiles import Key
from interact.stdlib.types import Value

MOST_CUSTOMERS = 1_000_000


@dataclass(frozen=True, slots=True)
class CustomerState:
    """One customer's state; it is replaced, never changed.

    Attributes:
        history: Times and numbers by the names that decisions read: ``Gold.rejected``.
        patterns: States of patterns, by names that ``happenings`` gives them.
        suppressed: Until when an offer is not given (microseconds since 1970), None for good.
    """

    history: Mapping[str, Value] = field(default_factory=dict)
    patterns: Mapping[str, State] = field(default_factory=dict)
    suppressed: Mapping[str, int | None] = field(default_factory=dict)


class States(Protocol):
    """Keeps the states of customers; all sessions of a customer share one."""

    def load(self, audience: str, key: Key) -> CustomerState:
        """Return a customer's state, an empty one when nothing is known."""

    def update(
        self, audience: str, key: Key, change: Callable[[CustomerState], CustomerState]
    ) -> CustomerState:
        """Change a state and return the new one.

        Nobody else changes it in between. ``change`` may be called again when someone did.
        """


@dataclass(slots=True)
class MemoryStates:
    """States in this process; of many customers, those used last."""

    most: int = MOST_CUSTOMERS
    _held: OrderedDict[tuple[str, Key], CustomerState] = field(default_factory=OrderedDict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def __len__(self) -> int:
        return len(self._held)

    def load(self, audience: str, key: Key) -> CustomerState:
        """Return a customer's state, an empty one when nothing is known."""
        return self._held.get((audience, key)) or CustomerState()

    def update(
        self, audience: str, key: Key, change: Callable[[CustomerState], CustomerState]
    ) -> CustomerState:
        """Change a state and return the new one."""
        with self._lock:
            found = change(self.load(audience, key))
            self._held[audience, key] = found
            self._held.move_to_end((audience, key))
            while len(self._held) > self.most:
                self._held.popitem(last=False)
            return found
