"""Kernels for the operations that make values."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from interact.compiler.codegen import bind_masks
from interact.compiler.codegen.operands import Constant, Immediate, Operand, Pool, Value
from interact.compiler.columnar.lanes import Lane
from interact.compiler.columnar.nodes import Op, OpKind
from interact.stdlib.chance import seed_of
from interact.stdlib.conversion import conversion, convert_value
from interact.stdlib.types import FLOAT, INT, Kind, Type
from interact.stdlib.universe import OVERLOADS

if TYPE_CHECKING:
    from interact.compiler.codegen.from_columnar import Binder

CHECKED = {"arithmetic:add_int": "add", "arithmetic:sub_int": "sub", "arithmetic:mul_int": "mul"}


def lane_of(type: Type) -> Lane:
    """Return the lane in which computed values of a type are held."""
    match type.kind:
        case Kind.BOOL:
            return Lane.BITS
        case Kind.FLOAT:
            return Lane.F64
        case Kind.TEXT:
            return Lane.CODE
        case _:
            return Lane.I64


def bind_value(index: int, op: Op, bind: Binder) -> Value:
    """Emit a value operation and return where its result lies."""
    assert op.type is not None
    match op.kind:
        case OpKind.COLUMN | OpKind.FOLD:
            return _column(index, op, bind)
        case OpKind.CONSTANT:
            return _constant(op.data, op.type)
        case OpKind.CLOCK:
            return _clock(str(op.data), bind)
        case OpKind.BOOL:
            yes, no = (bind.mask(a) for a in op.args)
            return Value(Lane.BITS, yes, bind_masks.join("or", [yes, no], bind))
        case OpKind.APPLY:
            return _apply(index, op, bind)
        case OpKind.CAST:
            return _cast(index, op, bind)
        case OpKind.FUSED:
            return _fused(index, op, bind)
        case OpKind.CHOOSE:
            return _choose(op, bind)
        case OpKind.TEXT:
            return _text(index, op, bind)
        case OpKind.HASH:
            return _hash(index, op, bind)
        case _:
            raise AssertionError(f"{op.kind} makes no value")


def _column(index: int, op: Op, bind: Binder) -> Value:
    key = ("#fold", *map(str, op.data)) if op.kind is OpKind.FOLD else op.data
    return column_value(key, bind)


def column_value(key: tuple[str, ...], bind: Binder) -> Value:
    """Return an input column as a value."""
    column = bind.columns[key]
    data = bind.assembler.input(key, column)
    valid = bind.assembler.input(key, column, "valid") if column.has_nulls else None
    return Value(column.lane, data, valid)


def _constant(value: object, type: Type) -> Value:
    lane = lane_of(type)
    if value is None:
        return Value(lane, Immediate(0), constant=None)
    assert isinstance(value, int | float)
    number = float(value) if lane is Lane.F64 else int(value)
    return Value(lane, Constant(number, lane), constant=number)


def _clock(which: str, bind: Binder) -> Value:
    """Return the day as a constant, but the time as a column: a program is bound for a day."""
    if which == "today":
        return _constant(bind.moment.today, INT)
    out = bind.assembler.register(Lane.I64)
    bind.assembler.emit("fill.i64", bind.assembler.buffer("now", 8), out)
    return Value(Lane.I64, out)


def constant_like(value: Value, constant: int | float) -> Value:
    """Return a constant in the lane of another value."""
    lane = Lane.I64 if value.lane is Lane.I32 else value.lane
    return Value(lane, Constant(constant, lane), constant=constant)


def is_null(value: Value) -> bool:
    """Return whether a value is the constant null."""
    return value.constant is None and isinstance(value.data, Immediate)


def is_null_op(index: int, bind: Binder) -> bool:
    """Return whether an operation is the constant null."""
    op = bind.ops[index]
    return op.kind is OpKind.CONSTANT and op.data is None


def widened(value: Value, bind: Binder) -> Value:
    """Return an integer value in the lane i64."""
    if value.lane is not Lane.I32:
        return value
    out = bind.assembler.register(Lane.I64)
    bind.assembler.emit("i64.i32", value.data, out)
    return Value(Lane.I64, out, value.valid)


def as_float(value: Value, bind: Binder) -> Value:
    """Return a number in the lane f64 with nulls as NaN and no validity bits."""
    if is_null(value):
        return filled(value, Lane.F64, bind)
    if value.constant is not None:
        return Value(
            Lane.F64, Constant(float(value.constant), Lane.F64), constant=float(value.constant)
        )
    if value.lane is Lane.F64 and value.valid is None:
        return value
    out = bind.assembler.register(Lane.F64)
    shape = "load.f64" if value.lane is Lane.F64 else f"f64.{value.lane.value}"
    if value.valid is None:
        bind.assembler.emit(shape, value.data, out)
    else:
        shape += "" if value.lane is Lane.F64 else ".v"
        bind.assembler.emit(shape, value.data, value.valid, out)
    return Value(Lane.F64, out)


def filled(value: Value, lane: Lane, bind: Binder) -> Value:
    """Return a value as a column, a constant being repeated."""
    if is_null(value):
        zero = Constant(float("nan") if lane is Lane.F64 else 0, lane)
        out = bind.assembler.register(lane)
        bind.assembler.emit(f"fill.{lane.value}", zero, out)
        none = bind_masks.none(bind) if lane is not Lane.F64 else None
        return Value(lane, out, none)
    if value.constant is None:
        return as_float(value, bind) if lane is Lane.F64 else widened(value, bind)
    out = bind.assembler.register(lane)
    bind.assembler.emit(f"fill.{lane.value}", Constant(value.constant, lane), out)
    return Value(lane, out)


# -- built-ins ----------------------------------------------------------------------------------


def _apply(index: int, op: Op, bind: Binder) -> Value:
    assert op.type is not None
    args = [bind.value(a) for a in op.args]
    if any(is_null(a) for a in args):
        bind.failed[index] = lambda: bind_masks.none(bind)
        return _constant(None, op.type)
    if all(a.constant is not None for a in args):
        result = OVERLOADS[str(op.data)].apply(*(a.constant for a in args))
        return _folded(index, result, op.type, bind)
    checked = CHECKED.get(str(op.data))
    if checked is not None:
        return _checked(index, checked, args, bind)
    return mapped(index, str(op.data), args, lane_of(op.type), bind)[0]


def _folded(index: int, result: object, type: Type, bind: Binder) -> Value:
    """Return the result of an operation on constants, known when the program is bound."""
    bind.failed[index] = lambda: bind.live if result is None else bind_masks.none(bind)
    return _constant(result, type)


def _checked(index: int, name: str, args: list[Value], bind: Binder) -> Value:
    """Emit 64-bit arithmetic with a mask of the rows that did not overflow."""
    left, right = (widened(a, bind) for a in args)
    asm = bind.assembler
    out, ok = asm.register(Lane.I64), asm.register(Lane.BITS)
    if right.constant is not None:
        asm.emit(f"{name}.i64.k", left.data, right.data, out, ok)
    elif left.constant is None:
        asm.emit(f"{name}.i64", left.data, right.data, out, ok)
    elif name == "sub":
        asm.emit("sub.i64.rk", left.data, right.data, out, ok)
    else:
        asm.emit(f"{name}.i64.k", right.data, left.data, out, ok)
    present = [a.valid for a in (left, right) if a.valid is not None]
    valid = bind_masks.join("and", [*present, ok], bind)
    asked = bind_masks.join("and", [*present, bind.live], bind) if present else bind.live
    bind.failed[index] = lambda: bind_masks.minus(asked, ok, bind)
    return Value(Lane.I64, out, valid)


def mapped(
    index: int, function: str, args: list[Value], lane: Lane, bind: Binder
) -> tuple[Value, Operand]:
    """Emit a scalar function over rows.

    Returns:
        The value, and for bools the mask of rows in which it is false (its data is where true).
    """
    asm = bind.assembler
    lanes: list[str] = []
    operands: list[Operand] = [bind.live]
    for arg in args:
        lanes.append(_pass(arg, operands, bind))
    failed = asm.register(Lane.BITS)
    bind.failed[index] = lambda: failed
    results = [asm.register(lane)]
    if lane is not Lane.F64:
        results.append(asm.register(Lane.BITS))
    shape = f"map:{_module(function)}:{','.join(lanes)}->{lane.value}"
    asm.emit(shape, *operands, *results, failed)
    return Value(lane, results[0], None if lane is Lane.F64 else results[1]), results[-1]


def _module(function: str) -> str:
    module, _, name = function.partition(":")
    return f"interact.stdlib.{module}.{name}"


def _pass(arg: Value, operands: list[Operand], bind: Binder) -> str:
    """Append an argument's operands and return its lane as the shape names it."""
    if arg.constant is not None:
        operands.append(arg.data)
        return f"{arg.lane.value}k"
    if arg.lane is Lane.F64:
        operands.append(as_float(arg, bind).data)
    else:
        operands.extend((arg.data, arg.valid if arg.valid is not None else bind.live))
    return arg.lane.value


# -- conversions --------------------------------------------------------------------------------


def _cast(index: int, op: Op, bind: Binder) -> Value:
    assert op.type is not None
    source = bind.ops[op.args[0]].type
    assert source is not None
    value = bind.value(op.args[0])
    if is_null(value):
        return _constant(None, op.type)
    if value.constant is not None:
        return _folded(index, convert_value(value.constant, source, op.type), op.type, bind)
    if op.type == FLOAT and source == INT:
        return as_float(value, bind)
    if op.type == FLOAT:
        return _decimal_as_float(value, 10**source.scale, bind)
    function, further = conversion(source, op.type)
    args = [value, *(_constant(f, INT) for f in further)]
    name = f"{function.__module__.rpartition('.')[2]}:{function.__name__}"
    return mapped(index, name, args, lane_of(op.type), bind)[0]


def _decimal_as_float(value: Value, unit: int, bind: Binder) -> Value:
    wide = widened(value, bind)
    out = bind.assembler.register(Lane.F64)
    divisor = Constant(float(unit), Lane.F64)
    if wide.valid is None:
        bind.assembler.emit("f64.dec", wide.data, divisor, out)
    else:
        bind.assembler.emit("f64.dec.v", wide.data, divisor, wide.valid, out)
    return Value(Lane.F64, out)


# -- float arithmetic ---------------------------------------------------------------------------


def fused_operands(op: Op, bind: Binder) -> tuple[str, list[Value], tuple[float, ...]]:
    """Return a fused expression with its inputs' lanes in it, the inputs, and the constants."""
    text, constants = op.data
    inputs = [_fused_input(bind.value(a), bind) for a in op.args]

    def lane(found: re.Match[str]) -> str:
        return inputs[int(found[1])].lane.value

    return re.sub(r"x(\d+)", lane, str(text)), inputs, constants


def _fused_input(value: Value, bind: Binder) -> Value:
    """Return an input that the kernel can read: integers without nulls as they are."""
    if value.constant is not None or is_null(value):
        return filled(value, Lane.F64, bind)
    if value.lane is not Lane.F64 and value.valid is None:
        return value
    return as_float(value, bind)


def _fused(index: int, op: Op, bind: Binder) -> Value:
    text, inputs, constants = fused_operands(op, bind)
    out = bind.assembler.register(Lane.F64)
    ignored = bind.assembler.counter(None)
    data = [i.data for i in inputs]
    bind.assembler.emit(f"map.f64:{text}", bind.live, out, ignored, Pool(constants), *data)
    bind.failed[index] = lambda: _fused_failed(out, inputs, bind)
    return Value(Lane.F64, out)


def _fused_failed(out: Operand, inputs: list[Value], bind: Binder) -> Operand:
    floats = [i for i in inputs if i.lane is Lane.F64]
    present = [bind_masks.not_nan(i.data, bind) for i in floats]
    asked = bind_masks.join("and", [bind.live, *present], bind)
    return bind_masks.minus(asked, bind_masks.not_nan(out, bind), bind)


# -- choice, chance, text -----------------------------------------------------------------------


def _choose(op: Op, bind: Binder) -> Value:
    assert op.type is not None
    lane = lane_of(op.type)
    mask = bind.mask(op.args[0])
    yes, no = (filled(bind.value(a), lane, bind) for a in op.args[1:])
    out = bind.assembler.register(lane)
    bind.assembler.emit(f"select.{lane.value}", mask, yes.data, no.data, out)
    if yes.valid is None and no.valid is None:
        return Value(lane, out)
    valid = bind.assembler.register(Lane.BITS)
    sides = [v.valid if v.valid is not None else bind.live for v in (yes, no)]
    bind.assembler.emit("bits.select", mask, *sides, valid)
    return Value(lane, out, valid)


def _hash(index: int, op: Op, bind: Binder) -> Value:
    """Emit the hash of a key: one step for each part; texts are hashed by the host."""
    values = [bind.value(a) for a in op.args]
    if any(v.lane is Lane.CODE for v in values):
        return column_value(("#hash", str(index)), bind)
    out: Operand = Immediate(seed_of(op.data.on(bind.moment.today)))
    for position, value in enumerate(values):
        key = widened(value, bind).data
        result = bind.assembler.register(Lane.I64)
        bind.assembler.emit("hash.i64.chain" if position else "hash.i64", key, out, result)
        out = result
    return Value(Lane.I64, out)


def _text(index: int, op: Op, bind: Binder) -> Value:
    """Look a value up by the code of the only text that it depends on, or read it from the host."""
    assert op.type is not None
    lane = lane_of(op.type)
    key = bind_masks.only_text(op, bind)
    if key is None or lane is Lane.CODE:
        return column_value(("#text", str(index)), bind)
    codes = column_value((*key, "#null"), bind)
    out = bind.assembler.register(lane)
    table = bind.assembler.table(index, key, "values")
    bind.assembler.emit(f"lut.{lane.value}", codes.data, table, out)
    if lane is Lane.F64:
        return Value(lane, out)
    valid = bind.assembler.register(Lane.BITS)
    bind.assembler.emit("in.lut", codes.data, bind.assembler.table(index, key, "present"), valid)
    return Value(lane, out, valid)
