"""Patterns of events worked out from the whole log, the way that their documentation reads."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import combinations

from interact.compiler.core.events import Occurrence, Pattern
from interact.stdlib.types import MICROSECONDS_PER_DAY


@dataclass(frozen=True)
class Entry:
    """An event that happened; ``fits`` says which occurrences it is one of."""

    time: int
    event: str
    fits: Callable[[Occurrence], bool]


Log = Sequence[Entry]


def met_until(pattern: Pattern, log: Log, now: int) -> int | None:
    """Return until when a pattern is met at ``now``, None when it is not."""
    counted: list[Entry] = []
    held = stopped = -math.inf
    stopped_by = None
    for entry in log if pattern.enabled else ():
        time = entry.time
        if not is_live(pattern, time):
            continue
        if pattern.reset and entry.fits(pattern.reset):
            if time >= held or pattern.even_met:
                counted, held, stopped = [], -math.inf, -math.inf
            continue
        if time < stopped:
            if stopped_by and stopped_by.until and entry.fits(stopped_by.until):
                stopped = -math.inf
            continue
        found = next((s for s in pattern.suspensions if entry.fits(s.event)), None)
        if found is not None:
            stopped_by, stopped = found, time + (found.length or math.inf)
            continue
        if time < held or not any(map(entry.fits, pattern.items)):
            continue
        counted.append(entry)
        if _holds(pattern, counted):
            counted, held = [], time + pattern.hold
    return int(held) if now < held else None


def is_live(pattern: Pattern, time: int) -> bool:
    day = time // MICROSECONDS_PER_DAY
    starts = pattern.start is None or pattern.start <= day
    return starts and (pattern.end is None or day <= pattern.end)


def _holds(pattern: Pattern, log: list[Entry]) -> bool:
    """Return whether the last event of a log meets a pattern that began with the first."""
    now = log[-1].time
    if pattern.rolling and pattern.window:
        return _enough(pattern, [e for e in log if now - e.time < pattern.window])
    if pattern.period is not None:
        number = (now - pattern.origin) // pattern.period
        same = [e for e in log if (e.time - pattern.origin) // pattern.period == number]
        return _enough(pattern, same)
    begin = 0
    for place, entry in enumerate(log):
        idle = math.inf if pattern.idle is None else pattern.idle
        is_late = place > begin and entry.time - log[place - 1].time >= idle
        if pattern.window and entry.time - log[begin].time >= pattern.window:
            is_late = True
        if pattern.kind == "sequence" and not log[begin].fits(pattern.items[0]):
            is_late = True
        if is_late:
            begin = place
    return _enough(pattern, log[begin:])


def _enough(pattern: Pattern, log: list[Entry]) -> bool:
    match pattern.kind:
        case "count":
            return all(sum(map_fits(item, log)) >= pattern.least for item in pattern.items)
        case "sum":
            return sum(i.weight * sum(map_fits(i, log)) for i in pattern.items) >= pattern.least
        case _:
            steps = combinations(log, len(pattern.items))
            return any(
                all(e.fits(item) for e, item in zip(chosen, pattern.items, strict=True))
                for chosen in steps
            )


def map_fits(item: Occurrence, log: list[Entry]) -> list[bool]:
    return [entry.fits(item) for entry in log]
