"""Kernels over bitmasks: 64 rows a word, least significant bit first (Arrow's bitmap layout)."""

from __future__ import annotations

from interact.compiler.codegen.kernels.family import Family, each_word

_COMBINE = """\
for w in range(words >> 3):
    total = eight(operand(ops, 2), w)
    for i in range(3, n + 2):
        total = $op(total, eight(operand(ops, i), w))
    set_eight(out, w, total)
for w in range(words & -8, words):
    word = get_i64(operand(ops, 2), w)
    for i in range(3, n + 2):
        word = word $sign get_i64(operand(ops, i), w)
    set_i64(out, w, word)
"""


def _combine(op: str, sign: str) -> str:
    return _COMBINE.replace("$op", op).replace("$sign", sign)


BITS = (
    Family("bits.copy", "src out", "out = src", each_word("get_i64(src, w)")),
    Family("bits.and", "n out p...", "out = AND of n >= 1 masks", _combine("and_eight", "&")),
    Family("bits.or", "n out p...", "out = OR of n >= 1 masks", _combine("or_eight", "|")),
    Family(
        "bits.minus", "a b out", "out = a AND NOT b", each_word("get_i64(a, w) & ~get_i64(b, w)")
    ),
    Family(
        "bits.count",
        "mask counter",
        "counter[0] += set bits; counter is the address of an i64",
        "total = get_i64(counter, 0)\n"
        "for w in range(words):\n    total += popcount(get_i64(mask, w))\n"
        "set_i64(counter, 0, total)\n",
    ),
    Family(
        "bits.select",
        "mask a b out",
        "out = a where mask, else b",
        each_word("(get_i64(mask, w) & get_i64(a, w)) | (~get_i64(mask, w) & get_i64(b, w))"),
    ),
    Family(
        "prefetch",
        "p first last",
        "ask for the cache lines of p + first to p + last (byte offsets, immediates)",
        "for offset in range(first, last, 64):\n    prefetch(p + offset)\n",
    ),
)
