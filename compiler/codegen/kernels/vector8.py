"""Operations on eight rows at once, which score kernels are made of.

A ``flags`` value is an int64 whose low eight bits are one flag a row.
"""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import types

from interact.compiler.codegen.kernels.intrinsics import (
    EIGHT,
    F64,
    FLOATS8,
    I1,
    I8,
    I32,
    I64,
    LLVM_LANES,
    at,
    call,
    operation,
    splat,
)

INT, FLOAT, NOTHING = types.int64, types.float64, types.void
KEYS = ir.VectorType(I64, 8)
FLOATS = ir.VectorType(F64, 8)
BYTES = {"f64": 8, "i64": 8, "i32": 4}


def _constant(bits: int) -> Any:
    return ir.Constant(KEYS, [bits] * 8)


def _flags(b: Any, tests: Any) -> Any:
    return b.zext(b.bitcast(tests, I8), I64)


def _tests(b: Any, flags: Any) -> Any:
    return b.bitcast(b.trunc(flags, I8), ir.VectorType(I1, 8))


def _floats(b: Any, lanes: Any) -> Any:
    return lanes if lanes.type == FLOATS else b.sitofp(lanes, FLOATS)


def _row(b: Any, rows: Any, i: Any, lane: int) -> Any:
    place = at(b, rows, b.add(i, ir.Constant(I64, lane)), I32)
    return b.zext(b.load(place, typ=I32), I64)


def _define_inputs(lane: str) -> None:
    kind = LLVM_LANES[lane]
    vec = ir.VectorType(kind, 8)

    @operation(FLOATS8, INT, INT, name=f"load8_{lane}")
    def load8(b: Any, address: Any, i: Any) -> Any:
        place = b.bitcast(at(b, address, i, kind), vec.as_pointer())
        return _floats(b, b.load(place, typ=vec, align=BYTES[lane]))

    @operation(FLOATS8, INT, INT, INT, name=f"gather8_{lane}")
    def gather8(b: Any, address: Any, rows: Any, i: Any) -> Any:
        # Eight loads: the gather instructions of current AMD processors are slower.
        lanes = ir.Constant(vec, ir.Undefined)
        for n in range(8):
            value = b.load(at(b, address, _row(b, rows, i, n), kind), typ=kind)
            lanes = b.insert_element(lanes, value, ir.Constant(I32, n))
        return _floats(b, lanes)


for _lane in BYTES:
    _define_inputs(_lane)


@operation(FLOATS8, FLOAT)
def all8(b: Any, value: Any) -> Any:
    """Eight times the same float."""
    return splat(b, value, 8)


def _define_arithmetic() -> None:
    for name in ("add", "sub", "mul"):

        @operation(FLOATS8, FLOATS8, FLOATS8, name=f"{name}8")
        def arithmetic(b: Any, x: Any, y: Any, name: str = name) -> Any:
            return getattr(b, f"f{name}")(x, y)

    for name, sign in (("min", "<"), ("max", ">")):

        @operation(FLOATS8, FLOATS8, FLOATS8, name=f"{name}8")
        def extreme(b: Any, x: Any, y: Any, sign: str = sign) -> Any:
            return b.select(b.fcmp_ordered(sign, x, y), x, y)


_define_arithmetic()


@operation(FLOATS8, FLOATS8)
def neg8(b: Any, x: Any) -> Any:
    """Change the sign."""
    return b.fneg(x)


@operation(FLOATS8, FLOATS8)
def abs8(b: Any, x: Any) -> Any:
    """Drop the sign."""
    return call(b, "llvm.fabs.v8f64", FLOATS, x)


@operation(INT, FLOATS8)
def finite8(b: Any, x: Any) -> Any:
    """Flags: neither NaN nor infinite."""
    size = call(b, "llvm.fabs.v8f64", FLOATS, x)
    return _flags(b, b.fcmp_ordered("<", size, ir.Constant(FLOATS, [float("inf")] * 8)))


@operation(INT, FLOATS8)
def present8(b: Any, x: Any) -> Any:
    """Flags: not NaN."""
    return _flags(b, b.fcmp_ordered("==", x, x))


@operation(FLOATS8, INT, FLOATS8)
def null_unless8(b: Any, flags: Any, x: Any) -> Any:
    """NaN where the flag is 0."""
    return b.select(_tests(b, flags), x, ir.Constant(FLOATS, [float("nan")] * 8))


@operation(EIGHT, FLOATS8, INT, INT)
def keys8(b: Any, score: Any, flags: Any, low: Any) -> Any:
    """Sort keys of scores (see interact.stdlib.ranking); 0 where the flag is 0.

    ``low`` has the pinned bit and the 16 bits of the rank.
    """
    bits = b.bitcast(b.fadd(score, ir.Constant(FLOATS, [0.0] * 8)), KEYS)  # -0.0 becomes 0.0
    image = b.xor(bits, b.or_(b.ashr(bits, _constant(63)), _constant(1 << 63)))
    leading = b.and_(b.lshr(image, _constant(1)), _constant((1 << 63) - (1 << 16)))
    keys = b.or_(leading, splat(b, low, 8))
    return b.select(_tests(b, flags), keys, _constant(0))


@operation(NOTHING, INT, INT, EIGHT)
def put_keys8(b: Any, address: Any, i: Any, keys: Any) -> None:
    """Store eight keys from row ``i`` on."""
    b.store(keys, b.bitcast(at(b, address, i, I64), KEYS.as_pointer()), align=8)


@operation(NOTHING, INT, INT, FLOATS8)
def put_floats8(b: Any, address: Any, i: Any, floats: Any) -> None:
    """Store eight floats from row ``i`` on."""
    b.store(floats, b.bitcast(at(b, address, i, F64), FLOATS.as_pointer()), align=8)


@operation(NOTHING, INT, INT, INT, FLOATS8)
def scatter8(b: Any, address: Any, rows: Any, i: Any, floats: Any) -> None:
    """Store eight floats, each at its row of the list."""
    for n in range(8):
        place = at(b, address, _row(b, rows, i, n), F64)
        b.store(b.extract_element(floats, ir.Constant(I32, n)), place)


@operation(EIGHT, INT, INT, INT)
def gather_keys8(b: Any, address: Any, rows: Any, i: Any) -> Any:
    """Load eight keys, each at its row of the list."""
    lanes = ir.Constant(KEYS, ir.Undefined)
    for n in range(8):
        value = b.load(at(b, address, _row(b, rows, i, n), I64), typ=I64)
        lanes = b.insert_element(lanes, value, ir.Constant(I32, n))
    return lanes


@operation(NOTHING, INT, INT, INT, EIGHT)
def scatter_keys8(b: Any, address: Any, rows: Any, i: Any, keys: Any) -> None:
    """Store eight keys, each at its row of the list."""
    for n in range(8):
        place = at(b, address, _row(b, rows, i, n), I64)
        b.store(b.extract_element(keys, ir.Constant(I32, n)), place)
