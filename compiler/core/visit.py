"""What follows from the events of a visit: a small state, advanced by each, and effects.

When an event happens, first whatever was due before it is done. Then patterns count it; then its
actions are done in order, then those of the patterns that it has met. The condition of an action
is asked when the event happens, its values are worked out when it is done.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Literal

from interact.compiler.core.events import SYSTEM_EVENTS, Action, Event, Pattern, parameter_name
from interact.compiler.core.interpret import Customer, Frame, Moment, evaluate
from interact.compiler.core.merging import merged
from interact.compiler.core.patterns import Happened, State, advance, due, value
from interact.compiler.core.program import Channel
from interact.compiler.core.state import QUALIFIED, state_name
from interact.stdlib.records import record
from interact.stdlib.types import Value

_SYSTEM = {name: Event(name) for name in SYSTEM_EVENTS}
Parameters = tuple[tuple[str, Value], ...]
Tell = Callable[[int, str, Literal["posted", "met"]], None]
"""Told when an event happens or a pattern is met, in their order: a time and the name."""


def _untold(time: int, name: str, kind: Literal["posted", "met"]) -> None:
    """Tell nobody."""


@record
class Pending:
    """An action to be done at ``time``: the one at ``place`` of an event or a pattern.

    ``treatment`` and ``response`` are those of the event that led to it, as in ``Effect``.
    """

    time: int
    owner: str
    part: Literal["event", "met", "missed"]
    place: int
    parameters: Parameters = ()
    treatment: str = ""
    response: str = ""


@record
class Visit:
    """Session attributes that were set, the states of patterns, and what is still to be done.

    Segments that the customer was put into are attributes, too: see ``core/state.py``. What
    others have ``said`` of a pattern holds until something counts here.
    """

    attributes: Mapping[str, Value] = field(default_factory=dict)
    states: Mapping[str, State] = field(default_factory=dict)
    pending: tuple[Pending, ...] = ()
    said: Mapping[str, Value] = field(default_factory=dict)

    def pattern(self, pattern: Pattern, now: int) -> Value:
        """Return what decisions and conditions read of a pattern."""
        found = self.states.get(pattern.name, State())
        if pattern.name in self.said and replace(found, latest=None) == State():
            return self.said[pattern.name]
        return value(pattern, found, now)


@record
class Effect:
    """What is to be done outside of the visit: an action of a kind other than set, post, qualify.

    ``treatment`` is what the event was about that led to it, and ``response`` what the client calls
    a response of it, empty for the kind of the action.
    """

    time: int
    action: Action
    treatment: str = ""
    response: str = ""


@dataclass
class _Turn:
    """A visit while events happen to it."""

    channel: Channel
    customer: Customer
    visit: Visit
    tell: Tell
    effects: list[Effect] = field(default_factory=list)

    def frame(self, now: int, parameters: Parameters = ()) -> Frame:
        states = {p.name: self.visit.pattern(p, now) for p in self.channel.patterns}
        posted = {parameter_name(name): given for name, given in parameters}
        values = {**self.customer.values, **self.visit.attributes, **states, **posted}
        return Frame(Customer(values, self.customer.rows), Moment(now))

    def happen(
        self, event: Event, parameters: Parameters, now: int, treatment: str, response: str
    ) -> None:
        self.tell(now, event.name, "posted")
        met = list(self.count(Happened(event.name, self.frame(now, parameters)), now))
        about = treatment, response
        for place, action in enumerate(event.actions):
            self.start(action, Pending(now, event.name, "event", place, parameters, *about))
        for name, actions in met:
            for place, action in enumerate(actions):
                self.start(action, Pending(now, name, "met", place, (), *about))

    def count(self, event: Happened | None, now: int) -> Iterator[tuple[str, tuple[Action, ...]]]:
        """Advance all patterns; yield those that are met, and start what is to be done if not."""
        states = dict(self.visit.states)
        found = []
        for pattern in self.channel.patterns:
            before = states.get(pattern.name, State())
            after = states[pattern.name] = advance(pattern, before, event, now)
            if after.missed_at != before.missed_at:
                found.append((pattern, False))
            if after.met_at != before.met_at:
                found.append((pattern, True))
        self.visit = replace(self.visit, states=states)
        for pattern, is_met in found:
            if is_met:
                self.tell(now, pattern.name, "met")
                yield pattern.name, pattern.on_met
            else:
                for place, action in enumerate(pattern.missed):
                    self.start(action, Pending(now, pattern.name, "missed", place))

    def start(self, action: Action, pending: Pending) -> None:
        """Do an action whose condition is true, now or later."""
        frame = self.frame(pending.time, pending.parameters)
        if action.condition is not None and evaluate(action.condition, frame) is not True:
            return
        time = max(pending.time + action.delay, action.at or 0)
        if time > pending.time:
            later = (*self.visit.pending, replace(pending, time=time))
            self.visit = replace(self.visit, pending=later)
        else:
            self.do(action, pending, pending.time)

    def do(self, action: Action, pending: Pending, now: int) -> None:
        frame = self.frame(now, pending.parameters)
        values = [evaluate(expr, frame) for expr in action.values]
        if action.kind == "set":
            changed = {**self.visit.attributes, action.names[0]: values[0]}
            self.visit = replace(self.visit, attributes=changed)
        elif action.kind == "qualify":
            joined = {state_name(name, QUALIFIED): True for name in action.names}
            self.visit = replace(self.visit, attributes={**self.visit.attributes, **joined})
        elif action.kind == "post":
            event = find_event(self.channel, action.names[0])
            names = (p.name for p in event.parameters)
            given = tuple(zip(names, values, strict=True))
            self.happen(event, given, now, pending.treatment, pending.response)
        else:
            self.effects.append(Effect(now, action, pending.treatment, pending.response))

    def take(self, others: Mapping[str, State], now: int) -> None:
        """Take states of somebody else for those of the same patterns, and do what that meets."""
        states, found = dict(self.visit.states), []
        for pattern in self.channel.patterns:
            if pattern.name in others:
                mine = states.get(pattern.name, State())
                states[pattern.name], is_met = merged(pattern, mine, others[pattern.name], now)
                found += [pattern] if is_met else []
        self.visit = replace(self.visit, states=states)
        for pattern in found:
            self.tell(now, pattern.name, "met")
            for place, action in enumerate(pattern.on_met):
                self.start(action, Pending(now, pattern.name, "met", place))

    def pass_time(self, now: int) -> None:
        """Do what is due up to ``now``, the earliest first."""
        while (time := self.next_time()) is not None and time <= now:
            first = next((p for p in self.visit.pending if p.time == time), None)
            if first is None:
                assert not list(self.count(None, time))
                continue
            rest = tuple(p for p in self.visit.pending if p is not first)
            self.visit = replace(self.visit, pending=rest)
            self.do(action_of(self.channel, first), first, time)

    def next_time(self) -> int | None:
        times = [p.time for p in self.visit.pending]
        for pattern in self.channel.patterns:
            state = self.visit.states.get(pattern.name) if pattern.missed else None
            missed = None if state is None else due(pattern, state)
            times += [] if missed is None else [missed]
        return min(times, default=None)


def post(
    channel: Channel,
    customer: Customer,
    visit: Visit,
    event: str,
    parameters: Mapping[str, Value],
    now: int,
    treatment: str = "",
    response: str = "",
    tell: Tell = _untold,
) -> tuple[Visit, tuple[Effect, ...]]:
    """Return the visit after an event, and what is to be done.

    Args:
        customer: The attributes, those of the session as they began.
        parameters: In machine form; what is missing has its default.
        now: Microseconds since 1970.
        treatment: The code of the offer that the event is about.
        response: What a response is called, in place of ``accept`` or ``reject``.
        tell: Told of this event, of those that actions post, and of patterns that are met.

    Raises:
        KeyError: The channel has no such event.
    """
    found = find_event(channel, event)
    turn = _Turn(channel, customer, visit, tell)
    turn.pass_time(now)
    given = (
        (p.name, parameters.get(p.name, None if p.default is None else p.default.value))
        for p in found.parameters
    )
    turn.happen(found, tuple(given), now, treatment, response)
    return turn.visit, tuple(turn.effects)


def wait(
    channel: Channel, customer: Customer, visit: Visit, now: int, tell: Tell = _untold
) -> tuple[Visit, tuple[Effect, ...]]:
    """Return the visit after time has passed, and what is to be done."""
    turn = _Turn(channel, customer, visit, tell)
    turn.pass_time(now)
    return turn.visit, tuple(turn.effects)


def merge(
    channel: Channel,
    customer: Customer,
    visit: Visit,
    others: Mapping[str, State],
    now: int,
    tell: Tell = _untold,
) -> tuple[Visit, tuple[Effect, ...]]:
    """Return the visit with the states of somebody who turns out to be the same; see ``merging``.

    Args:
        others: States by pattern.
    """
    turn = _Turn(channel, customer, visit, tell)
    turn.pass_time(now)
    turn.take(others, now)
    return turn.visit, tuple(turn.effects)


def next_time(channel: Channel, visit: Visit) -> int | None:
    """Return when something is to be done if nothing else happens; None when never."""
    return _Turn(channel, Customer({}), visit, _untold).next_time()


def find_event(channel: Channel, name: str) -> Event:
    """Return an event, whatever the case of its name.

    Raises:
        KeyError: There is none.
    """
    known = {e.name.lower(): e for e in channel.events}
    return known.get(name.lower()) or _SYSTEM[name.lower()]


def action_of(channel: Channel, pending: Pending) -> Action:
    """Return the action that is to be done."""
    if pending.part == "event":
        return find_event(channel, pending.owner).actions[pending.place]
    (pattern,) = (p for p in channel.patterns if p.name == pending.owner)
    return (pattern.on_met if pending.part == "met" else pattern.missed)[pending.place]
