"""Kernels that compare columns, with constants or with each other, into masks."""

from __future__ import annotations

from interact.compiler.codegen.family import Family

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
        "for w in range(words):\n"
        "    set_i64(out, w, $op(rows_$lane(x, w), rows_$lane(y, w)))\n",
        _HOLES,
    ),
    Family(
        "in.bits",
        "codes set out",
        "out = bit `code` of the immediate set; codes below 0 or above 63 are false",
        "low, high = all_i32(set), all_i32(set >> 32)\n"
        "for w in range(words):\n"
        "    code = rows_i32(codes, w)\n"
        "    set_i64(out, w, member(code, low) | member(minus_32(code), high))\n",
    ),
    Family(
        "in.bits32",
        "codes set out",
        "as in.bits for sets of codes below 32, at half the cost",
        "low = all_i32(set)\n"
        "for w in range(words):\n    set_i64(out, w, member(rows_i32(codes, w), low))\n",
    ),
)
