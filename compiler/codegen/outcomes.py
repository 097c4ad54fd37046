"""What became of every candidate, for whole columns: the outcomes of ``core/decide.py``.

The stages that drop a candidate are nested: who passes one has passed all before. So those whom a
stage drops are who passed the stage before it and did not pass it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from interact.compiler.codegen.host import unpacked
from interact.compiler.codegen.scorer import Scores
from interact.compiler.columnar.nodes import OpKind, Plan, RulePlan
from interact.compiler.core.decide import Outcome
from interact.compiler.core.program import Channel, Program

_BY_RANK = (Outcome.EXCLUSIVE, Outcome.CUT, Outcome.DUPLICATE, Outcome.KEPT)
OUTCOMES: tuple[Outcome, ...] = (*(o for o in Outcome if o not in _BY_RANK), *_BY_RANK)
"""In the order in which candidates come to them; their codes are places here. An offer that is cut
is not shown through any rule, one that is a duplicate is shown through another."""
_BEFORE_SCORE = OUTCOMES[: OUTCOMES.index(Outcome.SCORE)]

Flags = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]
Positions = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Ladder:
    """What a candidate of one rule has to pass, on one day.

    Attributes:
        rule: Its index in the channel.
        stages: For each stage before the score, who passes: all that came there (True), nobody
            (False), or those of the mask of an operation of the plan.
        score: The operation that makes the score, unless that is a constant.
        constant: The score when it is one, NaN for null.
        rivals: The rules of the same group in the same zone, itself included.
        exclusive: The rules of the zone that allow fewer offers when they are the best.
    """

    rule: int
    stages: tuple[int | bool, ...]
    score: int
    constant: float | None
    rivals: tuple[int, ...]
    exclusive: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Outcomes:
    """What became of one rule for ``n`` customers.

    Attributes:
        passed: For each stage of ``OUTCOMES`` but the last, who passed it and all before, shape
            ``(n,)``; the array of the stage before where that dropped nobody.
        counts: How many customers have each outcome.
        scores: Shape ``(n,)``; anything where a stage up to the score dropped the rule.
        positions: From 1 for the best offer of the zone, 0 for one that is not shown.
    """

    rule: int
    passed: tuple[Flags, ...]
    counts: tuple[int, ...]
    scores: Floats
    positions: Positions

    def rows(self, code: int) -> npt.NDArray[np.int64]:
        """Return the customers whose outcome is that of a place in ``OUTCOMES``, in order."""
        if code == len(self.passed):
            return np.flatnonzero(self.passed[-1])
        if code == 0:
            return np.flatnonzero(~self.passed[0])
        return np.flatnonzero(self.passed[code - 1] ^ self.passed[code])


def ladders_of(
    program: Program, channel: Channel, plan: Plan, day: int, top: int
) -> dict[int, Ladder]:
    """Return the ladder of each rule of a channel, by rule."""
    found = {}
    for zone in plan.zones:
        limit = top if zone.most is None else min(top, zone.most)
        capped = (r for rules in zone.offers for r in rules if r.most is not None)
        exclusive = tuple(r.rule for r in capped if (r.most or 0) < limit)
        for rules in zone.offers:
            rivals = tuple(r.rule for r in rules)
            for rule in rules:
                stages = tuple(_stages(program, channel, plan, rule, day))
                constant = _constant(plan, rule)
                found[rule.rule] = Ladder(
                    rule.rule, stages, rule.score, constant, rivals, exclusive
                )
    return found


def _stages(
    program: Program, channel: Channel, plan: Plan, planned: RulePlan, day: int
) -> Iterator[int | bool]:
    rule = channel.rules[planned.rule]
    known: dict[str, int | bool] = {
        Outcome.OFFER_DATES: program.offers[rule.offer].live.includes(day),
        Outcome.RULE_DATES: rule.live.includes(day),
        **{stage.outcome: _who(plan, stage.mask) for stage in planned.stages},
    }
    for outcome in _BEFORE_SCORE:
        yield known.pop(outcome, True)
    assert not known, f"stages without an outcome before the score: {sorted(known)}"


def _who(plan: Plan, mask: int) -> int | bool:
    fixed = {OpKind.LIVE: True, OpKind.NONE: False}
    return fixed.get(plan.ops[mask].kind, mask)


def _constant(plan: Plan, rule: RulePlan) -> float | None:
    op = plan.ops[rule.score]
    if op.kind is not OpKind.CONSTANT:
        return None
    return float("nan") if op.data is None else float(op.data)


def positions_of(scores: Scores, rules: int) -> Positions:
    """Return the position of every rule for every customer, shape ``(rules, n)``."""
    found = np.zeros((rules, scores.length), np.uint8)
    rule = scores.long["rule"].view(np.uint16)
    found[rule, scores.long["row"]] = scores.long["position"]
    return found


def outcomes_of(ladder: Ladder, scores: Scores, positions: Positions) -> Outcomes:
    """Return what became of one rule.

    Args:
        ladder: Of the rule.
        scores: In the explained layout.
        positions: Of all rules of the channel.
    """
    climb = _Climb(scores.length)
    for who in ladder.stages:
        climb.pass_only(_flags(who, scores.masks, scores.length))
    values = _scores(ladder, scores)
    climb.pass_only(np.isfinite(values))
    mine = positions[ladder.rule]
    shown = mine != 0
    elsewhere = [positions[r] != 0 for r in ladder.rivals if r != ladder.rule]
    placed = np.logical_or.reduce([shown, *elsewhere]) if elsewhere else shown
    alone = [positions[r] == 1 for r in ladder.exclusive]
    climb.pass_only(placed | ~np.logical_or.reduce(alone) if alone else True)
    climb.pass_only(placed)
    climb.pass_only(shown)
    return Outcomes(ladder.rule, tuple(climb.passed), climb.counts(), values, mine)


def _flags(
    who: int | bool, masks: Mapping[int, npt.NDArray[np.uint8]], length: int
) -> Flags | bool:
    return who if isinstance(who, bool) else unpacked(masks[who], length)


def _scores(ladder: Ladder, scores: Scores) -> Floats:
    if ladder.constant is not None:
        return np.full(scores.length, ladder.constant)
    found = scores.values.get(ladder.score)
    if found is None:  # nobody can get the rule on this day
        return np.full(scores.length, np.nan)
    return found[: scores.length]


class _Climb:
    """Who has passed each stage so far, of ``length`` candidates."""

    def __init__(self, length: int) -> None:
        self.passed: list[Flags] = []
        self._here = np.ones(length, np.bool_)
        self._left = [length]

    def pass_only(self, who: Flags | bool) -> None:
        """Let those of a mask pass who came so far."""
        if who is True:
            self._left.append(self._left[-1])
        else:
            self._here = self._here & who
            self._left.append(int(np.count_nonzero(self._here)))
        self.passed.append(self._here)

    def counts(self) -> tuple[int, ...]:
        """Return how many stand at each stage."""
        return tuple(a - b for a, b in zip(self._left, [*self._left[1:], 0], strict=True))
