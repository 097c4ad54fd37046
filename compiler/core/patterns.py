"""When a pattern of events is met: a state, advanced by each event, small enough to be kept.

Times are microseconds since 1970. Every length of time includes its start and excludes its end.
An event that arrives late counts as if it happened when the latest one did.

While a pattern is met nothing counts, and when its hold is over it begins anew. Nothing counts
either while it is suspended, outside its dates, or when it is disabled; time passes all the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields, replace
from typing import Any

from interact.compiler.core.events import DISABLED, EXPIRED, MET, NOT_MET, Occurrence, Pattern
from interact.compiler.core.interpret import Frame, evaluate
from interact.stdlib.records import record
from interact.stdlib.types import MICROSECONDS_PER_DAY


@record
class Happened:
    """An event; ``frame`` has its parameters beside the customer's attributes."""

    event: str
    frame: Frame | None = None

    def fits(self, wanted: Occurrence) -> bool:
        """Return whether this is an event that is wanted."""
        if wanted.event.lower() != self.event.lower():
            return False
        if wanted.condition is None:
            return True
        return self.frame is not None and evaluate(wanted.condition, self.frame) is True


@record
class State:
    """What is known of a pattern for one customer. The first one is ``State()``.

    ``first`` and ``last`` are the first and last event that counted since it began anew,
    ``waiting`` is set until it has been missed since. ``counts`` has a number for each item, or
    one for a sum, or the number of steps of a sequence. In a rolling window ``times`` has the
    times that still count of each item, for a sum ``(time, weight)``, for a sequence the latest
    start of what has come as far as each step. ``suspended`` is an index of the suspensions.
    """

    latest: int | None = None
    met_at: int | None = None
    met_until: int | None = None
    missed_at: int | None = None
    first: int | None = None
    last: int | None = None
    waiting: bool = False
    counts: tuple[int, ...] = ()
    times: tuple[tuple[int, ...], ...] = ()
    suspended: int | None = None
    suspended_until: int | None = None

    def to_json(self) -> list[Any]:
        """Return the state as plain data; what is unknown at the end is left out."""
        values = [getattr(self, f.name) for f in fields(State)]
        plain = [[list(v) for v in values[8]] if i == 8 else v for i, v in enumerate(values)]
        plain[7] = list(values[7])
        while plain and not plain[-1] and plain[-1] != 0:
            plain.pop()
        return plain

    @staticmethod
    def from_json(plain: Sequence[Any]) -> State:
        """Return the state that ``to_json`` wrote."""
        values = list(plain)
        if len(values) > 7:
            values[7] = tuple(values[7])
        if len(values) > 8:
            values[8] = tuple(map(tuple, values[8]))
        return State(*values)


def value(pattern: Pattern, state: State, now: int) -> int:
    """Return 1 when a pattern is met, 0 when not, -1 outside its dates, -2 when it is disabled."""
    if not pattern.enabled:
        return DISABLED
    if not _is_live(pattern, now):
        return EXPIRED
    return MET if state.met_until is not None and now < state.met_until else NOT_MET


def advance(pattern: Pattern, state: State, event: Happened | None, now: int) -> State:
    """Return the state after an event, or without one after time has passed.

    It was met by the event when ``met_at`` has changed, and missed when ``missed_at`` has.
    """
    now = now if state.latest is None else max(now, state.latest)
    state = replace(_passed(pattern, state, now), latest=now)
    if event is None or not pattern.enabled or not _is_live(pattern, now):
        return state
    if pattern.reset is not None and event.fits(pattern.reset):
        return _reset(pattern, state, now)
    if state.suspended is not None:
        until = pattern.suspensions[state.suspended].until
        return _resumed(state) if until is not None and event.fits(until) else state
    for index, suspension in enumerate(pattern.suspensions):
        if event.fits(suspension.event):
            end = None if suspension.length is None else now + suspension.length
            return replace(state, suspended=index, suspended_until=end)
    if state.met_until is not None:
        return state
    hits = [i for i, item in enumerate(pattern.items) if event.fits(item)]
    return _counted(pattern, state, hits, now)


def due(pattern: Pattern, state: State) -> int | None:
    """Return when the pattern will have been missed, if nothing else happens; None when never."""
    if not state.waiting or state.first is None:
        return None
    ends = [_end(pattern, state)]
    if pattern.patience is not None:
        ends.append(state.first + pattern.patience)
    return min((end for end in ends if end is not None), default=None)


# ------------------------------------------------------------------------------------ time passes


def _is_live(pattern: Pattern, now: int) -> bool:
    day = now // MICROSECONDS_PER_DAY
    starts, ends = pattern.start, pattern.end
    return (starts is None or starts <= day) and (ends is None or day <= ends)


def _passed(pattern: Pattern, state: State, now: int) -> State:
    if state.met_until is not None and state.met_until <= now:
        state = replace(state, met_until=None)
    if state.suspended_until is not None and state.suspended_until <= now:
        state = _resumed(state)
    missed, end = due(pattern, state), _end(pattern, state)
    if missed is not None and missed <= now:
        state = replace(state, missed_at=missed, waiting=False)
        if pattern.rolling:
            state = replace(state, first=None)
    if end is not None and end <= now:
        state = anew(state) if not pattern.rolling else replace(state, first=None)
    return state


def _end(pattern: Pattern, state: State) -> int | None:
    """Return when what was counted is forgotten; in a rolling window, the oldest of it."""
    if state.first is None or state.last is None:
        return None
    if pattern.window is not None:
        return state.first + pattern.window
    if pattern.period is not None:
        return state.first + pattern.period - (state.first - pattern.origin) % pattern.period
    return None if pattern.idle is None else state.last + pattern.idle


def anew(state: State) -> State:
    """Return a state of which nothing was counted."""
    return replace(state, first=None, last=None, waiting=False, counts=(), times=())


def _resumed(state: State) -> State:
    return replace(state, suspended=None, suspended_until=None)


def _reset(pattern: Pattern, state: State, now: int) -> State:
    if state.met_until is not None and not pattern.even_met:
        return state
    if state.waiting:
        state = replace(state, missed_at=now)
    return replace(_resumed(anew(state)), met_until=None)


# ------------------------------------------------------------------------------------ events count


def _counted(pattern: Pattern, state: State, hits: Sequence[int], now: int) -> State:
    match pattern.kind:
        case "count":
            after, is_met = _counts(pattern, state, hits, now)
        case "sum":
            after, is_met = _sum(pattern, state, hits, now)
        case _:
            after, is_met = _steps(pattern, state, hits, now)
    if is_met:
        return met(pattern, after, now)
    if after == state:
        return state
    first, waiting = (now, True) if state.first is None else (state.first, state.waiting)
    return replace(after, first=first, last=now, waiting=waiting)


def met(pattern: Pattern, state: State, now: int) -> State:
    """Return the state of a pattern that is met now: it is held, and nothing was counted."""
    until = now + pattern.hold if pattern.hold else None
    return replace(anew(state), met_at=now, met_until=until)


def _counts(pattern: Pattern, state: State, hits: Sequence[int], now: int) -> tuple[State, bool]:
    if pattern.rolling and pattern.window is not None:
        found = state.times or ((),) * len(pattern.items)
        kept = [tuple(t for t in times if now < t + pattern.window) for times in found]
        for hit in hits:
            kept[hit] = (*kept[hit], now)[-pattern.least :]
        is_met = all(len(times) >= pattern.least for times in kept)
        return (replace(state, times=tuple(kept)) if hits else state), is_met
    counts = list(state.counts or (0,) * len(pattern.items))
    for hit in hits:
        counts[hit] = min(counts[hit] + 1, pattern.least)
    is_met = bool(hits) and min(counts) >= pattern.least
    # The last event that counted matters even where there are enough of its kind.
    return (replace(state, counts=tuple(counts), last=now) if hits else state), is_met


def _sum(pattern: Pattern, state: State, hits: Sequence[int], now: int) -> tuple[State, bool]:
    gained = sum(pattern.items[hit].weight for hit in hits)
    if not hits:
        return state, False
    if pattern.rolling and pattern.window is not None:
        kept = tuple(pair for pair in state.times if now < pair[0] + pattern.window)
        kept = (*kept, (now, gained))
        total = sum(weight for _, weight in kept)
        return replace(state, times=kept), total >= pattern.least
    total = (state.counts or (0,))[0] + gained
    return replace(state, counts=(total,)), total >= pattern.least


def _steps(pattern: Pattern, state: State, hits: Sequence[int], now: int) -> tuple[State, bool]:
    length = len(pattern.items)
    if not pattern.rolling or pattern.window is None:
        step = (state.counts or (0,))[0]
        if step not in hits:
            return state, False
        return replace(state, counts=(step + 1,)), step + 1 == length
    found = state.times or ((),) * length
    starts = [tuple(s for s in start if now < s + pattern.window) for start in found]
    for step in sorted(hits, reverse=True):
        came = (now,) if step == 0 else starts[step - 1]
        starts[step] = max(starts[step], came)
    changed = any(hit == 0 or starts[hit] for hit in hits)
    return (replace(state, times=tuple(starts)) if changed else state), bool(starts[-1])
