"""How many customers each rule was kept for, and at which stage it was dropped for the others."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from interact.compiler.codegen.outcomes import OUTCOMES, Outcomes
from interact.compiler.source import Span
from interact.runtime.batch.adapt import Losses


@dataclass(frozen=True, slots=True, eq=False)
class CandidateReport:
    """Of some batches.

    Attributes:
        customers: How many there are.
        outcomes: How many of them have each outcome, shape ``(rules, outcomes)``.
    """

    customers: int
    outcomes: npt.NDArray[np.int64]
    failures: Counter[Span]
    losses: Losses

    @staticmethod
    def empty(rules: int) -> CandidateReport:
        return CandidateReport(0, np.zeros((rules, len(OUTCOMES)), np.int64), Counter(), Losses())

    def add(self, found: Outcomes) -> None:
        """Count what became of a rule."""
        self.outcomes[found.rule] += found.counts

    def merge(self, other: CandidateReport) -> CandidateReport:
        """Return the sum of both."""
        return CandidateReport(
            self.customers + other.customers,
            self.outcomes + other.outcomes,
            self.failures + other.failures,
            self.losses.merge(other.losses),
        )
