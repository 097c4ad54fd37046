"""Arrow dates, timestamps and durations as lanes, rounded towards the past.

Each function returns the values, shape ``(n,)``, and a mask of the rows whose value does not
fit the lane, or None when all do.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from interact.runtime.batch.numbers import Fitted, stored
from interact.stdlib.types import INT_MAX, INT_MIN, MICROSECONDS_PER_DAY

_PER_SECOND = {"s": 1, "ms": 1_000, "us": 1_000_000, "ns": 1_000_000_000}
_MICROSECONDS = 1_000_000
_SECONDS_PER_DAY = 86_400


def dates(array: Any) -> Fitted:
    """Return days since 1970-01-01 as int32; a timestamp's day is that of UTC."""
    if pa.types.is_date32(array.type):
        return stored(array, np.int32), None
    days = stored(array, np.int64) // (_per_second(array.type) * _SECONDS_PER_DAY)
    narrow = days.astype(np.int32)
    bad = narrow != days
    return narrow, bad if bad.any() else None


def timestamps(array: Any) -> Fitted:
    """Return microseconds since 1970 as int64; a date is its midnight in UTC."""
    if pa.types.is_date32(array.type):
        return _times(stored(array, np.int32).astype(np.int64), MICROSECONDS_PER_DAY)
    return microseconds(array)


def microseconds(array: Any) -> Fitted:
    """Return the microseconds of a timestamp, duration or date64 as int64."""
    values, rate = stored(array, np.int64), _per_second(array.type)
    if rate > _MICROSECONDS:
        return values // (rate // _MICROSECONDS), None
    return _times(values, _MICROSECONDS // rate)


def _per_second(found: pa.DataType) -> int:
    return _PER_SECOND["ms" if pa.types.is_date64(found) else found.unit]


def _times(values: Any, factor: int) -> Fitted:
    if factor == 1:
        return values, None
    bad = (values > INT_MAX // factor) | (values < -(-INT_MIN // factor))
    return values * np.int64(factor), bad if bad.any() else None
