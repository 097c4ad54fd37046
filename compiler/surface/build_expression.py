"""Builds expressions: one method per rule or alias of the grammar's section on them."""

from __future__ import annotations

from interact.compiler.diagnostics import syntax
from interact.compiler.diagnostics.diagnostic import Sink
from interact.compiler.source import SourceFile, Span
from interact.compiler.surface.ast import (
    BetweenExpr,
    BinaryExpr,
    CallExpr,
    Expr,
    IfExpr,
    InExpr,
    IsNullExpr,
    LiteralExpr,
    Name,
    NameExpr,
    RowsExpr,
    UnaryExpr,
)
from interact.compiler.surface.depth import MAX_DEPTH, is_too_deep
from interact.compiler.surface.literals import Literals
from interact.compiler.surface.token import Token


class ExpressionBuilder:
    """Every method takes the span of its rule and the children that the rule keeps."""

    def __init__(self, source: SourceFile, sink: Sink) -> None:
        self.source = source
        self.sink = sink
        self.literals = Literals(source.name, sink)

    def span(self, token: Token) -> Span:
        return Span(self.source.name, token.start, token.end)

    def as_name(self, token: Token) -> Name:
        return Name(token.text, self.span(token))

    def expression(self, span: Span, expr: Expr) -> Expr:
        """Pass a whole expression on, or null when later stages could not walk it."""
        # A level takes a character at least, so short expressions need no look.
        if span.end - span.start > MAX_DEPTH and is_too_deep(expr):
            self.sink.report(syntax.TOO_DEEP, span, limit=MAX_DEPTH)
            return LiteralExpr("null", "null", span)
        return expr

    def literal(self, span: Span, token: Token) -> Expr:
        return self.literals.literal(token, span)

    def name(self, span: Span, name: Token) -> Expr:
        return NameExpr(name.text, None, span)

    def qualified_name(self, span: Span, qualifier: Token, name: Token) -> Expr:
        return NameExpr(name.text, qualifier.text, span)

    def call(self, span: Span, function: Token, *args: Expr) -> Expr:
        return CallExpr(self.as_name(function), args, span)

    def rows(self, span: Span, function: Token, rows: Expr, where: Expr) -> Expr:
        if isinstance(rows, NameExpr) and rows.qualifier is None:
            rows_name = Name(rows.name, rows.span)
        else:
            self.sink.report(syntax.ROWS_EXPECTED, rows.span, function=function.text)
            rows_name = Name("", rows.span)
        return RowsExpr(self.as_name(function), None, rows_name, where, False, span)

    def rows_of(
        self, span: Span, function: Token, value: Expr, rows: Token, where: Expr | None
    ) -> Expr:
        return RowsExpr(self.as_name(function), value, self.as_name(rows), where, False, span)

    def distinct_rows_of(
        self, span: Span, function: Token, value: Expr, rows: Token, where: Expr | None
    ) -> Expr:
        return RowsExpr(self.as_name(function), value, self.as_name(rows), where, True, span)

    def unary(self, span: Span, operator: Token, operand: Expr) -> Expr:
        return UnaryExpr("-" if operator.text == "-" else "not", operand, span)

    def binary(self, span: Span, left: Expr, operator: Token, right: Expr) -> Expr:
        if operator.text in ("=", "!=") and (_is_null(left) or _is_null(right)):
            return self._null_comparison(span, left, operator, right)
        return BinaryExpr(operator.text, left, right, False, span)  # type: ignore[arg-type]

    def _null_comparison(self, span: Span, left: Expr, operator: Token, right: Expr) -> Expr:
        operand = left if _is_null(right) else right
        is_negated = operator.text == "!="
        written = self.source.text[operand.span.start : operand.span.end]
        subject = written if len(written) <= 40 and "\n" not in written else "…"
        self.sink.report(
            syntax.NULL_COMPARISON, span, right=f"{subject} is {'not ' * is_negated}null"
        )
        return IsNullExpr(operand, is_negated, span)

    def not_like(self, span: Span, left: Expr, right: Expr) -> Expr:
        return BinaryExpr("like", left, right, True, span)

    def is_null(self, span: Span, operand: Expr) -> Expr:
        return IsNullExpr(operand, False, span)

    def is_not_null(self, span: Span, operand: Expr) -> Expr:
        return IsNullExpr(operand, True, span)

    def in_list(self, span: Span, operand: Expr, *options: Expr) -> Expr:
        return InExpr(operand, options, False, span)

    def not_in_list(self, span: Span, operand: Expr, *options: Expr) -> Expr:
        return InExpr(operand, options, True, span)

    def between(self, span: Span, operand: Expr, low: Expr, high: Expr) -> Expr:
        return BetweenExpr(operand, low, high, False, span)

    def not_between(self, span: Span, operand: Expr, low: Expr, high: Expr) -> Expr:
        return BetweenExpr(operand, low, high, True, span)

    def if_expr(self, span: Span, condition: Expr, yes: Expr, no: Expr | None = None) -> Expr:
        return IfExpr(condition, yes, no, span)


def _is_null(expr: Expr) -> bool:
    return isinstance(expr, LiteralExpr) and expr.kind == "null"
