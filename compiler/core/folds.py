"""Typing of folds over ``many`` rows: ``sum(balance of accounts where …)``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interact.compiler.core import infer
from interact.compiler.core.conversion import settle
from interact.compiler.core.nodes import Aggregate, Expr, type_of
from interact.compiler.core.program import Rows
from interact.compiler.core.segments import outside_rows
from interact.compiler.diagnostics import types as codes
from interact.compiler.diagnostics.suggest import known_hint, nearest
from interact.compiler.surface import ast
from interact.stdlib.aggregate import AGGREGATES
from interact.stdlib.types import ERROR, TEXT, Kind, Type

if TYPE_CHECKING:
    from interact.compiler.core.infer import Typing


def is_bare_fold(expr: ast.CallExpr, typing: Typing) -> bool:
    """Return whether ``count(accounts)`` is meant: an aggregate of the name of rows alone."""
    if expr.function.text not in AGGREGATES or len(expr.args) != 1:
        return False
    arg = expr.args[0]
    return (
        isinstance(arg, ast.NameExpr)
        and arg.qualifier is None
        and arg.name in typing.scope.many
        and typing.scope.lookup(arg.name, arg.span) is None
    )


def infer_bare_fold(expr: ast.CallExpr, typing: Typing) -> Expr:
    """Type ``count(accounts)``."""
    arg = expr.args[0]
    assert isinstance(arg, ast.NameExpr)
    rows = ast.Name(arg.name, arg.span)
    return infer_fold(ast.RowsExpr(expr.function, None, rows, None, False, expr.span), typing)


def is_rows_and_condition(expr: ast.CallExpr, typing: Typing) -> bool:
    """Return whether ``any(accounts, balance > 0)`` stands in the place of ``where``."""
    first = expr.args[0] if len(expr.args) == 2 else None
    is_rows = isinstance(first, ast.NameExpr) and first.name in typing.scope.many
    return is_rows and expr.function.text in AGGREGATES


def report_comma(expr: ast.CallExpr, typing: Typing) -> Expr:
    """Report a comma between rows and a condition."""
    name, (rows, _) = expr.function.text, expr.args
    assert isinstance(rows, ast.NameExpr)
    is_bare = name in ("any", "count")
    usage = f"{rows.name} where condition" if is_bare else f"field of {rows.name} where condition"
    given, hint = f"{rows.name} and a condition, with a comma", f"write {name}({usage})"
    typing.sink.report(codes.NO_AGGREGATE, expr.span, name=name, given=given, hint=hint)
    return infer.poison(expr.span)


def report_call(expr: ast.CallExpr, args: list[Expr], typing: Typing) -> Expr:
    """Report an aggregate that is called like a function, unless its argument was reported."""
    if not any(type_of(a) == ERROR for a in args):
        name = expr.function.text
        given = ", ".join(infer.describe(type_of(a)) for a in args) or "nothing"
        hint = f"write {AGGREGATES[name].usage}"
        typing.sink.report(codes.NO_AGGREGATE, expr.span, name=name, given=given, hint=hint)
    return infer.poison(expr.span)


def infer_fold(expr: ast.RowsExpr, typing: Typing) -> Expr:
    """Type a fold over rows.

    Reports:
        E0202 for an unknown aggregate, E0312 for rows that are none, E0313 for a value that the
        aggregate cannot fold, E0314 for a fold inside a fold.
    """
    span = expr.span
    rows = _rows(expr, typing)
    if rows is None:
        return infer.poison(span)
    inner = typing.inside(typing.scope.inside(rows))
    where = None if expr.where is None else infer.infer_condition(expr.where, inner)
    value = None if expr.value is None else settle(inner.infer(expr.value))
    if any(e is not None and type_of(e) == ERROR for e in (where, value)):
        return infer.poison(span)
    result = _result_type(expr, value, typing)
    if result is None:
        return infer.poison(span)
    name = expr.function.text
    return outside_rows(Aggregate(name, rows.name, value, where, expr.distinct, result, span))


def _rows(expr: ast.RowsExpr, typing: Typing) -> Rows | None:
    scope, sink = typing.scope, typing.sink
    if scope.rows is not None:
        sink.report(codes.NESTED_ROWS, expr.span)
        return None
    if expr.function.text not in AGGREGATES:
        meant = "any" if expr.function.text.lower() == "exists" else None
        near = meant or nearest(expr.function.text, AGGREGATES)
        sink.report(
            codes.NO_AGGREGATE,
            expr.function.span,
            name=expr.function.text,
            given="rows",
            hint=f"did you mean `{near}`?"
            if near
            else f"rows are folded with {', '.join(AGGREGATES)}",
        )
        return None
    if expr.rows.text not in scope.many:
        name = expr.rows.text
        hint = known_hint(name, scope.many)
        owners = [r.name for r in scope.many.values() if any(f.name == name for f in r.fields)]
        if owners:
            hint = f"it is a field: write `{expr.function.text}({name} of {owners[0]} where …)`"
        sink.missing(expr.rows.span, scope.many)
        sink.report(codes.NOT_ROWS, expr.rows.span, name=name, hint=hint)
        return None
    sink.resolved(expr.rows.span, scope.many[expr.rows.text].span)
    return scope.many[expr.rows.text]


def _result_type(expr: ast.RowsExpr, value: Expr | None, typing: Typing) -> Type | None:
    name = expr.function.text
    aggregate = AGGREGATES[name]
    found = None if value is None else type_of(value)
    result = aggregate.result(TEXT if found is not None and found.kind is Kind.ENUM else found)
    if expr.distinct and name != "count":
        result = None
    if result is None:
        given = f"the rows of {expr.rows.text}" if found is None else infer.describe(found)
        typing.sink.report(
            codes.NO_AGGREGATE, expr.span, name=name, given=given, hint=f"write {aggregate.usage}"
        )
        return None
    return result
