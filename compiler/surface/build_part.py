"""Parts of statements: a clause or section is one until its statement is complete."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, TypeAlias

from interact.compiler.diagnostics import syntax
from interact.compiler.diagnostics.diagnostic import Label
from interact.compiler.source import Span
from interact.compiler.surface.ast_expression import LiteralExpr, NameExpr
from interact.compiler.surface.build_expression import ExpressionBuilder
from interact.compiler.surface.token import Token

Day: TypeAlias = LiteralExpr | NameExpr


@dataclass(frozen=True, slots=True)
class Part:
    """A clause or section: the word it is known by and what it says."""

    word: str
    value: Any
    span: Span


class PartBuilder(ExpressionBuilder):
    """Looks for parts that are given twice."""

    def _once(self, parts: Iterable[Part]) -> dict[str, Any]:
        """Return what each part says; report the parts that are given again."""
        found: dict[str, Part] = {}
        for part in parts:
            first = found.setdefault(part.word, part)
            if first is not part:
                labels = (Label(first.span, "first here"),)
                self.sink.report(syntax.REPEATED_PART, part.span, labels=labels, part=part.word)
        return {word: part.value for word, part in found.items()}

    def _text(self, token: Token | None) -> str | None:
        return None if token is None else self.literals.text(token)
