"""Who the customer of a session is."""

from __future__ import annotations

from collections.abc import Sequence

from interact.compiler.core.program import Audience
from interact.runtime.errors import DataError
from interact.runtime.host.deployment import ServedChannel
from interact.runtime.host.parameters import machine_value
from interact.runtime.host.profiles.source import Key
from interact.runtime.host.results import NameValue


def is_level(served: ServedChannel, level: str | None) -> bool:
    """Return whether a channel is for an audience level; None is whatever it is for."""
    return level is None or level.lower() == served.audience.name.lower()


def key_of(audience: Audience, given: Sequence[NameValue]) -> Key:
    """Return the key that was given, by the names of its attributes or of their columns.

    It is empty where nothing was given, or null for all parts: that is a visitor without a key.

    Raises:
        DataError: A part is missing, null, or of another type, and there is something else.
    """
    named = {part.name.lower(): part.value for part in given}
    names = {name.lower() for part in audience.key for name in (part.name, part.column)}
    if all(value is None and name in names for name, value in named.items()):
        return ()
    key = []
    for attribute in audience.key:
        value = named.get(attribute.name.lower(), named.get(attribute.column.lower()))
        if value is None:
            raise DataError(f"the audience id lacks {attribute.name}")
        key.append(machine_value(attribute, value))
    return tuple(key)
