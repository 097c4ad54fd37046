"""Kernels over bitmasks: 64 rows a word, least significant bit first."""

from __future__ import annotations

from interact.compiler.codegen.family import Family

_COMBINE = """\
for w in range(words >> 3):
    total = wide(operand(ops, 2), w)
    for i in range(1, n):
        total = wide_$op(total, wide(operand(ops, 2 + i), w))
    set_wide(out, w, total)
for w in range(words & -8, words):
    word = get_i64(operand(ops, 2), w)
    for i in range(1, n):
        word = word $sign get_i64(operand(ops, 2 + i), w)
    set_i64(out, w, word)
"""

BITS = (
    Family("bits.copy", "src out", "out = src", "for w in range(words):\n    set_i64(out, w, get_i64(src, w))\n"),
    Family(
        "bits.and",
        "n out p...",
        "out = AND of n >= 1 masks",
        _COMBINE.replace("$op", "and").replace("$sign", "&"),
    ),
    Family(
        "bits.or",
        "n out p...",
        "out = OR of n >= 1 masks",
        _COMBINE.replace("$op", "or").replace("$sign", "|"),
    ),
    Family(
        "bits.minus",
        "a b out",
        "out = a AND NOT b",
        "for w in range(words):\n    set_i64(out, w, get_i64(a, w) & ~get_i64(b, w))\n",
    ),
    Family(
        "bits.fill",
        "word out",
        "every word of out = word (an immediate)",
        "for w in range(words):\n    set_i64(out, w, word)\n",
    ),
)
