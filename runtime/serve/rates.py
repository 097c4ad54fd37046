"""How many requests a client may make: a bucket of tokens for each, filled at a steady rate."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field

SECONDS = 2.0
"""How much of its rate a client can save up."""
MOST_CLIENTS = 100_000


@dataclass(slots=True)
class Rates:
    """Counts requests by client; used by one thread.

    Attributes:
        rate: Requests in a second; a client that was quiet may make those of ``SECONDS`` at once.
        clock: Seconds that only go forward; a seam for tests.
    """

    rate: float
    clock: Callable[[], float] = time.monotonic
    _full: OrderedDict[str, float] = field(default_factory=OrderedDict)
    """When the bucket of a client will be full again; those that are full are forgotten."""

    def wait(self, client: str) -> float:
        """Count a request; return 0, or the seconds to wait when it is one too many.

        >>> rates = Rates(1.0, lambda: 0.0)
        >>> [rates.wait("a") for _ in range(3)], rates.wait("b")
        ([0.0, 0.0, 1.0], 0.0)
        """
        now, size = self.clock(), max(1.0, self.rate * SECONDS)
        full = max(now, self._full.get(client, now)) + 1 / self.rate
        excess = full - now - size / self.rate
        if excess > 1e-9:
            return excess
        self._full[client] = full
        self._full.move_to_end(client)
        if len(self._full) > MOST_CLIENTS:
            self._full.popitem(last=False)
        return 0.0
