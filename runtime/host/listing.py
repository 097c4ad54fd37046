"""Lists of offers that were given in a session: what contacts and responses are about."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import reduce
from itertools import chain

from msgspec import Struct
from msgspec.structs import replace

MOST = 64
"""Lists that a session remembers; responses to older ones find no treatment."""
RECENT, STEP = 16, 8
"""Lists, the latest ones at least, that hold what their decisions read: their propensities come
from that. Older ones go without it, some at once."""


class Shown(Struct, frozen=True, gc=False):
    """An offer of a list, by the names that the history has."""

    offer: str
    code: str
    rule: str
    score: float


class Listed(Struct, frozen=True, gc=False):
    """A list of offers as it was given at a point, best first.

    Attributes:
        decision: The name of the call that made it.
        candidates: How many rules of the zone were considered.
        segments: Those that the customer was in.
        propensities: The probability of each offer to be in the list, by rank; None where it is
            not told.
    """

    decision: str
    zone: str
    point: str
    candidates: int
    segments: tuple[str, ...]
    offers: tuple[Shown, ...]
    propensities: Sequence[float | None]


class Lists(Struct, frozen=True, gc=False):
    """Lists, the latest last. They are never changed: with one more they are others.

    Attributes:
        older: Without what their decisions read.
        recent: Not many, as they are copied for each one more.
    """

    older: tuple[Listed, ...] = ()
    recent: tuple[Listed, ...] = ()

    def __len__(self) -> int:
        return len(self.older) + len(self.recent)

    def __iter__(self) -> Iterator[Listed]:
        return chain(self.older, self.recent)

    def __reversed__(self) -> Iterator[Listed]:
        return chain(reversed(self.recent), reversed(self.older))

    def adding(self, listed: Listed) -> Lists:
        """Return them with one more."""
        recent = (*self.recent, listed)
        if len(recent) <= RECENT + STEP:
            return Lists(self.older, recent)
        settled = (_settled(one) for one in recent[:STEP])
        return Lists((*self.older, *settled)[-(MOST - RECENT) :], recent[STEP:])

    def having(self, listed: Iterable[Listed]) -> Lists:
        """Return them with some more."""
        return reduce(Lists.adding, listed, self)

    def last(self, count: int) -> Sequence[Listed]:
        """Return the latest ones."""
        return (*self.older, *self.recent)[-count:] if count else ()


def _settled(listed: Listed) -> Listed:
    if type(listed.propensities) is tuple:
        return listed
    return replace(listed, propensities=(None,) * len(listed.offers))
