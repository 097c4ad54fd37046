"""Kernels that put equal scores in an order by chance: ranks in keys are shuffled, and restored.

The permutation of a row depends on its hash and is that of ``stdlib.ranking.shuffled``. It is
undone step by step: multiplied by the inverse factors modulo 65536.
"""

from __future__ import annotations

from interact.compiler.codegen.kernels.family import Family
from interact.stdlib.ranking import FACTORS

_K = {"k": r"[1-9]|[1-5]\d|6[0-4]"}


def _shuffle(indent: int) -> str:
    """Return code that makes a shuffled ``x`` of a rank ``x``, with the hash ``h``."""
    lines = []
    for step, factor in enumerate(FACTORS):
        lines += [f"x = x ^ ((h >> {16 * step}) & 65535)", f"x = (x * {factor}) & 65535"]
        lines += ["x = x ^ (x >> 8)"]
    return _indented(lines, indent)


def _restore(indent: int) -> str:
    lines = []
    for step, factor in reversed(list(enumerate(FACTORS))):
        inverse = pow(factor, -1, 1 << 16)
        lines += ["x = x ^ (x >> 8)", f"x = (x * {inverse}) & 65535"]
        lines += [f"x = x ^ ((h >> {16 * step}) & 65535)"]
    return _indented(lines, indent)


def _indented(lines: list[str], indent: int) -> str:
    return "\n".join(" " * indent + line for line in lines)


_MIX = f"""\
rows = candidates + 64 + words * 512
keys = candidates + 64
n = get_i64(candidates, 0)
for i in range(n):
    h = get_i64(hashes, get_i32(rows, i))
    v = get_i64(keys, i)
    x = 65535 - (v & 65535)
{_shuffle(4)}
    set_i64(keys, i, (v & -65536) | (65535 - x))
if n < 0:
    for r in range(words << 6):
        v = get_i64(keys, r)
        if v != 0:
            h = get_i64(hashes, r)
            x = 65535 - (v & 65535)
{_shuffle(12)}
            set_i64(keys, r, (v & -65536) | (65535 - x))
"""

_UNDO = f"""\
none = all_i64(0)
for j in range($k):
    keys = state + j * (words << 9)
    for w in range(words):
        word = ne(rows_i64(keys, w), none)
        while word != 0:
            r = (w << 6) + first_bit(word)
            word &= word - 1
            h = get_i64(hashes, r)
            v = get_i64(keys, r)
            x = 65535 - (v & 65535)
{_restore(12)}
            set_i64(keys, r, (v & -65536) | (65535 - x))
"""

TIES = (
    Family("ties.mix", "candidates hashes", "shuffle the ranks of a candidate list", _MIX),
    Family(
        "ties.restore.k{k}",
        "state hashes",
        "put the ranks back that ties.mix shuffled, after the last insertion",
        _UNDO,
        _K,
    ),
)
