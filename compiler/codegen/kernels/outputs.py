"""Kernels that turn the best keys of a block into results.

A score table has a pair of i64 for each rank: (address, stride), the exact score of row r being
the f64 at ``address + stride * r``; a stride of 0 holds the constant score of a rule.
"""

from __future__ import annotations

from interact.compiler.codegen.kernels.family import Family

_K = {"k": r"[1-9]|[1-5]\d|6[0-4]"}

_EMIT = """\
none, nan = all_i64(-1), all_f64(quiet_nan())
for j in range($k):
    keys = state + j * (words << 9)
    out_rule = rules + 2 * j * stride
    out_score = scores + 8 * j * stride
    for w in range(words):
        best = rows_i64(keys, w)
        word = ne(best, all_i64(0))
        put_i16(out_rule, w, ranks(word, best))
        put_f64(out_score, w, nan)
        while word != 0:
            r = (w << 6) + first_bit(word)
            word &= word - 1
            rank = 65535 - (get_i64(keys, r) & 65535)
            at = get_i64(table, 2 * rank) + r * get_i64(table, 2 * rank + 1)
            set_f64(out_score, r, get_f64(at, 0))
"""

_ROWS = """\
first, place = get_i64(first_row, 0), get_i64(cursor, 0)
masks = scratch + (words << 9)
counts = masks + 8 * n_slots * words
none = all_i64(0)
for w in range(words):
    total = all_u8(0)
    for s in range(n_slots):
        word = ne(rows_i64(get_i64(slots, 4 * s), w), none)
        set_i64(masks, s * words + w, word)
        total = count_rows(total, word)
    put_u8(counts, 0, total)
    for b in range(64):
        set_i64(scratch, (w << 6) + b, place)
        place += get_u8(counts, b)
for s in range(n_slots):
    keys, table = get_i64(slots, 4 * s), get_i64(slots, 4 * s + 3)
    zone, position = get_i64(slots, 4 * s + 1), get_i64(slots, 4 * s + 2)
    for w in range(words):
        word = get_i64(masks, s * words + w)
        while word != 0:
            r = (w << 6) + first_bit(word)
            word &= word - 1
            i = get_i64(scratch, r)
            set_i64(scratch, r, i + 1)
            rank = 65535 - (get_i64(keys, r) & 65535)
            at = get_i64(table, 2 * rank) + r * get_i64(table, 2 * rank + 1)
            set_$lane(out_row, i, first + r)
            set_u8(out_zone, i, zone)
            set_u8(out_position, i, position)
            set_i16(out_rule, i, rank)
            set_f64(out_score, i, get_f64(at, 0))
set_i64(cursor, 0, place)
set_i64(first_row, 0, first + (words << 6))
"""

OUTPUTS = (
    Family(
        "top.emit.k{k}",
        "state table rules scores stride",
        "for slot j: rules[j * stride + row] = rank (i16, -1 for none), scores[...] = exact score "
        "(f64, NaN for none); table is a score table, stride (immediate) the rows of a column",
        _EMIT,
        _K,
    ),
    Family(
        "rows.emit.{lane}",
        "first_row n_slots slots scratch cursor out_row out_zone out_position out_rule out_score",
        "append the filled slots in long form, by row, then in the order of slots: row number "
        "(first_row[0] + r, in the lane of the shape), zone and position (i8), rank (i16), score "
        "(f64). slots: n_slots (immediate) times 4 i64: keys of the slot, zone, position, score "
        "table. scratch: 8 * words * (64 + n_slots) + 64 bytes. cursor[0] counts the rows "
        "appended, first_row[0] the rows seen; both move on",
        _ROWS,
        {"lane": ("i32", "i64")},
    ),
)
