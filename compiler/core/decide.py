"""The meaning of a channel: arbitration for one customer, in plain Python.

This is the one definition of the order of arbitration. Batch and session compute the same with
kernels, and tests hold them to it:

    segments → enabled rules of the zone → offer and rule dates → suppression → visit caps
    → impression limits → eligibility → selection among the offers of a list → score → pinned
    offers first, then score, then the earlier rule → one place per group of rules → cut
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterator
from dataclasses import replace
from enum import StrEnum
from typing import Any

from interact.compiler.core.interpret import Customer, Frame, Moment, Place, evaluate
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
from interact.stdlib.chance import customer_hash
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
    program: Program, channel: Channel, customer: Customer, moment: Moment, top: int
) -> Decision:
    """Decide for one customer, keeping the best ``top`` offers of each zone."""
    frame = Frame(customer, moment)
    for fold in channel_folds(channel):
        # All folds are worked out, needed or not, so that what fails in them counts the same
        # way as in columns.
        evaluate(fold, frame)
    cells = memberships(program, channel, frame)
    segments = tuple(_is_in(segment, cells, frame) for segment in channel.segments)
    frame.segments = segments
    zones = tuple(
        tuple(_zone(program, channel, zone, segments, frame, top))
        for zone in range(len(channel.zones))
    )
    return Decision(segments, zones, frozenset(frame.failures))


def _is_in(segment: Segment, cells: list[bool], frame: Frame) -> bool:
    if any(cells[i] for i in segment.cells):
        return True
    return segment.also is not None and evaluate(segment.also, frame) is True


def memberships(program: Program, channel: Channel, frame: Frame) -> list[bool]:
    """Return whether the customer is in each cell, in order: a cell reads only earlier ones."""
    key = _key(program, channel, frame)
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
    hashed = customer_hash(test.draw.on(frame.moment.today), parts)
    return len(parts) == len(key) and test.low <= hashed < test.high


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
    ties = channel.zones[zone].ties
    chance = None if ties is None else _hash(program, channel, ties, frame)
    here = [index for index, rule in enumerate(channel.rules) if rule.zone == zone]
    admitted = {i: _admit(program, channel, channel.rules[i], segments, frame) for i in here}
    selected = _selected(program, channel, [i for i in here if admitted[i] is Outcome.KEPT], frame)
    for index in here:
        rule, outcome, score = channel.rules[index], admitted[index], None
        if outcome is Outcome.KEPT:
            outcome, score = _score(rule, frame) if index in selected else (Outcome.SELECTION, None)
        if score is None:
            dropped.append(Candidate(index, outcome))
        else:
            place = index if chance is None else shuffled(index, chance)
            key = sort_key(score, place, rule.pinned)
            ranked.append((key, Candidate(index, outcome, score)))
    ranked.sort(key=lambda pair: pair[0], reverse=True)
    rest = yield from _arrange(channel, zone, [candidate for _, candidate in ranked], top)
    yield from sorted(dropped + rest, key=lambda candidate: candidate.rule)


def _admit(
    program: Program, channel: Channel, rule: Rule, segments: tuple[bool, ...], frame: Frame
) -> Outcome:
    """Return the stage before the selection that drops a rule, or KEPT."""
    today = frame.moment.today
    if not rule.enabled:
        return Outcome.DISABLED
    if rule.segments and not any(segments[i] for i in rule.segments):
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


def _selected(
    program: Program, channel: Channel, admitted: list[int], frame: Frame
) -> frozenset[int]:
    """Return the rules that go on: those of no selection, and the first of each."""
    going = {i for i in admitted if channel.rules[i].selection is None}
    for number, selection in enumerate(channel.selections):
        of_it = [i for i in admitted if channel.rules[i].selection == number]
        if of_it:
            going.update(_in_turn(program, channel, selection, of_it, frame)[: selection.count])
    return frozenset(going)


def _in_turn(
    program: Program, channel: Channel, selection: Selection, rules: list[int], frame: Frame
) -> list[int]:
    """Return rules in the order of a selection, those whose order is null left out."""
    by_turn = sorted(rules, key=lambda i: channel.rules[i].turn)
    orders: dict[int, Any] = {i: _order(program, channel, selection, i, frame) for i in by_turn}
    present = [i for i in by_turn if orders[i] is not None]
    descending = selection.descending or selection.seed is not None
    return sorted(present, key=orders.__getitem__, reverse=descending)


def _order(
    program: Program, channel: Channel, selection: Selection, index: int, frame: Frame
) -> Value:
    """Return what a rule is put in order by; the same for all where only the turn counts."""
    rule = channel.rules[index]
    if selection.seed is not None:
        seed = f"{selection.seed}.{program.offers[rule.offer].name}"
        return _hash(program, channel, seed, frame)
    return 0 if rule.order is None else evaluate(rule.order, frame)


def _hash(program: Program, channel: Channel, seed: str, frame: Frame) -> int:
    """Return the hash of a customer, 0 for one without a key."""
    parts = [p for p in _key(program, channel, frame) if isinstance(p, int | str)]
    has_key = len(parts) == len(program.audience_of(channel).key)
    return customer_hash(seed, parts) if has_key else 0


def _key(program: Program, channel: Channel, frame: Frame) -> tuple[Value, ...]:
    return tuple(frame.customer.values.get(a.name) for a in program.audience_of(channel).key)


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
