"""Why a customer gets what it gets: every rule of every zone, with the stage that dropped it.

The interpreter itself decides; this only puts its verdicts into words.
"""

from __future__ import annotations

from dataclasses import dataclass

from interact.compiler.core.decide import (
    Candidate,
    Decision,
    Outcome,
    barred_by,
    decide,
    memberships,
)
from interact.compiler.core.interpret import Customer, Frame, Moment
from interact.compiler.core.nodes import Attr, Expr, InSegment, Or, walk
from interact.compiler.core.print import print_value
from interact.compiler.core.program import Bar, Channel, Live, OfferTable, Program, Rule
from interact.compiler.core.table_states import place_of
from interact.compiler.source import Span
from interact.runtime.membership import Absence, absences, deciding, failing_part, values_read
from interact.stdlib.types import DATE


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one rule in one zone.

    Attributes:
        position: 1 for the best offer; None when it is not shown.
        because: The reason in words; empty for a rule that is shown.
        values: The attributes that the deciding expression read, as literals.
        deciding: Where that expression stands.
        sides: The values of both sides of a comparison that decided.
        absences: Why the customer is not in the segments that it would have to be in.
    """

    rule: str
    offer: str
    outcome: str
    position: int | None
    score: float | None
    because: str
    values: dict[str, str]
    span: Span
    deciding: Span | None
    sides: tuple[str, ...] = ()
    absences: tuple[Absence, ...] = ()


@dataclass(frozen=True, slots=True)
class Explanation:
    """The segments of a customer, and the verdicts of each zone."""

    segments: tuple[str, ...]
    zones: dict[str, tuple[Verdict, ...]]


def explain(
    program: Program, channel: Channel, customer: Customer, moment: Moment, top: int
) -> Explanation:
    """Decide for a customer, and say why."""
    decision = decide(program, channel, customer, moment, top)
    member = tuple(memberships(program, channel, Frame(customer, moment)))
    teller = _Teller(program, channel, customer, moment, decision, member)
    members = zip(channel.segments, decision.segments, strict=True)
    zones = {
        zone.name: tuple(teller.verdict(c, candidates) for c in candidates)
        for zone, candidates in zip(channel.zones, decision.zones, strict=True)
    }
    return Explanation(tuple(s.name for s, member in members if member), zones)


@dataclass(frozen=True, slots=True)
class _Teller:
    program: Program
    channel: Channel
    customer: Customer
    moment: Moment
    decision: Decision
    member: tuple[bool, ...]

    def verdict(self, candidate: Candidate, others: tuple[Candidate, ...]) -> Verdict:
        rule = self.channel.rules[candidate.rule]
        because, expr = self._because(candidate, rule, others)
        found = None if expr is None else deciding(expr, self._frame())
        return Verdict(
            rule.name,
            self.program.offers[rule.offer].name,
            candidate.outcome.value,
            candidate.position,
            candidate.score,
            because,
            self._rows(rule) if found is None else found.values,
            rule.span,
            None if found is None else found.span,
            () if found is None else found.sides,
            self._absences(candidate, rule, expr),
        )

    def _absences(self, candidate: Candidate, rule: Rule, expr: Expr | None) -> tuple[Absence, ...]:
        """Return why the customer is not in the segments that a rule is for, or asks for."""
        wanted = rule.segments if candidate.outcome is Outcome.SEGMENT else ()
        if candidate.outcome is Outcome.ELIGIBILITY and isinstance(expr, InSegment | Or):
            asked = (part.index for part in walk(expr) if isinstance(part, InSegment))
            wanted = tuple(i for i in asked if not self.decision.segments[i])
        return absences(self.channel, wanted, self.member, self._frame())

    def _because(
        self, candidate: Candidate, rule: Rule, others: tuple[Candidate, ...]
    ) -> tuple[str, Expr | None]:
        """Return the reason, and the expression that decided, if one did."""
        match candidate.outcome:
            case Outcome.KEPT:
                return "", None
            case Outcome.DISABLED:
                return "the rule is disabled", None
            case Outcome.SEGMENT:
                wanted = " or ".join(self.channel.segments[i].name for i in rule.segments)
                return f"not in {wanted}", None
            case Outcome.OFFER_DATES:
                return _out_of_date("the offer", self.program.offers[rule.offer].live), None
            case Outcome.RULE_DATES:
                return _out_of_date("the rule", rule.live), None
            case Outcome.SUPPRESSION | Outcome.VISIT_CAP | Outcome.IMPRESSIONS:
                bar = barred_by(self.channel, rule, self._frame())
                assert bar is not None
                return _barred(bar), bar.condition
            case Outcome.ELIGIBILITY:
                assert rule.condition is not None
                failing, truth = failing_part(rule.condition, self._frame())
                return self._not_added(failing) or f"the condition is {truth}", failing
            case Outcome.SELECTION:
                return "the rule takes other offers of its list", rule.order
            case Outcome.SCORE:
                return "the score is null", rule.score
            case Outcome.DUPLICATE:
                better = next(c for c in others if c.position and self._group(c) == rule.group)
                what = "the same offer" if self._offer(better) == rule.offer else "one of its kind"
                return f"{what} stands at {better.position}", None
            case Outcome.EXCLUSIVE:
                best = self.channel.rules[others[0].rule]
                allowed = "stands alone" if best.most == 1 else f"allows {best.most} offers"
                return f"{best.name} {allowed}", None
            case Outcome.CUT:
                return "others stand higher", None

    def _not_added(self, failing: Expr) -> str | None:
        """Return why a table does not add an offer, unless it is for the table's own condition."""
        place = None if not isinstance(failing, Attr) else place_of(failing.name, self._tables)
        if place is not None and place.column is None:
            return f"{place.table} has no row for it"
        proposing = (r.name for r in self.channel.rules if r.span == failing.span)
        name = next(proposing, None)
        return None if name is None else f"rules propose it, such as {name}"

    @property
    def _tables(self) -> dict[str, OfferTable]:
        return {table.name: table for table in self.program.tables}

    def _rows(self, rule: Rule) -> dict[str, str]:
        """Return what the rows of tables have that a score reads."""
        read = values_read(rule.score, self._frame()) if self.program.tables else {}
        places = {name: place_of(name, self._tables) for name in read}
        columns = (name for name, place in places.items() if place and place.column)
        return {name: read[name] for name in columns if read[name] != "null"}

    def _offer(self, candidate: Candidate) -> int:
        return self.channel.rules[candidate.rule].offer

    def _group(self, candidate: Candidate) -> int:
        return self.channel.rules[candidate.rule].group

    def _frame(self) -> Frame:
        return Frame(self.customer, self.moment, segments=self.decision.segments)


def _out_of_date(what: str, live: Live) -> str:
    ends = [
        f"{word} {print_value(day, DATE)}"
        for word, day in (("from", live.start), ("to", live.end))
        if day is not None
    ]
    return f"{what} is live {' '.join(ends)}"


def _barred(bar: Bar) -> str:
    if bar.table:
        return f"{bar.table} names it for the customer"
    if bar.stage == "visit cap":
        return "it was shown often enough in this visit"
    if bar.stage == "impression limit":
        return "no impressions are left of it"
    return "what the customer did before keeps it away"
