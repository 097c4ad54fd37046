"""Integer arithmetic that knows when it overflows."""

from __future__ import annotations

from interact.compiler.codegen.kernels.family import Family

_CHECKED = """\
for w in range(words):
    word = 0
    for b in range(64):
        r = (w << 6) + b
        x, y = $x, $y
        set_i64(out, r, $op_wrapped(x, y))
        word |= bit($op_fits(x, y)) << b
    set_i64(ok, w, word)
"""
_OPS = ("add", "sub", "mul")


def _columns(op: str) -> str:
    return _body(op, "get_i64(left, r)", "get_i64(right, r)")


def _constant(op: str) -> str:
    return "k = get_i64(constant, 0)\n" + _body(op, "get_i64(left, r)", "k")


def _reversed() -> str:
    return "k = get_i64(constant, 0)\n" + _body("sub", "k", "get_i64(right, r)")


def _body(op: str, x: str, y: str) -> str:
    return _CHECKED.replace("$op", op).replace("$x", x).replace("$y", y)


ARITHMETIC = (
    Family(
        "{op}.i64",
        "left right out ok",
        "out = left OP right, wrapped around; ok = mask of the rows without overflow",
        _columns,
        {"op": _OPS},
    ),
    Family(
        "{op}.i64.k",
        "left constant out ok",
        "as above; the right side is the i64 at that address",
        _constant,
        {"op": _OPS},
    ),
    Family("sub.i64.rk", "constant right out ok", "out = constant - right", _reversed),
)
