"""Decide again what was decided, with another version or the same, and tell what differs."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import zip_longest
from typing import Any

from interact.runtime.errors import DataError
from interact.runtime.host.deployment import Deployment
from interact.runtime.host.offers.decided import decide_again
from interact.runtime.values import instant

Offered = tuple[str, float]


@dataclass(frozen=True, slots=True)
class Difference:
    """A list that is not what it was.

    Attributes:
        decision: Its name; ``point`` is where.
        what: How they differ, place by place.
    """

    decision: str
    at: str
    channel: str
    session: str
    point: str
    bundle: str
    what: tuple[str, ...]


@dataclass(slots=True)
class Replay:
    """Decides again; counts what it has seen.

    Attributes:
        lists: How many lists of offers were decided again; ``different`` of them differ.
        others: How many of them were decided by another version than this.
        unread: What this version reads and was not recorded, with how many decisions lack it.
    """

    deployment: Deployment
    lists: int = 0
    different: int = 0
    others: int = 0
    unread: Counter[str] = field(default_factory=Counter)
    problems: list[str] = field(default_factory=list)

    def differences(self, row: Mapping[str, Any]) -> Iterator[Difference]:
        """Decide a row of the history again; yield how that differs.

        Args:
            row: With ``at`` as a datetime, ``channel``, ``session``, ``bundle``, ``event``,
                ``inputs`` and ``outcome``.
        """
        served = self.deployment.channel(row["channel"])
        if served is None:
            self.problems.append(f"{row['event']}: there is no channel {row['channel']}")
            return
        try:
            again = decide_again(served, row["inputs"], instant(row["at"]))
            before = json.loads(row["outcome"])
            points = [point["point"] for point in json.loads(row["inputs"])["points"]]
        except (DataError, ValueError, KeyError, TypeError) as error:
            self.problems.append(f"{row['event']}: {error}")
            return
        if row["bundle"] != self.deployment.version:
            self.others += len(points)
        self.unread.update(again.unread)
        for point, was, now in zip(points, before, again.outcome, strict=True):
            self.lists += 1
            what = tuple(_compared(was, now))
            if what:
                self.different += 1
                at = row["at"].isoformat().replace("+00:00", "Z")
                yield Difference(
                    was["decision"], at, row["channel"], row["session"], point, row["bundle"], what
                )


def _compared(was: Mapping[str, Any], now: Mapping[str, Any] | None) -> Iterator[str]:
    """Yield what differs: segments, and offers by rank."""
    if now is None:
        yield "the point is gone"
        return
    left, joined = (
        set(was["segments"]) - set(now["segments"]),
        set(now["segments"]) - set(was["segments"]),
    )
    if left or joined:
        told = [f"not in {name}" for name in sorted(left)] + [f"in {n}" for n in sorted(joined)]
        yield f"segments: now {', '.join(told)}"
    ranks = zip_longest(was["offers"], now["offers"])
    for rank, (before, after) in enumerate(ranks, 1):
        if before is None or after is None or (before[0], before[2]) != (after[0], after[2]):
            yield f"rank {rank}: {_offer(before)}, now {_offer(after)}"


def _offer(found: Any) -> str:
    return "nothing" if found is None else f"{found[0]} ({found[2]:.10g})"
