"""How decisions would shift, in words and as JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from interact.runtime.cli.wording import columns, plural, share

if TYPE_CHECKING:
    from interact.runtime.registry.shift import Moved, Shift

Rows = list[tuple[str, ...]]
_SHOWN = 20


def lines(shift: Shift) -> Iterator[str]:
    """Yield what shifts in a channel; what stays is counted only."""
    moved = shift.moved
    if moved is None:
        yield f"channel {shift.channel}: {'is gone' if shift.is_gone else 'is new'}"
        return
    yield f"channel {shift.channel}: {plural(moved.customers, 'customer')}"
    rows = [*_segments(shift, moved), *_zones(shift, moved)]
    if not rows:
        yield "  nothing shifts"
        return
    table = [("", "live", "share", "new", "share", "enter", "leave"), *rows]
    narrow = [row if row[1] else ("", *row[1:]) for row in table]
    for row, line in zip(table, columns(narrow, "<>>>>>>"), strict=True):
        yield line if row[1] else row[0]


def _segments(shift: Shift, moved: Moved) -> Iterator[tuple[str, ...]]:
    for name, (was, now, enter, leave) in zip(
        shift.names.segments, moved.segments.tolist(), strict=True
    ):
        if enter or leave:
            counts = _counts(was, now, moved.customers)
            yield (f"  segment {name}", *counts, f"{enter:,}", f"{leave:,}")


def _zones(shift: Shift, moved: Moved) -> Iterator[tuple[str, ...]]:
    for zone, name in enumerate(shift.names.zones):
        first, listed = moved.zones[zone].tolist()
        if not listed:
            continue
        told = f"{first:,} ({share(first, moved.customers)}) get another first offer"
        yield (f"  zone {name}: {told}", *[""] * 6)
        for offer, title in enumerate(shift.names.offers):
            was, now = moved.best[zone, offer].tolist()
            if was != now:
                yield (f"    {title}", *_counts(was, now, moved.customers), "", "")


def _counts(was: int, now: int, whole: int) -> tuple[str, ...]:
    return f"{was:,}", share(was, whole), f"{now:,}", share(now, whole)


def as_json(shift: Shift) -> dict[str, Any]:
    """Return all of a shift for a program."""
    moved = shift.moved
    told: dict[str, Any] = {"channel": shift.channel, "most": shift.most}
    if moved is None:
        return {**told, "is_gone": shift.is_gone, "is_new": not shift.is_gone}
    segments = [
        {"name": name, "live": was, "new": now, "enter": enter, "leave": leave}
        for name, (was, now, enter, leave) in zip(
            shift.names.segments, moved.segments.tolist(), strict=True
        )
    ]
    zones = [
        {
            "zone": name,
            "other_first": int(moved.zones[zone, 0]),
            "other_list": int(moved.zones[zone, 1]),
            "offers": list(_offers(shift, moved, zone)),
        }
        for zone, name in enumerate(shift.names.zones)
    ]
    return {**told, "customers": moved.customers, "segments": segments, "zones": zones}


def _offers(shift: Shift, moved: Moved, zone: int) -> Iterator[dict[str, Any]]:
    for offer, name in enumerate(shift.names.offers):
        best, given = moved.best[zone, offer].tolist(), moved.given[zone, offer].tolist()
        if any(given):
            yield {
                "offer": name,
                "best": {"live": best[0], "new": best[1]},
                "given": {"live": given[0], "new": given[1]},
            }
