"""Generated definitions: constants, functions and tables, which expressions then use by name."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from tests.properties.literals import literal

from interact.compiler.core.nodes import Attr
from interact.compiler.surface import ast
from interact.stdlib.types import Kind, Type, decimal

if TYPE_CHECKING:
    from tests.properties.expressions import Expressions

TYPES = (
    (Kind.BOOL, None), (Kind.INT, None), (Kind.FLOAT, None), (Kind.DECIMAL, 2), (Kind.TEXT, None),
    (Kind.DATE, None), (Kind.TIMESTAMP, None), (Kind.DURATION, None),
)  # fmt: skip

RESULTS = (Kind.BOOL, Kind.BOOL, Kind.INT, Kind.DECIMAL, Kind.TEXT, Kind.DATE)


def draw_constants(chance: random.Random, today: int) -> Iterator[ast.Constant]:
    """Yield a constant for some of the types, declared with it or not; one uses another."""
    for kind, scale in chance.sample(TYPES, chance.randrange(len(TYPES))):
        value = literal(chance, kind, today)
        number = (
            isinstance(value, ast.LiteralExpr) and len(value.text) < 12 and "e" not in value.text
        )
        typed = number and (kind is Kind.DECIMAL or chance.random() < 0.5)
        type_ = ast.TypeName(kind.value, scale) if typed else None
        yield ast.Constant(ast.Name(f"fixed_{kind.value}"), type_, value)
        if chance.random() < 0.3:
            same = ast.NameExpr(f"fixed_{kind.value}")
            yield ast.Constant(ast.Name(f"other_{kind.value}"), None, same)


def draw_functions(
    chance: random.Random, expressions: Expressions
) -> Iterator[ast.Function | ast.Table]:
    """Yield functions and tables over parameters and the attributes of customers.

    None of floats: each tree of these that a call makes would be a kernel to compile.
    """
    for number in range(chance.randrange(3)):
        kinds = chance.choices(TYPES, k=chance.randrange(3))
        parameters = tuple(
            ast.Parameter(
                ast.Name(f"p{i}"),
                ast.TypeName(kind.value, scale, chance.random() < 0.5),
                None,
            )
            for i, (kind, scale) in enumerate(kinds)
        )
        reads = {
            p.name.text: Attr(f"p{i}", decimal(2) if scale else Type(kind), True)
            for i, (p, (kind, scale)) in enumerate(zip(parameters, kinds, strict=True))
        }
        inner = expressions.over(replace(expressions.scope, locals=reads))
        name, owner = ast.Name(f"given{number}"), ast.Name("Customer")
        if chance.random() < 0.5:
            kind = chance.choice(RESULTS)
            yield ast.Function(name, parameters, owner, None, inner.draw(kind, 2))
        else:
            yield _table(chance, inner, ast.Table(name, parameters, owner, None, (), ()))


def _table(chance: random.Random, draw: Expressions, empty: ast.Table) -> ast.Table:
    kinds = chance.choices((Kind.INT, Kind.TEXT, Kind.DATE, Kind.DECIMAL), k=chance.choice((1, 2)))
    columns = tuple(draw.draw(kind, 1) for kind in kinds)
    rows = [
        ast.TableRow(tuple(_cell(chance, draw, kind) for kind in kinds), draw.draw(Kind.INT, 1))
        for _ in range(chance.choice((1, 3, 6)))
    ]
    rows = [row for row in rows if any(cell.kind != "any" for cell in row.cells)]
    if not rows or chance.random() < 0.7:
        rows.append(ast.TableRow((), draw.draw(Kind.INT, 1)))
    return replace(empty, columns=columns, rows=tuple(rows))


def _cell(chance: random.Random, draw: Expressions, kind: Kind) -> ast.Cell:
    def operand() -> ast.Expr:
        return literal(chance, kind, draw.today)

    match chance.randrange(6):
        case 0:
            return ast.Cell("any")
        case 1:
            return ast.Cell("null", (), chance.random() < 0.5)
        case 2:
            return ast.Cell("to", (operand(), operand()))
        case 3:
            return ast.Cell("in", (operand(), operand()), chance.random() < 0.5)
        case _:
            operators: tuple[ast.CellKind, ...] = ("=", "!=", "<", ">=")
            return ast.Cell(chance.choice(operators), (operand(),))
