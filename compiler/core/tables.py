"""Decision tables as expressions: a chain of conditions, the first that is true decides."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from interact.compiler.diagnostics import structure
from interact.compiler.diagnostics.diagnostic import Sink
from interact.compiler.surface import ast
from interact.compiler.surface.ast_expression import BinaryOperator

MAX_ROWS = 100
"""The most rows of a table: each nests the expression that it stands for by one level."""


def table_as_function(table: ast.Table, sink: Sink) -> ast.Function:
    """Return the function that a table is.

    Reports:
        E0456 for rows whose cells are not as many as the columns, E0457 for too many rows or
        none, E0458 for rows after ``otherwise``, E0477 for a difference that was meant as a range.
    """
    columns = table.columns or tuple(
        ast.NameExpr(p.name.text, None, p.name.span) for p in table.parameters
    )
    _check(table, columns, sink)
    body: ast.Expr = ast.LiteralExpr("null", "null", table.name.span)
    for row in reversed(table.rows[:MAX_ROWS]):
        tests = [_test(c, cell) for c, cell in zip(columns, row.cells, strict=False)]
        condition = _joined([t for t in tests if t is not None], row)
        body = row.result if condition is None else _choice(condition, row, body)
    return ast.Function(
        table.name, table.parameters, table.audience, table.result, body, table.span
    )


def _choice(condition: ast.Expr, row: ast.TableRow, rest: ast.Expr) -> ast.Expr:
    is_last = isinstance(rest, ast.LiteralExpr) and rest.kind == "null"
    return ast.IfExpr(condition, row.result, None if is_last else rest, row.span)


def _check(table: ast.Table, columns: Sequence[ast.Expr], sink: Sink) -> None:
    if not table.rows or len(table.rows) > MAX_ROWS:
        count, name = len(table.rows), table.name
        hint = "split it into several tables" if count else "write rows: `when >= 700 then 90`"
        sink.report(structure.TABLE_ROWS, name.span, name=name.text, count=count, hint=hint)
    for number, row in enumerate(table.rows):
        if row.cells and len(row.cells) != len(columns):
            found, wanted = _counted(len(row.cells), "cell"), _counted(len(columns), "column")
            sink.report(structure.TABLE_CELLS, row.span, found=found, columns=wanted)
        _check_ranges(row, sink)
        takes_all = all(cell.kind == "any" for cell in row.cells)
        if takes_all and number < len(table.rows) - 1:
            sink.report(structure.TABLE_ROW_AFTER_OTHERWISE, table.rows[number + 1].span)


def _check_ranges(row: ast.TableRow, sink: Sink) -> None:
    for cell in (c for c in row.cells if c.kind == "=" and c.operands):
        match cell.operands[0]:
            case ast.BinaryExpr(
                operator="-",
                left=ast.LiteralExpr(kind="int" | "fraction", text=low),
                right=ast.LiteralExpr(kind="int" | "fraction", text=high),
            ):
                sink.report(structure.TABLE_HYPHEN, cell.span, low=low, high=high)


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' * (count != 1)}"


def _joined(tests: list[ast.Expr], row: ast.TableRow) -> ast.Expr | None:
    """Return the conjunction of a row's tests, None when there are none."""
    if not tests:
        return None
    joined = tests[0]
    for test in tests[1:]:
        joined = ast.BinaryExpr("and", joined, test, False, row.span)
    return joined


def _test(column: ast.Expr, cell: ast.Cell) -> ast.Expr | None:
    """Return the condition of a cell on its column, None for ``any``."""
    operands, negated, span = cell.operands, cell.negated, cell.span
    match cell.kind:
        case "any":
            return None
        case "null":
            return ast.IsNullExpr(column, negated, span)
        case "to":
            return ast.BetweenExpr(column, operands[0], operands[1], False, span)
        case "in":
            return ast.InExpr(column, operands, negated, span)
        case operator:
            return ast.BinaryExpr(
                cast(BinaryOperator, operator), column, operands[0], negated, span
            )
