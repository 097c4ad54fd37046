"""Operations on memory, on masks and on the 64 rows of a mask word.

Sources call them as plain functions; scalars.py, comparisons.py and vector8.py have the others.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import types

from interact.compiler.codegen.kernels.intrinsics import (
    EIGHT,
    I8,
    I16,
    I32,
    I64,
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
from interact.compiler.codegen.kernels.machine import processor

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


@operation(NOTHING, INT)
def prefetch(b: Any, address: Any) -> None:
    """Ask for the cache line at ``address``; harmless beyond the end of memory."""
    place = b.inttoptr(address, I8.as_pointer())
    kind = ir.FunctionType(ir.VoidType(), [place.type, I32, I32, I32])
    hint = b.module.declare_intrinsic("llvm.prefetch.p0", (), kind)
    b.call(hint, [place, *(ir.Constant(I32, n) for n in (0, 2, 1))])


def _define_extreme(name: str) -> None:
    @operation(INT, INT, INT, name=name)
    def extreme(b: Any, x: Any, y: Any) -> Any:
        return call(b, f"llvm.{name}.i64", I64, x, y)

    @operation(VECS["i64"], VECS["i64"], VECS["i64"], name=f"{name}_rows")
    def extreme_rows(b: Any, x: Any, y: Any) -> Any:
        return call(b, f"llvm.{name}.v64i64", x.type, x, y)


_define_extreme("umax")
_define_extreme("umin")


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
        rest = ir.Constant(lanes, None)
        packed = call(b, "llvm.experimental.vector.compress.v16i32", lanes, found, chosen, rest)
        b.store(packed, b.bitcast(at(b, rows, count, I32), lanes.as_pointer()), align=4)
        hits = call(b, "llvm.ctpop.i16", I16, b.bitcast(chosen, I16))
        count = b.add(count, b.zext(hits, I64))
    return count


@operation(NOTHING, INT, INT)
def end_rows(b: Any, rows: Any, count: Any) -> None:
    """Eight times row 0 after the list, so that it can be read eight rows at a time."""
    lanes = ir.VectorType(I32, 8)
    place = b.bitcast(at(b, rows, count, I32), lanes.as_pointer())
    b.store(ir.Constant(lanes, None), place, align=4)


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


# Eight words or eight keys at once. ------------------------------------------------------------
_EIGHT = ir.VectorType(I64, 8)


def _define_eight() -> None:
    eight_type = EIGHT

    @operation(eight_type, INT, INT)
    def eight(b: Any, address: Any, index: Any) -> Any:
        return b.load(at(b, address, index, _EIGHT), typ=_EIGHT, align=8)

    @operation(NOTHING, INT, INT, eight_type)
    def set_eight(b: Any, address: Any, index: Any, value: Any) -> None:
        b.store(value, at(b, address, index, _EIGHT), align=8)

    @operation(eight_type, eight_type, eight_type)
    def and_eight(b: Any, x: Any, y: Any) -> Any:
        return b.and_(x, y)

    @operation(eight_type, eight_type, eight_type)
    def or_eight(b: Any, x: Any, y: Any) -> Any:
        return b.or_(x, y)

    @operation(eight_type, eight_type, eight_type)
    def umax_eight(b: Any, x: Any, y: Any) -> Any:
        return call(b, "llvm.umax.v8i64", _EIGHT, x, y)

    @operation(eight_type, eight_type, eight_type)
    def umin_eight(b: Any, x: Any, y: Any) -> Any:
        return call(b, "llvm.umin.v8i64", _EIGHT, x, y)


_define_eight()


@operation(INT, VECS["f64"])
def present_rows(b: Any, value: Any) -> Any:
    """The rows that are not NaN."""
    return word_of(b, b.fcmp_ordered("==", value, value))


@operation(VECS["f64"], VECS["f64"], VECS["f64"])
def divide_rows(b: Any, x: Any, y: Any) -> Any:
    """x / y."""
    return b.fdiv(x, y)


@operation(VECS["u8"], VECS["i32"])
def narrow(b: Any, code: Any) -> Any:
    """Codes 0 to 126 as bytes; all others as 127."""
    least = call(b, "llvm.umin.v64i32", code.type, code, ir.Constant(code.type, [127] * ROWS))
    return b.trunc(least, ir.VectorType(I8, ROWS))


@operation(VECS["i16"], INT, VECS["i64"])
def ranks(b: Any, word: Any, keys: Any) -> Any:
    """Ranks of sort keys; -1 where the bit is 0."""
    low = b.trunc(keys, ir.VectorType(I16, ROWS))
    return b.select(flags_of(b, word), b.not_(low), ir.Constant(low.type, [-1] * ROWS))


@operation(VECS["u8"], VECS["u8"], INT)
def count_rows(b: Any, total: Any, word: Any) -> Any:
    """Add 1 where the bit is 1."""
    return b.add(total, b.zext(flags_of(b, word), total.type))


def _has(feature: str) -> bool:
    return f"+{feature}" in processor()[1].split(",")


@operation(INT, VECS["u8"], VECS["u8"], VECS["u8"], INT)
def look_up(b: Any, codes: Any, low: Any, high: Any, table: Any) -> Any:
    """The rows whose byte in a table of 128 is 255: one shuffle where the processor has it."""
    if _has("avx512vbmi"):
        name = "llvm.x86.avx512.vpermi2var.qi.512"
        found = call(b, name, codes.type, low, codes, high)
    else:
        found = codes
        for row in range(ROWS):
            place = ir.Constant(I32, row)
            index = b.zext(b.extract_element(codes, place), I64)
            byte = b.load(at(b, table, index, I8), typ=I8)
            found = b.insert_element(found, byte, place)
    return word_of(b, b.icmp_signed("<", found, ir.Constant(codes.type, None)))
