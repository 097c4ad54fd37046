"""The states of patterns are what the whole log of events says."""

import json
from dataclasses import replace
from itertools import product
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st
from tests.properties.event_logs import Entry, met_until

from interact.compiler.core.events import Occurrence, Pattern, Suspension
from interact.compiler.core.patterns import Happened, State, advance, due, value

NAMES = ("a", "a", "b")
Log = list[tuple[int, str]]

items = st.builds(Occurrence, st.sampled_from(NAMES), st.none(), st.integers(1, 3))
FORMS = [
    *(("count", None), ("sum", None)),
    *product(("count", "sum", "sequence"), (False, True)),
]
"""Of each form: its kind, and whether it is rolling; None has no time."""

starts = st.sampled_from(
    [
        (),
        (),
        (Suspension(Occurrence("stop"), 3),),
        (Suspension(Occurrence("stop"), None, Occurrence("go")),),
    ]
)


@st.composite
def patterns(draw: st.DrawFn, kind: Any, rolling: bool | None) -> Pattern:
    choices = ["none", "idle", "period", "event"] if rolling is None else ["none"]
    reset = draw(st.sampled_from(choices))
    return Pattern(
        "P",
        kind,
        tuple(draw(st.lists(items, min_size=1, max_size=2 + (kind == "sequence")))),
        draw(st.integers(1, 3)),
        None if rolling is None else draw(st.integers(1, 6)),
        bool(rolling),
        draw(st.integers(0, 4)),
        draw(st.integers(1, 6)) if reset == "idle" else None,
        draw(st.integers(1, 9)) if reset == "period" else None,
        draw(st.integers(-5, 5)),
        Occurrence("reset") if reset == "event" else None,
        draw(st.booleans()),
        draw(starts),
    )


any_pattern = st.sampled_from(FORMS).flatmap(lambda form: patterns(*form))
words = st.sampled_from([*"aaaaaabbbb", "c", "reset", "stop", "go"])
logs = st.lists(st.tuples(st.integers(0, 12), words), max_size=14)


def naive(pattern: Pattern, log: Log, now: int) -> int | None:
    """Return until when the pattern is met at ``now``, None when it is not, from the whole log."""
    entries = [Entry(t, name, lambda item, n=name: item.event == n) for t, name in log]
    return met_until(pattern, entries, now)


def run(pattern: Pattern, log: Log) -> State:
    state = State()
    for time, name in log:
        state = advance(pattern, state, Happened(name), time)
        assert State.from_json(json.loads(json.dumps(state.to_json()))) == state
        assert len(json.dumps(state.to_json())) < 400
    return state


@pytest.mark.parametrize(("kind", "rolling"), FORMS)
@settings(max_examples=150)
@given(st.data(), logs)
def test_states(kind: str, rolling: bool | None, data: st.DataObject, events: Log) -> None:
    pattern = data.draw(patterns(kind, rolling))
    log = sorted(events, key=lambda event: event[0])
    for count, (time, _) in enumerate(log, 1):
        state = run(pattern, log[:count])
        for now in range(time, time + 5):
            expected = naive(pattern, log[:count], now) is not None
            assert value(pattern, state, now) == expected
            assert value(pattern, advance(pattern, state, None, now), now) == expected


@given(any_pattern, logs)
def test_late_events_happen_now(pattern: Pattern, events: Log) -> None:
    latest = 0
    in_order = []
    for time, name in events:
        latest = max(latest, time)
        in_order.append((latest, name))
    assert run(pattern, events) == run(pattern, in_order)


@given(any_pattern, logs, st.lists(st.integers(0, 35)))
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
