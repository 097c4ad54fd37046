"""Operations on single numbers: integers, floats, hashes, and results that may be None."""

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import types

from interact.compiler.codegen.kernels.intrinsics import F64, I1, I64, call, generic, operation

INT, FLOAT, BOOL = types.int64, types.float64, types.boolean


@operation(INT, INT)
def popcount(b: Any, word: Any) -> Any:
    """Number of set bits."""
    return call(b, "llvm.ctpop.i64", I64, word)


@operation(INT, INT)
def first_bit(b: Any, word: Any) -> Any:
    """Position of the lowest set bit of a word that is not 0."""
    return call(b, "llvm.cttz.i64", I64, word, ir.Constant(I1, 1))


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


@operation(FLOAT, FLOAT, FLOAT)
def float_min(b: Any, x: Any, y: Any) -> Any:
    """The smaller of two floats that are not NaN."""
    return b.select(b.fcmp_ordered("<", x, y), x, y)


@operation(FLOAT, FLOAT, FLOAT)
def float_max(b: Any, x: Any, y: Any) -> Any:
    """The larger of two floats that are not NaN."""
    return b.select(b.fcmp_ordered(">", x, y), x, y)


@operation(INT, INT, INT)
def shr(b: Any, value: Any, count: Any) -> Any:
    """Shift right, zeros in."""
    return b.lshr(value, count)


def _define_bounds() -> None:
    # Python's own min and max cost Numba 15 ms a use.
    for name in ("smax", "smin"):

        @operation(INT, INT, INT, name=name)
        def bound(b: Any, x: Any, y: Any, name: str = name) -> Any:
            return call(b, f"llvm.{name}.i64", I64, x, y)


_define_bounds()


def _define_overflow(name: str) -> None:
    pair = ir.LiteralStructType([I64, I1])

    def checked(b: Any, x: Any, y: Any) -> Any:
        return call(b, f"llvm.s{name}.with.overflow.i64", pair, x, y)

    @operation(INT, INT, INT, name=f"{name}_wrapped")
    def wrapped(b: Any, x: Any, y: Any) -> Any:
        return b.extract_value(checked(b, x, y), 0)

    @operation(BOOL, INT, INT, name=f"{name}_fits")
    def fits(b: Any, x: Any, y: Any) -> Any:
        return b.not_(b.extract_value(checked(b, x, y), 1))


for _name in ("add", "sub", "mul"):
    _define_overflow(_name)


@operation(FLOAT)
def quiet_nan(b: Any) -> Any:
    """NaN, the null of a float lane."""
    return ir.Constant(F64, float("nan"))


@operation(INT, INT)
def mix(b: Any, value: Any) -> Any:
    """One step of SplitMix64: add the golden gamma, then scramble."""
    z = b.add(value, ir.Constant(I64, 0x9E3779B97F4A7C15))
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        z = b.mul(b.xor(z, b.lshr(z, ir.Constant(I64, shift))), ir.Constant(I64, factor))
    return b.xor(z, b.lshr(z, ir.Constant(I64, 31)))


def _plain(value: Any) -> Any:
    unliteral: Any = types.unliteral
    kind = unliteral(value)
    return unliteral(kind.type) if isinstance(kind, types.Optional) else kind


@generic(1, lambda value: BOOL(value))
def has(b: Any, value: Any) -> Any:
    """Is the result of a function that may return None a value?"""
    if not isinstance(value.type, ir.BaseStructType):
        return ir.Constant(I1, 1)
    return b.trunc(b.extract_value(value, 1), I1)


@generic(1, lambda value: _plain(value)(value))
def value_of(b: Any, value: Any) -> Any:
    """The value of a result that has one."""
    return b.extract_value(value, 0) if isinstance(value.type, ir.BaseStructType) else value
