"""Explains record batches of customers: what the batch job runs in all its threads."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from interact.compiler.codegen.from_columnar import Layout
from interact.compiler.codegen.outcomes import Ladder, outcomes_of, positions_of
from interact.runtime.batch.adapt import Losses
from interact.runtime.candidates.report import CandidateReport
from interact.runtime.candidates.table import TABLE, CandidateTable
from interact.runtime.customer_scorer import CustomerScorer
from interact.runtime.result import key_columns

CELLS = 6_000_000
"""Candidates that are held at a time by each thread, of some 20 bytes."""


@dataclass(frozen=True, slots=True)
class CustomerExplainer:
    """Everything that turns customers into candidates. Threads share it.

    Attributes:
        scorer: Reads, selects and scores.
        ladders: Of each rule.
        with_rows: Whether the table is made, or candidates are counted only.
    """

    scorer: CustomerScorer
    ladders: Mapping[int, Ladder]
    table: CandidateTable
    with_rows: bool = True

    def score(self, batch: Any, /) -> Explained:
        """Explain a record batch of customers."""
        if self.scorer.selection is not None:
            batch = self.scorer.selection.apply(batch, self.scorer.moment)
        return Explained(self, batch)


@dataclass(slots=True)
class Explained:
    """The candidates of one batch; ``report`` tells of the tables that were taken."""

    explainer: CustomerExplainer
    batch: Any
    report: CandidateReport = field(init=False)

    def __post_init__(self) -> None:
        self.report = CandidateReport.empty(len(self.explainer.ladders))

    @property
    def tables(self) -> Iterator[tuple[str, Any]]:
        """Yield the candidates zone by zone, for as many customers at a time as fit."""
        step = max(1024, CELLS // max(1, len(self.explainer.ladders)))
        for start in range(0, max(1, self.batch.num_rows), step):
            yield from self._part(self.batch.slice(start, step))

    def _part(self, data: Any) -> Iterator[tuple[str, Any]]:
        explainer, scorer = self.explainer, self.explainer.scorer
        losses = Losses()
        read = scorer.reader(data, losses)
        scores = scorer.scorer.score(read, scorer.moment, scorer.top, Layout.EXPLAINED)
        counted = CandidateReport.empty(len(explainer.ladders))
        positions = positions_of(scores, len(explainer.ladders))
        keys = key_columns(data, scorer.tables.audience)
        for zone, rules in _by_zone(scorer).items():
            found = [outcomes_of(explainer.ladders[rule], scores, positions) for rule in rules]
            for outcomes in found:
                counted.add(outcomes)
            if explainer.with_rows:
                yield TABLE, explainer.table.build(zone, keys, found)
        told = CandidateReport(scores.length, counted.outcomes, Counter(scores.failures), losses)
        self.report = self.report.merge(told)


def _by_zone(scorer: CustomerScorer) -> dict[int, list[int]]:
    """Return the rules of each zone that has any."""
    found: dict[int, list[int]] = {}
    for index, rule in enumerate(scorer.channel.rules):
        found.setdefault(rule.zone, []).append(index)
    return dict(sorted(found.items()))
