"""Two states of a pattern as one: a visitor turns out to be a customer.

What was counted of either counts together, as if one of them had done it all:

========================  =======================================================================
count, sum                the numbers add, up to what is needed
within a rolling time     the times of both that still count
sequence                  the one that has come further; in a rolling time, for each step the
                          latest beginning
first, last event         the earlier first, the later last; whether it can still be missed is as
                          for the earlier first
met                       stays met, until the later end, and nothing is counted meanwhile
suspended                 stays suspended, until the later end; what was counted before is kept
========================  =======================================================================

A pattern of which enough was counted together is met by that.
"""

from __future__ import annotations

from dataclasses import replace

from interact.compiler.core.events import DISABLED, EXPIRED, Pattern
from interact.compiler.core.patterns import State, advance, anew, met, value

_FOREVER = 1 << 62


def merged(pattern: Pattern, state: State, other: State, now: int) -> tuple[State, bool]:
    """Return the state of both at a time, and whether it is met by being that of both."""
    now = max([now, *(s.latest for s in (state, other) if s.latest is not None)])
    mine, theirs = (advance(pattern, s, None, now) for s in (state, other))
    if value(pattern, mine, now) in (DISABLED, EXPIRED):
        return mine, False
    found = _suspended(_held(mine, theirs), mine, theirs)
    if found.met_until is not None:
        return anew(found), False
    if theirs.first is None and not theirs.times:
        return found, False
    found = _counted(pattern, found, mine, theirs, now)
    if found.suspended is not None or not _is_enough(pattern, found):
        return found, False
    return met(pattern, found, now), True


def _held(mine: State, theirs: State) -> State:
    """Return my state, met as long as either, and met and missed when either was last."""
    return replace(
        mine,
        met_at=_latest(mine.met_at, theirs.met_at),
        met_until=_latest(mine.met_until, theirs.met_until),
        missed_at=_latest(mine.missed_at, theirs.missed_at),
    )


def _suspended(found: State, mine: State, theirs: State) -> State:
    ends = [(_end(s), s) for s in (mine, theirs) if s.suspended is not None]
    if not ends:
        return found
    _, longest = max(ends, key=lambda pair: pair[0])
    return replace(found, suspended=longest.suspended, suspended_until=longest.suspended_until)


def _end(state: State) -> int:
    return _FOREVER if state.suspended_until is None else state.suspended_until


def _counted(pattern: Pattern, found: State, mine: State, theirs: State, now: int) -> State:
    if pattern.kind == "sequence" and not pattern.rolling:
        further = max((mine, theirs), key=lambda s: (s.counts or (0,), s.first or 0))
        return replace(
            found,
            first=further.first,
            last=further.last,
            waiting=further.waiting,
            counts=further.counts,
        )
    earlier = min((mine, theirs), key=lambda s: _FOREVER if s.first is None else s.first)
    found = replace(
        found,
        first=earlier.first,
        last=_latest(mine.last, theirs.last),
        waiting=earlier.waiting,
    )
    if pattern.rolling:
        return replace(found, times=_times(pattern, mine, theirs, now))
    return replace(found, counts=_numbers(pattern, mine, theirs))


def _numbers(pattern: Pattern, mine: State, theirs: State) -> tuple[int, ...]:
    none = (0,) * (len(pattern.items) if pattern.kind == "count" else 1)
    both = zip(mine.counts or none, theirs.counts or none, strict=True)
    return tuple(min(sum(pair), pattern.least) for pair in both)


def _times(pattern: Pattern, mine: State, theirs: State, now: int) -> tuple[tuple[int, ...], ...]:
    """Return the times that still count of both; see ``State`` for what they are of."""
    assert pattern.window is not None
    if pattern.kind == "sum":
        pairs = sorted((*mine.times, *theirs.times))
        return tuple(pair for pair in pairs if now < pair[0] + pattern.window)
    none: tuple[tuple[int, ...], ...] = ((),) * len(pattern.items)
    both = [
        sorted(t for t in (*a, *b) if now < t + pattern.window)
        for a, b in zip(mine.times or none, theirs.times or none, strict=True)
    ]
    most = 1 if pattern.kind == "sequence" else pattern.least
    return tuple(tuple(times[-most:]) for times in both)


def _is_enough(pattern: Pattern, state: State) -> bool:
    match pattern.kind:
        case "count" if pattern.rolling:
            return all(len(times) >= pattern.least for times in state.times)
        case "count":
            return min(state.counts, default=0) >= pattern.least
        case "sum" if pattern.rolling:
            return sum(weight for _, weight in state.times) >= pattern.least
        case "sum":
            return sum(state.counts) >= pattern.least
        case _:
            return False  # one customer of two has not come further than the further one


def _latest(*times: int | None) -> int | None:
    return max((t for t in times if t is not None), default=None)
