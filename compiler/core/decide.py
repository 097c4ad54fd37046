"""The meaning of a channel: arbitration for one customer, in plain Python.

This is the one definition of the order of arbitration. Batch and session compute the same with
kernels, and tests hold them to it:

    segments → enabled rules of the zone → offer and rule dates → suppression → visit caps
    → impression limits → eligibility → selection among the offers of a list → score → pinned
    offers first, then score, then the earlier rule → one place per group of rules → cut
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any

from interact.compiler.core.hashes import Hashes, hashes_of, seed_of_offer
from interact.compiler.core.interpret import Customer, Frame, Moment, Place, evaluate
from interact.compiler.core.nodes import Aggregate
from interact.compiler.core.program import (
    Bar,
    Cell,
    Channel,
    Filter,
    Program,
    Rule,
    Segment,
    Selection,
    channel_folds,
)
from interact.compiler.source import Span
from interact.stdlib.ranking import shuffled, sort_key
from interact.stdlib.records import record
from interact.stdlib.types import Value


class Outcome(StrEnum):
    """What became of a candidate: the stage that dropped it, or that it was kept."""

    DISABLED = "disabled"
    SEGMENT = "segment"
    """The customer is in none of the rule's segments."""
    OFFER_DATES = "offer dates"
    RULE_DATES = "rule dates"
    SUPPRESSION = "suppression"
    """What the customer did with the offer, or one like it, keeps it away."""
    VISIT_CAP = "visit cap"
    """The offer was shown often enough in this visit."""
    IMPRESSIONS = "impression limit"
    """The offer was given as often as it may be."""
    ELIGIBILITY = "eligibility"
    """The rule's condition is not true."""
    SELECTION = "selection"
    """The rule takes other offers of its list."""
    SCORE = "score"
    """The score is null, or infinite."""
    DUPLICATE = "duplicate"
    """Another rule of its group, mostly of the same offer, stands higher."""
    EXCLUSIVE = "exclusive"
    """The best rule allows no more offers."""
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
    program: Program,
    channel: Channel,
    customer: Customer,
    moment: Moment,
    top: int,
    folds: Sequence[Aggregate] | None = None,
) -> Decision:
    """Decide for one customer, keeping the best ``top`` offers of each zone.

    Args:
        folds: Those of the channel, from who decides for many; None looks for them.
    """
    hashes = hashes_of(program.audience_of(channel), customer)
    return decide_in(Frame(customer, moment), program, channel, hashes, top, folds)


def decide_in(
    frame: Frame,
    program: Program,
    channel: Channel,
    hashes: Hashes,
    top: int,
    folds: Sequence[Aggregate] | None = None,
) -> Decision:
    """Decide for the customer of a frame, whose chances are ``hashes``."""
    for fold in channel_folds(channel) if folds is None else folds:
        # All folds are worked out, needed or not, so that what fails in them counts the same
        # way as in columns.
        evaluate(fold, frame)
    cells = members_in(frame, channel, hashes)
    frame.segments = tuple(is_in(segment, cells, frame) for segment in channel.segments)
    zones = tuple(
        tuple(Standing(program, channel, zone, frame).candidates(hashes, top))
        for zone in range(len(channel.zones))
    )
    return Decision(frame.segments, zones, frozenset(frame.failures))


def is_in(segment: Segment, cells: list[bool], frame: Frame) -> bool:
    """Return whether the customer is in a segment."""
    if any(cells[i] for i in segment.cells):
        return True
    return segment.also is not None and evaluate(segment.also, frame) is True


def memberships(program: Program, channel: Channel, frame: Frame) -> list[bool]:
    """Return whether the customer is in each cell, in order: a cell reads only earlier ones."""
    return members_in(frame, channel, hashes_of(program.audience_of(channel), frame.customer))


def members_in(frame: Frame, channel: Channel, hashes: Hashes) -> list[bool]:
    """Return whether a customer with these chances is in each cell."""
    member: list[bool] = []
    for cell in channel.cells:
        member.append(reaches(cell, member) and passes(cell, member, hashes, frame))
    return member


def reaches(cell: Cell, member: Sequence[bool]) -> bool:
    """Return whether the customer is where a cell starts from."""
    return not cell.parents or any(member[i] for i in cell.parents)


def passes(cell: Cell, member: list[bool], hashes: Hashes, frame: Frame) -> bool:
    """Return whether the customer passes the test of a cell."""
    test = cell.test
    if isinstance(test, Filter):
        if any(member[i] for i in test.unless):
            return False
        return test.condition is None or evaluate(test.condition, frame) is True
    hashed = hashes.of(test.draw.on(frame.moment.today))
    return hashed is not None and test.low <= hashed < test.high


@dataclass(slots=True)
class Standing:
    """The rules of a zone for one customer, whose segments the frame has.

    It can be arranged with other hashes again: conditions and scores are evaluated once.
    """

    program: Program
    channel: Channel
    zone: int
    frame: Frame
    admitted: dict[int, Outcome] = field(init=False)
    """For each rule of the zone the stage before the selection that drops it, or KEPT."""
    _scores: dict[int, tuple[Outcome, float | None]] = field(default_factory=dict)
    _orders: dict[int, Value] = field(default_factory=dict)

    def __post_init__(self) -> None:
        rules = self.channel.rules
        here = [index for index, rule in enumerate(rules) if rule.zone == self.zone]
        self.admitted = {i: _admit(self.program, self.channel, rules[i], self.frame) for i in here}

    @property
    def going(self) -> list[int]:
        """The rules that were admitted."""
        return [i for i, outcome in self.admitted.items() if outcome is Outcome.KEPT]

    def candidates(self, hashes: Hashes, top: int) -> Iterator[Candidate]:
        """Yield the candidates of the zone: the kept ones first, best first."""
        ranked, dropped = self.ranked(hashes)
        rest = yield from _arrange(self.channel, self.zone, ranked, top)
        yield from sorted(dropped + rest, key=lambda candidate: candidate.rule)

    def kept(self, hashes: Hashes, top: int) -> Iterator[Candidate]:
        """Yield the candidates that are kept, best first."""
        return _arrange(self.channel, self.zone, self.ranked(hashes)[0], top)

    def ranked(self, hashes: Hashes) -> tuple[list[Candidate], list[Candidate]]:
        """Return the candidates that have a score, best first, and those that were dropped."""
        ranked: list[tuple[int, Candidate]] = []
        dropped: list[Candidate] = []
        ties = self.channel.zones[self.zone].ties
        chance = None if ties is None else hashes.of(ties) or 0
        selected = self._selected(hashes)
        for index, outcome in self.admitted.items():
            score = None
            if outcome is Outcome.KEPT:
                outcome, score = Outcome.SELECTION, None
                if index in selected:
                    outcome, score = self.score(index)
            if score is None:
                dropped.append(Candidate(index, outcome))
            else:
                place = index if chance is None else shuffled(index, chance)
                key = sort_key(score, place, self.channel.rules[index].pinned)
                ranked.append((key, Candidate(index, outcome, score)))
        ranked.sort(key=lambda pair: pair[0], reverse=True)
        return [candidate for _, candidate in ranked], dropped

    def score(self, index: int) -> tuple[Outcome, float | None]:
        """Return the score of a rule, and what becomes of the rule for that."""
        if index not in self._scores:
            self._scores[index] = _score(self.channel.rules[index], self.frame)
        return self._scores[index]

    def _selected(self, hashes: Hashes) -> frozenset[int]:
        """Return the rules that go on: those of no selection, and the first of each."""
        rules, admitted = self.channel.rules, self.going
        going = {i for i in admitted if rules[i].selection is None}
        for number, selection in enumerate(self.channel.selections):
            of_it = [i for i in admitted if rules[i].selection == number]
            if of_it:
                going.update(self._in_turn(selection, of_it, hashes)[: selection.count])
        return frozenset(going)

    def _in_turn(self, selection: Selection, rules: list[int], hashes: Hashes) -> list[int]:
        """Return rules in the order of a selection, those whose order is null left out."""
        by_turn = sorted(rules, key=lambda i: self.channel.rules[i].turn)
        orders: dict[int, Any] = {i: self._order(selection, i, hashes) for i in by_turn}
        present = [i for i in by_turn if orders[i] is not None]
        descending = selection.descending or selection.seed is not None
        return sorted(present, key=orders.__getitem__, reverse=descending)

    def _order(self, selection: Selection, index: int, hashes: Hashes) -> Value:
        """Return what a rule is put in order by; the same for all where only the turn counts."""
        rule = self.channel.rules[index]
        seed = seed_of_offer(self.program, selection, rule.offer)
        if seed is not None:
            return hashes.of(seed) or 0
        if rule.order is None:
            return 0
        if index not in self._orders:
            self._orders[index] = evaluate(rule.order, self.frame)
        return self._orders[index]


def _admit(program: Program, channel: Channel, rule: Rule, frame: Frame) -> Outcome:
    """Return the stage before the selection that drops a rule, or KEPT."""
    today = frame.moment.today
    if not rule.enabled:
        return Outcome.DISABLED
    if rule.segments and not any(frame.segments[i] for i in rule.segments):
        return Outcome.SEGMENT
    if not program.offers[rule.offer].live.includes(today):
        return Outcome.OFFER_DATES
    if not rule.live.includes(today):
        return Outcome.RULE_DATES
    bar = barred_by(channel, rule, frame)
    if bar is not None:
        return Outcome(bar.stage)
    if rule.condition is not None and evaluate(rule.condition, frame) is not True:
        return Outcome.ELIGIBILITY
    return Outcome.KEPT


def barred_by(channel: Channel, rule: Rule, frame: Frame) -> Bar | None:
    """Return the first bar that keeps the offer of a rule away."""
    for bar in channel.bars:
        if rule.offer in bar.offers and evaluate(bar.condition, frame) is True:
            return bar
    return None


def _score(rule: Rule, frame: Frame) -> tuple[Outcome, float | None]:
    score = evaluate(rule.score, frame)
    if not isinstance(score, float) or not math.isfinite(score):
        return Outcome.SCORE, None
    return Outcome.KEPT, score


def _arrange(
    channel: Channel, zone: int, ranked: list[Candidate], top: int
) -> Generator[Candidate, None, list[Candidate]]:
    """Yield the best ``top`` candidates, one of each group; return the others.

    No more are kept than the zone, or the rule of the best one, allows.
    """
    allowed = channel.zones[zone].most
    most = top if allowed is None else min(top, allowed)
    dropping = Outcome.CUT
    shown: set[int] = set()
    rest: list[Candidate] = []
    for candidate in ranked:
        rule = channel.rules[candidate.rule]
        if rule.group in shown:
            rest.append(replace(candidate, outcome=Outcome.DUPLICATE))
        elif len(shown) == most:
            rest.append(replace(candidate, outcome=dropping))
        else:
            if not shown and rule.most is not None and rule.most < most:
                most, dropping = rule.most, Outcome.EXCLUSIVE
            shown.add(rule.group)
            yield replace(candidate, position=len(shown))
    return rest
