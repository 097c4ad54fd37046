"""The decision of a channel as formulas: cells, segments, candidates and their places.

It follows ``core/decide.py`` stage by stage, and generated tests hold it to that: whatever the
interpreter decides for a customer, the formulas allow.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

import z3

from interact.compiler.core.hashes import seed_of_offer
from interact.compiler.core.nodes import Const, Expr
from interact.compiler.core.program import (
    ALWAYS,
    Channel,
    Draw,
    Filter,
    Live,
    Program,
    Rule,
    Selection,
    Share,
)
from interact.compiler.proof.expressions import Expressions
from interact.compiler.proof.terms import Formula, Term, is_finite, real
from interact.stdlib.chance import BITS
from interact.stdlib.ranking import sort_key
from interact.stdlib.types import Kind

_CLOSE, _LEAST = Fraction(1, 2**34), Fraction(1, 2**1000)
"""Scores that differ by so small a part may be equal in the digits that count."""


@dataclass(slots=True)
class Common:
    """What decisions of several channels about one customer have in common.

    Attributes:
        draws: The hash of the customer for each sample.
        picks: The hash of the customer for each seed of a selection by chance.
        ties: Which of two places comes first by the chance of a seed.
        alike: Whether two scores are equal in the digits that count, and whether they are close, by
            the numbers of their formulas, which it keeps.
    """

    draws: dict[Draw, Formula] = field(default_factory=dict)
    picks: dict[str, Formula] = field(default_factory=dict)
    ties: dict[tuple[str, int, int], Formula] = field(default_factory=dict)
    alike: dict[tuple[int, int], tuple[Formula, ...]] = field(default_factory=dict)


@dataclass(slots=True)
class Decided:
    """What a channel decides for a customer.

    Attributes:
        top: How many offers are asked for.
        cells: Whether the customer is in each.
    """

    program: Program
    channel: Channel
    expressions: Expressions
    top: int
    common: Common = field(default_factory=Common)
    cells: list[Formula] = field(default_factory=list)
    _admitted: dict[int, Formula] = field(default_factory=dict)
    _ranked: dict[int, Formula] = field(default_factory=dict)
    _before: dict[tuple[int, int], Formula] = field(default_factory=dict)
    _before_it: dict[int, tuple[Formula, list[Formula]]] = field(default_factory=dict)
    _best: dict[int, Formula] = field(default_factory=dict)
    _kept: dict[int, Formula] = field(default_factory=dict)
    _is_keyed: bool = True

    def __post_init__(self) -> None:
        audience = self.program.audience_of(self.channel)
        self._is_keyed = all(not part.nullable for part in audience.key)
        for cell in self.channel.cells:
            reached = z3.Or([self.cells[i] for i in cell.parents]) if cell.parents else True
            self.cells.append(z3.And(reached, self._passes(cell.test)))
        self.expressions.segments = [
            z3.Or([self.cells[i] for i in segment.cells] + self._also(segment.also))
            for segment in self.channel.segments
        ]

    @property
    def segments(self) -> Sequence[Formula]:
        return self.expressions.segments

    # ---------------------------------------------------------------- segmentation

    def _passes(self, test: Filter | Share) -> Formula:
        if isinstance(test, Filter):
            holds = self.expressions.holds(test.condition)
            return z3.And([holds, *(z3.Not(self.cells[i]) for i in test.unless)])
        draw, low, high = test.draw, test.low, test.high
        if draw not in self.common.draws:
            self.common.draws[draw] = self._hash(f"draw {draw.seed}")
        found = self.common.draws[draw]
        share = z3.And(found >= low, found < high)
        return share if self._is_keyed else z3.And(share, z3.Bool("has a key"))

    def _also(self, also: Expr | None) -> list[Formula]:
        return [] if also is None else [self.expressions.holds(also)]

    def _hash(self, name: str) -> Formula:
        symbols = self.expressions.symbols
        found = symbols.fresh(Kind.INT, name)
        symbols.facts += [found >= 0, found < 2**BITS]
        return found

    # ---------------------------------------------------------------- candidates

    def of_offer(self, zone: int, offer: int) -> list[int]:
        """Return the rules of a zone for an offer."""
        return [i for i in self.of_zone(zone) if self.channel.rules[i].offer == offer]

    def of_zone(self, zone: int) -> list[int]:
        """Return the rules of a zone that are enabled."""
        rules = self.channel.rules
        return [i for i, rule in enumerate(rules) if rule.zone == zone and rule.enabled]

    def admitted(self, index: int) -> Formula:
        """Return whether a rule comes through all stages before the selection."""
        if index not in self._admitted:
            self._admitted[index] = self._admit(self.channel.rules[index])
        return self._admitted[index]

    def _admit(self, rule: Rule) -> Formula:
        inside = [self.segments[i] for i in rule.segments]
        bars = (bar for bar in self.channel.bars if rule.offer in bar.offers)
        return z3.And(
            z3.Or(inside) if inside else True,
            self._lives(self.program.offers[rule.offer].live),
            self._lives(rule.live),
            z3.Not(z3.Or([self.expressions.holds(bar.condition) for bar in bars])),
            self.expressions.holds(rule.condition),
        )

    def _lives(self, live: Live) -> Formula:
        if live == ALWAYS:
            return z3.BoolVal(True)
        today = self.expressions.today
        begun = True if live.start is None else today >= live.start
        return z3.And(begun, True if live.end is None else today <= live.end)

    def ranked(self, index: int) -> Formula:
        """Return whether a rule is selected and has a score that counts."""
        if index not in self._ranked:
            score = self.score(index)
            counts = z3.And(z3.Not(score.null), is_finite(score.value))
            self._ranked[index] = z3.And(self.admitted(index), self._selected(index), counts)
        return self._ranked[index]

    def score(self, index: int) -> Term:
        return self.expressions.term(self.channel.rules[index].score)

    # ---------------------------------------------------------------- selection

    def _selected(self, index: int) -> Formula:
        """Return whether fewer rules of its selection go first than it takes."""
        number = self.channel.rules[index].selection
        if number is None:
            return z3.BoolVal(True)
        rules = self.channel.rules
        zone = rules[index].zone
        others = (i for i in self.of_zone(zone) if rules[i].selection == number and i != index)
        first = [
            z3.And(self.admitted(i), self._has_turn(i), self._goes_first(i, index)) for i in others
        ]
        fewer = at_most(first, self.channel.selections[number].count - 1)
        return z3.And(self._has_turn(index), fewer)

    def _has_turn(self, index: int) -> Formula:
        rule = self.channel.rules[index]
        if self._selection(rule).seed is not None or rule.order is None:
            return z3.BoolVal(True)
        return z3.Not(self.expressions.term(rule.order).null)

    def _goes_first(self, index: int, other: int) -> Formula:
        rules = self.channel.rules
        selection = self._selection(rules[index])
        a, b = self._turn(index), self._turn(other)
        is_descending = selection.descending or selection.seed is not None
        earlier = (rules[index].turn, index) < (rules[other].turn, other)
        return z3.Or(a > b if is_descending else a < b, z3.And(a == b, earlier))

    def _turn(self, index: int) -> Formula:
        """Return what a rule is put in order by within its selection."""
        rule = self.channel.rules[index]
        if self._selection(rule).seed is not None:
            seed = seed_of_offer(self.program, self._selection(rule), rule.offer)
            assert seed is not None
            if seed not in self.common.picks:
                self.common.picks[seed] = self._hash(f"pick {seed}")
            return self.common.picks[seed]
        return z3.IntVal(0) if rule.order is None else self.expressions.term(rule.order).value

    def _selection(self, rule: Rule) -> Selection:
        assert rule.selection is not None
        return self.channel.selections[rule.selection]

    # ---------------------------------------------------------------- places

    def kept(self, index: int) -> Formula:
        """Return whether a rule is kept: best of its group, and among the best groups."""
        if index not in self._kept:
            self._kept[index] = self._is_kept(self.channel.rules[index], index)
        return self._kept[index]

    def _is_kept(self, rule: Rule, index: int) -> Formula:
        own, groups = self._ahead(index)
        places = self.channel.zones[rule.zone].most
        most = self.top if places is None else min(self.top, places)
        parts = [self.ranked(index), z3.Not(own), at_most(groups, most - 1)]
        for best in self.of_zone(rule.zone):
            allowed = self.channel.rules[best].most
            if allowed is not None and allowed < most:
                fits = at_most(groups, allowed - 1)
                parts.append(z3.Implies(self._is_best(best), fits))
        return z3.And(parts)

    def placed(self, zone: int, offer: int, number: int) -> Formula:
        """Return whether an offer stands behind as many others as ``number``."""
        rules = self.of_offer(zone, offer)
        return z3.Or([z3.And(self.kept(i), self.place(i, number)) for i in rules])

    def place(self, index: int, number: int) -> Formula:
        """Return whether as many groups as ``number`` stand before a rule."""
        _, groups = self._ahead(index)
        return z3.And(at_most(groups, number), z3.Not(at_most(groups, number - 1)))

    def _ahead(self, index: int) -> tuple[Formula, list[Formula]]:
        """Return whether another one of its group stands before a rule, and that of each other."""
        if index not in self._before_it:
            rules, found = self.channel.rules, dict[int, list[Formula]]()
            for other in self.of_zone(rules[index].zone):
                if other != index:
                    stands = z3.And(self.ranked(other), self.before(other, index))
                    found.setdefault(rules[other].group, []).append(stands)
            own = z3.Or(found.pop(rules[index].group, []))
            groups = [each[0] if len(each) == 1 else z3.Or(each) for each in found.values()]
            self._before_it[index] = (own, groups)
        return self._before_it[index]

    def _is_best(self, index: int) -> Formula:
        if index not in self._best:
            own, groups = self._ahead(index)
            self._best[index] = z3.And(self.ranked(index), z3.Not(z3.Or([own, *groups])))
        return self._best[index]

    def before(self, index: int, other: int) -> Formula:
        """Return whether a rule stands before another one, if both are ranked."""
        if index > other:
            return z3.Not(self.before(other, index))
        key = (index, other)
        if key not in self._before:
            self._before[key] = self._stands_before(index, other)
        return self._before[key]

    def _stands_before(self, index: int, other: int) -> Formula:
        first, second = self.channel.rules[index], self.channel.rules[other]
        if first.pinned != second.pinned:
            return z3.BoolVal(first.pinned)
        tie = self._tie(self.channel.zones[first.zone].ties, index, other)
        if isinstance(first.score, Const) and isinstance(second.score, Const):
            found = _compared(first.score, second.score)
            return tie if found == 0 else z3.BoolVal(found > 0)
        a, b = self.score(index).value, self.score(other).value
        gap, sizes = a - b, z3.If(a >= 0, a, -a) + z3.If(b >= 0, b, -b)
        least = sizes * real(_CLOSE) + real(_LEAST)
        is_close = z3.And(gap <= least, -gap <= least)
        may_tie = z3.And(is_close, self._are_alike(a, b, is_close))
        return z3.If(z3.Or(gap == 0, may_tie), tie, gap > 0)

    def _tie(self, seed: str | None, index: int, other: int) -> Formula:
        if seed is None:
            return z3.BoolVal(True)
        key = (seed, index, other)
        if key not in self.common.ties:
            self.common.ties[key] = self.expressions.symbols.boolean("tie")
        return self.common.ties[key]

    def _are_alike(self, first: Formula, second: Formula, is_close: Formula) -> Formula:
        """Return whether two scores that are close are equal in the digits that count."""
        a, b = sorted((z3.simplify(first), z3.simplify(second)), key=lambda f: int(f.get_id()))
        key = (a.get_id(), b.get_id())
        if key not in self.common.alike:
            self.common.alike[key] = (self.expressions.symbols.boolean("alike"), is_close, a, b)
        return self.common.alike[key][0]


def at_most(conditions: Iterable[Formula], number: int) -> Formula:
    """Return whether no more than ``number`` conditions hold."""
    listed = list(conditions)
    if number < 0:
        return z3.BoolVal(False)
    if number >= len(listed):
        return z3.BoolVal(True)
    return z3.Not(z3.Or(listed)) if number == 0 else z3.AtMost(*listed, number)


def _compared(first: Const, second: Const) -> int:
    """Return the sign of the difference of two scores in the digits that count."""
    a, b = (
        sort_key(score.value, 0, False) if isinstance(score.value, float) else 0
        for score in (first, second)
    )
    return (a > b) - (a < b)
