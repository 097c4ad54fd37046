"""Builds events, their actions, and patterns of events: one method per rule of the grammar."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from interact.compiler.source import Span
from interact.compiler.surface.ast_event import (
    Action,
    ActionKind,
    Counting,
    Event,
    Occurrence,
    Outcome,
    Parameter,
    Pattern,
    Reset,
    Suspension,
    Value,
)
from interact.compiler.surface.ast_expression import Expr, LiteralExpr, TypeName
from interact.compiler.surface.build_part import Part, PartBuilder
from interact.compiler.surface.token import Token


class EventBuilder(PartBuilder):
    """Every method takes the span of its rule and the children that the rule keeps."""

    # ---------------------------------------------------------------- events

    def event(self, span: Span, name: Token, *children: Parameter | Part | Action) -> Event:
        notes = self._once(_of(children, Part))
        return Event(
            self.as_name(name),
            _of(children, Parameter),
            notes.get("doc"),
            notes.get("category"),
            _of(children, Action),
            span,
        )

    def parameter(
        self, span: Span, name: Token, type_: TypeName, default: Expr | None
    ) -> Parameter:
        value = None if default is None else self.expression(default.span, default)
        return Parameter(self.as_name(name), type_, value, span)

    def category(self, span: Span, text: Token) -> Part:
        return Part("category", self._text(text), span)

    # ---------------------------------------------------------------- actions

    def action(self, span: Span, action: Action, *clauses: Part) -> Action:
        parts = self._once(clauses)
        return Action(
            action.kind,
            action.names,
            action.values,
            action.value,
            action.length,
            parts.get("when"),
            parts.get("after"),
            span,
        )

    def log_contact(self, span: Span) -> Action:
        return Action("log contact", span=span)

    def log_accept(self, span: Span) -> Action:
        return Action("log accept", span=span)

    def log_reject(self, span: Span) -> Action:
        return Action("log reject", span=span)

    def resegment(self, span: Span, *flowcharts: Token) -> Action:
        return self._named("resegment", flowcharts, span)

    def assign(self, span: Span, name: Token, value: Expr) -> Action:
        return Action("set", (self.as_name(name),), value=value, span=span)

    def post(self, span: Span, event: Token, *arguments: Value | None) -> Action:
        return Action("post", (self.as_name(event),), _of(arguments, Value), span=span)

    def suppress(self, span: Span, *children: Token) -> Action:
        *offers, length = children
        return self._named("suppress", offers, span, self._length(length))

    def suppress_treatment(self, span: Span, length: Token | None) -> Action:
        return Action("suppress", length=self._length(length), span=span)

    def qualify(self, span: Span, *segments: Token) -> Action:
        return self._named("qualify", segments, span)

    def after(self, span: Span, length: Token) -> Part:
        return Part("after", self.literals.literal(length), span)

    def at_time(self, span: Span, time: Token) -> Part:
        return Part("after", self.literals.literal(time), span)

    def _named(
        self,
        kind: ActionKind,
        names: Iterable[Token],
        span: Span,
        length: LiteralExpr | None = None,
    ) -> Action:
        return Action(kind, tuple(map(self.as_name, names)), length=length, span=span)

    def _length(self, token: Token | None) -> LiteralExpr | None:
        return None if token is None else self.literals.literal(token)

    # ---------------------------------------------------------------- patterns

    def pattern(self, span: Span, name: Token, *parts: Part) -> Pattern:
        suspensions = tuple(part.value for part in parts if part.word == "suspend")
        found = self._once(part for part in parts if part.word != "suspend")
        return Pattern(
            self.as_name(name),
            "disabled" in found,
            found.get("doc"),
            found.get("category"),
            found.get("condition"),
            found.get("hold"),
            found.get("reset"),
            suspensions,
            found.get("live"),
            found.get("when met"),
            found.get("when not met"),
            found.get("from"),
            span,
        )

    def all_of(self, span: Span, *children: Any) -> Part:
        return self._counting("all", children, span)

    def count_of(self, span: Span, *children: Any) -> Part:
        return self._counting("count", children, span)

    def sum_of(self, span: Span, *children: Any) -> Part:
        return self._counting("sum", children, span)

    def sequence_of(self, span: Span, *children: Any) -> Part:
        return self._counting("sequence", children, span)

    def _counting(self, kind: Any, children: Iterable[Any], span: Span) -> Part:
        windows, numbers = _of(children, Part), [t for t in _of(children, Token) if t.kind == "INT"]
        length, rolling = windows[0].value if windows else (None, False)
        least = self.literals.literal(numbers[0]) if numbers else None
        items = _of(children, Occurrence)
        return Part("condition", Counting(kind, items, least, length, rolling, span), span)

    def occurrence(self, span: Span, event: Token, condition: Expr | None) -> Occurrence:
        return Occurrence(self.as_name(event), condition, None, span)

    def weighted(
        self, span: Span, weight: Token, event: Token, condition: Expr | None
    ) -> Occurrence:
        return Occurrence(self.as_name(event), condition, self.literals.literal(weight), span)

    def within(self, span: Span, length: Token) -> Part:
        return Part("within", (self.literals.literal(length), False), span)

    def within_rolling(self, span: Span, length: Token) -> Part:
        return Part("within", (self.literals.literal(length), True), span)

    def hold(self, span: Span, length: Token) -> Part:
        return Part("hold", self.literals.literal(length), span)

    def reset_after(self, span: Span, length: Token) -> Part:
        return Part("reset", Reset(self.literals.literal(length), span=span), span)

    def reset_every(self, span: Span, length: Token, start: Token) -> Part:
        literal = self.literals.literal
        return Part("reset", Reset(literal(length), literal(start), span=span), span)

    def reset_on(self, span: Span, event: Occurrence) -> Part:
        return Part("reset", Reset(event=event, span=span), span)

    def reset_on_always(self, span: Span, event: Occurrence) -> Part:
        return Part("reset", Reset(event=event, even_met=True, span=span), span)

    def suspend(self, span: Span, event: Occurrence) -> Part:
        return Part("suspend", Suspension(event, span=span), span)

    def suspend_for(self, span: Span, event: Occurrence, length: Token) -> Part:
        return Part("suspend", Suspension(event, self.literals.literal(length), span=span), span)

    def suspend_until(self, span: Span, event: Occurrence, until: Occurrence) -> Part:
        return Part("suspend", Suspension(event, None, until, span), span)

    def when_met(self, span: Span, *actions: Action) -> Part:
        return Part("when met", Outcome(True, None, actions, span), span)

    def when_not_met(self, span: Span, after: Token | None, *actions: Action) -> Part:
        return Part("when not met", Outcome(False, self._length(after), actions, span), span)


def _of(children: Iterable[Any], sort: type[Any]) -> tuple[Any, ...]:
    return tuple(child for child in children if isinstance(child, sort))
