"""How often offers may still be given, and that they were: limits of impressions in a host.

A host takes impressions from the ledger in small blocks and gives them one by one, so that several
hosts never give more than a limit together and most calls touch no file. A block is a hundredth of
what is left, at most a thousand: that is what a killed host can lose. At the end blocks are single.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from interact.compiler.core.impressions import (
    ImpressionLimit,
    Used,
    counted,
    holds,
    interval_of,
    left,
    returned,
)
from interact.runtime.errors import OutputError
from interact.runtime.host.store.ledger import Ledger, MemoryLedger

MOST_IN_A_BLOCK = 1_000
_ASK_AGAIN = 1_000_000
"""Microseconds after which an empty ledger is asked again: another host may have given back."""


@dataclass(slots=True)
class _Block:
    """Impressions of one interval that this host may give.

    Attributes:
        free: How many of them are left.
        beyond: How many were left in the ledger when it was ``asked``.
    """

    interval: int
    free: int = 0
    beyond: int = 0
    asked: int | None = None


@dataclass(slots=True)
class Impressions:
    """The impressions of one host; threads share it."""

    ledger: Ledger = field(default_factory=MemoryLedger)
    _blocks: dict[str, _Block] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def left(self, limits: Iterable[ImpressionLimit], now: int) -> dict[str, int]:
        """Return what decisions read: how much is left of the limits that hold now, by state.

        Raises:
            OutputError: It cannot be counted.
        """
        with self._lock:
            blocks = ((limit, self._block(limit, now, 1)) for limit in limits if holds(limit, now))
            return {limit.state: block.free + block.beyond for limit, block in blocks}

    def take(
        self, limits: Sequence[ImpressionLimit], offers: Sequence[int], now: int
    ) -> list[ImpressionLimit]:
        """Count impressions of offers (indices, as often as they are given), all or none.

        Returns:
            The limits of which too little is left; when there are none, it is done.

        Raises:
            OutputError: It cannot be counted, and was not.
        """
        wanted = [(limit, _number(limit, offers)) for limit in limits if holds(limit, now)]
        wanted = [(limit, number) for limit, number in wanted if number]
        with self._lock:
            blocks = [(self._block(limit, now, n), limit, n) for limit, n in wanted]
            short = [limit for block, limit, number in blocks if block.free < number]
            if not short:
                for block, _, number in blocks:
                    block.free -= number
            return short

    def give_back(self, limits: Sequence[ImpressionLimit], offers: Sequence[int], now: int) -> None:
        """Undo what was taken at ``now``, for offers that were not given after all.

        What was taken while an interval ended stays taken.
        """
        with self._lock:
            for limit in (x for x in limits if holds(x, now)):
                block, number = self._blocks.get(limit.key), _number(limit, offers)
                if block is not None and block.interval == interval_of(limit, now):
                    block.free += number

    def close(self) -> None:
        """Give all blocks back, and let go of the ledger.

        Raises:
            OutputError: Some cannot be given back, and stay taken.
        """
        failed = None
        with self._lock:
            for key, block in self._blocks.items():
                try:
                    self._return(key, block)
                except OutputError as error:
                    failed = error
            self._blocks.clear()
            self.ledger.close()
        if failed is not None:
            raise failed

    def _block(self, limit: ImpressionLimit, now: int, least: int) -> _Block:
        """Return the block of the present interval, with ``least`` impressions if there are."""
        interval = interval_of(limit, now)
        block = self._blocks.get(limit.key)
        if block is None or block.interval not in (interval, interval + 1):
            if block is not None:
                self._return(limit.key, block)
            block = self._blocks[limit.key] = _Block(interval)
        if block.free < least and (block.beyond > 0 or _is_stale(block, now)):
            self._fill(limit, block, now, least - block.free)
        return block

    def _fill(self, limit: ImpressionLimit, block: _Block, now: int, least: int) -> None:
        granted = beyond = 0

        def change(used: Used) -> Used:
            nonlocal granted, beyond
            rest = left(limit, used, now)
            granted = min(rest, max(least, min(rest // 100, MOST_IN_A_BLOCK)))
            beyond = rest - granted
            return counted(limit, used, now, granted)

        used = self.ledger.update(limit.key, change)
        if used.interval != block.interval:  # by another host's clock the next one has begun
            self._return(limit.key, block)
            block.interval = used.interval
        block.free, block.beyond, block.asked = block.free + granted, beyond, now

    def _return(self, key: str, block: _Block) -> None:
        free, block.free = block.free, 0
        if free:
            self.ledger.update(key, lambda used: returned(used, block.interval, free))


def _is_stale(block: _Block, now: int) -> bool:
    return block.asked is None or abs(now - block.asked) >= _ASK_AGAIN


def _number(limit: ImpressionLimit, offers: Sequence[int]) -> int:
    counts = Counter(offers)
    return sum(counts[offer] for offer in limit.offers)
