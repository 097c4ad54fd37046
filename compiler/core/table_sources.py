"""What tables of offers say in the rules of a channel: scores, attributes, more candidates.

Everything that a table says is a state, so it becomes part of expressions here, and nothing
later knows of tables. Scores count in this order, the highest first, where they are not null:

    an override's expression, a rule's expression, that of a proposal, that of a default,
    an override's column, a rule's constant, a proposal's column, a default's column

Attributes: those of an override, a rule, a proposal, a default, and the offer's own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace

from interact.compiler.core.assignment import assign
from interact.compiler.core.enumerations import read
from interact.compiler.core.infer import Typing, infer_condition, infer_score
from interact.compiler.core.marketer_score import DEFAULT_SCORE, over
from interact.compiler.core.nodes import (
    Aggregate,
    And,
    Attr,
    Clock,
    Compare,
    Comparison,
    Const,
    Expr,
    InSegment,
    IsNull,
    Not,
    Or,
    RowField,
    When,
    type_of,
    walk,
)
from interact.compiler.core.offer_tables import Declared
from interact.compiler.core.program import ALWAYS, Bar, Live, Rule, Segment
from interact.compiler.core.scope import Scope
from interact.compiler.core.table_states import Place
from interact.compiler.diagnostics.diagnostic import Sink
from interact.stdlib.records import record
from interact.stdlib.types import BOOL, DATE, ERROR, FLOAT, Type

_KINDS = ("overrides", "proposals", "defaults")
_EXPRESSIONS = {"overrides": 6.0, "proposals": 4.5, "defaults": 4.0}
_COLUMNS = {"overrides": 3.0, "proposals": 1.5, "defaults": 1.0}
_RULE_EXPRESSION, _RULE_CONSTANT = 5.0, 2.0


@record
class Spot:
    """An offer in a zone, by index and by name."""

    offer: int
    zone: int
    offer_name: str
    zone_name: str


@record
class Sources:
    """The tables of a channel, those that count more first.

    ``typing`` is that of the channel's rules.
    """

    tables: tuple[Declared, ...] = ()
    typing: Typing = field(default_factory=lambda: Typing(Scope("nothing"), Sink()))

    @staticmethod
    def of_channel(channel: str, tables: Iterable[Declared], typing: Typing) -> Sources:
        """Return the tables that a channel uses, lists of suppressions left out."""
        here = [t for t in tables if channel in t.channels and t.table.kind in _KINDS]
        here.sort(key=lambda t: _KINDS.index(t.table.kind))
        return Sources(tuple(here), typing)

    def _about(self, spot: Spot) -> list[Declared]:
        """Return the tables whose rows can say something of an offer."""
        return [t for t in self.tables if t.table.kind == "overrides" or spot.offer in t.adds]

    # ---------------------------------------------------------------- scores

    def score(self, spot: Spot, own: Expr) -> Expr:
        """Return the score of a rule whose own score is ``own``."""
        if not self.tables:
            return own
        rank = _RULE_CONSTANT if _is_constant(own) else _RULE_EXPRESSION
        levels = [(rank, None, own), *self._levels(spot, own)]
        return _first(sorted(levels, key=lambda level: -level[0]), own)

    def _added_score(self, source: Declared, spot: Spot) -> Expr:
        """Return the score of an offer that a table adds."""
        base = Const(DEFAULT_SCORE, FLOAT, source.table.span)
        levels: list[_Level] = sorted(self._levels(spot, base), key=lambda level: -level[0])
        if source.written.score is None:
            return _first([*levels, (0.0, None, base)], base)
        return _first(levels, base)

    def _levels(self, spot: Spot, own: Expr) -> Iterator[_Level]:
        for source in self._about(spot):
            written = source.written.score
            if written is not None:
                typing = self._typing(source, spot)
                ranks = _COLUMNS if source.is_score_a_column else _EXPRESSIONS
                found = infer_score(written, over(own, typing))
                yield ranks[source.table.kind], self._counts(source, spot), found

    # ---------------------------------------------------------------- attributes

    def gives(self, spot: Spot) -> bool:
        """Return whether tables give attributes of an offer."""
        return any(source.written.values for source in self._about(spot))

    def attribute(self, spot: Spot, name: str, kind: Type, own: Expr, given: bool) -> Expr:
        """Return the value of an attribute that a rule has ``given``, or that is the offer's."""
        value = own
        for source in reversed(self._about(spot)):
            if given and source.table.kind != "overrides":
                continue
            for written in (v.value for v in source.written.values if v.name.text == name):
                typing = self._typing(source, spot)
                template = typing.inside(replace(typing.scope, templates=True))
                found = template.expecting(kind).infer(written)
                found = assign(name, found, kind, typing.sink, written.span)
                value = _choose(self._counts(source, spot), found, value)
        return value

    # ---------------------------------------------------------------- rows

    def _typing(self, source: Declared, spot: Spot) -> Typing:
        """Return how to read a table's expressions: its columns hide attributes."""
        scope = self.typing.scope
        for column in source.table.columns:
            place = _place(source, spot, column.name)
            state = Attr(place.name, column.type, True, column.span)
            scope = scope.with_local(column.name, read(state, column.span), column.span)
        return self.typing.inside(scope)

    def _counts(self, source: Declared, spot: Spot) -> Expr:
        """Return whether there is a row, and it counts."""
        present = Attr(_place(source, spot, None).name, BOOL, True, source.table.span)
        if source.written.condition is None:
            return present
        condition = infer_condition(source.written.condition, self._typing(source, spot))
        return And((present, condition))

    # ---------------------------------------------------------------- candidates

    def added(
        self, spots: Sequence[Spot], rules: Sequence[Rule], segments: Sequence[Segment]
    ) -> Iterator[tuple[Declared, Spot, Expr, Expr]]:
        """Yield what tables add where no rule proposes the offer: with condition and score.

        Args:
            spots: Every offer in every zone.
            rules: Those of the channel's strategies.
        """
        by_spot: dict[tuple[int, int], list[Rule]] = {}
        for rule in rules:
            by_spot.setdefault((rule.offer, rule.zone), []).append(rule)
        for source in self.tables:
            for spot in (s for s in spots if s.offer in source.adds):
                others = [r for r in by_spot.get((spot.offer, spot.zone), ()) if r.enabled]
                if any(map(_always, others)):
                    continue
                condition = self._counts(source, spot)
                if others:
                    proposed = _or([_applies(rule, segments) for rule in others])
                    truths = (Const(False, BOOL), Const(True, BOOL))
                    otherwise = When(proposed, *truths, BOOL, others[0].span)
                    condition = And((condition, otherwise))
                yield source, spot, condition, self._added_score(source, spot)


_Level = tuple[float, Expr | None, Expr]


def suppression_bars(
    tables: Iterable[Declared], channel: str, offers: Mapping[int, str]
) -> Iterator[Bar]:
    """Yield a bar for each offer that a list of suppressions can name."""
    for source in tables:
        table = source.table
        if table.kind == "suppressions" and channel in source.channels:
            for offer, name in offers.items():
                state = Attr(Place(table.name, name, None, None).name, BOOL, True, table.span)
                yield Bar("suppression", (offer,), state, table.name, table.span)


def _place(source: Declared, spot: Spot, column: str | None) -> Place:
    zone = spot.zone_name if source.table.by_zone else None
    return Place(source.table.name, spot.offer_name, zone, column)


def _first(levels: Sequence[_Level], own: Expr) -> Expr:
    """Return the first score whose row counts, and which is not null."""
    result: Expr = Const(None, FLOAT, own.span)
    for _, counts, score in reversed(levels):
        result = _or_else(score, result) if counts is None else _choose(counts, score, result)
    return result


def _or_else(score: Expr, other: Expr) -> Expr:
    if _is_constant(score) or other == Const(None, FLOAT):
        return score
    return When(IsNull(score), other, score, FLOAT, score.span)


def _choose(counts: Expr, value: Expr, other: Expr) -> Expr:
    """Return a value where a row counts and has it, else another."""
    kind = type_of(other)
    if ERROR in (kind, type_of(value)):
        return other
    there = And((counts, Not(IsNull(value))))
    return When(there, value, other, kind, value.span)


def _is_constant(score: Expr) -> bool:
    """Return whether a score is the same for everyone, as a marketer sets it."""
    varying = Attr | RowField | Clock | Aggregate | InSegment
    if isinstance(score, Const):
        return score.value is not None
    return not any(isinstance(part, varying) for part in walk(score))


def _always(rule: Rule) -> bool:
    return not rule.segments and rule.condition is None and rule.live == ALWAYS


def _applies(rule: Rule, segments: Sequence[Segment]) -> Expr:
    """Return whether a rule proposes its offer to the customer."""
    members: list[Expr] = [InSegment(i, segments[i].name, rule.span) for i in rule.segments]
    parts = [_or(members)] if members else []
    parts += _on_days(rule.live)
    if rule.condition is not None:
        parts.append(rule.condition)
    return parts[0] if len(parts) == 1 else And(tuple(parts))


def _on_days(live: Live) -> list[Expr]:
    bounds: list[tuple[Comparison, int | None]] = [("ge", live.start), ("le", live.end)]
    today = Clock("today")
    return [Compare(op, today, Const(day, DATE)) for op, day in bounds if day is not None]


def _or(conditions: Sequence[Expr]) -> Expr:
    return conditions[0] if len(conditions) == 1 else Or(tuple(conditions))
