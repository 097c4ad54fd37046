"""Typing of operators: arithmetic, comparison, membership, logic."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from interact.compiler.core import calls, infer
from interact.compiler.core.conversion import coerce, settle, unify
from interact.compiler.core.enumerations import rank, typing_of_alike
from interact.compiler.core.literals import lower_literal
from interact.compiler.core.nodes import (
    And,
    Call,
    Compare,
    Comparison,
    Const,
    Expr,
    InSet,
    Not,
    Or,
    type_of,
)
from interact.compiler.diagnostics import syntax, types as codes
from interact.compiler.source import Span
from interact.compiler.surface import ast
from interact.compiler.surface.ast_expression import percentage_in, percentage_words
from interact.stdlib.types import ERROR, FLOAT, INT, NULL, EnumType, Kind, Type

if TYPE_CHECKING:
    from interact.compiler.core.infer import Typing

COMPARISONS: dict[str, Comparison] = {
    "<": "lt", "<=": "le", ">": "gt", ">=": "ge", "=": "eq", "!=": "ne",
}  # fmt: skip
ARITHMETIC = {"+": "add", "-": "sub", "*": "mul", "/": "div", "%": "mod"}


def infer_negation(expr: ast.UnaryExpr, typing: Typing) -> Expr:
    """Type ``-x``; a negated literal is one constant, so that the least int can be written."""
    if isinstance(expr.operand, ast.LiteralExpr) and expr.operand.kind in (
        "int", "fraction", "duration",
    ):  # fmt: skip
        return lower_literal(expr.operand, typing.sink, negate=True)
    return calls.apply("neg", [settle(typing.infer(expr.operand))], expr.span, typing.sink)


def infer_binary(expr: ast.BinaryExpr, typing: Typing) -> Expr:
    """Type a binary operator."""
    operator = expr.operator
    if operator in ("and", "or"):
        return _logic(expr, typing)
    if operator in COMPARISONS:
        typing = typing_of_alike((expr.left, expr.right), typing)
        left, right = typing.infer(expr.left), typing.infer(expr.right)
        return compare(COMPARISONS[operator], left, right, expr.span, typing)
    if operator == "%" and _is_percentage(expr, typing):
        typing.sink.report(syntax.PERCENTAGE, expr.span, **percentage_words(expr))
        return infer.poison(expr.span)
    left, right = typing.infer(expr.left), typing.infer(expr.right)
    if operator == "like":
        test = calls.apply("like", [left, right], expr.span, typing.sink)
        return Not(test, expr.span) if expr.negated else test
    return arithmetic(ARITHMETIC[operator], left, right, expr.span, typing)


def _is_percentage(expr: ast.BinaryExpr, typing: Typing) -> bool:
    """Return whether a number stands before `%`, and behind it what is no value."""
    if percentage_in(expr) is not expr or not isinstance(expr.right, ast.NameExpr):
        return False
    is_known = typing.scope.lookup(expr.right.name, expr.right.span) is not None
    return not is_known and expr.right.qualifier is None


def _logic(expr: ast.BinaryExpr, typing: Typing) -> Expr:
    """Flatten a chain of one operator; it is walked without recursion, as it can be long."""
    operands: list[ast.Expr] = []
    rest: ast.Expr = expr
    while isinstance(rest, ast.BinaryExpr) and rest.operator == expr.operator:
        operands.append(rest.right)
        rest = rest.left
    operands.append(rest)
    args = tuple(infer.infer_condition(o, typing) for o in reversed(operands))
    return And(args, expr.span) if expr.operator == "and" else Or(args, expr.span)


def compare(op: Comparison, left: Expr, right: Expr, span: Span, typing: Typing) -> Expr:
    """Return a comparison in the type where both operands meet.

    Reports:
        E0302 when they do not meet, E0305 for a comparison with the literal null.
    """
    for operand in (left, right):
        if isinstance(operand, Const) and operand.type.kind is Kind.NULL:
            typing.sink.report(codes.NULL_COMPARISON, span)
            return infer.poison(span)
    common = unify(type_of(left), type_of(right))
    if common is None:
        _incomparable(left, right, span, typing)
        return infer.poison(span)
    if Kind.ERROR in (type_of(left).kind, type_of(right).kind):
        return infer.poison(span)
    left, right = coerce(left, common), coerce(right, common)
    if common.kind is Kind.ENUM and op not in ("eq", "ne"):
        left, right = rank(left), rank(right)
    return Compare(op, left, right, span)


def _incomparable(left: Expr, right: Expr, span: Span, typing: Typing) -> None:
    a, b = type_of(left), type_of(right)
    typing.sink.report(
        codes.INCOMPARABLE,
        span,
        left=infer.describe(a),
        right=infer.describe(b),
        hint=_member_hint(left, right)
        or _member_hint(right, left)
        or _date_hint(left, right)
        or _date_hint(right, left)
        or _hint(a, b)
        or _hint(b, a),
    )


def _date_hint(time: Expr, other: Expr) -> str | None:
    """Return the date that is meant by `2026-2-1`, which is a subtraction, or by `20260201`."""
    if type_of(time).kind not in (Kind.DATE, Kind.TIMESTAMP):
        return None
    match other:
        case Call(args=(Call(args=(Const(value=year), Const(value=month))), Const(value=day))):
            parts = (year, month, day)
        case Const(value=int(number)):
            parts = (number // 10_000, number // 100 % 100, number % 100)
        case _:
            return None
    try:
        return f"a date is written {date(*parts).isoformat()}"  # type: ignore[arg-type]
    except (OverflowError, TypeError, ValueError):
        return None


def _member_hint(member: Expr, other: Expr) -> str | None:
    """Return what to write instead of the text of a member."""
    found = type_of(member)
    if not isinstance(found, EnumType) or type_of(other).kind is not Kind.TEXT:
        return None
    if isinstance(other, Const) and other.value in (*found.texts, *found.members):
        known = found.texts if other.value in found.texts else found.members
        return f"write the member: {found}.{found.members[known.index(str(other.value))]}"
    return f"the members of {found} are {', '.join(found.members)}; their names are text(…)"


def _hint(a: Type, b: Type) -> str | None:
    if a.kind in (Kind.DATE, Kind.TIMESTAMP) and b.kind is Kind.TEXT:
        return "write a date without quotes: 2026-12-31"
    if a.kind in (Kind.DATE, Kind.TIMESTAMP) and b.is_numeric:
        return "take a part of it, for example year(…), or compare with a date: 2026-12-31"
    if a.kind is Kind.TEXT and b.is_numeric:
        return "a number is written without quotes; convert a text with number(…)"
    if a.kind is Kind.DATE and b.kind is Kind.DURATION:
        return "compare with a moving day: `today - 30 days`"
    if isinstance(a, EnumType) and b.is_numeric:
        return f"the members of {a} are {', '.join(a.members)}"
    if a.kind is Kind.BOOL:
        return "a bool is a condition of its own: write it alone, or after `not`"
    if a.kind is Kind.DURATION and b.is_numeric:
        return "give the number a unit, for example 30 days"
    return None


def arithmetic(name: str, left: Expr, right: Expr, span: Span, typing: Typing) -> Expr:
    """Type ``+ - * / %``: division is of floats; decimals multiply with their scales added."""
    kinds = {type_of(left).kind, type_of(right).kind}
    numbers = type_of(left).is_numeric and type_of(right).is_numeric
    if name == "div" and numbers:
        left, right = coerce(left, FLOAT), coerce(right, FLOAT)
    elif name == "mul" and numbers and Kind.DECIMAL in kinds and Kind.FLOAT not in kinds:
        return calls.multiply_decimals(left, right, span, typing.sink)
    elif numbers and kinds == {Kind.FRACTION}:
        left, right = settle(left), settle(right)
    return calls.apply(name, [left, right], span, typing.sink)


def infer_in(expr: ast.InExpr, typing: Typing) -> Expr:
    """Type ``x in (…)``: a set of constants, or equalities where an option is not constant."""
    typing = typing_of_alike((expr.operand, *expr.options), typing)
    operand = typing.infer(expr.operand)
    options = [typing.infer(o) for o in expr.options]
    common = type_of(operand)
    for option in options:
        met = unify(common, type_of(option))
        if isinstance(option, Const) and option.type.kind is Kind.NULL:
            typing.sink.report(codes.NULL_COMPARISON, option.span)
            return infer.poison(expr.span)
        if met is None:
            _incomparable(operand, option, option.span, typing)
            return infer.poison(expr.span)
        common = met
    common = INT if common == NULL else FLOAT if common.kind is Kind.FRACTION else common
    test = _membership(coerce(operand, common), [coerce(o, common) for o in options], expr.span)
    return Not(test, expr.span) if expr.negated else test


def _membership(operand: Expr, options: list[Expr], span: Span) -> Expr:
    if Kind.ERROR in [type_of(o).kind for o in (operand, *options)]:
        return infer.poison(span)
    values = {o.value for o in options if isinstance(o, Const) and o.value is not None}
    others = [o for o in options if not isinstance(o, Const)]
    tests: list[Expr] = [Compare("eq", operand, o, span) for o in others]
    if values or not tests:
        ordered = tuple(sorted(values, key=lambda v: (v.__class__.__name__, v)))
        tests.insert(0, InSet(operand, ordered, span))
    return tests[0] if len(tests) == 1 else Or(tuple(tests), span)


def infer_between(expr: ast.BetweenExpr, typing: Typing) -> Expr:
    """Expand ``x between a and b`` to ``x >= a and x <= b``."""
    typing = typing_of_alike((expr.operand, expr.low, expr.high), typing)
    operand = typing.infer(expr.operand)
    low, high = typing.infer(expr.low), typing.infer(expr.high)
    bounds = (
        compare("ge", operand, low, expr.span, typing),
        compare("le", operand, high, expr.span, typing),
    )
    if any(type_of(b) == ERROR for b in bounds):
        return infer.poison(expr.span)
    test = calls.written_out(And(bounds, expr.span), expr.span, typing.sink)
    return Not(test, expr.span) if expr.negated else test
