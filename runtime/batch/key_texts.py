"""Keys of several parts as one value each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc


def key_texts(parts: Sequence[Any]) -> Any:
    """Return a text for each key, in which its parts stand behind their lengths.

    So only equal keys have equal texts, whatever stands in them. A null has no length, and is
    equal to a null.
    """
    found: list[Any] = []
    for part in parts:
        text = part.cast(pa.large_string())
        length = pc.binary_length(text).cast(pa.large_string())
        found += [pc.fill_null(length, "-"), pc.fill_null(text, "")]
    return pc.binary_join_element_wise(*found, pa.scalar(":", pa.large_string()))


def one_key(parts: Sequence[Any]) -> Any:
    """Return one value for each key, null where any part is null: the only part, or a text."""
    if len(parts) == 1:
        return parts[0]
    whole = parts[0].is_valid()
    for part in parts[1:]:
        whole = pc.and_(whole, part.is_valid())
    return pc.if_else(whole, key_texts(parts), None)
