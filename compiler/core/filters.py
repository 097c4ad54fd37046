"""Conditions beside a project: their parts see enumerations as texts, or name their members."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from interact.compiler.core.enumerations import erase_expression
from interact.compiler.core.infer import Typing, infer_condition
from interact.compiler.core.nodes import And, Expr, Not, Or
from interact.compiler.core.scope import Scope
from interact.compiler.diagnostics.diagnostic import Sink
from interact.compiler.surface import ast


@dataclass
class FilterTyping:
    """Types a condition part by part, each in the first scope in which it makes sense.

    Attributes:
        plain: Enumerations are texts here.
        whole: What the project's sources declare, worked out when it is needed; None without any.
    """

    text: str
    plain: Scope
    whole: Callable[[], Scope] | None
    sink: Sink
    _known: list[Scope] = field(default_factory=list)

    def infer(self, expr: ast.Expr) -> Expr:
        """Return a condition; what is wrong with it is in the sink.

        A chain of one operator is walked without recursion, as it can be long.
        """
        if isinstance(expr, ast.UnaryExpr) and expr.operator == "not":
            return Not(self.infer(expr.operand), expr.span)
        if not isinstance(expr, ast.BinaryExpr) or expr.operator not in ("and", "or"):
            return self._part(expr)
        operands: list[ast.Expr] = []
        rest: ast.Expr = expr
        while isinstance(rest, ast.BinaryExpr) and rest.operator == expr.operator:
            operands.append(rest.right)
            rest = rest.left
        args = tuple(self.infer(o) for o in (rest, *reversed(operands)))
        return And(args, expr.span) if expr.operator == "and" else Or(args, expr.span)

    def _part(self, expr: ast.Expr) -> Expr:
        first, second = Sink(), Sink()
        found = infer_condition(expr, Typing(self.plain, first))
        if first.has_errors and self.whole is not None:
            if not self._known:
                self._known.append(self.whole())
            (scope,) = self._known
            other = infer_condition(expr, Typing(scope, second))
            written = self.text[expr.span.start : expr.span.end]
            called = scope.definitions.functions()
            if not second.has_errors or any(f"{function}(" in written for function in called):
                found, first = erase_expression(other), second
        self.sink.adopt(first)
        return found
