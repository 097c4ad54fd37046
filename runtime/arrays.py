"""Arrow arrays over numpy's memory: numbers as they are, texts as codes into a dictionary."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa


def text_array(texts: Sequence[str]) -> Any:
    return pa.array(texts, pa.string())


def coded(codes: npt.NDArray[Any], texts: Any) -> Any:
    """Return a dictionary array; codes of an unsigned type are small enough for the signed one.

    The codes are not looked at again: they were made for these texts.
    """
    fits = codes.dtype.kind == "i" or len(texts) <= np.iinfo(codes.dtype).max // 2 + 1
    signed = np.dtype(f"i{codes.dtype.itemsize}")
    indices = codes.view(signed) if fits else codes.astype(np.int32)
    return pa.DictionaryArray.from_arrays(plain(indices), texts, safe=False)


def plain(values: npt.NDArray[Any]) -> Any:
    """Return numbers as an Arrow array that shares their memory.

    ``pa.array`` does so too, but imports numpy's masked arrays to know one, which takes as long
    as scoring a hundred thousand customers.
    """
    held = [None, pa.py_buffer(np.ascontiguousarray(values))]
    return pa.Array.from_buffers(pa.from_numpy_dtype(values.dtype), len(values), held)


def index_type(count: int) -> type[np.integer[Any]]:
    """Return the type of codes into a dictionary of so many texts."""
    return np.int8 if count <= 128 else np.int16 if count <= 32768 else np.int32


def taken(array: Any, rows: npt.NDArray[np.int64]) -> Any:
    """Return the values of some rows; numbers without nulls are taken by numpy, which is faster."""
    if pa.types.is_int64(array.type) and not array.null_count:
        return plain(array.to_numpy().take(rows))
    return array.take(plain(rows))
