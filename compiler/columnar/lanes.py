"""The machine forms of columns; a module of its own because it needs no numpy."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np


class Lane(StrEnum):
    """The machine form of one column."""

    __hash__ = str.__hash__  # that of enumerations is a Python function

    BITS = "bits"
    I32 = "i32"
    I64 = "i64"
    F64 = "f64"
    CODE = "code"

    @property
    def dtype(self) -> np.dtype[Any]:
        """The numpy type of a column's data; a bitmap's bytes for ``BITS``."""
        import numpy as np

        return np.dtype(_TYPES[self])


_TYPES = {Lane.BITS: "u1", Lane.I32: "i4", Lane.I64: "i8", Lane.F64: "f8", Lane.CODE: "i4"}
