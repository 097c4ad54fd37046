"""Expressions in their canonical spelling, with as few parentheses as the grammar allows."""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum
from typing import Final, assert_never

from interact.compiler.surface.ast import (
    BetweenExpr,
    BinaryExpr,
    CallExpr,
    Cell,
    Expr,
    IfExpr,
    InExpr,
    IsNullExpr,
    LiteralExpr,
    LiteralKind,
    NameExpr,
    RowsExpr,
    UnaryExpr,
)


class Level(IntEnum):
    """The precedences of the grammar, the loosest first."""

    EXPR = 0
    OR = 1
    AND = 2
    NOT = 3
    COMPARISON = 4
    SUM = 5
    PRODUCT = 6
    SIGN = 7
    PRIMARY = 8


_BINARY: Final = {"or": Level.OR, "and": Level.AND} | {
    **dict.fromkeys(("=", "!=", "<", "<=", ">", ">=", "like"), Level.COMPARISON),
    **dict.fromkeys(("+", "-"), Level.SUM),
    **dict.fromkeys(("*", "/", "%"), Level.PRODUCT),
}

_LONG_INT = 5
"""Whole numbers of so many digits are written in groups of three."""


def print_expression(expr: Expr) -> str:
    """Return the text of an expression, on one line."""
    return _print(expr, Level.EXPR)


def print_cell(cell: Cell) -> str:
    """Return the text of a cell of a table."""
    operands = [_print(operand, Level.SUM) for operand in cell.operands]
    match cell.kind:
        case "any":
            return "any"
        case "null":
            return f"{_not(cell.negated)}null"
        case "to":
            return " to ".join(operands)
        case "in":
            return f"{_not(cell.negated)}in ({_list(cell.operands)})"
        case "=":
            return operands[0]
        case operator:
            return f"{_not(cell.negated)}{operator} {operands[0]}"


def _print(expr: Expr, least: Level) -> str:
    """Return the text of ``expr`` where the grammar wants something of level ``least``."""
    text = _bare(expr)
    return text if level_of(expr) >= least else f"({text})"


def level_of(expr: Expr) -> Level:
    """Return the precedence of the outermost operator."""
    match expr:
        case LiteralExpr() | NameExpr() | CallExpr() | RowsExpr():
            return Level.PRIMARY
        case UnaryExpr(operator=operator):
            return Level.SIGN if operator == "-" else Level.NOT
        case BinaryExpr(operator=operator):
            return _BINARY[operator]
        case IsNullExpr() | InExpr() | BetweenExpr():
            return Level.COMPARISON
        case IfExpr():
            return Level.EXPR
        case _:
            assert_never(expr)


def _bare(expr: Expr) -> str:
    match expr:
        case LiteralExpr(kind=kind, text=text):
            return _literal(kind, text)
        case NameExpr(name=name, qualifier=qualifier):
            return name if qualifier is None else f"{qualifier}.{name}"
        case CallExpr(function=function, args=args):
            return f"{function.text}({_list(args)})"
        case RowsExpr():
            return _rows(expr)
        case UnaryExpr(operator="-", operand=operand):
            return f"-{_print(operand, Level.SIGN)}"
        case UnaryExpr(operand=operand):
            return f"not {_print(operand, Level.NOT)}"
        case BinaryExpr():
            return _binary(expr)
        case IsNullExpr(operand=operand, negated=negated):
            return f"{_print(operand, Level.SUM)} is {_not(negated)}null"
        case InExpr(operand=operand, options=options, negated=negated):
            return f"{_print(operand, Level.SUM)} {_not(negated)}in ({_list(options)})"
        case BetweenExpr(operand=operand, low=low, high=high, negated=negated):
            subject, *ends = (_print(part, Level.SUM) for part in (operand, low, high))
            return f"{subject} {_not(negated)}between {' and '.join(ends)}"
        case IfExpr():
            return _if(expr)
        case _:
            assert_never(expr)


def _literal(kind: LiteralKind, text: str) -> str:
    if kind == "text":
        return quote(text)
    return f"{int(text):_}" if kind == "int" and len(text) >= _LONG_INT else text


def _not(negated: bool) -> str:
    return "not " if negated else ""


def _list(exprs: Iterable[Expr]) -> str:
    return ", ".join(_print(expr, Level.EXPR) for expr in exprs)


def _rows(expr: RowsExpr) -> str:
    value = "" if expr.value is None else f"{_print(expr.value, Level.EXPR)} of "
    where = "" if expr.where is None else f" where {_print(expr.where, Level.EXPR)}"
    return f"{expr.function.text}({'distinct ' * expr.distinct}{value}{expr.rows.text}{where})"


def _binary(expr: BinaryExpr) -> str:
    """Return both operands; chains lean to the left and comparisons do not chain."""
    level = _BINARY[expr.operator]
    tighter = Level(level + 1)
    left = _print(expr.left, tighter if level == Level.COMPARISON else level)
    return f"{left} {_not(expr.negated)}{expr.operator} {_print(expr.right, tighter)}"


def _if(expr: IfExpr) -> str:
    yes = _print(expr.yes, Level.EXPR)
    if expr.no is not None and _is_open(expr.yes):
        yes = f"({yes})"
    no = "" if expr.no is None else f" else {_print(expr.no, Level.EXPR)}"
    return f"if {_print(expr.condition, Level.EXPR)} then {yes}{no}"


def _is_open(expr: Expr) -> bool:
    """Return whether an ``else`` behind ``expr`` would become part of it."""
    return isinstance(expr, IfExpr) and (expr.no is None or _is_open(expr.no))


_ESCAPES: Final = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\t": "\\t"}


def quote(text: str) -> str:
    """Return ``text`` in double quotes, what cannot be seen as escapes.

    >>> print(quote('say "hi"\\n'))
    "say \\"hi\\"\\n"
    """
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(char: str) -> str:
    if char in _ESCAPES:
        return _ESCAPES[char]
    return char if char.isprintable() else f"\\u{{{ord(char):x}}}"
