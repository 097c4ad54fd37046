"""How many impressions were given before: from the run.json of a run, or the counts of a host."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from interact.compiler.core.impressions import ImpressionLimit, Used, holds, left
from interact.compiler.core.nodes import Const
from interact.compiler.core.program import Attribute, Channel
from interact.runtime.errors import DataError, OutputError, UsageError

_DATABASE = b"SQLite format 3\0"
_HELP = "give the run.json of a run, or the impressions.db of a host"


def read_used(path: str | None) -> dict[str, Used]:
    """Return what was given, by the keys of limits; nothing without a file.

    Raises:
        UsageError: The file cannot be read.
        DataError: It is something else.
    """
    if path is None:
        return {}
    try:
        with open(path, "rb") as file:
            data = file.read()
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}", help=_HELP) from error
    if data.startswith(_DATABASE):
        return _of_host(path)
    try:
        listed = json.loads(data)["impressions"]
        return {key: _used(counts) for key, counts in listed.items()}
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise DataError(f"{path} has no counts of impressions", help=_HELP) from error


def _used(counts: Mapping[str, Any]) -> Used:
    found = Used(counts["used"], counts.get("interval", 0), counts.get("within", 0))
    if {type(found.total), type(found.interval), type(found.within)} != {int}:
        raise TypeError
    return found


def _of_host(path: str) -> dict[str, Used]:
    from interact.runtime.host.store.ledger import read_ledger

    try:
        return read_ledger(path)
    except OutputError as error:
        raise DataError(f"{path} has no counts of impressions", help=_HELP) from error


def left_of(
    limits: Iterable[ImpressionLimit], used: Mapping[str, Used], now: int
) -> dict[str, int]:
    """Return what decisions read: how much is left of the limits that hold at ``now``, by state."""
    return {
        limit.state: left(limit, used.get(limit.key, Used()), now)
        for limit in limits
        if holds(limit, now)
    }


def states_with(channel: Channel, used: Mapping[str, Used], now: int) -> tuple[Attribute, ...]:
    """Return the states of a channel; what is left of a limit is the default of its own."""
    found = left_of(channel.limits, used, now)
    return tuple(
        replace(s, default=Const(found[s.name], s.type)) if s.name in found else s
        for s in channel.states
    )
