"""Which float operations form one arithmetic expression.

A tree of these has no result as a whole when any operation in it has none (an overflow), and is
reported as a whole, at the span of its root. That allows one kernel for the tree.
"""

from __future__ import annotations

from interact.compiler.core.nodes import Call, Expr

FUSED: dict[str, str] = {
    "arithmetic:add_float": "add",
    "arithmetic:sub_float": "sub",
    "arithmetic:mul_float": "mul",
    "arithmetic:neg_float": "neg",
    "numeric:min_float": "min",
    "numeric:max_float": "max",
    "numeric:abs_float": "abs",
}


def is_fused(expr: Expr) -> bool:
    """Return whether ``expr`` is an operation of such a tree."""
    return isinstance(expr, Call) and expr.function in FUSED
