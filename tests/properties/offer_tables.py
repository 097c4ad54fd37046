"""Generated tables of offers: every sort, with columns of any type, scores and conditions."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from tests.properties.expressions import Expressions
from tests.properties.schema import ENUMERATION

from interact.compiler.core.nodes import Attr
from interact.compiler.surface import ast
from interact.compiler.surface.ast import TableKind
from interact.stdlib.types import BOOL, DATE, FLOAT, INT, TEXT, Kind, Type, decimal

KINDS: tuple[TableKind, ...] = ("overrides", "overrides", "proposals", "defaults", "suppressions")
_TYPES = (INT, INT, FLOAT, decimal(2), BOOL, TEXT, DATE)


@dataclass
class OfferTables:
    """Draws tables for the audience ``Customer``, whose rows name ``offers`` or a list."""

    chance: random.Random
    expressions: Expressions
    offers: Sequence[str]
    lists: Sequence[str]

    def draw(self) -> list[ast.OfferTable]:
        """Return some tables."""
        count = self.chance.choice((1, 1, 2, 3))
        return [self._table(f"Table{i}", self.chance.choice(KINDS)) for i in range(count)]

    def _table(self, title: str, kind: TableKind) -> ast.OfferTable:
        name, audience = ast.Name(title), ast.Name("Customer")
        if kind == "suppressions":
            return ast.OfferTable(kind, name, audience)
        types = self.chance.sample(_TYPES, self.chance.randrange(4))
        columns = tuple(self._column(f"c{i}", t) for i, t in enumerate(types))
        if self.chance.random() < 0.2:
            member = ast.TypeName(ENUMERATION, None, True)
            columns += (ast.Field(ast.Name("c9"), member),)
        seen = {c.name.text: t for c, t in zip(columns, types, strict=False)}
        inside = self._inside(seen)
        return ast.OfferTable(
            kind,
            name,
            audience,
            columns,
            self.chance.random() < 0.3,
            (ast.Name("Web"),) if self.chance.random() < 0.2 else (),
            self._adds(),
            self._score(inside, seen),
            inside.draw(Kind.BOOL, 2) if self.chance.random() < 0.4 else None,
            self._values(inside),
        )

    def _column(self, name: str, found: Type) -> ast.Field:
        scale = found.scale if found.kind is Kind.DECIMAL else None
        written = ast.TypeName(found.kind.value, scale, self.chance.random() < 0.5)
        return ast.Field(ast.Name(name), written)

    def _inside(self, columns: dict[str, Type]) -> Expressions:
        """Return what draws expressions that see the columns of a row."""
        scope = self.expressions.scope
        for name, kind in columns.items():
            scope = scope.with_local(name, Attr(name, kind, True))
        return self.expressions.over(scope)

    def _adds(self) -> tuple[ast.Name, ...]:
        if self.chance.random() < 0.4:
            return ()
        if self.lists and self.chance.random() < 0.3:
            return (ast.Name(self.lists[0]),)
        count = self.chance.randrange(1, len(self.offers) + 1)
        return tuple(map(ast.Name, self.chance.sample(self.offers, count)))

    def _score(self, inside: Expressions, columns: dict[str, Type]) -> ast.Expr | None:
        numbers = [name for name, kind in columns.items() if kind.is_numeric]
        form = self.chance.random()
        if numbers and form < 0.5:
            return ast.NameExpr(self.chance.choice(numbers))
        if form < 0.6:
            return ast.BinaryExpr("+", ast.NameExpr("marketer_score"), ast.LiteralExpr("int", "1"))
        return inside.draw(Kind.FLOAT, 2) if form < 0.85 else None

    def _values(self, inside: Expressions) -> tuple[ast.Value, ...]:
        if self.chance.random() < 0.6:
            return ()
        return (ast.Value(ast.Name("worth"), inside.draw(Kind.FLOAT, 1)),)
