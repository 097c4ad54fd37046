"""What a batch run found out: members of segments, offers given, operations without a result."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from math import isfinite
from typing import Any

import numpy as np
import numpy.typing as npt

from interact.compiler.codegen.scorer import Scores
from interact.compiler.core.program import Channel
from interact.compiler.source import Span
from interact.runtime.batch.adapt import Losses

Counts = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class OfferCount:
    """How an offer did in a zone.

    Attributes:
        best: For how many customers it came first.
        given: How many customers got it at any rank.
        score: The mean of its scores; None when nobody got it, or no float holds their sum.
    """

    offer: int
    best: int
    given: int
    score: float | None


@dataclass(frozen=True, slots=True, eq=False)
class RunReport:
    """Of some batches. The counts of rules are of shape ``(zones, rules)``.

    ``members`` counts the customers of each segment.
    """

    customers: int
    members: Counts
    best: Counts
    given: Counts
    sums: npt.NDArray[np.float64]
    failures: Counter[Span]
    losses: Losses

    def merge(self, other: RunReport) -> RunReport:
        """Return the sum of both."""
        return RunReport(
            self.customers + other.customers,
            self.members + other.members,
            self.best + other.best,
            self.given + other.given,
            self.sums + other.sums,
            self.failures + other.failures,
            self.losses.merge(other.losses),
        )

    def offers(self, channel: Channel, zone: int) -> list[OfferCount]:
        """Return the offers with a rule in a zone, the one that most often came first first."""
        found = []
        for offer in sorted({r.offer for r in channel.rules if r.zone == zone}):
            rules = [i for i, r in enumerate(channel.rules) if (r.offer, r.zone) == (offer, zone)]
            best, given = int(self.best[zone, rules].sum()), int(self.given[zone, rules].sum())
            total = float(self.sums[zone, rules].sum())
            mean = total / given if given and isfinite(total) else None
            found.append(OfferCount(offer, best, given, mean))
        return sorted(found, key=lambda o: (-o.best, -o.given, o.offer))


def report_of(scores: Scores, channel: Channel, losses: Losses) -> RunReport:
    """Return the report of one batch, given in the long layout."""
    shape = (len(channel.zones), len(channel.rules))
    long: dict[str, Any] = dict(scores.long)
    place = long["zone"] * np.int64(shape[1]) + long["rule"].view(np.uint16)
    size = shape[0] * shape[1]
    is_first = long["position"] == 1
    ranked = np.bincount(place * 2 + is_first, minlength=size * 2).reshape(*shape, 2)
    return RunReport(
        scores.length,
        np.array(scores.members, np.int64),
        ranked[..., 1],
        ranked.sum(axis=-1),
        np.bincount(place, long["score"], minlength=size).reshape(shape).astype(np.float64),
        Counter(scores.failures),
        losses,
    )
