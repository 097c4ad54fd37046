"""The meaning of a channel: arbitration for one customer, in plain Python.

This is the one definition of the order of arbitration. Batch and session compute the same with
kernels, and tests hold them to it:

    segments → enabled rules of the zone → offer and rule dates → eligibility → score
    → pinned offers first, then score, then the earlier rule → one place per offer → cut
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator
from dataclasses import replace
from enum import StrEnum

from interact.compiler.core.interpret import Customer, Frame, Moment, Place, evaluate
from interact.compiler.core.program import (
    Cell,
    Channel,
    Filter,
    Program,
    Rule,
    channel_folds,
)
from interact.compiler.source import Span
from interact.stdlib.chance import customer_hash
from interact.stdlib.ranking import sort_key
from interact.stdlib.records import record
from interact.stdlib.types import Value


class Outcome(StrEnum):
    """What became of a candidate: the stage that dropped it, or that it was kept."""

    DISABLED = "disabled"
    SEGMENT = "segment"
    """The customer is in none of the rule's segments."""
    OFFER_DATES = "offer dates"
    RULE_DATES = "rule dates"
    ELIGIBILITY = "eligibility"
    """The rule's condition is not true."""
    SCORE = "score"
    """The score is null, or infinite."""
    DUPLICATE = "duplicate"
    """The same offer stands higher through another rule."""
    CUT = "cut"
    """More offers stand higher than were asked for."""
    KEPT = "kept"


@record
class Candidate:
    """One rule of a zone and what became of it. ``position`` is 1 for the best offer."""

    rule: int
    outcome: Outcome
    score: float | None = None
    position: int | None = None


@record
class Decision:
    """All that a channel decides for one customer.

    Attributes:
        segments: Whether the customer is in each segment of the channel.
        zones: For each zone its candidates: the kept ones by position, then the others by rule.
        failures: Spans of operations that had operands but no result, with the place where that
            happened: the customer, or a row.
    """

    segments: tuple[bool, ...]
    zones: tuple[tuple[Candidate, ...], ...]
    failures: frozenset[tuple[Span, Place]]


def decide(
    program: Program, channel: Channel, customer: Customer, moment: Moment, top: int
) -> Decision:
    """Decide for one customer, keeping the best ``top`` offers of each zone."""
    frame = Frame(customer, moment)
    for fold in channel_folds(channel):
        # All folds are worked out, needed or not, so that what fails in them counts the same
        # way as in columns.
        evaluate(fold, frame)
    cells = _cells(program, channel, frame)
    segments = tuple(any(cells[i] for i in s.cells) for s in channel.segments)
    zones = tuple(
        tuple(_zone(program, channel, zone, segments, frame, top))
        for zone in range(len(channel.zones))
    )
    return Decision(segments, zones, frozenset(frame.failures))


def _cells(program: Program, channel: Channel, frame: Frame) -> list[bool]:
    """Return whether the customer is in each cell, in order: a cell reads only earlier ones."""
    key = tuple(frame.customer.values.get(a.name) for a in program.audience_of(channel).key)
    member: list[bool] = []
    for cell in channel.cells:
        inside = not cell.parents or any(member[i] for i in cell.parents)
        member.append(inside and _passes(cell, member, key, frame))
    return member


def _passes(cell: Cell, member: list[bool], key: tuple[Value, ...], frame: Frame) -> bool:
    test = cell.test
    if isinstance(test, Filter):
        if any(member[i] for i in test.unless):
            return False
        return test.condition is None or evaluate(test.condition, frame) is True
    parts = [part for part in key if isinstance(part, int | str)]
    return len(parts) == len(key) and test.low <= customer_hash(test.seed, parts) < test.high


def _zone(
    program: Program,
    channel: Channel,
    zone: int,
    segments: tuple[bool, ...],
    frame: Frame,
    top: int,
) -> Iterator[Candidate]:
    """Yield the candidates of a zone: the kept ones first, best first."""
    ranked: list[tuple[int, Candidate]] = []
    dropped: list[Candidate] = []
    for index, rule in enumerate(channel.rules):
        if rule.zone != zone:
            continue
        outcome, score = _judge(program, rule, segments, frame)
        if score is None:
            dropped.append(Candidate(index, outcome))
        else:
            key = sort_key(score, index, rule.pinned)
            ranked.append((key, Candidate(index, outcome, score)))
    ranked.sort(key=lambda pair: pair[0], reverse=True)
    rest = yield from _arrange(channel, [candidate for _, candidate in ranked], top)
    yield from sorted(dropped + rest, key=lambda candidate: candidate.rule)


def _judge(
    program: Program, rule: Rule, segments: tuple[bool, ...], frame: Frame
) -> tuple[Outcome, float | None]:
    """Return the stage that drops a rule, or KEPT and its score."""
    today = frame.moment.today
    if not rule.enabled:
        return Outcome.DISABLED, None
    if rule.segments and not any(segments[i] for i in rule.segments):
        return Outcome.SEGMENT, None
    if not program.offers[rule.offer].live.includes(today):
        return Outcome.OFFER_DATES, None
    if not rule.live.includes(today):
        return Outcome.RULE_DATES, None
    if rule.condition is not None and evaluate(rule.condition, frame) is not True:
        return Outcome.ELIGIBILITY, None
    score = evaluate(rule.score, frame)
    if not isinstance(score, float) or not math.isfinite(score):
        return Outcome.SCORE, None
    return Outcome.KEPT, score


def _arrange(
    channel: Channel, ranked: list[Candidate], top: int
) -> Generator[Candidate, None, list[Candidate]]:
    """Yield the best ``top`` candidates, each offer once; return the others."""
    shown: set[int] = set()
    rest: list[Candidate] = []
    for candidate in ranked:
        offer = channel.rules[candidate.rule].offer
        if offer in shown:
            rest.append(replace(candidate, outcome=Outcome.DUPLICATE))
        elif len(shown) == top:
            rest.append(replace(candidate, outcome=Outcome.CUT))
        else:
            shown.add(offer)
            yield replace(candidate, position=len(shown))
    return rest
