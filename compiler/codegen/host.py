"""Columns that the host makes from others: sane codes, texts in combination, text keys' hashes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from interact.compiler.codegen.native import call
from interact.compiler.codegen.store import KernelStore
from interact.compiler.codegen.texts import Texts
from interact.compiler.columnar.batch import Bitmap, Column, Lane
from interact.compiler.columnar.nodes import Op
from interact.stdlib.chance import seed_of
from interact.stdlib.types import FLOAT, Kind, Value


def unpacked(bitmap: npt.NDArray[Any], length: int) -> npt.NDArray[np.bool_]:
    """Return a bitmap as bools, shape ``(length,)``."""
    return np.unpackbits(bitmap, count=length, bitorder="little").view(np.bool_)


def packed(flags: npt.NDArray[np.bool_]) -> Bitmap:
    """Return bools as a bitmap of whole 64-bit words."""
    words = np.zeros(-(-len(flags) // 64) * 64, np.bool_)
    words[: len(flags)] = flags
    return np.packbits(words, bitorder="little")


def sane_codes(column: Column, length: int) -> Column:
    """Return a text column whose null rows have the code -1."""
    codes = column.data
    if column.valid is not None:
        codes = np.where(unpacked(column.valid, length), codes, np.int32(-1))
    return Column(Lane.CODE, codes, None, column.dictionary)


def repeated(column: Column, length: int, counts: npt.NDArray[np.int64]) -> Column:
    """Return a customer's attribute for each of its rows; ``counts`` are rows per customer."""
    valid = None
    if column.valid is not None:
        valid = packed(np.repeat(unpacked(column.valid, length), counts))
    if column.lane is Lane.BITS:
        data: npt.NDArray[np.generic] = packed(np.repeat(unpacked(column.data, length), counts))
    else:
        data = np.repeat(column.data[:length], counts)
    return Column(column.lane, data, valid, column.dictionary)


def combined(op: Op, inputs: Sequence[Column], length: int, texts: Texts) -> Column:
    """Return a text operation's column, evaluated once per distinct combination of inputs."""
    key = np.zeros(length, np.int64)
    readers: list[Callable[[int], Value]] = []
    for column in inputs:
        codes, size, reader = _distinct(column, length)
        key, readers = key * size + codes, [*readers, reader]
        # Keep the key small: as many values as there are combinations so far.
        _, first, key = np.unique(key, return_index=True, return_inverse=True)
    _, first, place = np.unique(key, return_index=True, return_inverse=True)
    answers = [texts.answer(op, [read(int(i)) for read in readers]) for i in first]
    return _gathered(op, answers, place)


def _distinct(
    column: Column, length: int
) -> tuple[npt.NDArray[np.int64], int, Callable[[int], Value]]:
    """Return each row's number among the distinct values, how many there are, and a reader."""
    values = column_values(column, length)
    numbers: dict[Value, int] = {}
    codes = np.fromiter(
        (numbers.setdefault(v, len(numbers)) for v in values), np.int64, count=length
    )
    return codes, max(1, len(numbers)), values.__getitem__


def column_values(column: Column, length: int) -> list[Value]:
    """Return a column as machine values; None is null."""
    match column.lane:
        case Lane.BITS:
            values: list[Value] = unpacked(column.data, length).tolist()
        case Lane.CODE:
            words = column.dictionary or ()
            codes = sane_codes(column, length).data[:length].tolist()
            return [words[c] if c >= 0 else None for c in codes]
        case _:
            values = column.data[:length].tolist()
    if column.lane is Lane.F64:
        values = [None if v != v else v for v in values]
    if column.valid is None:
        return values
    return [v if ok else None for v, ok in zip(values, unpacked(column.valid, length), strict=True)]


def _gathered(op: Op, answers: Sequence[Value], place: npt.NDArray[np.int64]) -> Column:
    present = packed(np.array([a is not None for a in answers], np.bool_)[place])
    if op.type is None:
        return Column(Lane.BITS, packed(np.array([a is True for a in answers], np.bool_)[place]))
    if op.type == FLOAT:
        floats = np.array([np.nan if a is None else a for a in answers], np.float64)
        return Column(Lane.F64, floats[place])
    if op.type.kind is Kind.TEXT:
        words = tuple(dict.fromkeys(a for a in answers if isinstance(a, str)))
        numbers = {w: i for i, w in enumerate(words)}
        codes = np.array([numbers.get(a, -1) for a in answers], np.int32)  # type: ignore[arg-type]
        return Column(Lane.CODE, codes[place], present, words)
    ints = np.array([0 if a is None else a for a in answers], np.int64)
    return Column(Lane.I64, ints[place], present)


def hashed(seed: str, key: Sequence[Column], length: int, store: KernelStore) -> Column:
    """Return the hash of keys with texts in them; that of a null part says nothing."""
    words = -(-length // 64)
    state = np.full(64 * words, seed_of(seed), np.int64)
    for part in key:
        out = np.zeros_like(state)
        if part.lane is Lane.CODE:
            offsets, data = _spelled(part, length, len(state))
            call("hash.text.chain", store, (offsets, data, state, out), words)
        else:
            numbers = np.zeros_like(state)
            numbers[:length] = part.data[:length]
            call("hash.i64.chain", store, (numbers, state, out), words)
        state = out
    return Column(Lane.I64, state)


def _spelled(
    column: Column, length: int, padded: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.uint8]]:
    """Return each row's text as UTF-8: offsets, shape ``(padded + 1,)``, and all bytes."""
    words = [word.encode() for word in column.dictionary or ("",)]
    codes = column.data[:length].tolist()
    sizes = np.array([len(word) for word in words], np.int64)
    offsets = np.zeros(padded + 1, np.int64)
    np.cumsum(sizes[column.data[:length]], out=offsets[1 : length + 1])
    offsets[length + 1 :] = offsets[length]
    return offsets, np.frombuffer(b"".join([words[c] for c in codes]) + bytes(8), np.uint8)
