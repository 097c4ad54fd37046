"""How large expressions may become: later passes walk all of an expression, and recurse into it.

Names that stand for expressions are replaced by these, so an expression that is short where it is
written can be large, and twice as large for each name that it uses twice.
"""

from __future__ import annotations

from collections.abc import Iterable

from interact.compiler.core.nodes import Expr, children

MAX_DEPTH, MAX_NODES = 200, 50_000
"""What may be put in for a name."""
DEEPEST = 2 * MAX_DEPTH
"""Levels of a whole expression, in which what was put in lies below what is written."""
USE_ONCE = "use each name once, as in `points + (if opted_in then 5 else 0)`"


def is_too_large(expr: Expr) -> bool:
    """Return whether ``expr`` is more than can be put in for a name."""
    nodes, depth = measure(expr)
    return nodes > MAX_NODES or depth > MAX_DEPTH


def is_too_deep(expr: Expr) -> bool:
    """Return whether a whole expression has more levels than can be walked; level by level."""
    level: Iterable[Expr] = (expr,)
    for _ in range(DEEPEST):
        level = {id(child): child for part in level for child in children(part)}.values()
        if not level:
            return False
    return True


def measure(expr: Expr) -> tuple[int, int]:
    """Return how many nodes a tree has and how deep it is; shared parts are looked at once."""
    known: dict[int, tuple[int, int]] = {}
    waiting = [expr]
    while waiting:
        part = waiting[-1]
        below = children(part)
        if unknown := [child for child in below if id(child) not in known]:
            waiting += unknown
            continue
        waiting.pop()
        found = [known[id(child)] for child in below]
        depth = max([d for _, d in found], default=0)
        known[id(part)] = 1 + sum([n for n, _ in found]), 1 + depth
    return known[id(expr)]
