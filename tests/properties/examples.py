"""The examples of built-ins, with attributes in the places of their literals."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from typing import Any

from interact.compiler.core.conversion import coerce
from interact.compiler.core.infer import Typing, infer_value
from interact.compiler.core.interpret import Customer, Frame, Moment, evaluate
from interact.compiler.core.literals import lower_literal
from interact.compiler.core.nodes import Const, Expr, type_of
from interact.compiler.core.scope import Scope
from interact.compiler.diagnostics.diagnostic import Sink
from interact.compiler.source import SourceFile
from interact.compiler.surface import ast
from interact.compiler.surface.from_source import parse_expression
from interact.compiler.surface.print import print_expression
from interact.stdlib.types import FLOAT, Type, Value, decimal

NOW = Moment(1_773_501_266_000_000)


def parsed(text: str) -> ast.Expr:
    sink = Sink()
    expr = parse_expression(SourceFile("example", text), sink)
    assert expr is not None, (text, sink.diagnostics)
    return expr


def typed(expr: ast.Expr, scope: Scope | None = None) -> Expr:
    sink = Sink()
    found = infer_value(expr, Typing(scope or Scope("an example"), sink))
    assert not sink.has_errors, (print_expression(expr), sink.diagnostics)
    return found


def value_of(expr: Expr) -> tuple[Type, Value]:
    """Return the type and the value of an expression without attributes."""
    return type_of(expr), evaluate(expr, Frame(Customer({}), NOW))


@dataclass(frozen=True)
class Opened:
    """An example whose literals have become attributes.

    ``attributes`` has the declared type and the value of each.
    """

    expr: ast.Expr
    attributes: dict[str, tuple[str, Value]]

    def customers(self) -> Iterator[Customer]:
        """Yield a customer with the literals' values, one that lacks each, and one with none."""
        values = {"id": 1, **{n: v for n, (_, v) in self.attributes.items()}}
        yield Customer(values)
        for name, (declared, _) in self.attributes.items():
            missing = float("nan") if declared == "float?" else None
            yield Customer({**values, name: missing})
        yield Customer({"id": None, **dict.fromkeys(self.attributes)})


def opened(text: str, *, decimals: bool) -> Opened:
    """Put an attribute in the place of each literal; fractions are decimals or floats."""
    attributes: dict[str, tuple[str, Value]] = {}

    def visit(node: Any) -> Any:
        if isinstance(node, ast.LiteralExpr) and node.kind != "null":
            name = f"x{len(attributes)}"
            attributes[name] = _attribute(node, decimals)
            return ast.NameExpr(name)
        if isinstance(node, tuple):
            return tuple(visit(part) for part in node)
        if isinstance(node, ast.Expr):
            parts: dict[str, Any] = {f.name: visit(getattr(node, f.name)) for f in fields(node)}
            return replace(node, **parts)
        return node

    return Opened(visit(parsed(text)), attributes)


def _attribute(literal: ast.LiteralExpr, decimals: bool) -> tuple[str, Value]:
    const: Expr = lower_literal(literal, Sink())
    if literal.kind == "fraction":
        const = coerce(const, decimal(type_of(const).scale) if decimals else FLOAT)
    assert isinstance(const, Const)
    return f"{const.type}?", const.value
