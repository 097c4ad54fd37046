"""The machine operations that kernel sources are written in. Importing this imports numba.

Pointers are plain int64 addresses; every operation is one or two LLVM instructions. A ``Vec`` is
64 rows of one lane in registers; a ``word`` is its mask, one bit a row.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from llvmlite import ir
from numba.core import types
from numba.core.datamodel.models import PrimitiveModel
from numba.core.datamodel.registry import register_default
from numba.extending import intrinsic

I1, I8, I16, I32, I64 = (ir.IntType(bits) for bits in (1, 8, 16, 32, 64))
F64 = ir.DoubleType()
LLVM_LANES = {"f64": F64, "i64": I64, "i32": I32, "i16": I16, "u8": I8}
OPERATORS = {"lt": "<", "le": "<=", "gt": ">", "ge": ">=", "eq": "==", "ne": "!="}
ROWS = 64


class Vec(types.Type):
    """Some rows of one lane, 64 unless said."""

    def __init__(self, lane: str, rows: int = ROWS) -> None:
        self.lane, self.rows = lane, rows
        super().__init__(f"Vec[{lane},{rows}]")


@register_default(Vec)
class VecModel(PrimitiveModel):
    """A Vec is an LLVM vector, in memory and in registers."""

    def __init__(self, dmm: Any, fe_type: Vec) -> None:
        lanes = ir.VectorType(LLVM_LANES[fe_type.lane], fe_type.rows)
        super().__init__(dmm, fe_type, lanes)  # type: ignore[no-untyped-call]


VECS = {lane: Vec(lane) for lane in LLVM_LANES}
EIGHT = Vec("i64", 8)
FLOATS8 = Vec("f64", 8)
INTRINSICS: dict[str, Any] = {}

Build = Callable[..., Any]


def operation(result: Any, *params: Any, name: str = "") -> Callable[[Build], Build]:
    """Define the operation ``name`` (default: the function's own) of fixed Numba types."""
    return generic(len(params), lambda *_: result(*params), name)


def generic(arity: int, sign: Callable[..., Any], name: str = "") -> Callable[[Build], Build]:
    """Define an operation whose signature is ``sign(*argument types)``."""

    def decorate(build: Build) -> Build:
        title = name or build.__name__
        INTRINSICS[title] = intrinsic(_typing(title, arity, sign, build))
        return build

    return decorate


def _typing(name: str, arity: int, sign: Callable[..., Any], build: Build) -> Callable[..., Any]:
    def codegen(context: Any, builder: Any, signature: Any, args: Any) -> Any:
        value = build(builder, *args)
        return context.get_dummy_value() if signature.return_type is types.void else value

    # Numba reads the arity from the Python signature, so the function is made from text.
    params = ", ".join(f"a{i}" for i in range(arity))
    scope: dict[str, Any] = {"sign": sign, "codegen": codegen}
    exec(f"def {name}(context, {params}):\n    return sign({params}), codegen", scope)
    typing: Callable[..., Any] = scope[name]
    return typing


def at(b: Any, address: Any, index: Any, lane: Any) -> Any:
    """Pointer to element ``index`` of the ``lane`` array at ``address``."""
    return b.gep(b.inttoptr(address, lane.as_pointer()), [index], source_etype=lane)


def splat(b: Any, value: Any, rows: int = ROWS) -> Any:
    """All rows equal to ``value``."""
    lanes = ir.VectorType(value.type, rows)
    one = b.insert_element(ir.Constant(lanes, ir.Undefined), value, ir.Constant(I32, 0))
    zeros = ir.Constant(ir.VectorType(I32, rows), None)
    return b.shuffle_vector(one, ir.Constant(lanes, ir.Undefined), zeros)


def call(b: Any, name: str, result: Any, *args: Any) -> Any:
    """Call the LLVM intrinsic of that full name."""
    kind = ir.FunctionType(result, [arg.type for arg in args])
    return b.call(b.module.declare_intrinsic(name, (), kind), args)


def compare(b: Any, op: str, x: Any, y: Any) -> Any:
    """Compare; floats are ordered, so NaN is false for every operator."""
    scalar = getattr(x.type, "element", x.type)
    return (b.fcmp_ordered if scalar == F64 else b.icmp_signed)(OPERATORS[op], x, y)


def word_of(b: Any, flags: Any) -> Any:
    """The mask of 64 flags."""
    return b.bitcast(flags, I64)


def flags_of(b: Any, word: Any) -> Any:
    """The 64 flags of a mask."""
    return b.bitcast(word, ir.VectorType(I1, ROWS))
