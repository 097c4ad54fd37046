"""Reductions of child rows to their parents, a whole batch a call: ``kernel(ops, parents)``.

Children of parent p are the rows ``offsets[p]`` to ``offsets[p + 1]``; ``mask`` has the children
that count. Masks over parents are written by whole words, with zeros beyond the last parent.
"""

from __future__ import annotations

from interact.compiler.codegen.kernels.family import Family

_OFFSETS = ("o32", "o64")
_GET = {"o32": "get_i32", "o64": "get_i64"}

_EACH_PARENT = """\
stop = {get}(offsets, 0)
for w in range((words + 63) >> 6):
    word = 0
    for b in range(smin(64, words - (w << 6))):
        p = (w << 6) + b
        start = stop
        stop = {get}(offsets, p + 1)
{start}
        for c in range(start, stop):
            if shr(get_i64(mask, c >> 6), c & 63) & 1:
{step}
{finish}
"""


def _reduce(offsets: str, start: str, step: str, finish: str) -> str:
    return _EACH_PARENT.format(
        get=_GET[offsets],
        start=_indented(start, 8),
        step=_indented(step, 16),
        finish=_indented(finish, 8),
    )


def _indented(lines: str, indent: int) -> str:
    return "\n".join(" " * indent + line for line in lines.splitlines())


_STORE_WORD = "if b == smin(64, words - (w << 6)) - 1:\n    set_i64({}, w, word)"


def _count(offsets: str) -> str:
    return _reduce(offsets, "n = 0", "n += 1", "set_i64(out, p, n)")


def _any(offsets: str) -> str:
    finish = "word |= n << b\n" + _STORE_WORD.format("out")
    return _reduce(offsets, "n = 0", "n = 1", finish)


def _sum_float(offsets: str) -> str:
    finish = "set_f64(out, p, total if finite(total) else quiet_nan())"
    return _reduce(offsets, "total = 0.0", "total += get_f64(x, c)", finish)


def _sum_int(offsets: str) -> str:
    step = "v = get_i64(x, c)\nfits &= bit(add_fits(total, v))\ntotal = add_wrapped(total, v)"
    finish = "set_i64(out, p, total)\nword |= fits << b\n" + _STORE_WORD.format("valid")
    return _reduce(offsets, "total = 0\nfits = 1", step, finish)


def _extreme_float(op: str, offsets: str) -> str:
    step = f"best = float_{op}(get_f64(x, c), best) if seen else get_f64(x, c)\nseen = True"
    return _reduce(offsets, "best = quiet_nan()\nseen = False", step, "set_f64(out, p, best)")


def _extreme_int(op: str, offsets: str) -> str:
    step = f"best = s{op}(get_i64(x, c), best) if seen else get_i64(x, c)\nseen = 1"
    finish = "set_i64(out, p, best)\nword |= seen << b\n" + _STORE_WORD.format("valid")
    return _reduce(offsets, "best = 0\nseen = 0", step, finish)


_O = {"offsets": _OFFSETS}
_OP = {"op": ("min", "max"), "offsets": _OFFSETS}

MANYS = (
    Family(
        "many.count.{offsets}", "offsets mask out", "out (i64) = children that count", _count, _O
    ),
    Family("many.any.{offsets}", "offsets mask out", "out (bits) = any child counts", _any, _O),
    Family(
        "many.sum.f64.{offsets}",
        "offsets x mask out",
        "sum in row order from 0.0; NaN when it is not finite",
        _sum_float,
        _O,
    ),
    Family(
        "many.sum.i64.{offsets}",
        "offsets x mask out valid",
        "sum, 0 of no rows; not valid where it overflows on the way",
        _sum_int,
        _O,
    ),
    Family(
        "many.{op}.f64.{offsets}",
        "offsets x mask out",
        "least or greatest; NaN of no rows",
        _extreme_float,
        _OP,
    ),
    Family(
        "many.{op}.i64.{offsets}",
        "offsets x mask out valid",
        "least or greatest; not valid of no rows",
        _extreme_int,
        _OP,
    ),
)
