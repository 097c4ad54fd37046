"""What the interpreter decides for a batch, and where the kernels say something else."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence

import numpy as np

from interact.compiler.codegen.from_columnar import Layout
from interact.compiler.codegen.host import unpacked
from interact.compiler.codegen.scorer import Scores
from interact.compiler.codegen.single import Choice
from interact.compiler.core.decide import Decision, Outcome
from interact.compiler.source import Span

Row = tuple[int, int, int, int, float]
"""Row, zone, position, rule and score."""


def kept(decision: Decision, top: int) -> Iterator[tuple[int, int, int, float]]:
    """Yield zone, position, rule and score of what is shown."""
    for number, zone in enumerate(decision.zones):
        for candidate in zone:
            if candidate.outcome is Outcome.KEPT and (candidate.position or 0) <= top:
                assert candidate.position is not None
                assert candidate.score is not None
                yield number, candidate.position, candidate.rule, candidate.score


def differences(
    decisions: Sequence[Decision], scores: Scores, top: int, layout: Layout
) -> Iterator[str]:
    """Yield each way in which scores are not what was decided."""
    if scores.length != len(decisions):
        yield f"{scores.length} rows instead of {len(decisions)}"
    yield from _segments(decisions, scores)
    expected = [(row, *offer) for row, d in enumerate(decisions) for offer in kept(d, top)]
    found = sorted(_wide(scores, top)) if layout is Layout.WIDE else list(_long(scores))
    if found != expected:
        wrong = [*(set(expected) - set(found)), *(set(found) - set(expected))]
        rows = sorted({row[0] for row in wrong})
        for row in rows[:3]:
            want, have = ([r for r in rs if r[0] == row] for rs in (expected, found))
            yield f"row {row}: offers (row, zone, position, rule, score) {have} instead of {want}"
        if not rows:
            yield "offers in another order, or twice"
    failures = Counter(span for d in decisions for span, _ in d.failures)
    if scores.failures != failures:
        yield f"failures {_excess(scores.failures, failures)} (found, expected)"


def single_differences(
    decision: Decision, choice: Choice, top: int, zones: Collection[int] | None
) -> Iterator[str]:
    """Yield each way in which the choice for a single customer is not what was decided.

    Of other zones than ``zones`` it tells nothing.
    """
    if choice.segments != decision.segments:
        yield f"single: segments {choice.segments} instead of {decision.segments}"
    found = [
        (zone, position, rule, score)
        for zone, ranked in enumerate(choice.zones)
        for position, (rule, score) in enumerate(ranked, start=1)
    ]
    wanted = [slot for slot in kept(decision, top) if zones is None or slot[0] in zones]
    if found != wanted:
        yield f"single: offers (zone, position, rule, score) {found}"


def _excess(found: Counter[Span], expected: Counter[Span]) -> dict[tuple[int, int], str]:
    spans = sorted({*found, *expected}, key=lambda s: (s.start, s.end))
    return {(s.start, s.end): f"{found[s]} {expected[s]}" for s in spans if found[s] != expected[s]}


def _segments(decisions: Sequence[Decision], scores: Scores) -> Iterator[str]:
    for number, (bits, members) in enumerate(zip(scores.segments, scores.members, strict=True)):
        found = unpacked(bits, len(decisions)).tolist()
        expected = [d.segments[number] for d in decisions]
        if found != expected:
            rows = [i for i, (a, b) in enumerate(zip(found, expected, strict=True)) if a != b]
            yield f"segment {number} of rows {rows[:5]}: expected {expected[rows[0]]}"
        if members != sum(expected):
            yield f"segment {number} has {members} members instead of {sum(expected)}"


def _wide(scores: Scores, top: int) -> Iterator[Row]:
    for zone, (rules, values) in enumerate(scores.wide):
        for position in range(top):
            chosen = rules[position, : scores.length]
            for row in np.flatnonzero(chosen >= 0).tolist():
                yield row, zone, position + 1, int(chosen[row]), float(values[position, row])
            assert np.isnan(values[position, : scores.length][chosen < 0]).all()


def _long(scores: Scores) -> Iterator[Row]:
    names = ("row", "zone", "position", "rule", "score")
    yield from zip(*(scores.long[name].tolist() for name in names), strict=True)
