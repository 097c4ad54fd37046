"""Tables over the dictionary of a text column, in the forms that kernels look up."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from interact.compiler.codegen.texts import Texts
from interact.compiler.columnar.nodes import Op
from interact.stdlib.types import FLOAT, Value


def byte_table(answers: Sequence[Value]) -> npt.NDArray[np.uint8]:
    """Return 128 bytes by code: 255 where the answer is true."""
    table = np.zeros(128, np.uint8)
    table[: len(answers)] = [255 if answer is True else 0 for answer in answers]
    return table


def lookup_table(answers: Sequence[Value], null: Value) -> npt.NDArray[np.uint8]:
    """Return bytes by code + 1, that of null first: 1 where the answer is true."""
    return np.array([null is True, *(answer is True for answer in answers)], np.uint8)


def present_table(answers: Sequence[Value], null: Value) -> npt.NDArray[np.uint8]:
    """Return bytes by code + 1, that of null first: 1 where there is an answer."""
    return np.array([v is not None for v in (null, *answers)], np.uint8)


def value_table(op: Op, answers: Sequence[Value], null: Value) -> npt.NDArray[np.generic]:
    """Return values by code + 1, that of null first: NaN or 0 where there is none."""
    if op.type == FLOAT:
        return np.array([np.nan if v is None else v for v in (null, *answers)], np.float64)
    return np.array([0 if v is None else v for v in (null, *answers)], np.int64)


def made_table(
    op: Op, form: str, dictionary: tuple[str, ...], texts: Texts
) -> npt.NDArray[np.generic]:
    """Return what a program needs to know of a dictionary, in the form that it reads."""
    answers = texts.answers(op, dictionary)
    match form:
        case "u8":
            return byte_table(answers)
        case "lut":
            return lookup_table(answers, texts.answer(op, (None,)))
        case "present":
            return present_table(answers, texts.answer(op, (None,)))
        case _:
            return value_table(op, answers, texts.answer(op, (None,)))
