"""What somebody decided for all customers, and whether two of them decided the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from benchmarks.workload.rules import CAP, Rule

SCORE_STEPS = 1e6
"""The peers compare scores as whole numbers of so many parts of one."""

RULE_BITS = 16
NO_KEY = -1


@dataclass(frozen=True, slots=True)
class Answers:
    """Decisions for ``n`` customers.

    Attributes:
        segments: The segment of each customer, shape ``(n,)``.
        rules: Rules, best first, -1 for none, shape ``(zones, top, n)``.
        scores: Their scores, NaN for none.
    """

    segments: npt.NDArray[np.int64]
    rules: npt.NDArray[np.int64]
    scores: npt.NDArray[np.float64]


class Disagreement(Exception):
    """Two did not decide the same: what is measured would not be the same work."""


def rank_of(rule: int) -> int:
    """Return what a rule adds to the whole number of its score: of equals, the first is largest."""
    return (1 << RULE_BITS) - 1 - rule


def from_keys(segments: npt.NDArray[Any], keys: npt.NDArray[np.int64]) -> Answers:
    """Return the answers that the peers' keys, of shape ``(zones, top, n)``, stand for."""
    none = keys == NO_KEY
    rules = (1 << RULE_BITS) - 1 - (keys & ((1 << RULE_BITS) - 1))
    scores = (keys >> RULE_BITS) / SCORE_STEPS
    return Answers(
        segments.astype(np.int64), np.where(none, -1, rules), np.where(none, np.nan, scores)
    )


def require_same(
    ours: Answers, theirs: Answers, customers: pa.Table, rules: Sequence[Rule], peer: str
) -> int:
    """Compare decisions; return how many slots differ as the peer's keys were too coarse.

    Such a slot may hold another rule only when the exact scores of both do differ, by less than
    a step of the peer's key. Equal scores must be in the order of the rules.

    Raises:
        Disagreement: Somebody is in another segment, or gets other offers.
    """
    if not np.array_equal(ours.segments, theirs.segments):
        raise Disagreement(f"{peer}: other segments")
    if not np.array_equal(ours.rules < 0, theirs.rules < 0):
        raise Disagreement(f"{peer}: other numbers of offers")
    apart = np.abs(ours.scores - theirs.scores)
    if np.nanmax(apart, initial=0.0) > 1.5 / SCORE_STEPS:
        raise Disagreement(f"{peer}: other scores")
    zones, places, rows = np.nonzero(ours.rules != theirs.rules)
    for zone, place, row in zip(zones.tolist(), places.tolist(), rows.tolist(), strict=True):
        pair = (int(a.rules[zone, place, row]) for a in (ours, theirs))
        mine, other = (exact_score(rules[rule], customers, row) for rule in pair)
        if mine == other or abs(mine - other) > 1.5 / SCORE_STEPS:
            raise Disagreement(f"{peer}: other offers for customer {row}")
    return len(rows)


def exact_score(rule: Rule, customers: pa.Table, row: int) -> float:
    """Return the score of a rule for one customer, in the order of the operations that all use."""
    (x, by_x), (y, by_y) = rule.terms
    first, second = (float(customers[name][row].as_py()) for name in (x, y))
    return min(CAP, rule.base + (by_x * first + by_y * second))
