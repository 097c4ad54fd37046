"""Which expressions depend on texts, and are therefore evaluated once per distinct value."""

from __future__ import annotations

from interact.compiler.core.nodes import (
    Aggregate,
    And,
    Attr,
    Call,
    Compare,
    Const,
    Expr,
    InSet,
    IsNull,
    Not,
    Or,
    RowField,
    When,
    children,
    map_children,
    type_of,
    walk,
)
from interact.stdlib.types import Kind


def reads_text(expr: Expr) -> bool:
    """Return whether ``expr`` itself takes a text, or is one made by an operation.

    A logical operator does not: its operands are looked at one by one. ``text is null`` of an
    attribute does not either: that is read from the column.
    """
    match expr:
        case And() | Or() | Not() | Const() | Attr() | RowField() | Aggregate():
            return False
        case IsNull(arg=Attr() | RowField() | Const()):
            return False
        case When():
            return _is_text(expr)
        case Compare() | InSet() | IsNull() | Call():
            return _is_text(expr) or any(_is_text(c) for c in children(expr))
        case _:
            return False


def _is_text(expr: Expr) -> bool:
    return type_of(expr).kind is Kind.TEXT


def inputs_of(expr: Expr) -> tuple[Attr | RowField | Aggregate, ...]:
    """Return what a text expression reads, each once, in order: attributes, fields and folds."""
    found: dict[Expr, None] = {}

    def visit(part: Expr) -> None:
        if isinstance(part, Attr | RowField | Aggregate):
            found.setdefault(part)
            return
        for child in children(part):
            visit(child)

    visit(expr)
    return tuple(e for e in found if isinstance(e, Attr | RowField | Aggregate))


def over_inputs(expr: Expr, inputs: tuple[Expr, ...]) -> Expr:
    """Return ``expr`` with its k-th input replaced by an attribute called ``k``."""

    def replaced(part: Expr) -> Expr:
        if part in inputs:
            return Attr(str(inputs.index(part)), type_of(part), True, part.span)
        return map_children(part, replaced)

    return replaced(expr)


def calls_in(expr: Expr) -> tuple[Call, ...]:
    """Return the built-in calls of a text expression, those inside folds excluded."""
    return tuple(e for e in walk(expr) if isinstance(e, Call))
