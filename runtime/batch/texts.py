"""Arrow texts as codes into a dictionary of distinct texts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from interact.compiler.columnar.batch import Bitmap, Column, Lane
from interact.runtime.batch.bitmaps import pack, unpack, validity, without
from interact.runtime.batch.numbers import numbers
from interact.runtime.errors import DataError

Codes = npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Dictionary:
    """A dictionary's distinct texts, and what its codes become when it is not fit as it is.

    ``texts`` is never empty, so that code 0 can stand in the rows of nulls. ``moved[c]`` is
    the place of value ``c`` among ``texts``, -1 for a null; None when nothing moves.
    """

    values: pa.Array
    texts: tuple[str, ...]
    moved: Codes | None


@dataclass(slots=True)
class Dictionaries:
    """The last dictionary of each column: batches of one file mostly repeat it.

    The same tuple comes back for an equal dictionary, so a reader may compare by identity.
    Threads may share it; at worst one of them builds a dictionary again.
    """

    last: dict[str, Dictionary] = field(default_factory=dict)

    def read(self, column: str, values: Any) -> Dictionary:
        """Return the dictionary that an Arrow array of texts holds."""
        known = self.last.get(column)
        if known is None or not known.values.equals(values):
            try:
                known = self.last[column] = _dictionary(values)
            except UnicodeDecodeError as error:
                raise not_utf8(column) from error
        return known


def require_utf8(array: Any, column: str) -> None:
    """Look at all bytes of a column of texts.

    Raises:
        DataError: Some are no text.
    """
    try:
        array.validate(full=True)
    except pa.ArrowInvalid as error:
        raise not_utf8(column) from error


def not_utf8(column: str) -> DataError:
    """Return the error of a column with a text that is none."""
    return DataError(
        f"column `{column}` holds a text that is not UTF-8",
        help="save the texts in the encoding UTF-8",
    )


def texts(array: Any, column: str, known: Dictionaries) -> Column:
    """Return the ``CODE`` lane of a text array."""
    if not pa.types.is_dictionary(array.type):
        array = _plain(array).dictionary_encode()
    try:
        codes, valid = _codes(array, validity(array.indices))
    except IndexError as error:
        raise DataError(
            f"column `{column}` is damaged: {error}", help="write or copy the file again"
        ) from error
    dictionary = known.read(column, array.dictionary)
    if dictionary.moved is not None:
        codes = dictionary.moved[codes]
        valid, _ = without(valid, codes < 0)
        codes = np.maximum(codes, 0)
    return Column(Lane.CODE, codes, valid, dictionary.texts)


def _codes(array: Any, valid: Bitmap | None) -> tuple[Codes, Bitmap | None]:
    """Return int32 codes that are in range in every row, nulls too: they index tables."""
    raw, size = numbers(array.indices), len(array.dictionary)
    if raw.size == 0 or (valid is None and size == 0):
        return np.zeros(raw.size, np.int32), valid if size else pack(np.zeros(raw.size, np.bool_))
    if raw.min() < 0 or raw.max() >= size:
        raw = np.where(unpack(valid, raw.size), raw, raw.dtype.type(0))
        if raw.min() < 0 or raw.max() >= max(size, 1):
            raise IndexError("a code is none of its dictionary")
    return raw.astype(np.int32, copy=False), valid


def _dictionary(values: Any) -> Dictionary:
    flat = _plain(values)
    found = flat.to_pylist()
    distinct = tuple(dict.fromkeys(text for text in found if text is not None))
    if len(distinct) == len(found):
        return Dictionary(values, distinct or ("",), None)
    place = {text: code for code, text in enumerate(distinct)}
    moved = np.array([-1 if text is None else place[text] for text in found], np.int32)
    return Dictionary(values, distinct or ("",), moved)


def _plain(values: Any) -> Any:
    """Return an array of texts without dictionaries and views, which not all kernels take."""
    found = values.type
    if pa.types.is_dictionary(found):
        return _plain(values.dictionary_decode())
    return pc.cast(values, pa.large_string()) if pa.types.is_string_view(found) else values
