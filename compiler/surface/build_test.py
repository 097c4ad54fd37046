"""Builds tests: one method per rule or alias of the grammar's section on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from interact.compiler.diagnostics import syntax
from interact.compiler.source import Span
from interact.compiler.surface.ast import Expr, LiteralExpr, Name
from interact.compiler.surface.ast_tests import (
    Case,
    CaseClaim,
    Cases,
    Claim,
    Column,
    Expect,
    FieldValue,
    Given,
    GivenAny,
    GivenFile,
    GivenRows,
    Membership,
    OfferAbsent,
    OffersAre,
    OfferShown,
    Outcome,
    Record,
    SegmentsAre,
    Setting,
    SomeOffer,
    Test,
    TestPart,
    TestTime,
    TestTop,
)
from interact.compiler.surface.build_expression import ExpressionBuilder
from interact.compiler.surface.token import Token


@dataclass(frozen=True, slots=True)
class _Value:
    """A value of a case; None when it is left blank."""

    expr: Expr | None


@dataclass(frozen=True, slots=True)
class _Head:
    columns: tuple[Column, ...]
    claims: tuple[CaseClaim, ...]


class TestBuilder(ExpressionBuilder):
    """Every method takes the span of its rule and the children that the rule keeps."""

    def test(self, span: Span, title: Token, channel: Token, *parts: TestPart) -> Test:
        return Test(self.literals.literal(title), self.as_name(channel), parts, span)

    def test_time(self, span: Span, moment: Token) -> TestTime:
        return TestTime(self.literals.literal(moment), span)

    def test_top(self, span: Span, count: Token) -> TestTop:
        return TestTop(self.literals.int_text(count), span)

    # ---------------------------------------------------------------- given

    def given(self, span: Span, *settings: Setting) -> Given:
        return Given(settings, span)

    def given_value(self, span: Span, name: Token, value: Expr) -> Setting:
        return Setting(self.given_column(self.span(name), name), value, span)

    def given_step(self, span: Span, flowchart: Token, step: Token, value: Expr) -> Setting:
        place = self.span(flowchart).to(self.span(step))
        return Setting(self.step_column(place, flowchart, step), value, span)

    def given_column(self, span: Span, name: Token) -> Column:
        return Column(None, self.as_name(name), span)

    def step_column(self, span: Span, flowchart: Token, step: Token) -> Column:
        return Column(self.as_name(flowchart), self.as_name(step), span)

    def given_rows(self, span: Span, rows: Token, *records: Record) -> GivenRows:
        return GivenRows(self.as_name(rows), records, span)

    def record(self, span: Span, *fields: FieldValue | None) -> Record:
        return Record(tuple(f for f in fields if f is not None), span)

    def field_value(self, span: Span, name: Token, value: Expr) -> FieldValue:
        return FieldValue(self.as_name(name), value, span)

    def key_value(self, span: Span, value: LiteralExpr) -> LiteralExpr:
        return value

    def given_customer(self, span: Span, what: Token, *rest: Any) -> GivenFile:
        *key, file = rest
        return GivenFile(self.as_name(what), tuple(key), self.literals.literal(file), span)

    def given_customers(self, span: Span, what: Token, file: Token) -> GivenFile:
        return GivenFile(self.as_name(what), (), self.literals.literal(file), span)

    def given_any(
        self, span: Span, first: Token, second: Token, condition: Expr | None = None
    ) -> GivenAny:
        found, right = f"{first.text} {second.text}", "any customer"
        if found != right:
            place = self.span(first).to(self.span(second))
            self.sink.report(syntax.MISSPELT_WORD, place, found=found, nearest=right)
        return GivenAny(condition, span)

    # ---------------------------------------------------------------- expect

    def expect(
        self, span: Span, claim: Claim, count: Token | None = None, noun: Token | None = None
    ) -> Expect:
        if noun is not None and noun.text not in ("customer", "customers"):
            self.sink.report(
                syntax.MISSPELT_WORD, self.span(noun), found=noun.text, nearest="customers"
            )
        return Expect(claim, None if count is None else self.literals.int_text(count), span)

    def offers_are(self, span: Span, place: Token, *offers: Token) -> OffersAre:
        return OffersAre(self.as_name(place), tuple(map(self.as_name, offers)), span)

    def no_offers(self, span: Span, place: Token) -> OffersAre:
        return OffersAre(self.as_name(place), (), span)

    def some_offer(self, span: Span, place: Token) -> SomeOffer:
        return SomeOffer(self.as_name(place), span)

    def offer_shown(
        self, span: Span, offer: Token, place: Token, score: Expr | None, *rest: FieldValue | None
    ) -> OfferShown:
        attributes = tuple(f for f in rest if f is not None)
        return OfferShown(self.as_name(offer), self.as_name(place), score, attributes, span)

    def offer_absent(
        self, span: Span, offer: Token, place: Token, stage: Name | None = None
    ) -> OfferAbsent:
        return OfferAbsent(self.as_name(offer), self.as_name(place), stage, span)

    def stage(self, span: Span, *words: Token) -> Name:
        return Name(" ".join(word.text for word in words), span)

    def segments_are(self, span: Span, *segments: Token) -> SegmentsAre:
        return SegmentsAre(tuple(map(self.as_name, segments)), span)

    def no_segments(self, span: Span) -> SegmentsAre:
        return SegmentsAre((), span)

    def in_segments(self, span: Span, *segments: Token) -> Membership:
        return Membership(tuple(map(self.as_name, segments)), True, span)

    def not_in_segments(self, span: Span, *segments: Token) -> Membership:
        return Membership(tuple(map(self.as_name, segments)), False, span)

    # ---------------------------------------------------------------- cases

    def cases(self, span: Span, head: _Head, *cases: Case) -> Cases:
        return Cases(head.columns, head.claims, cases, span)

    def no_cases(self, span: Span) -> Cases:
        return Cases((), (), (), span)

    def case_head(self, span: Span, *children: Column | CaseClaim) -> _Head:
        columns = tuple(c for c in children if isinstance(c, Column))
        return _Head(columns, tuple(c for c in children if isinstance(c, CaseClaim)))

    def case_offers(self, span: Span, place: Token) -> CaseClaim:
        return CaseClaim("offers", self.as_name(place), span)

    def case_offer(self, span: Span, place: Token) -> CaseClaim:
        return CaseClaim("offer", self.as_name(place), span)

    def case_no_offer(self, span: Span, place: Token) -> CaseClaim:
        return CaseClaim("no offer", self.as_name(place), span)

    def case_segments(self, span: Span) -> CaseClaim:
        return CaseClaim("segments", None, span)

    def case_segment(self, span: Span) -> CaseClaim:
        return CaseClaim("segment", None, span)

    def case_no_segment(self, span: Span) -> CaseClaim:
        return CaseClaim("no segment", None, span)

    def case(self, span: Span, *children: _Value | Outcome) -> Case:
        values = tuple(c.expr for c in children if isinstance(c, _Value))
        return Case(values, tuple(c for c in children if isinstance(c, Outcome)), span)

    def case_value(self, span: Span, value: Expr) -> _Value:
        return _Value(value)

    def blank_value(self, span: Span, mark: Token) -> _Value:
        return _Value(None)

    def outcome(self, span: Span, *names: Token) -> Outcome:
        return Outcome(tuple(map(self.as_name, names)), False, span)

    def no_outcome(self, span: Span) -> Outcome:
        return Outcome((), False, span)

    def blank_outcome(self, span: Span, mark: Token) -> Outcome:
        return Outcome((), True, span)
