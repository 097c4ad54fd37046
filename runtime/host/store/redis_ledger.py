"""Counts of impressions in the Redis or Valkey that hosts share.

A count is read, changed, and written if it is still as it was read. Where an answer is lost on its
way the change is made again: a limit may then be given less often than it says, never more.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from interact.compiler.core.impressions import Used
from interact.runtime.errors import OutputError
from interact.runtime.host.store.ledger import Change
from interact.runtime.host.store.protocol import StoreError
from interact.runtime.host.store.redis_store import RedisStore

_TRIES = 1000
_READ: Final = """
return redis.call('HMGET', ARGV[1] .. 'i:' .. ARGV[2], 'total', 'interval', 'within')
"""
_WRITE: Final = """
local key = ARGV[1] .. 'i:' .. ARGV[2]
local found = redis.call('HMGET', key, 'total', 'interval', 'within')
for i = 1, 3 do
  if (found[i] or '0') ~= ARGV[2 + i] then return '' end
end
redis.call('HSET', key, 'total', ARGV[6], 'interval', ARGV[7], 'within', ARGV[8])
return 'ok'
"""


@dataclass(frozen=True, slots=True)
class RedisLedger:
    """See ``Ledger``; the store closes the connections."""

    store: RedisStore

    def update(self, key: str, change: Change) -> Used:
        """Change what was given of a limit; return what it is now."""
        try:
            for _ in range(_TRIES):
                read = self.store.run(_READ, key)
                before = Used(*(int(found or 0) for found in read))
                after = change(before)
                if self.store.run(_WRITE, key, *_numbers(before), *_numbers(after)):
                    return after
        except StoreError as error:
            raise OutputError(f"cannot count impressions: {error.message}") from error
        raise OutputError("cannot count impressions: too many hosts count at once")

    def close(self) -> None:
        """Do nothing: the counts stay where they are."""


def _numbers(used: Used) -> tuple[int, int, int]:
    return used.total, used.interval, used.within
