"""Test blocks written from what the interpreter decides, and the same with one line changed."""

from __future__ import annotations

import math
import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from tests.properties.literals import day_text
from tests.properties.programs import Generated
from tests.properties.schema import ENUMERATION, MEMBERS, FieldSpec, Schema
from tests.properties.vocabulary import DAY

from interact.compiler.core.decide import Candidate, Decision, Outcome
from interact.compiler.core.interpret import Customer
from interact.compiler.surface import ast, ast_tests as written
from interact.stdlib.temporal import FIRST_DAY, FIRST_INSTANT, LAST_DAY, LAST_INSTANT
from interact.stdlib.types import INT_MAX, Kind, Value

STAGES = list(Outcome)
TABLE = "Table"
"""How the names of generated tables of offers begin."""
_DEFAULTS: Mapping[Kind, Value] = {
    Kind.BOOL: False, Kind.INT: 0, Kind.FLOAT: 0.5, Kind.DECIMAL: 0, Kind.TEXT: "silver",
    Kind.DATE: 0, Kind.TIMESTAMP: 0, Kind.DURATION: 0,
}  # fmt: skip


def expressible(customer: Customer, generated: Generated) -> Customer:
    """Return a customer whose values can all be written, others being null, or a plain value.

    It has no rows in tables of offers.
    """
    schema = _without_tables(generated.schema)
    return Customer(
        {f.name: _written_value(f, customer.values[f.name]) for f in schema.attributes},
        {
            name: [{f.name: _written_value(f, row[f.name]) for f in fields} for row in rows]
            for name, fields in schema.rows.items()
            for rows in [customer.rows[name]]
        },
    )


def _without_tables(schema: Schema) -> Schema:
    states = tuple(s for s in schema.states if not s.name.startswith(TABLE))
    return replace(schema, states=states)


def _written_value(spec: FieldSpec, value: Value) -> Value:
    if spec.enumeration:
        return value if value in MEMBERS.values() else (None if spec.nullable else "silver")
    if value is not None and value == value and _can_be_written(spec.type.kind, value):
        return value
    return None if spec.nullable else _DEFAULTS[spec.type.kind]


def _can_be_written(kind: Kind, value: Value) -> bool:
    match value:
        case float():
            return math.isfinite(value)
        case int() if kind is Kind.DATE:
            return FIRST_DAY <= value <= LAST_DAY
        case int() if kind is Kind.TIMESTAMP:
            return FIRST_INSTANT <= value <= LAST_INSTANT
        case int() if kind is Kind.DURATION:
            return value % 1_000_000 == 0
        case int():
            return abs(value) <= INT_MAX
        case _:
            return True


@dataclass(frozen=True)
class Writer:
    """Writes tests about customers of a generated program, asking for ``top`` offers."""

    generated: Generated
    top: int

    def test(
        self, title: str, customer: Customer, expects: Sequence[written.Expect]
    ) -> written.Test:
        now = _instant(self.generated.moment.now)
        parts = (
            written.TestTime(ast.LiteralExpr("timestamp", now)),
            written.TestTop(str(self.top)),
            *self._given(customer),
            *expects,
        )
        return written.Test(ast.LiteralExpr("text", title), ast.Name("Web"), parts)

    def _given(self, customer: Customer) -> Iterator[written.TestPart]:
        schema = _without_tables(self.generated.schema)
        patterns = {p.name for p in self.generated.channel.patterns}
        settings = []
        for spec in schema.attributes:
            value = customer.values[spec.name]
            offer, _, name = spec.name.rpartition(".")
            column = written.Column(ast.Name(offer) if offer else None, ast.Name(name))
            if spec.name in patterns and value is not None:
                given: ast.Expr = ast.LiteralExpr("bool", "true" if value == 1 else "false")
            else:
                given = literal_of(spec, value)
            settings.append(written.Setting(column, given))
        yield written.Given(tuple(settings))
        for name, rows in customer.rows.items():
            records = tuple(self._record(schema.rows[name], row) for row in rows)
            if records:
                yield written.GivenRows(ast.Name(name), records)

    def _record(self, fields: Sequence[FieldSpec], row: Mapping[str, Value]) -> written.Record:
        return written.Record(
            tuple(written.FieldValue(ast.Name(f.name), literal_of(f, row[f.name])) for f in fields)
        )

    # -- expectations -----------------------------------------------------------------------

    def expectations(self, decision: Decision) -> Iterator[written.Claim]:
        """Yield all that can be said of a decision."""
        channel = self.generated.channel
        names = [s.name for s in channel.segments]
        inside = [n for n, is_in in zip(names, decision.segments, strict=True) if is_in]
        outside = [n for n in names if n not in inside]
        yield written.SegmentsAre(_names(inside))
        if inside:
            yield written.Membership(_names(inside), True)
        if outside:
            yield written.Membership(_names(outside), False)
        for zone, candidates in zip(channel.zones, decision.zones, strict=True):
            yield from self._of_zone(ast.Name(zone.name), candidates)

    def _of_zone(self, place: ast.Name, candidates: Sequence[Candidate]) -> Iterator[written.Claim]:
        kept = [c for c in candidates if c.position is not None]
        shown = [self._offer(c) for c in kept]
        yield written.OffersAre(place, _names(shown))
        for candidate in kept:
            assert candidate.score is not None
            if shown.index(self._offer(candidate)) == kept.index(candidate):
                name = ast.Name(self._offer(candidate))
                yield written.OfferShown(name, place, _float(candidate.score))
        furthest: dict[str, Outcome] = {}
        for candidate in candidates:
            before = furthest.get(self._offer(candidate), candidate.outcome)
            furthest[self._offer(candidate)] = max(before, candidate.outcome, key=STAGES.index)
        for offer, stage in furthest.items():
            if offer not in shown:
                yield written.OfferAbsent(ast.Name(offer), place, ast.Name(stage.value))

    def _offer(self, candidate: Candidate) -> str:
        rule = self.generated.channel.rules[candidate.rule]
        return self.generated.program.offers[rule.offer].name

    def changed(self, claim: written.Claim, chance: random.Random) -> written.Claim | None:
        """Return a claim that does not hold when the first one does; None if there is none near."""
        match claim:
            case written.OffersAre(place=place, offers=offers):
                if offers and chance.random() < 0.5:
                    return written.OffersAre(place, offers[1:])
                more = self._offer_at(place.text)
                return more and written.OffersAre(place, (*offers, more))
            case written.OfferShown(offer=offer, place=place, score=score):
                return written.OfferAbsent(offer, place) if score is None else self._other(claim)
            case written.OfferAbsent(offer=offer, place=place):
                if chance.random() < 0.5:
                    return written.OfferShown(offer, place)
                stages = [s for s in STAGES[:-1] if claim.stage and s.value != claim.stage.text]
                return replace(claim, stage=ast.Name(chance.choice(stages).value))
            case written.SegmentsAre(segments=segments):
                names = [s.name for s in self.generated.channel.segments]
                others = [n for n in names if n not in {s.text for s in segments}]
                if others:
                    return written.SegmentsAre((*segments, ast.Name(chance.choice(others))))
                return written.SegmentsAre(segments[1:]) if segments else None
            case written.Membership():
                return replace(claim, is_member=not claim.is_member)

    def _other(self, claim: written.OfferShown) -> written.Claim:
        sign = ast.BinaryExpr("-", claim.score, ast.LiteralExpr("fraction", "1e301"))
        return replace(claim, score=sign)

    def _offer_at(self, place: str) -> ast.Name | None:
        """Return an offer that some rule of a zone proposes."""
        channel = self.generated.channel
        zone = [z.name for z in channel.zones].index(place)
        offers = [r.offer for r in channel.rules if r.zone == zone]
        return ast.Name(self.generated.program.offers[offers[0]].name) if offers else None


def _names(found: Sequence[str]) -> tuple[ast.Name, ...]:
    return tuple(map(ast.Name, found))


def literal_of(spec: FieldSpec, value: Value) -> ast.Expr:
    """Return how a value is written."""
    if value is None or value != value:
        return ast.LiteralExpr("null", "null")
    if spec.enumeration:
        text = str(value)
        member = next(name for name, of_it in MEMBERS.items() if of_it == text)
        return ast.NameExpr(member, ENUMERATION)
    match value:
        case bool():
            return ast.LiteralExpr("bool", "true" if value else "false")
        case str():
            return ast.LiteralExpr("text", value)
        case float():
            return _float(value)
        case int():
            return _integral(spec, value)
    raise AssertionError(value)


def _integral(spec: FieldSpec, value: int) -> ast.Expr:
    match spec.type.kind:
        case Kind.DATE:
            return ast.LiteralExpr("date", day_text(value))
        case Kind.TIMESTAMP:
            return ast.LiteralExpr("timestamp", _instant(value))
        case Kind.DURATION:
            seconds = abs(value) // 1_000_000
            unit = "second" if seconds == 1 else "seconds"
            return _negated(value < 0, ast.LiteralExpr("duration", f"{seconds} {unit}"))
        case Kind.DECIMAL if spec.type.scale:
            digits = f"{abs(value):0{spec.type.scale + 1}}"
            point = len(digits) - spec.type.scale
            text = f"{digits[:point]}.{digits[point:]}"
            return _negated(value < 0, ast.LiteralExpr("fraction", text))
        case _:
            return _negated(value < 0, ast.LiteralExpr("int", str(abs(value))))


def _float(value: float) -> ast.Expr:
    sign = math.copysign(1, value) < 0
    return _negated(sign, ast.LiteralExpr("fraction", repr(abs(value)).replace("+", "")))


def _negated(is_negative: bool, expr: ast.Expr) -> ast.Expr:
    return ast.UnaryExpr("-", expr) if is_negative else expr


def _instant(value: int) -> str:
    seconds, rest = divmod(value % DAY, 1_000_000)
    clock = f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}"
    fraction = f".{rest:06}".rstrip("0") if rest else ""
    return f"{day_text(value // DAY)}T{clock}{fraction}Z"
