"""Arrow numbers as lanes of int, float and decimal(s).

Each function returns the values, shape ``(n,)``, and a mask of the rows whose value does not
fit the lane, or None when all do. What stands in the row of a null is not said.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from interact.compiler.columnar.batch import Values
from interact.runtime.batch.bitmaps import Mask
from interact.stdlib.types import INT_MAX, INT_MIN

Fitted: TypeAlias = tuple[Values, Mask | None]
Int64s: TypeAlias = npt.NDArray[np.int64]
Float64s: TypeAlias = npt.NDArray[np.float64]

_EXACT_FLOAT = 2**53
_MAX_POWER = 18  # 10**18 is the largest power of ten in 64 bits
_MAX_FLOAT_POWER = 22  # 10**22 is the largest power of ten that a double holds exactly


def stored(array: Any, dtype: Any) -> Values:
    """Return the values of a primitive array as they lie in memory, without a copy."""
    dtype = np.dtype(dtype)
    if len(array) == 0:
        return np.zeros(0, dtype)
    start = array.offset * dtype.itemsize
    values = np.frombuffer(array.buffers()[1], dtype, len(array), start)
    return values if values.flags.aligned else values.copy()


def numbers(array: Any) -> Values:
    """Return the values of an integer or floating array in their own numpy type."""
    return stored(array, array.type.to_pandas_dtype())


def _mask(bad: Any) -> Mask | None:
    return bad if bad.any() else None


def ints(array: Any) -> Fitted:
    """Return int32 or int64 values; the choice depends on the Arrow type only."""
    if pa.types.is_decimal(array.type):
        return scaled(array, 0)
    values = numbers(array)
    if values.dtype in (np.int32, np.int64):
        return values, None
    if values.dtype == np.uint64:
        return values.view(np.int64), _mask(values.view(np.int64) < 0)
    return values.astype(np.int64 if values.dtype == np.uint32 else np.int32), None


def floats(array: Any) -> Fitted:
    """Return float64 values, correctly rounded; a NaN stands for null by itself."""
    if pa.types.is_decimal(array.type):
        return _decimal_to_float(array), None
    values = numbers(array)
    return values if values.dtype == np.float64 else values.astype(np.float64), None


def nans(array: Any) -> Mask | None:
    """Return where a floating array holds NaN, which is null and no loss; None for nowhere."""
    if not pa.types.is_floating(array.type):
        return None
    return _mask(np.isnan(numbers(array)))


def scaled(array: Any, scale: int) -> Fitted:
    """Return values times ``10**scale`` as int64, rounded half away from zero."""
    if pa.types.is_decimal(array.type):
        return _rescale(array, array.type.scale, scale)
    if pa.types.is_integer(array.type):
        values, bad = ints(array)
        return _multiply(values.astype(np.int64), bad, scale)
    return _round_floats(floats(array)[0].astype(np.float64, copy=False), 10**scale)


def _unscaled(array: Any) -> tuple[Int64s, Mask | None]:
    """Return the low 64 bits of a decimal array, and where they are not all of it."""
    width = array.type.bit_width
    if width <= 64:
        return stored(array, f"<i{width // 8}").astype(np.int64, copy=False), None
    words = _words(array)
    low = np.ascontiguousarray(words[:, 0])
    wide = np.any(words[:, 1:] != (low >> 63)[:, None], axis=1)
    return low, _mask(wide)


def _words(array: Any) -> Int64s:
    """Return a decimal128 or decimal256 array as 64-bit words, shape ``(n, 2 or 4)``."""
    count = array.type.bit_width // 64
    if len(array) == 0:
        return np.zeros((0, count), np.int64)
    start, size = array.offset * count * 8, len(array) * count
    return np.frombuffer(array.buffers()[1], "<i8", size, start).reshape(-1, count)


def _integer(array: Any, row: int) -> int:
    """Return the unscaled value of one row, however wide."""
    size = array.type.bit_width // 8
    start = (array.offset + row) * size
    return int.from_bytes(array.buffers()[1][start : start + size], "little", signed=True)


def _rescale(array: Any, have: int, want: int) -> Fitted:
    low, wide = _unscaled(array)
    if want >= have:
        return _multiply(low, wide, want - have)
    down = have - want
    if down > _MAX_POWER:
        wide = np.ones(len(low), np.bool_)
    values = _divide(low, 10 ** min(down, _MAX_POWER))
    return (values, None) if wide is None else _divide_wide(array, values, wide, 10**down)


def _multiply(values: Int64s, bad: Mask | None, power: int) -> Fitted:
    """Return ``values * 10**power``, adding what overflows to ``bad``."""
    if power == 0:
        return values, bad
    factor = 10**power
    over = (values > INT_MAX // factor) | (values < -(-INT_MIN // factor))
    product = values * np.int64(factor if power <= _MAX_POWER else 0)
    return product, over if bad is None else over | bad


def _divide(values: Int64s, divisor: int) -> Int64s:
    """Divide, rounding half away from zero."""
    quotient = np.abs(values) // divisor  # abs(INT_MIN) is negative; _divide_min mends it
    rest = np.abs(values) - quotient * divisor
    rounded = np.copysign(1, values).astype(np.int64) * (quotient + (rest >= (divisor + 1) // 2))
    return _divide_min(values, rounded, divisor)


def _divide_min(values: Int64s, rounded: Int64s, divisor: int) -> Int64s:
    lowest = values == INT_MIN
    if lowest.any():
        rounded[lowest] = -((-INT_MIN + divisor // 2) // divisor)
    return rounded


def _divide_wide(array: Any, values: Int64s, wide: Mask, divisor: int) -> Fitted:
    """Divide the few rows of more than 64 bits one by one, as they may fit afterwards."""
    bad = np.zeros(len(values), np.bool_)
    for row in np.flatnonzero(wide).tolist():
        value = _integer(array, row)
        rounded = (abs(value) + divisor // 2) // divisor
        rounded = rounded if value >= 0 else -rounded
        bad[row] = not INT_MIN <= rounded <= INT_MAX
        values[row] = 0 if bad[row] else rounded
    return values, bad


def _decimal_to_float(array: Any) -> Float64s:
    """Divide once, exactly rounded; rows that 53 bits do not hold go through Python's ints."""
    low, wide = _unscaled(array)
    scale = array.type.scale
    hard = (low > _EXACT_FLOAT) | (low < -_EXACT_FLOAT)
    hard = hard if wide is None else hard | wide
    if not 0 <= scale <= _MAX_FLOAT_POWER:
        hard = np.ones(len(low), np.bool_)
    values: Float64s = low / 10.0 ** min(max(scale, 0), _MAX_FLOAT_POWER)
    to_float: Callable[[int], float] = (
        (lambda v: v / 10**scale) if scale >= 0 else (lambda v: float(v * 10**-scale))
    )
    for row in np.flatnonzero(hard).tolist():
        values[row] = to_float(_integer(array, row))
    return values


def _round_floats(values: Float64s, factor: int) -> Fitted:
    """Return ``values * factor`` rounded half away from zero, as if without rounding before.

    The product is rounded to a double, and only its error tells a tie from just below one.
    """
    with np.errstate(all="ignore"):
        product = values * factor
        bad = ~(np.abs(product) < 2.0**63)  # so is a NaN
        whole = np.floor(np.abs(product))
        part = np.abs(product) - whole
        error = _product_error(values, float(factor), product) * np.sign(product)
        up = np.where(part == 0, np.floor(error + 0.5), part > 0.5)
        up = np.where(part == 0.5, error >= 0, up)
        whole[bad] = up[bad] = 0
        magnitude = whole.astype(np.int64) + up.astype(np.int64)
    return np.where(product < 0, -magnitude, magnitude), _mask(bad)


def _product_error(a: Float64s, b: float, product: Float64s) -> Float64s:
    """Return ``a * b - product`` exactly.

    Source:
        T. J. Dekker, A floating-point technique for extending the available precision (1971).
    """
    split = 134217729.0  # 2**27 + 1
    a_high = a * split - (a * split - a)
    a_low = a - a_high
    b_high = b * split - (b * split - b)
    b_low = b - b_high
    return a_low * b_low - (((product - a_high * b_high) - a_low * b_high) - a_high * b_low)
