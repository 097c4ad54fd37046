"""The state of two who turn out to be one is that of one who did it all."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given, settings, strategies as st
from tests.compiler.core.test_patterns import FORMS, Log, any_pattern, logs, patterns, run

from interact.compiler.core.events import Occurrence, Pattern, Suspension
from interact.compiler.core.merging import merged
from interact.compiler.core.patterns import Happened, State, advance, value

NOW = 13
split = st.lists(st.tuples(st.integers(0, 12), st.sampled_from("ab"), st.booleans()), max_size=10)


def seen(pattern: Pattern, state: State, later: Log) -> list[int]:
    """Return what is seen of a state as more happens."""
    told = []
    for time, name in sorted(later):
        state = advance(pattern, state, Happened(name), NOW + time)
        told.append(value(pattern, state, NOW + time))
    return told


@given(any_pattern, logs, logs, st.booleans())
def test_with_nobody_it_stays_as_it_was(
    pattern: Pattern, log: Log, later: Log, is_first: bool
) -> None:
    pattern = replace(pattern, patience=3)
    state = run(pattern, sorted(log))
    both = (state, State()) if is_first else (State(), state)
    found, is_met = merged(pattern, *both, NOW)
    assert not is_met
    assert seen(pattern, found, later) == seen(pattern, advance(pattern, state, None, NOW), later)


@given(any_pattern, logs, logs, logs)
def test_it_does_not_matter_who_is_who(pattern: Pattern, one: Log, other: Log, later: Log) -> None:
    states = run(pattern, sorted(one)), run(pattern, sorted(other))
    assume(states[0].suspended_until != states[1].suspended_until or not pattern.suspensions)
    found = [merged(pattern, *pair, NOW) for pair in (states, states[::-1])]
    assert found[0][1] == found[1][1]
    assert seen(pattern, found[0][0], later) == seen(pattern, found[1][0], later)


@pytest.mark.parametrize(("kind", "rolling"), [f for f in FORMS if f[0] != "sequence"])
@settings(max_examples=60)
@given(st.data(), split, logs)
def test_what_both_did_counts_together(
    kind: str, rolling: bool | None, data: st.DataObject, events: list[tuple[int, str, bool]],
    later: Log,
) -> None:  # fmt: skip
    drawn = data.draw(patterns(kind, rolling))
    pattern = replace(drawn, suspensions=(), reset=None, idle=None, period=None, least=4)
    if rolling is False:
        pattern = replace(pattern, window=20)  # all of it is within that of the first
    mine, theirs = (
        run(pattern, sorted((t, n) for t, n, whose in events if whose is one))
        for one in (True, False)
    )
    assume(mine.met_at is None and theirs.met_at is None)
    together = run(pattern, sorted((t, n) for t, n, _ in events))
    found, is_met = merged(pattern, mine, theirs, NOW)
    if together.met_at is None:
        assert not is_met
        after = advance(pattern, together, None, NOW)
        assert seen(pattern, found, later) == seen(pattern, after, later)
    elif not rolling:
        assert (is_met, found.met_at) == (True, NOW)


def test_the_further_of_two_sequences_goes_on() -> None:
    steps = tuple(map(Occurrence, "abc"))
    pattern = Pattern("P", "sequence", steps, 0, 10, False, 5)
    one, other = run(pattern, [(1, "a")]), run(pattern, [(2, "a"), (3, "b")])
    found, is_met = merged(pattern, one, other, 4)
    assert (is_met, found.counts, found.first) == (False, (2,), 2)
    assert advance(pattern, found, Happened("c"), 11).met_at == 11
    rolling = replace(pattern, rolling=True)
    one, other = run(rolling, [(1, "a"), (2, "b")]), run(rolling, [(3, "a")])
    assert merged(rolling, one, other, 4)[0].times == ((3,), (1,), ())


def test_who_met_it_or_was_suspended_stays_so() -> None:
    pattern = Pattern(
        "P", "count", (Occurrence("a"),), 2, None, False, 6,
        suspensions=(Suspension(Occurrence("stop"), 9), Suspension(Occurrence("halt"), 3)),
    )  # fmt: skip
    is_met, begun = run(pattern, [(0, "a"), (4, "a")]), run(pattern, [(5, "a")])
    found, now_met = merged(pattern, begun, is_met, 6)
    assert (now_met, found.met_until, found.counts) == (False, 10, ())
    halted = run(pattern, [(5, "a"), (6, "halt")])
    stopped = run(pattern, [(1, "a"), (2, "stop")])
    found, now_met = merged(pattern, halted, stopped, 7)
    assert (now_met, found.suspended, found.suspended_until) == (False, 0, 11)
    assert advance(pattern, found, Happened("a"), 10).met_at is None
    assert advance(pattern, found, Happened("a"), 11).met_at == 11
