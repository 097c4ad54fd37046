"""The states of generated patterns are what the whole log of generated events says.

Events have parameters, and occurrences conditions on them, on the customer, and on patterns.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace

import pytest
from tests.properties.customers import draw_customers, draw_value
from tests.properties.event_logs import Entry, is_live, met_until
from tests.properties.programs import Generated, generate
from tests.properties.schema import FieldSpec
from tests.properties.vocabulary import WORDS

from interact.compiler.core.events import (
    DISABLED,
    EXPIRED,
    MET,
    NOT_MET,
    Event,
    Occurrence,
    Pattern,
    parameter_name,
)
from interact.compiler.core.interpret import Customer, Frame, Moment, evaluate
from interact.compiler.core.patterns import State, value
from interact.compiler.core.program import Channel
from interact.compiler.core.visit import Visit, post
from interact.stdlib.types import Value

SECOND = 1_000_000
GAPS = (0, 1, SECOND, 5 * SECOND, 60 * SECOND, 600 * SECOND, 3600 * SECOND, 86_400 * SECOND)
EVENTS = 14
Parameters = Mapping[str, Value]


@pytest.mark.parametrize("first", range(11_000, 11_120, 30))
def test_states_are_what_the_log_says(first: int) -> None:
    outcomes: Counter[int] = Counter()
    for seed in range(first, first + 30):
        generated = generate(seed)
        if generated.channel.patterns:
            outcomes += _compared(generated, random.Random(f"log {seed}"))
    assert outcomes[MET] > 5, outcomes
    assert outcomes[NOT_MET] > 5, outcomes


def _compared(generated: Generated, chance: random.Random) -> Counter[int]:
    """Post events one after the other; return how often a pattern was in which state."""
    channel = _without_actions(generated.channel)
    (customer,) = draw_customers(chance, generated.schema, generated.moment.today, 1)
    names = {p.name for p in channel.patterns}
    known = {n: v for n, v in customer.values.items() if n not in names}
    customer = Customer(known, customer.rows)
    found: Counter[int] = Counter()
    visit, log, now = Visit(), list[Entry](), generated.moment.now
    for _ in range(EVENTS):
        now += chance.choice(GAPS)
        event = chance.choice(channel.events)
        given = _parameters(event, chance, generated.moment.today)
        frame = _frame(channel, customer, given, log, now)
        visit, _ = post(channel, customer, visit, event.name, given, now)
        log.append(Entry(now, event.name, _fits(event, frame)))
        for pattern in channel.patterns:
            state = visit.states.get(pattern.name, State())
            assert value(pattern, state, now) == _state(pattern, log, now), (generated.text, log)
            found[value(pattern, state, now)] += 1
    return found


def _without_actions(channel: Channel) -> Channel:
    events = tuple(replace(e, actions=()) for e in channel.events)
    patterns = tuple(replace(p, on_met=(), missed=()) for p in channel.patterns)
    return replace(channel, events=events, patterns=patterns)


def _parameters(event: Event, chance: random.Random, today: int) -> Parameters:
    return {
        p.name: draw_value(chance, FieldSpec(p.name, p.type, True, 0.1, True, WORDS), today)
        for p in event.parameters
    }


def _frame(
    channel: Channel, customer: Customer, given: Parameters, log: list[Entry], now: int
) -> Frame:
    """Return what conditions see: patterns as they were before the event."""
    states = {p.name: _state(p, log, now) for p in channel.patterns}
    posted = {parameter_name(name): v for name, v in given.items()}
    return Frame(Customer({**customer.values, **states, **posted}, customer.rows), Moment(now))


def _fits(event: Event, frame: Frame) -> Callable[[Occurrence], bool]:
    def fits(item: Occurrence) -> bool:
        if item.event != event.name:
            return False
        return item.condition is None or evaluate(item.condition, frame) is True

    return fits


def _state(pattern: Pattern, log: list[Entry], now: int) -> int:
    if not pattern.enabled:
        return DISABLED
    if not is_live(pattern, now):
        return EXPIRED
    return MET if met_until(pattern, log, now) is not None else NOT_MET
