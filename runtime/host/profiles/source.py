"""Where profiles come from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Profile:
    """What is known of a customer: values by attribute or state, rows by ``many`` attribute.

    Values are machine values.
    """

    values: Mapping[str, Any]
    rows: Mapping[str, Sequence[Mapping[str, Any]]]

    @property
    def known(self) -> dict[str, Any]:
        """The values; states of history only where there is any."""
        return {n: v for n, v in self.values.items() if v is not None or "." not in n}


class ProfileSource(Protocol):
    """Finds the profile of a customer. Threads share it."""

    def load(self, key: Key) -> Profile | None:
        """Return the profile of a key, as machine values; None for an unknown customer.

        Raises:
            InteractError: It cannot be read now.
        """
        ...

    def close(self) -> None:
        """Let go of connections and threads. Nothing is loaded any more."""


class NoProfiles:
    """Knows nobody: everything comes with the calls."""

    def load(self, key: Key) -> Profile | None:
        """Return None."""
        return None

    def close(self) -> None:
        """Do nothing."""
