"""Columns of rows as the declared types, value by value: one that does not fit spoils no other."""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from interact.compiler.columnar.batch import Lane
from interact.runtime.batch.adapt import fixed_width
from interact.runtime.batch.bitmaps import Mask, unpack
from interact.runtime.batch.numbers import scaled
from interact.runtime.batch.schema import is_text, serves, storage_type
from interact.runtime.batch.source_csv import FALSE, TRUE, with_zone
from interact.stdlib.types import MAX_SCALE, Kind, Type

_ARROW = {
    Kind.INT: pa.int64(),
    Kind.FLOAT: pa.float64(),
    Kind.DECIMAL: pa.decimal128(38, MAX_SCALE),
    Kind.TEXT: pa.string(),
    Kind.DATE: pa.date32(),
    Kind.TIMESTAMP: pa.timestamp("us", "UTC"),
    Kind.DURATION: pa.decimal128(38, MAX_SCALE),
}
_STORED = {**_ARROW, Kind.BOOL: pa.bool_(), Kind.DURATION: pa.duration("us")}
_NUMBER = r"^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$"
_WHOLE = r"^([+-]?\d+)\.0*$"
"""A whole number as databases without types may write it."""
_NUMBERS = (Kind.INT, Kind.FLOAT, Kind.DECIMAL, Kind.DURATION)
_MICROSECONDS = 6
"""Digits of a second that durations have."""


def cast(array: Any, target: pa.DataType) -> tuple[Any, Mask]:
    """Return an array in another type, and where a value has none and became null."""
    try:
        return array.cast(target), np.zeros(len(array), np.bool_)
    except (pa.ArrowInvalid, pa.ArrowNotImplementedError):
        if len(array) == 1:
            return pa.nulls(1, target), np.ones(1, np.bool_)
    middle = len(array) // 2
    (left, bad), (right, others) = (cast(half, target) for half in (array[:middle], array[middle:]))
    return pa.concat_arrays([left, right]), np.concatenate([bad, others])


def converted(array: Any, declared: Type) -> tuple[Any, Mask]:
    """Return an array of an Arrow type that serves for ``declared``, and where it became null."""
    array = plain(array)
    if pa.types.is_null(array.type):
        return pa.nulls(len(array), _STORED[declared.kind]), np.zeros(len(array), np.bool_)
    if declared.kind is Kind.TEXT:
        # from bytes, as those of texts are not looked at again
        return cast(array.cast(pa.large_binary()) if is_text(array.type) else array, pa.string())
    if serves(declared, array.type):
        return array, np.zeros(len(array), np.bool_)
    array, bad = cast(array, pa.string())
    present = unpacked(array)
    made, wrong = _from_text(array, declared)
    return made, bad | (wrong & present)


def plain(array: Any) -> Any:
    """Return an array of values as they are stored, without dictionaries and chunks."""
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    array = array.storage if isinstance(array, pa.ExtensionArray) else array
    found = storage_type(array.type)
    if pa.types.is_dictionary(found):
        return array.dictionary_decode()
    return array.cast(pa.large_string()) if is_text(found) and not _is_string(found) else array


def _is_string(found: pa.DataType) -> bool:
    return bool(pa.types.is_string(found) or pa.types.is_large_string(found))


def unpacked(array: Any) -> Mask:
    """Return where an array is not null."""
    present: Mask = array.is_valid().to_numpy(zero_copy_only=False)
    return present


def _from_text(texts: Any, declared: Type) -> tuple[Any, Mask]:
    texts = pc.utf8_trim_whitespace(texts)
    if declared.kind is Kind.BOOL:
        return _bools(texts)
    if declared.kind in _NUMBERS:
        texts, odd = _kept(texts, pc.match_substring_regex(texts, _NUMBER))
        if declared.kind is Kind.INT:
            texts = pc.replace_substring_regex(texts, _WHOLE, r"\1")
        made, bad = cast(texts, _ARROW[declared.kind])
        if declared.kind is Kind.DURATION:
            made, lost = _durations(made)
            bad = bad | lost
        return made, bad | odd
    if declared.kind is Kind.TIMESTAMP:
        texts = with_zone(texts)
    return cast(texts, _ARROW[declared.kind])


def _kept(texts: Any, wanted: Any) -> tuple[Any, Mask]:
    """Return texts with those that are not wanted null, and where these are."""
    kept = pc.if_else(wanted, texts, pa.scalar(None, texts.type))
    return kept, unpacked(texts) & ~unpacked(kept)


def _bools(texts: Any) -> tuple[Any, Mask]:
    yes, no = (pc.is_in(texts, pa.array(words)) for words in (TRUE, FALSE))
    made = pc.if_else(pc.or_(yes, no), yes, pa.scalar(None, pa.bool_()))
    return made, ~unpacked(made)


def _durations(seconds: Any) -> tuple[Any, Mask]:
    values, bad = scaled(seconds, _MICROSECONDS)
    lost: Mask = np.zeros(len(values), np.bool_) if bad is None else bad & unpacked(seconds)
    return pa.array(values, mask=lost | ~unpacked(seconds)).cast(_STORED[Kind.DURATION]), lost


Values = npt.NDArray[Any]


def lane_values(array: Any, declared: Type) -> tuple[Values, Mask, Mask]:
    """Return the machine values of any type but text, where there is one, and what was lost.

    The lane depends on the declared type alone; bools are bytes.
    """
    length = len(array)
    present = unpacked(array)
    if pa.types.is_floating(array.type):
        present &= ~np.isnan(array.to_numpy(zero_copy_only=False))
    column, _ = fixed_width(array, declared)
    there = unpack(column.valid, length) & present
    values: Any = column.data[:length]
    if column.lane is Lane.BITS:
        bits: Any = column.data
        return unpack(bits, length), there, present & ~there
    if column.lane is Lane.F64:
        there &= ~np.isnan(values)
    if declared.kind is Kind.INT:
        values = values.astype(np.int64)
    return values, there, present & ~there
