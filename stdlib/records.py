"""Immutable records, made quickly.

A process that decides for one customer spends most of its start making classes. What
``@dataclass(frozen=True)`` generates to refuse assignment is the larger part of that, and slows
every construction; here assignment is refused by the type checker instead.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from typing import Any, TypeVar, dataclass_transform

T = TypeVar("T", bound=type[Any])


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(cls: T) -> T:
    """Make a class a slotted dataclass with value equality and a hash, not to be assigned to.

    >>> @record
    ... class Place:
    ...     line: int
    >>> Place(3), Place(3) == Place(3), hash(Place(3)) == hash(Place(3))
    (Place(line=3), True, True)
    """
    made: Any = dataclass(unsafe_hash=True, slots=True, repr=False)(cls)
    made.__repr__ = _repr
    return made  # type: ignore[no-any-return]


def _repr(self: Any) -> str:
    shown = ", ".join(f"{f.name}={getattr(self, f.name)!r}" for f in fields(self) if f.repr)
    return f"{type(self).__qualname__}({shown})"
