"""Generated definitions: constants, which expressions then use by name."""

from __future__ import annotations

import random
from collections.abc import Iterator

from tests.properties.literals import literal

from interact.compiler.surface import ast
from interact.stdlib.types import Kind

TYPES = (
    (Kind.BOOL, None), (Kind.INT, None), (Kind.FLOAT, None), (Kind.DECIMAL, 2), (Kind.TEXT, None),
    (Kind.DATE, None), (Kind.TIMESTAMP, None), (Kind.DURATION, None),
)  # fmt: skip


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
