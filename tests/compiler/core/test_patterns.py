"""The states of patterns are what the whole log of events says."""

import json
from dataclasses import replace
from itertools import combinations

from hypothesis import given, settings, strategies as st

from interact.compiler.core.events import Occurrence, Pattern, Suspension
from interact.compiler.core.patterns import Happened, State, advance, due, value

NAMES = ("a", "a", "b")
Log = list[tuple[int, str]]

items = st.builds(Occurrence, st.sampled_from(NAMES), st.none(), st.integers(1, 3))
windows = st.one_of(
    st.just({"window": None, "rolling": False}),
    st.fixed_dictionaries({"window": st.integers(1, 6), "rolling": st.booleans()}),
)


@st.composite
def patterns(draw: st.DrawFn) -> Pattern:
    kind = draw(st.sampled_from(["count", "sum", "sequence"]))
    window = draw(windows)
    if kind == "sequence" and window["window"] is None:
        window = {"window": 5, "rolling": False}
    reset = (
        draw(st.sampled_from(["none", "idle", "period", "event"]))
        if (window["window"] is None)
        else "none"
    )
    return Pattern(
        "P",
        kind,  # type: ignore[arg-type]
        tuple(draw(st.lists(items, min_size=1, max_size=2))),
        draw(st.integers(1, 4)),
        hold=draw(st.integers(0, 4)),
        idle=draw(st.integers(1, 6)) if reset == "idle" else None,
        period=draw(st.integers(1, 9)) if reset == "period" else None,
        origin=draw(st.integers(-5, 5)),
        reset=Occurrence("reset") if reset == "event" else None,
        even_met=draw(st.booleans()),
        suspensions=draw(
            st.sampled_from(
                [
                    (),
                    (Suspension(Occurrence("stop"), 3),),
                    (Suspension(Occurrence("stop"), None, Occurrence("go")),),
                ]
            )
        ),
        **window,  # type: ignore[arg-type]
    )


words = st.sampled_from([*"aaaaaabbbb", "c", "reset", "stop", "go"])
logs = st.lists(st.tuples(st.integers(0, 12), words), max_size=14)


def naive(pattern: Pattern, log: Log, now: int) -> int | None:
    """Return until when the pattern is met at ``now``, None when it is not, from the whole log."""
    counted: Log = []
    held = stopped = -1.0
    for time, name in log:
        if pattern.reset and name == "reset":
            if time >= held or pattern.even_met:
                counted, held, stopped = [], -1, -1
            continue
        if time < stopped:
            if name == "go" and pattern.suspensions[0].until:
                stopped = -1
            continue
        if name == "stop" and pattern.suspensions:
            stopped = time + (pattern.suspensions[0].length or float("inf"))
            continue
        if time < held or name not in [item.event for item in pattern.items]:
            continue
        counted.append((time, name))
        if holds(pattern, counted):
            counted, held = [], time + pattern.hold
    return int(held) if now < held else None


def holds(pattern: Pattern, log: Log) -> bool:
    """Return whether the last event of a log meets a pattern that began with the first."""
    now = log[-1][0]
    if pattern.rolling and pattern.window:
        return enough(pattern, [e for e in log if now - e[0] < pattern.window])
    if pattern.period is not None:
        number = (now - pattern.origin) // pattern.period
        same = [e for e in log if (e[0] - pattern.origin) // pattern.period == number]
        return enough(pattern, same)
    begin = 0
    for place, (time, _) in enumerate(log):
        is_late = place > begin and time - log[place - 1][0] >= (pattern.idle or 99)
        if pattern.window and time - log[begin][0] >= pattern.window:
            is_late = True
        if pattern.kind == "sequence" and log[begin][1] != pattern.items[0].event:
            is_late = True
        if is_late:
            begin = place
    return enough(pattern, log[begin:])


def enough(pattern: Pattern, log: Log) -> bool:
    names = [name for _, name in log]
    match pattern.kind:
        case "count":
            return all(names.count(item.event) >= pattern.least for item in pattern.items)
        case "sum":
            weights = (item.weight * names.count(item.event) for item in pattern.items)
            return sum(weights) >= pattern.least
        case _:
            wanted = [item.event for item in pattern.items]
            return any(list(c) == wanted for c in combinations(names, len(wanted)))


def run(pattern: Pattern, log: Log) -> State:
    state = State()
    for time, name in log:
        state = advance(pattern, state, Happened(name), time)
        assert State.from_json(json.loads(json.dumps(state.to_json()))) == state
        assert len(json.dumps(state.to_json())) < 400
    return state


@settings(deadline=None, max_examples=600)
@given(patterns(), logs, st.integers(0, 6))
def test_states(pattern: Pattern, events: Log, later: int) -> None:
    log = sorted(events, key=lambda event: event[0])
    now = (log[-1][0] if log else 0) + later
    state = run(pattern, log)
    expected = naive(pattern, log, now)
    assert value(pattern, state, now) == (expected is not None)
    assert value(pattern, advance(pattern, state, None, now), now) == (expected is not None)


@settings(deadline=None)
@given(patterns(), logs)
def test_late_events_happen_now(pattern: Pattern, events: Log) -> None:
    latest = 0
    in_order = []
    for time, name in events:
        latest = max(latest, time)
        in_order.append((latest, name))
    assert run(pattern, events) == run(pattern, in_order)


@settings(deadline=None)
@given(patterns(), logs, st.lists(st.integers(0, 35)))
def test_looking_changes_nothing(pattern: Pattern, events: Log, looks: list[int]) -> None:
    log = sorted(events, key=lambda event: event[0])
    state, seen = State(), State()
    for time, name in log:
        for look in (look for look in looks if (seen.latest or 0) <= look <= time):
            seen = advance(pattern, seen, None, look)
        state, seen = (advance(pattern, s, Happened(name), time) for s in (state, seen))
    assert state == seen


def test_missed_and_kept_small() -> None:
    pattern = Pattern("P", "count", (Occurrence("a"),), 3, 10, False, 5, patience=4)
    state = advance(pattern, State(), Happened("A"), 100)
    assert (state.to_json(), due(pattern, state)) == (
        [100, None, None, None, 100, 100, True, [1]],
        104,
    )
    after = advance(pattern, state, None, 104)
    assert (after.missed_at, due(pattern, after), after.counts) == (104, None, (1,))
    met = advance(pattern, advance(pattern, after, Happened("a"), 105), Happened("a"), 109)
    assert (met.met_at, met.met_until, met.missed_at, met.counts) == (109, 114, 104, ())


def test_not_live_and_disabled() -> None:
    pattern = Pattern("P", "count", (Occurrence("a"),), 1, None, False, 5, start=1)
    state = advance(pattern, State(), Happened("a"), 0)
    assert (state.met_at, value(pattern, state, 0)) == (None, -1)
    assert value(replace(pattern, enabled=False), state, 0) == -2


def test_rolling_keeps_what_can_still_count() -> None:
    pattern = Pattern("P", "count", (Occurrence("a"), Occurrence("b")), 3, 1000, True, 5)
    assert run(pattern, [(time, "a") for time in range(500)]).times == ((497, 498, 499), ())
