"""Kernels that keep the best k candidates a row, as sorted keys: ``state[slot][row]``."""

from __future__ import annotations

from interact.compiler.codegen.family import Family


def _reset(k: str) -> str:
    return (
        "zero = all_i64(0)\n"
        f"for w in range(words * {k}):\n    put_i64(state, w, zero)\n"
    )


_INSERT = """\
rows = candidates + 64 + words * 512
keys = candidates + 64
slot = words << 6
n = get_i64(candidates, 0)
for i in range(n):
    r = get_i32(rows, i)
    v = get_i64(keys, i)
{sparse}
if n < 0:
    for w in range(words << 3):
        vv = eight(keys, w)
{dense}
"""


def _insert(k: str) -> str:
    return _INSERT.format(sparse=_sparse(int(k)), dense=_dense(int(k)))


def _sparse(k: int) -> str:
    lines = []
    for j in range(k):
        lines += [f"s = get_i64(state, r + slot * {j})", f"set_i64(state, r + slot * {j}, umax(s, v))"]
        lines += ["v = umin(s, v)"] if j < k - 1 else []
    return "\n".join("    " + line for line in lines)


def _dense(k: int) -> str:
    lines = []
    for j in range(k):
        lines += [f"ss = eight(state + slot * {8 * j}, w)", f"set_eight(state + slot * {8 * j}, w, umax_eight(ss, vv))"]
        lines += ["vv = umin_eight(ss, vv)"] if j < k - 1 else []
    return "\n".join("        " + line for line in lines)


_K = {"k": r"[1-9]|[1-5]\d|6[0-4]"}

TOPS = (
    Family("top.reset.k{k}", "state", "state = no candidate in any of the k slots", _reset, _K),
    Family(
        "top.insert.k{k}",
        "candidates state",
        "merge a candidate list into the best k keys of each row",
        _insert,
        _K,
    ),
)
