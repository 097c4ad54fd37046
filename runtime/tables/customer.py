"""The states that the rows of a table make of one customer, in microseconds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from interact.runtime.tables.key_index import numbers_of
from interact.runtime.tables.loaded import Loaded, Stored
from interact.stdlib.types import Kind, Type, Value

_STORED = {Kind.INT: pa.int64(), Kind.TEXT: pa.large_string(), Kind.DATE: pa.int32()}


@dataclass(slots=True)
class CustomerRows:
    """Looks rows up by key. Threads share it.

    Attributes:
        key: The types of the parts of the key.
    """

    loaded: Loaded
    key: tuple[Type, ...]
    _states: dict[int, list[tuple[str, str | None]]] = field(default_factory=dict)
    _everyone: Mapping[str, Value] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name, place in self.loaded.places.items():
            for slot in self.loaded.slots_of(place):
                self._states.setdefault(slot, []).append((name, place.column))
        if self._is_for_all and len(self.loaded.slots):
            self._everyone = dict(self._of_rows(0, len(self.loaded.slots)))

    @property
    def _is_for_all(self) -> bool:
        return self.loaded.table.kind == "defaults"

    def states(self, key: tuple[Any, ...]) -> Mapping[str, Value]:
        """Return the states that rows make, as machine values; an empty key has those of all."""
        if self._is_for_all or not key or None in key:
            return self._everyone
        place = self._find(key)
        if place < 0:
            return {}
        starts = self.loaded.starts
        return dict(self._of_rows(int(starts[place]), int(starts[place + 1])))

    def _find(self, key: tuple[Any, ...]) -> int:
        """Return the place of a key, -1 for one without rows."""
        if len(key) == 1 and isinstance(key[0], int):
            return self.loaded.index.find_one(key[0])
        parts = [
            pa.array([value], _STORED[kind.kind]).cast(known.type)
            for value, kind, known in zip(key, self.key, self.loaded.keys, strict=True)
        ]
        place = self.loaded.index.find_one(int(numbers_of(parts)[0][0]))
        same = place >= 0 and all(
            known[place] == part[0] for known, part in zip(self.loaded.keys, parts, strict=True)
        )
        return place if same else -1

    def _of_rows(self, first: int, last: int) -> Iterator[tuple[str, Value]]:
        """Yield states; those of a row that names a zone come after those of one that does not."""
        for row in range(first, last):
            for name, column in self._states.get(int(self.loaded.slots[row]), ()):
                yield name, True if column is None else value_at(self.loaded.columns[column], row)


def value_at(stored: Stored, row: int) -> Value:
    """Return the machine value of a column in one row; None is null."""
    if not stored.valid[row]:
        return None
    found: Value = stored.values[row].item() if stored.texts is None else stored.texts[row].as_py()
    return found
