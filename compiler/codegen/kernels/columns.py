"""Kernels that load, convert, look up and select columns."""

from __future__ import annotations

from interact.compiler.codegen.kernels.family import Family, each_bit, each_word

_EITHER = {"lane": ("f64", "i64")}


def _each(lane: str, value: str) -> str:
    return f"for w in range(words):\n    put_{lane}(out, w, {value})\n"


_NAN = "nan = all_f64(quiet_nan())\n"
_VALID = "choose_f64(get_i64(valid, w), {}, nan)"
_DECIMAL = "divide_rows(f64_of_i64(rows_i64(x, w)), d)"
_DIVISOR = "d = all_f64(get_f64(divisor, 0))\n"
_LOOKUP = (
    "for r in range(words << 6):\n    set_$lane(out, r, get_$lane(table, get_i32(codes, r) + 1))\n"
)

COLUMNS = (
    Family(
        "load.f64",
        "x valid out",
        "out = x, NaN where valid is 0",
        _NAN + _each("f64", _VALID.format("rows_f64(x, w)")),
    ),
    Family("i64.i32", "x out", "widen i32 to i64", _each("i64", "i64_of_i32(rows_i32(x, w))")),
    Family(
        "f64.{lane}",
        "x out",
        "integer to float",
        _each("f64", "f64_of_$lane(rows_$lane(x, w))"),
        {"lane": ("i32", "i64")},
    ),
    Family(
        "f64.{lane}.v",
        "x valid out",
        "integer to float, NaN where valid is 0",
        _NAN + _each("f64", _VALID.format("f64_of_$lane(rows_$lane(x, w))")),
        {"lane": ("i32", "i64")},
    ),
    Family(
        "f64.dec",
        "x divisor out",
        "scaled i64 to float: x / the f64 at that address",
        _DIVISOR + _each("f64", _DECIMAL),
    ),
    Family(
        "f64.dec.v",
        "x divisor valid out",
        "as f64.dec, NaN where valid is 0",
        _DIVISOR + _NAN + _each("f64", _VALID.format(_DECIMAL)),
    ),
    Family(
        "valid.f64",
        "x out",
        "out = mask of the rows that are not NaN",
        "for w in range(words):\n    set_i64(out, w, present_rows(rows_f64(x, w)))\n",
    ),
    Family(
        "fill.{lane}",
        "constant out",
        "every row = the value at that address",
        "k = all_$lane(get_$lane(constant, 0))\n" + _each("$lane", "k"),
        _EITHER,
    ),
    Family(
        "select.{lane}",
        "mask a b out",
        "out = a where mask, else b",
        _each("$lane", "choose_$lane(get_i64(mask, w), rows_$lane(a, w), rows_$lane(b, w))"),
        _EITHER,
    ),
    Family(
        "lut.{lane}",
        "codes table out",
        "out = table[code + 1], table[0] for the null code -1; codes are i32 inside the table",
        _LOOKUP,
        _EITHER,
    ),
    Family(
        "u8.i32",
        "codes out",
        "narrow dictionary codes: 0 to 126 as they are, every other code 127 (no value)",
        _each("u8", "narrow(rows_i32(codes, w))"),
    ),
    Family(
        "in.u8",
        "codes table out",
        "out = table[code] is not 0; codes from u8.i32, table of 128 bytes (0 or 255); the "
        "fastest for a column that several sets test",
        "low, high = rows_u8(table, 0), rows_u8(table, 1)\n"
        + each_word("look_up(rows_u8(codes, w), low, high, table)"),
    ),
    Family(
        "in.lut",
        "codes table out",
        "out = table[code + 1] is not 0 (u8 table), table[0] for the null code -1; i32 codes",
        each_bit("get_u8(table, get_i32(codes, r) + 1) != 0"),
    ),
)
