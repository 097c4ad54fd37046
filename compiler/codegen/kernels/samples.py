"""Hash kernels: the same numbers as ``interact.stdlib.chance``, row by row."""

from __future__ import annotations

from interact.compiler.codegen.kernels.family import Family

_INT = """\
for r in range(words << 6):
    set_i64(out, r, shr(mix(mix({seed}) ^ get_i64(keys, r)), 11))
"""
_TEXT = """\
for r in range(words << 6):
    start, stop = get_i64(offsets, r), get_i64(offsets, r + 1)
    h = mix({seed})
    size = stop - start
    while stop - start >= 8:
        h = mix(h ^ get_i64(data + start, 0))
        start += 8
    tail, shift = 0, 0
    while start < stop:
        tail |= get_u8(data, start) << shift
        start, shift = start + 1, shift + 8
    set_i64(out, r, shr(mix(mix(h ^ tail) ^ size), 11))
"""
_ROW = "get_i64(previous, r)"

SAMPLES = (
    Family(
        "hash.i64",
        "keys seed out",
        "out = hash_int(key, seed) of interact.stdlib.chance, in [0, 2**53); seed is an immediate",
        _INT.format(seed="seed"),
    ),
    Family(
        "hash.i64.chain",
        "keys previous out",
        "as hash.i64; the seed of a row is its previous hash (i64), for keys of several parts",
        _INT.format(seed=_ROW),
    ),
    Family(
        "hash.text",
        "offsets data seed out",
        "out = hash_text(key, seed); row r is data[offsets[r]:offsets[r + 1]], offsets are i64",
        _TEXT.format(seed="seed"),
    ),
    Family(
        "hash.text.chain", "offsets data previous out", "as hash.i64.chain", _TEXT.format(seed=_ROW)
    ),
)
