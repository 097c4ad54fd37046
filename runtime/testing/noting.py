"""Values of a customer that note which are read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from interact.stdlib.types import Value


class Noting(Mapping[str, Value]):
    """Values by name; ``read`` has those that were asked for, in order."""

    def __init__(self, values: Mapping[str, Value]) -> None:
        self._values = values
        self.read: dict[str, None] = {}

    def __getitem__(self, name: str) -> Value:
        self.read[name] = None
        return self._values[name]

    def __contains__(self, name: object) -> bool:
        return name in self._values

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)
