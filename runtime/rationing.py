"""Limits of impressions in a batch run: what is given is counted in the order of the customers.

A limit is open until the first customer who would pass it; from that one on its offers are given to
nobody. So a run gives what sessions would give that come one after the other, whatever the sizes of
batches. Batches are scored in order, in one thread, and only where a limit closes more than once.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from interact.compiler.codegen.scorer import Scores
from interact.compiler.core.impressions import ImpressionLimit, Used, counted, holds
from interact.runtime.customer_scorer import CustomerScorer, Parts, Scored
from interact.runtime.limits_used import left_of

Counts = npt.NDArray[np.int64]


@dataclass(slots=True)
class Rationed:
    """Scores batches in order, and counts what they give.

    Attributes:
        used: What was given before the run, by the keys of limits.
        given: What the run gave, by state of the limits that hold.
        closed: After how many customers limits were closed, by state.
    """

    scorer: CustomerScorer
    limits: tuple[ImpressionLimit, ...]
    used: Mapping[str, Used]
    given: dict[str, int] = field(default_factory=dict)
    closed: dict[str, int] = field(default_factory=dict)
    _left: dict[str, int] = field(default_factory=dict)
    _rules: dict[str, npt.NDArray[np.bool_]] = field(default_factory=dict)
    _customers: int = 0

    def __post_init__(self) -> None:
        self._left = left_of(self.limits, self.used, self.scorer.moment.now)
        self.given = dict.fromkeys(self._left, 0)
        rules = self.scorer.channel.rules
        for limit in self.limits:
            self._rules[limit.state] = np.array([r.offer in limit.offers for r in rules], np.bool_)

    def score(self, batch: Any, /) -> Parts:
        """Score the next batch of customers."""
        rest, parts = self.scorer.selected(batch), list[Scored]()
        while True:
            scores, losses = self.scorer.decided(rest, self._states())
            wanted = self._wanted(scores)
            first = {s: self._first_beyond(s, wanted[s]) for s in wanted if s not in self.closed}
            end = min(first.values(), default=scores.length)
            if end == scores.length:
                self._count(wanted, scores.length)
                return Parts([*parts, self.scorer.told(rest, scores, losses)])
            if end:
                parts.append(self._part(rest.slice(0, end)))
            rest = rest.slice(end)
            for state in (s for s, place in first.items() if place == end):
                self.closed[state] = self._customers

    def told(self) -> dict[str, Any]:
        """Return what ``run.json`` says of the limits, by key."""
        now = self.scorer.moment.now
        found = {}
        for limit in self.limits:
            before, given = self.used.get(limit.key, Used()), self.given.get(limit.state, 0)
            after = counted(limit, before, now, given) if given else before
            found[limit.key] = {
                "most": limit.most,
                "holds": holds(limit, now),
                "given": given,
                "used": after.total,
                "interval": after.interval,
                "within": after.within,
                "left": left_of([limit], {limit.key: after}, now).get(limit.state),
                "closed_after": self.closed.get(limit.state),
            }
        return found

    def _states(self) -> dict[str, int]:
        return {s: 0 if s in self.closed else left for s, left in self._left.items()}

    def _part(self, batch: Any) -> Scored:
        scores, losses = self.scorer.decided(batch, self._states())
        self._count(self._wanted(scores), scores.length)
        return self.scorer.told(batch, scores, losses)

    def _wanted(self, scores: Scores) -> dict[str, Counts]:
        """Return how many impressions of each limit each customer would get, shape ``(n,)``."""
        rule, row = scores.long["rule"].view(np.uint16), scores.long["row"]
        found = {}
        for state in self._left:
            rows = row[self._rules[state].take(rule)].astype(np.int64)
            found[state] = np.bincount(rows, minlength=scores.length)
        return found

    def _first_beyond(self, state: str, wanted: Counts) -> int:
        """Return the first customer who would pass a limit; how many there are if nobody would."""
        beyond = np.cumsum(wanted) > self._left[state]
        return int(beyond.argmax()) if beyond.any() else len(wanted)

    def _count(self, wanted: Mapping[str, Counts], customers: int) -> None:
        self._customers += customers
        for state, numbers in wanted.items():
            number = int(numbers.sum())
            self._left[state] -= number
            self.given[state] += number
