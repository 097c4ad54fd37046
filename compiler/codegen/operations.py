"""The operations of kernel sources, one definition each; sources call them as plain functions."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import types

from interact.compiler.codegen.intrinsics import (
    F64,
    I1,
    I16,
    I32,
    I64,
    EIGHT,
    LLVM_LANES,
    ROWS,
    VECS,
    at,
    call,
    flags_of,
    operation,
    splat,
    word_of,
)

INT, FLOAT, BOOL, NOTHING = types.int64, types.float64, types.boolean, types.void
BYTES = {"f64": 8, "i64": 8, "i32": 4, "i16": 2, "u8": 1}


@operation(INT, INT, INT)
def operand(b: Any, ops: Any, index: Any) -> Any:
    """The operand ``index``: an address or an immediate."""
    return b.load(at(b, ops, index, I64), typ=I64)


def _define_memory(lane: str) -> None:
    """``get`` and ``set`` of one row; ``rows`` and ``put`` of the 64 rows of a word."""
    kind, scalar = LLVM_LANES[lane], FLOAT if lane == "f64" else INT
    vec = ir.VectorType(kind, ROWS)

    @operation(scalar, INT, INT, name=f"get_{lane}")
    def get(b: Any, address: Any, index: Any) -> Any:
        value = b.load(at(b, address, index, kind), typ=kind)
        if lane in ("i32", "i16"):
            return b.sext(value, I64)
        return b.zext(value, I64) if lane == "u8" else value

    @operation(NOTHING, INT, INT, scalar, name=f"set_{lane}")
    def set_(b: Any, address: Any, index: Any, value: Any) -> None:
        narrow = b.trunc(value, kind) if lane in ("i32", "i16", "u8") else value
        b.store(narrow, at(b, address, index, kind))

    @operation(VECS[lane], INT, INT, name=f"rows_{lane}")
    def rows(b: Any, address: Any, word: Any) -> Any:
        return b.load(at(b, address, word, vec), typ=vec, align=BYTES[lane])

    @operation(NOTHING, INT, INT, VECS[lane], name=f"put_{lane}")
    def put(b: Any, address: Any, word: Any, value: Any) -> None:
        b.store(value, at(b, address, word, vec), align=BYTES[lane])


for _lane in LLVM_LANES:
    _define_memory(_lane)


@operation(NOTHING, INT, INT, INT, VECS["i64"])
def put_where(b: Any, address: Any, word: Any, mask: Any, value: Any) -> None:
    """Store the i64 rows whose mask bit is set."""
    place = at(b, address, word, value.type)
    flags = flags_of(b, mask)
    kind = ir.FunctionType(ir.VoidType(), [value.type, place.type, I32, flags.type])
    store = b.module.declare_intrinsic("llvm.masked.store.v64i64.p0", (), kind)
    b.call(store, [value, place, ir.Constant(I32, 8), flags])


@operation(INT, INT)
def popcount(b: Any, word: Any) -> Any:
    """Number of set bits."""
    return call(b, "llvm.ctpop.i64", I64, word)


@operation(INT, INT)
def first_bit(b: Any, word: Any) -> Any:
    """Position of the lowest set bit of a word that is not 0."""
    return call(b, "llvm.cttz.i64", I64, word, ir.Constant(I1, 1))


def _define_extreme(name: str) -> None:
    @operation(INT, INT, INT, name=name)
    def extreme(b: Any, x: Any, y: Any) -> Any:
        return call(b, f"llvm.{name}.i64", I64, x, y)

    @operation(VECS["i64"], VECS["i64"], VECS["i64"], name=f"{name}_rows")
    def extreme_rows(b: Any, x: Any, y: Any) -> Any:
        return call(b, f"llvm.{name}.v64i64", x.type, x, y)


_define_extreme("umax")
_define_extreme("umin")


@operation(INT, FLOAT)
def float_bits(b: Any, value: Any) -> Any:
    """The bits of a float."""
    return b.bitcast(value, I64)


@operation(INT, BOOL)
def bit(b: Any, flag: Any) -> Any:
    """1 for true, 0 for false."""
    return b.zext(flag, I64) if flag.type == I1 else b.zext(b.trunc(flag, I1), I64)


@operation(BOOL, FLOAT)
def finite(b: Any, value: Any) -> Any:
    """Neither NaN nor infinite."""
    size = call(b, "llvm.fabs.f64", F64, value)
    return b.fcmp_ordered("<", size, ir.Constant(F64, float("inf")))


@operation(BOOL, FLOAT)
def present(b: Any, value: Any) -> Any:
    """Not NaN."""
    return b.fcmp_ordered("==", value, value)


@operation(INT, BOOL, INT, INT)
def pick(b: Any, flag: Any, yes: Any, no: Any) -> Any:
    """``yes`` where ``flag``, else ``no``, without a branch."""
    return b.select(flag, yes, no)


@operation(INT, INT, INT, INT, INT)
def append_rows(b: Any, rows: Any, count: Any, word: Any, first: Any) -> Any:
    """Append ``first`` + the position of each set bit to the i32 list; returns the new count.

    Writes up to 16 entries beyond the count, so the list has room for 64 more.
    """
    flags, lanes = flags_of(b, word), ir.VectorType(I32, 16)
    for quarter in range(4):
        spots = ir.Constant(lanes, [*range(quarter * 16, quarter * 16 + 16)])
        chosen = b.shuffle_vector(flags, flags, spots)
        found = b.add(splat(b, b.trunc(first, I32), 16), spots)
        undefined = ir.Constant(lanes, ir.Undefined)
        packed = call(b, "llvm.experimental.vector.compress.v16i32", lanes, found, chosen, undefined)
        b.store(packed, b.bitcast(at(b, rows, count, I32), lanes.as_pointer()), align=4)
        hits = call(b, "llvm.ctpop.i16", I16, b.bitcast(chosen, I16))
        count = b.add(count, b.zext(hits, I64))
    return count


@operation(NOTHING, INT, INT, INT)
def run(b: Any, address: Any, ops: Any, words: Any) -> None:
    """Call the kernel at ``address``."""
    kind = ir.FunctionType(ir.VoidType(), [I64, I64])
    b.call(b.inttoptr(address, kind.as_pointer()), [ops, words])


# Operations on the 64 rows of a word. ---------------------------------------------------------


def _define_vec(lane: str) -> None:
    kind, vec = LLVM_LANES[lane], VECS[lane]
    scalar = FLOAT if lane == "f64" else INT

    @operation(vec, scalar, name=f"all_{lane}")
    def splatted(b: Any, value: Any) -> Any:
        return splat(b, value if value.type == kind else b.trunc(value, kind))

    @operation(vec, INT, vec, vec, name=f"choose_{lane}")
    def choose(b: Any, word: Any, yes: Any, no: Any) -> Any:
        return b.select(flags_of(b, word), yes, no)


for _lane in LLVM_LANES:
    _define_vec(_lane)


def _widened(*pairs: tuple[str, str]) -> None:
    for source, target in pairs:

        @operation(VECS[target], VECS[source], name=f"{target}_of_{source}")
        def convert(b: Any, value: Any, target: str = target, source: str = source) -> Any:
            lanes = ir.VectorType(LLVM_LANES[target], ROWS)
            if target == "f64":
                return b.sitofp(value, lanes)
            if source == "u8":
                return b.zext(value, lanes)
            return b.sext(value, lanes)


_widened(("i32", "i64"), ("i32", "f64"), ("i64", "f64"), ("u8", "i32"))


@operation(INT, VECS["i32"], VECS["i32"])
def member(b: Any, code: Any, bits: Any) -> Any:
    """Bit ``code`` of the 32 bits; false for codes outside 0..31."""
    inside = b.icmp_unsigned("<", code, ir.Constant(code.type, [32] * ROWS))
    found = b.trunc(b.lshr(bits, code), ir.VectorType(I1, ROWS))
    return word_of(b, b.select(inside, found, ir.Constant(found.type, None)))


@operation(VECS["i32"], VECS["i32"])
def minus_32(b: Any, code: Any) -> Any:
    """Codes less 32."""
    return b.sub(code, ir.Constant(code.type, [32] * ROWS))


@operation(FLOAT, INT)
def float_of(b: Any, value: Any) -> Any:
    """The float nearest an integer."""
    return b.sitofp(value, F64)


@operation(FLOAT, FLOAT, FLOAT)
def float_min(b: Any, x: Any, y: Any) -> Any:
    """The smaller of two floats that are not NaN."""
    return b.select(b.fcmp_ordered("<", x, y), x, y)


@operation(FLOAT, FLOAT, FLOAT)
def float_max(b: Any, x: Any, y: Any) -> Any:
    """The larger of two floats that are not NaN."""
    return b.select(b.fcmp_ordered(">", x, y), x, y)


@operation(FLOAT, FLOAT)
def float_abs(b: Any, x: Any) -> Any:
    """The size of a float."""
    return call(b, "llvm.fabs.f64", F64, x)


@operation(INT, FLOAT)
def sort_bits(b: Any, value: Any) -> Any:
    """The score's part of a sort key: its 47 leading bits, in the order of the numbers, << 16."""
    bits = b.bitcast(b.fadd(value, ir.Constant(F64, 0.0)), I64)  # -0.0 becomes 0.0
    sign = b.ashr(bits, ir.Constant(I64, 63))
    image = b.xor(bits, b.or_(sign, ir.Constant(I64, 1 << 63)))
    return b.shl(b.lshr(image, ir.Constant(I64, 17)), ir.Constant(I64, 16))


# Eight words or eight keys at once. ------------------------------------------------------------
_EIGHT = ir.VectorType(I64, 8)


def _define_eight() -> None:
    eight_type = EIGHT

    for name in ("wide", "eight"):

        @operation(eight_type, INT, INT, name=name)
        def load(b: Any, address: Any, index: Any) -> Any:
            return b.load(at(b, address, index, _EIGHT), typ=_EIGHT, align=8)

        @operation(NOTHING, INT, INT, eight_type, name=f"set_{name}")
        def store(b: Any, address: Any, index: Any, value: Any) -> None:
            b.store(value, at(b, address, index, _EIGHT), align=8)

    @operation(eight_type, eight_type, eight_type)
    def wide_and(b: Any, x: Any, y: Any) -> Any:
        return b.and_(x, y)

    @operation(eight_type, eight_type, eight_type)
    def wide_or(b: Any, x: Any, y: Any) -> Any:
        return b.or_(x, y)

    @operation(eight_type, eight_type, eight_type)
    def umax_eight(b: Any, x: Any, y: Any) -> Any:
        return call(b, "llvm.umax.v8i64", _EIGHT, x, y)

    @operation(eight_type, eight_type, eight_type)
    def umin_eight(b: Any, x: Any, y: Any) -> Any:
        return call(b, "llvm.umin.v8i64", _EIGHT, x, y)


_define_eight()
