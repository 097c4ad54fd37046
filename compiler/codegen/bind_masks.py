"""Kernels for the operations that make masks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interact.compiler.codegen import bind_values
from interact.compiler.codegen.operands import Constant, Immediate, InputKey, Operand, Value
from interact.compiler.columnar.lanes import Lane
from interact.compiler.columnar.nodes import Op, OpKind
from interact.compiler.core.interpret import COMPARE

if TYPE_CHECKING:
    from interact.compiler.codegen.from_columnar import Binder

MIRROR = {"lt": "gt", "le": "ge", "gt": "lt", "ge": "le", "eq": "eq", "ne": "ne"}
I32_RANGE = range(-(2**31), 2**31)
BYTE_CODES = 127

__all__ = ["bind_mask", "join", "minus", "none", "not_nan", "only_text"]


def bind_mask(index: int, op: Op, bind: Binder) -> Operand:
    """Emit a mask operation and return where its result lies."""
    match op.kind:
        case OpKind.LIVE:
            return bind.live
        case OpKind.NONE:
            return none(bind)
        case OpKind.DAYS:
            return bind.live if op.data.includes(bind.moment.today) else none(bind)
        case OpKind.TRUTH:
            return _truth(bind.value(op.args[0]), op.data is True, bind)
        case OpKind.COMPARE:
            left, right = (bind.value(a) for a in op.args)
            return _compare(op.data, left, right, bind)
        case OpKind.MEMBER:
            return _member(bind.value(op.args[0]), op.data, bind)
        case OpKind.PRESENT:
            return _present(bind.value(op.args[0]), bind)
        case OpKind.APPLY_TRUTH:
            return _apply_truth(index, op, bind)
        case OpKind.TEXT_TRUTH | OpKind.TEXT_FAILED:
            return _text_truth(index, op, bind)
        case OpKind.FOLD_TRUTH:
            key = ("#fold", *map(str, op.data))
            return bind.assembler.input(key, bind.columns[key])
        case OpKind.ALL:
            return join("and", [bind.mask(a) for a in op.args], bind)
        case OpKind.ANY:
            return join("or", [bind.mask(a) for a in op.args], bind)
        case OpKind.MINUS:
            return minus(bind.mask(op.args[0]), bind.mask(op.args[1]), bind)
        case OpKind.FAILED:
            return _failed(op.args[0], bind)
        case _:
            raise AssertionError(f"{op.kind} makes no mask")


# -- algebra ------------------------------------------------------------------------------------


def none(bind: Binder) -> Operand:
    """Return the mask of no row."""
    return bind.assembler.buffer("none", bind.assembler.mask_bytes)


def join(how: str, masks: list[Operand], bind: Binder) -> Operand:
    """Return the ``and`` or the ``or`` of one or more masks."""
    if len(masks) == 1:
        return masks[0]
    out = bind.assembler.register(Lane.BITS)
    bind.assembler.emit(f"bits.{how}", Immediate(len(masks)), out, *masks)
    return out


def minus(mask: Operand, without: Operand, bind: Binder) -> Operand:
    """Return the first mask without the second."""
    out = bind.assembler.register(Lane.BITS)
    bind.assembler.emit("bits.minus", mask, without, out)
    return out


def not_nan(data: Operand, bind: Binder) -> Operand:
    """Return the mask of floats that are not NaN."""
    out = bind.assembler.register(Lane.BITS)
    bind.assembler.emit("valid.f64", data, out)
    return out


def _and_valid(mask: Operand, value: Value, bind: Binder) -> Operand:
    return mask if value.valid is None else join("and", [mask, value.valid], bind)


# -- columns ------------------------------------------------------------------------------------


def _truth(value: Value, wanted: bool, bind: Binder) -> Operand:
    if wanted:
        return _and_valid(value.data, value, bind)
    return minus(value.valid if value.valid is not None else bind.live, value.data, bind)


def _present(value: Value, bind: Binder) -> Operand:
    if bind_values.is_null(value):
        return none(bind)
    if value.constant is not None:
        return bind.live
    if value.lane is Lane.F64:
        return _and_valid(not_nan(value.data, bind), value, bind)
    return value.valid if value.valid is not None else bind.live


def _compare(op: str, left: Value, right: Value, bind: Binder) -> Operand:
    if bind_values.is_null(left) or bind_values.is_null(right):
        return none(bind)
    if left.constant is not None and right.constant is not None:
        return bind.live if COMPARE[op](left.constant, right.constant) else none(bind)
    if left.constant is not None:
        return _compare_constant(MIRROR[op], right, left.constant, bind)
    if right.constant is not None:
        return _compare_constant(op, left, right.constant, bind)
    return _compare_columns(op, left, right, bind)


def _compare_constant(op: str, value: Value, constant: int | float, bind: Binder) -> Operand:
    lane = value.lane
    if lane is Lane.I32 and constant not in I32_RANGE:
        holds = COMPARE[op](0, constant)
        return _present(value, bind) if holds else none(bind)
    out = bind.assembler.register(Lane.BITS)
    shape = f"cmp.{op}.{lane.value}.k"
    if value.valid is None:
        bind.assembler.emit(shape, value.data, Constant(constant, lane), out)
    else:
        bind.assembler.emit(f"{shape}v", value.data, Constant(constant, lane), value.valid, out)
    return out


def _compare_columns(op: str, left: Value, right: Value, bind: Binder) -> Operand:
    if left.lane is not right.lane:
        left, right = bind_values.widened(left, bind), bind_values.widened(right, bind)
    out = bind.assembler.register(Lane.BITS)
    bind.assembler.emit(f"cmp.{op}.{left.lane.value}", left.data, right.data, out)
    valid = [v.valid for v in (left, right) if v.valid is not None]
    return join("and", [out, *valid], bind) if valid else out


def _member(value: Value, values: tuple[int | float, ...], bind: Binder) -> Operand:
    tests = [_compare("eq", value, bind_values.constant_like(value, v), bind) for v in values]
    return join("or", tests, bind) if tests else none(bind)


# -- functions and texts ------------------------------------------------------------------------


def _apply_truth(index: int, op: Op, bind: Binder) -> Operand:
    function, wanted = op.data
    key = (op.args, function)
    if key not in bind.truths:
        args = [bind.value(a) for a in op.args]
        if any(bind_values.is_null(a) for a in args):
            bind.truths[key] = (none(bind), none(bind), none(bind))
        else:
            value, no = bind_values.mapped(index, str(function), args, Lane.BITS, bind)
            bind.truths[key] = (value.data, no, bind.failed[index]())
    yes, no, failed = bind.truths[key]
    bind.failed[index] = lambda: failed
    return yes if wanted else no


def _failed(index: int, bind: Binder) -> Operand:
    """Return the mask of rows in which an operation had operands but no result."""
    if bind.ops[index].type is None:
        bind.mask(index)
    else:
        bind.value(index)
    made = bind.failed.get(index)
    return none(bind) if made is None else made()


def only_text(op: Op, bind: Binder) -> InputKey | None:
    """Return the text column that is the only input of a text operation, if that is so."""
    if len(op.args) != 1:
        return None
    source = bind.ops[op.args[0]]
    if source.kind is not OpKind.COLUMN:
        return None
    key: InputKey = source.data
    return key if bind.columns[key].codes else None


def _text_truth(index: int, op: Op, bind: Binder) -> Operand:
    key = only_text(op, bind)
    if key is None:
        made = ("#text", str(index))
        return bind.assembler.input(made, bind.columns[made])
    value = bind_values.column_value(key, bind)
    out = _by_code(index, key, value, bind)
    if value.valid is None:
        return out
    if bind.texts.holds_for_null(op):
        return join("or", [_and_valid(out, value, bind), minus(bind.live, value.valid, bind)], bind)
    return _and_valid(out, value, bind)


def _by_code(index: int, key: InputKey, value: Value, bind: Binder) -> Operand:
    """Test codes against a table that the host makes for each dictionary."""
    out = bind.assembler.register(Lane.BITS)
    asm = bind.assembler
    if bind.columns[key].codes > BYTE_CODES:
        sane = bind_values.column_value((*key, "#null"), bind)
        asm.emit("in.lut", sane.data, asm.table(index, key, "lut"), out)
    else:
        asm.emit("in.u8", _bytes(key, value, bind), asm.table(index, key, "u8"), out)
    return out


def _bytes(key: InputKey, value: Value, bind: Binder) -> Operand:
    """Return a column's codes as bytes, narrowed once for all its tests."""
    if key not in bind.narrowed:
        out = bind.assembler.register(Lane.I32)
        bind.assembler.emit("u8.i32", value.data, out)
        bind.narrowed[key] = out
    return bind.narrowed[key]
