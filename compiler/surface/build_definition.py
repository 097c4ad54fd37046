"""Builds definitions: constants, enumerations, functions, tables."""

from __future__ import annotations

from typing import Any, cast

from interact.compiler.source import Span
from interact.compiler.surface.ast import (
    Cell,
    CellKind,
    Constant,
    Enumeration,
    Expr,
    Function,
    LiteralExpr,
    Member,
    Parameter,
    Table,
    TableRow,
    TypeName,
)
from interact.compiler.surface.build_part import PartBuilder
from interact.compiler.surface.token import Token


class DefinitionBuilder(PartBuilder):
    """Every method takes the span of its rule and the children that the rule keeps."""

    def constant(self, span: Span, name: Token, type_: TypeName | None, value: Expr) -> Constant:
        return Constant(self.as_name(name), type_, value, span)

    def enumeration(self, span: Span, name: Token, *members: Member) -> Enumeration:
        return Enumeration(self.as_name(name), members, span)

    def member(self, span: Span, name: Token, text: Token | None) -> Member:
        return Member(self.as_name(name), self._text(text), span)

    def function(self, span: Span, name: Token, *children: Any) -> Function:
        *parameters, audience, result, body = children
        given = tuple(p for p in parameters if p is not None)
        return Function(
            self.as_name(name), given, audience and self.as_name(audience), result, body, span
        )

    def table(self, span: Span, name: Token, *children: Any) -> Table:
        rows = tuple(c for c in children if isinstance(c, TableRow))
        parameters = tuple(c for c in children if isinstance(c, Parameter))
        columns = next((c for c in children if type(c) is tuple), ())
        others: list[Any] = [c for c in children if isinstance(c, Token | TypeName | None)]
        audience, result = others
        return Table(
            self.as_name(name),
            parameters,
            audience and self.as_name(audience),
            result,
            columns,
            rows,
            span,
        )

    def columns(self, span: Span, *columns: Expr) -> tuple[Expr, ...]:
        return columns

    def row(self, span: Span, *children: Any) -> TableRow:
        *cells, result = children
        return TableRow(tuple(cells), result, span)

    def otherwise_row(self, span: Span, result: Expr) -> TableRow:
        return TableRow((), result, span)

    def _cell(self, kind: CellKind, values: tuple[Expr, ...], is_negated: bool, span: Span) -> Cell:
        found = tuple(self.expression(value.span, value) for value in values)
        return Cell(kind, found, is_negated, span)

    def any_cell(self, span: Span) -> Cell:
        return Cell("any", (), False, span)

    def value_cell(self, span: Span, value: Expr) -> Cell:
        if isinstance(value, LiteralExpr) and value.kind == "null":
            return Cell("null", (), False, span)
        return self._cell("=", (value,), False, span)

    def comparison_cell(self, span: Span, operator: Token, value: Expr) -> Cell:
        return self._cell(cast(CellKind, operator.text), (value,), False, span)

    def range_cell(self, span: Span, low: Expr, high: Expr) -> Cell:
        return self._cell("to", (low, high), False, span)

    def in_cell(self, span: Span, *options: Expr) -> Cell:
        return self._cell("in", options, False, span)

    def not_in_cell(self, span: Span, *options: Expr) -> Cell:
        return self._cell("in", options, True, span)

    def like_cell(self, span: Span, *children: Any) -> Cell:
        return self._cell("like", children[-1:], False, span)

    def not_like_cell(self, span: Span, *children: Any) -> Cell:
        return self._cell("like", children[-1:], True, span)

    def not_null_cell(self, span: Span, *words: Token) -> Cell:
        return Cell("null", (), True, span)
