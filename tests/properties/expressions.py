"""Generated expressions: typed from the top, drawn from the signatures of every built-in."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache

from tests.properties.conditions import draw_condition
from tests.properties.literals import literal

from interact.compiler.core.fusion import FUSED
from interact.compiler.core.infer import Typing
from interact.compiler.core.nodes import type_of
from interact.compiler.core.scope import Scope
from interact.compiler.diagnostics.diagnostic import Sink
from interact.compiler.source import NOWHERE
from interact.compiler.surface import ast
from interact.stdlib.aggregate import AGGREGATES
from interact.stdlib.builtin import Builtin, Overload
from interact.stdlib.types import Kind
from interact.stdlib.universe import UNIVERSE

SYMBOLS: Mapping[str, ast.BinaryOperator] = {
    "add": "+", "sub": "-", "mul": "*", "div": "/", "mod": "%", "like": "like",
}  # fmt: skip
ACCEPTED: Mapping[Kind, tuple[Kind, ...]] = {
    Kind.FLOAT: (Kind.FLOAT, Kind.FLOAT, Kind.FLOAT, Kind.INT, Kind.DECIMAL),
    Kind.DECIMAL: (Kind.DECIMAL, Kind.DECIMAL, Kind.DECIMAL, Kind.INT),
    Kind.TIMESTAMP: (Kind.TIMESTAMP, Kind.TIMESTAMP, Kind.DATE),
}
"""Kinds that serve where another is wanted."""
_FLOAT_TREES = 0.12
"""Chance of an operation of a fused float tree where any operation would do: each new tree is a
kernel to compile."""


@cache
def overloads(kind: Kind) -> tuple[tuple[Builtin, Overload], ...]:
    """Return every overload with a result of a kind."""
    return tuple((b, o) for b in UNIVERSE.values() for o in b.overloads if o.result is kind)


@dataclass
class Expressions:
    """Draws expressions over what ``scope`` has.

    ``trees`` are the skeletons of float arithmetic that may be used; None for any.
    """

    chance: random.Random
    scope: Scope
    today: int
    trees: Sequence[object] | None = None
    used: set[str] = field(default_factory=set)

    def over(self, scope: Scope) -> Expressions:
        return replace(self, scope=scope)

    def draw(self, kind: Kind, depth: int) -> ast.Expr:
        """Return an expression of a kind: retried until the checker agrees, else a leaf."""
        for _ in range(8 if depth > 0 else 0):
            made = self._make(kind, depth)
            if made is not None and self.kind_of(made) is kind:
                return made
        return self._leaf(kind)

    def kind_of(self, expr: ast.Expr) -> Kind | None:
        """Return the kind of an expression that is right, None of a wrong one."""
        sink = Sink()
        found = type_of(Typing(self.scope, sink).infer(expr)).kind
        return None if sink.has_errors else found

    # -- leaves -----------------------------------------------------------------------------

    def _leaf(self, kind: Kind) -> ast.Expr:
        named = self._named(kind) if self.chance.random() < 0.75 else None
        if named is not None:
            return named
        if kind in (Kind.DATE, Kind.TIMESTAMP) and self.chance.random() < 0.5:
            clock = ast.NameExpr("today" if kind is Kind.DATE else "now")
            if self.kind_of(clock) is kind:
                return clock
        return literal(self.chance, kind, self.today)

    def _named(self, kind: Kind) -> ast.Expr | None:
        """Return a name of a kind, None when there is none."""
        scope, found = self.scope, list[ast.Expr]()
        if scope.rows is not None:
            fields = [f.name for f in scope.rows.fields if f.type.kind is kind]
            found += [ast.NameExpr(n, self.chance.choice((None, scope.rows.name))) for n in fields]
        found += [ast.NameExpr(n) for n, e in scope.locals.items() if type_of(e).kind is kind]
        names = [a.name for a in scope.attributes.values() if a.type.kind is kind]
        found += [ast.NameExpr(n, self.chance.choice((None, None, "profile"))) for n in names]
        if kind is Kind.BOOL and scope.rows is None and self.chance.random() < 0.3:
            found += [ast.NameExpr(n) for n in scope.segments]
        if self.chance.random() < 0.3:
            constants = {
                n: scope.definitions.constant(n, NOWHERE) for n in scope.definitions.names()
            }
            found += [
                ast.NameExpr(n) for n, e in constants.items() if e and type_of(e).kind is kind
            ]
        self.chance.shuffle(found)
        return next((e for e in found if self.kind_of(e) is kind), None)

    def argument(self, kind: Kind, depth: int) -> ast.Expr:
        """Return what serves where a kind is wanted: null sometimes, or another kind."""
        if self.chance.random() < 0.02:
            return ast.LiteralExpr("null", "null")
        accepted = self.chance.choice(ACCEPTED.get(kind, (kind,)))
        return self.draw(accepted, self.chance.randrange(depth + 1))

    # -- operations -------------------------------------------------------------------------

    def _make(self, kind: Kind, depth: int) -> ast.Expr | None:
        forms: list[tuple[int, Callable[[Kind, int], ast.Expr | None]]] = [
            (10, self._call), (2, self._if), (2, self._coalesce), (1, self._nullif),
        ]  # fmt: skip
        if any(True for _ in self.scope.definitions.functions()):
            forms += [(3, self._function)]
        if kind is Kind.BOOL:
            forms += [(24, self._condition)]
        if kind is Kind.FLOAT:
            forms += [(4, self._tree)]
        if self.scope.many and self.scope.rows is None:
            forms += [(5, self._fold)]
        if self.chance.random() < 0.2:
            return self._leaf(kind)
        weights = [w for w, _ in forms]
        return self.chance.choices([f for _, f in forms], weights)[0](kind, depth - 1)

    def _call(self, kind: Kind, depth: int) -> ast.Expr | None:
        candidates = overloads(kind)
        if not candidates:
            return None
        builtin, overload = self.chance.choice(candidates)
        if overload.qualified in FUSED and (
            self.trees is not None or self.chance.random() > _FLOAT_TREES
        ):
            return None
        args = [self.argument(p.kind, depth) for p in overload.arguments]
        if overload.variadic and self.chance.random() < 0.3:
            args.append(self.argument(overload.arguments[1].kind, depth))
        return applied(builtin.name, args)

    def _function(self, kind: Kind, depth: int) -> ast.Expr | None:
        """Call a function or table of the program."""
        names = list(self.scope.definitions.functions())
        found = self.scope.definitions.function(self.chance.choice(names))
        if found is None or type_of(found.body).kind is not kind:
            return None
        args = [self.argument(p.type.kind, min(depth, 1)) for p in found.parameters]
        return ast.CallExpr(ast.Name(found.name), tuple(args))

    def _tree(self, kind: Kind, depth: int) -> ast.Expr:
        """Fill the leaves of a skeleton of float arithmetic."""
        skeleton = self.chance.choice(self.trees or (("add", None, ("mul", None, 0)),))

        def filled(part: object) -> ast.Expr:
            if isinstance(part, tuple):
                return applied(part[0], [filled(p) for p in part[1:]])
            if part == 0:
                return literal(self.chance, Kind.FLOAT, self.today)
            return self._leaf(Kind.FLOAT if self.chance.random() < 0.8 else Kind.INT)

        return filled(skeleton)

    def _condition(self, kind: Kind, depth: int) -> ast.Expr:
        return draw_condition(self, depth)

    def _if(self, kind: Kind, depth: int) -> ast.Expr:
        no = None if self.chance.random() < 0.2 else self.argument(kind, depth)
        return ast.IfExpr(self.draw(Kind.BOOL, depth), self.draw(kind, depth), no)

    def _coalesce(self, kind: Kind, depth: int) -> ast.Expr:
        count = self.chance.choice((2, 2, 3))
        return applied("coalesce", [self.argument(kind, depth) for _ in range(count)])

    def _nullif(self, kind: Kind, depth: int) -> ast.Expr:
        return applied("nullif", [self.draw(kind, depth), self.argument(kind, depth)])

    def _fold(self, kind: Kind, depth: int) -> ast.Expr | None:
        rows = self.chance.choice(list(self.scope.many.values()))
        inner = self.over(self.scope.inside(rows))
        folds = [a for a in AGGREGATES.values() if a.fixed is None or a.fixed.kind is kind]
        fold = self.chance.choice(folds)
        where = inner.draw(Kind.BOOL, depth) if self.chance.random() < 0.5 else None
        value, distinct = None, False
        if not fold.takes_rows or self.chance.random() < 0.5:
            element = kind if fold.fixed is None else self.chance.choice(fold.elements)
            value = inner.draw(element, depth)
            distinct = fold.name == "count" and self.chance.random() < 0.5
        made = ast.RowsExpr(ast.Name(fold.name), value, ast.Name(rows.name), where, distinct)
        bare = value is None and where is None
        return applied(fold.name, [ast.NameExpr(rows.name)]) if bare else made


def applied(name: str, args: Sequence[ast.Expr]) -> ast.Expr:
    """Return a call of a built-in, as its operator if it is one."""
    if name == "neg":
        return ast.UnaryExpr("-", args[0])
    if name in SYMBOLS:
        made = args[0]
        for arg in args[1:]:
            made = ast.BinaryExpr(SYMBOLS[name], made, arg)
        return made
    return ast.CallExpr(ast.Name(name), tuple(args))
