"""Generated conditions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.properties.literals import literal
from tests.properties.schema import ENUMERATION, MEMBERS

from interact.compiler.surface import ast
from interact.stdlib.types import Kind

if TYPE_CHECKING:
    from tests.properties.expressions import Expressions

COMPARED = tuple(k for k in Kind if k not in (Kind.ENUM, Kind.NULL, Kind.FRACTION, Kind.ERROR))


def draw_condition(draw: Expressions, depth: int) -> ast.Expr:
    """Return an operation that makes a bool, of operands of ``depth``."""
    return draw.chance.choice(FORMS)(draw, depth)


def _comparison(draw: Expressions, depth: int) -> ast.Expr:
    kind = draw.chance.choice(COMPARED)
    operators: tuple[ast.BinaryOperator, ...] = ("=", "!=", "<", "<=", ">", ">=")
    left, right = draw.draw(kind, depth), draw.argument(kind, depth)
    if draw.chance.random() < 0.5:
        left, right = right, left
    return ast.BinaryExpr(draw.chance.choice(operators), left, right)


def _logic(draw: Expressions, depth: int) -> ast.Expr:
    operators: tuple[ast.BinaryOperator, ...] = ("and", "or")
    operator = draw.chance.choice(operators)
    made = draw.draw(Kind.BOOL, depth)
    for _ in range(draw.chance.choice((1, 1, 2, 3))):
        made = ast.BinaryExpr(operator, made, draw.draw(Kind.BOOL, depth))
    return made


def _not(draw: Expressions, depth: int) -> ast.Expr:
    return ast.UnaryExpr("not", draw.draw(Kind.BOOL, depth))


def _in(draw: Expressions, depth: int) -> ast.Expr:
    kind = draw.chance.choice(COMPARED)
    count = draw.chance.choice((1, 2, 3, 6))
    options = [literal(draw.chance, kind, draw.today) for _ in range(count)]
    if draw.chance.random() < 0.2:
        options.append(draw.argument(kind, depth))
    return ast.InExpr(draw.draw(kind, depth), tuple(options), draw.chance.random() < 0.4)


def _between(draw: Expressions, depth: int) -> ast.Expr:
    kind = draw.chance.choice(COMPARED)
    low, high = draw.argument(kind, depth), draw.argument(kind, depth)
    return ast.BetweenExpr(draw.draw(kind, depth), low, high, draw.chance.random() < 0.3)


def _is_null(draw: Expressions, depth: int) -> ast.Expr:
    kind = draw.chance.choice(COMPARED)
    return ast.IsNullExpr(draw.draw(kind, depth), draw.chance.random() < 0.5)


def _like(draw: Expressions, depth: int) -> ast.Expr:
    left, right = draw.draw(Kind.TEXT, depth), draw.argument(Kind.TEXT, depth)
    return ast.BinaryExpr("like", left, right, draw.chance.random() < 0.3)


def _member(draw: Expressions, depth: int) -> ast.Expr:
    """Compare an attribute that is declared an enumeration, with members or another."""
    rows = () if draw.scope.rows is None else draw.scope.rows.fields
    fields = [a.name for a in (*rows, *draw.scope.attributes.values()) if a.type.kind is Kind.ENUM]
    if not fields:
        return _comparison(draw, depth)
    left = ast.NameExpr(draw.chance.choice(fields))

    def operand() -> ast.Expr:
        name = draw.chance.choice(tuple(MEMBERS))
        form = draw.chance.randrange(4)
        if form == 0:
            return ast.NameExpr(draw.chance.choice(fields))
        if form == 1:
            yes = ast.NameExpr(draw.chance.choice(tuple(MEMBERS)))
            return ast.IfExpr(draw.draw(Kind.BOOL, depth - 1), yes, ast.NameExpr(name))
        return ast.NameExpr(name, draw.chance.choice((None, ENUMERATION)))

    match draw.chance.randrange(4):
        case 0:
            return ast.InExpr(left, (operand(), operand()), draw.chance.random() < 0.4)
        case 1:
            return ast.BetweenExpr(left, operand(), operand())
        case 2:
            named = ast.CallExpr(ast.Name("text"), (left,))
            return ast.BinaryExpr("=", named, ast.LiteralExpr("text", "silver"))
        case _:
            return ast.BinaryExpr(draw.chance.choice(("=", "!=", "<", ">=")), left, operand())


FORMS = (
    _comparison, _comparison, _member, _logic, _logic, _not, _in, _between, _is_null, _like,
)  # fmt: skip
