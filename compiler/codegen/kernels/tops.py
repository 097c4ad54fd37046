"""Kernels that keep the best k candidates of each row.

The state of a zone is ``keys[k][64 * words]`` of u64 sort keys, best first, 0 for an empty slot.
Rules of one offer are merged first (``group``), so that an offer takes one slot at most.
"""

from __future__ import annotations

from interact.compiler.codegen.kernels.family import Family

_K = {"k": r"[1-9]|[1-5]\d|6[0-4]"}
_UNROLLED = 8
"""Slots up to which the insertion is unrolled; above, a loop that ends when nothing moves."""

_INSERT = """\
rows = candidates + 64 + words * 512
keys = candidates + 64
slot = words << 6
n = get_i64(candidates, 0)
for i in range(0, n - 7, 8):
    v8 = eight(keys, i >> 3)
{gathered}
for i in range(smax(0, n & -8), n):
    r = get_i32(rows, i)
    v = get_i64(keys, i)
{one}
if n < 0:
    for w in range(words << 3):
        v8 = eight(keys, w)
{eight}
"""
_GROUP_INSERT = """\
slot = words << 6
for w in range(words):
    word = get_i64(touched, w)
    set_i64(touched, w, 0)
    while word != 0:
        r = (w << 6) + first_bit(word)
        word &= word - 1
        v = get_i64(best, r)
        set_i64(best, r, 0)
{one}
"""
_GROUP_ADD = """\
rows = candidates + 64 + words * 512
keys = candidates + 64
n = get_i64(candidates, 0)
for i in range(n):
    r = get_i32(rows, i)
    set_i64(best, r, umax(get_i64(best, r), get_i64(keys, i)))
if n < 0:
    for w in range(words << 3):
        set_eight(best, w, umax_eight(eight(best, w), eight(keys, w)))
for w in range(words):
    set_i64(touched, w, get_i64(touched, w) | get_i64(mask, w))
"""
_PLACE = """\
k8 = all_i64(key)
for w in range(words):
    left = get_i64(mask, w)
    j = 0
    while left != 0 and j < {k}:
        free = left & ~get_i64(filled, j * words + w)
        if free != 0:
            put_where(state, j * words + w, free, k8)
            set_i64(filled, j * words + w, get_i64(filled, j * words + w) | free)
        left &= ~free
        j += 1
"""
_EXCLUDE = """\
slot = words << 6
none = all_i64(0)
for w in range(words):
    word = ne(rows_i64(state, w), none)
    while word != 0:
        r = (w << 6) + first_bit(word)
        word &= word - 1
        if 65535 - (get_i64(state, r) & 65535) == rank:
            for j in range(most, {k}):
                set_i64(state, r + slot * j, 0)
"""


def _fill(template: str, indent: int, k: int) -> str:
    return template.format(
        one=_indented(_one(k), indent),
        eight=_indented(_eight(k), 8),
        gathered=_indented(_gathered(k), 4),
    )


def _indented(lines: list[str], indent: int) -> str:
    return "\n".join(" " * indent + line for line in lines)


def _one(k: int) -> list[str]:
    if k > _UNROLLED:
        return [
            "j = 0",
            f"while v != 0 and j < {k}:",
            "    s = get_i64(state, r + slot * j)",
            "    set_i64(state, r + slot * j, umax(s, v))",
            "    v = umin(s, v)",
            "    j += 1",
        ]
    lines = []
    for j in range(k):
        place = f"r + slot * {j}"
        lines += [f"s = get_i64(state, {place})", f"set_i64(state, {place}, umax(s, v))"]
        lines += ["v = umin(s, v)"] * (j < k - 1)
    return lines


def _gathered(k: int) -> list[str]:
    lines = []
    for j in range(k):
        place = f"state + slot * {8 * j}, rows, i"
        lines += [f"s8 = gather_keys8({place})", f"scatter_keys8({place}, umax_eight(s8, v8))"]
        lines += ["v8 = umin_eight(s8, v8)"] * (j < k - 1)
    return lines


def _eight(k: int) -> list[str]:
    lines = []
    for j in range(k):
        place = f"state + slot * {8 * j}, w"
        lines += [f"s8 = eight({place})", f"set_eight({place}, umax_eight(s8, v8))"]
        lines += ["v8 = umin_eight(s8, v8)"] * (j < k - 1)
    return lines


TOPS = (
    Family(
        "top.reset.k{k}",
        "state",
        "empty the k slots of every row",
        lambda k: f"zero = all_i64(0)\nfor w in range(words * {k}):\n    put_i64(state, w, zero)\n",
        _K,
    ),
    Family(
        "top.insert.k{k}",
        "candidates state",
        "merge a candidate list into the best k keys",
        lambda k: _fill(_INSERT, 4, int(k)),
        _K,
    ),
    Family(
        "top.clear.k{k}",
        "filled",
        "before top.place: no slot is filled; filled is k masks, one after the other",
        lambda k: f"for w in range(words * {k}):\n    set_i64(filled, w, 0)\n",
        _K,
    ),
    Family(
        "top.place.k{k}",
        "mask key filled state",
        "put the immediate key into the first free slot of the rows of mask; for rules of constant "
        "score, called in descending order of key, before any top.insert",
        lambda k: _PLACE.format(k=k),
        _K,
    ),
    Family(
        "group.add",
        "candidates mask best touched",
        "best[row] = max with the candidates' keys, touched = OR with the rule's mask; best and "
        "touched are all 0 before the first rule of an offer",
        _GROUP_ADD,
    ),
    Family(
        "group.insert.k{k}",
        "touched best state",
        "insert the best key of each touched row; leaves touched and best all 0",
        lambda k: _fill(_GROUP_INSERT, 8, int(k)),
        _K,
    ),
    Family(
        "top.cut.k{k}",
        "state most",
        "empty the slots from the immediate most on",
        lambda k: (
            f"zero = all_i64(0)\nfor w in range(words * most, words * {k}):\n"
            "    put_i64(state, w, zero)\n"
        ),
        _K,
    ),
    Family(
        "top.exclude.k{k}",
        "state rank most",
        "empty the slots from most on where the best key is of a rank; both are immediates",
        lambda k: _EXCLUDE.format(k=k),
        _K,
    ),
)
