"""Kernels that compare columns, with constants or with each other, into masks."""

from __future__ import annotations

from interact.compiler.codegen.kernels.family import Family

OPS = ("lt", "le", "gt", "ge", "eq", "ne")
LANES = ("f64", "i64", "i32")
_HOLES = {"op": OPS, "lane": LANES}

COMPARES = (
    Family(
        "cmp.{op}.{lane}.k",
        "x constant out",
        "out = x OP the constant at that address; false for NaN",
        "k = all_$lane(get_$lane(constant, 0))\n"
        "for w in range(words):\n    set_i64(out, w, $op(rows_$lane(x, w), k))\n",
        _HOLES,
    ),
    Family(
        "cmp.{op}.{lane}.kv",
        "x constant valid out",
        "as .k, and false where valid is 0",
        "k = all_$lane(get_$lane(constant, 0))\n"
        "for w in range(words):\n"
        "    set_i64(out, w, $op(rows_$lane(x, w), k) & get_i64(valid, w))\n",
        _HOLES,
    ),
    Family(
        "cmp.{op}.{lane}",
        "x y out",
        "out = x OP y, two columns; false for NaN",
        "for w in range(words):\n    set_i64(out, w, $op(rows_$lane(x, w), rows_$lane(y, w)))\n",
        _HOLES,
    ),
)
