"""Events of a session: the visit and the customer's state advance, and effects are to be done.

What follows from an event is defined by the pure interpreter of visits; here its inputs come from
the session and from what is kept of the customer, and its results go back there.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from interact.compiler.core.events import Event, Pattern
from interact.compiler.core.interpret import Customer
from interact.compiler.core.program import Attribute
from interact.compiler.core.visit import Effect, Tell, Visit, merge as join, next_time, post, wait
from interact.runtime.errors import DataError
from interact.runtime.host.events.becoming import with_history_of
from interact.runtime.host.events.contacts import history_of
from interact.runtime.host.parameters import machine_value
from interact.runtime.host.results import NameValue
from interact.runtime.host.session import Session
from interact.runtime.host.states import CustomerState
from interact.runtime.host.turn import Turn
from interact.stdlib.types import Value

Step = Callable[[Customer, Visit], tuple[Visit, tuple[Effect, ...]]]


def known_customer(session: Session, state: CustomerState, now: int) -> Customer:
    """Return the customer as decisions of the session see it: attributes, history, patterns."""
    served = session.served
    values = {**served.decider.defaults, **session.values, **history_of(session, state)}
    patterns = served.channel.patterns
    if patterns:
        visit = _visit(session, state)
        values |= {pattern.name: visit.pattern(pattern, now) for pattern in patterns}
    return Customer(values, session.rows)


def happen(
    turn: Turn,
    event: str,
    now: int,
    parameters: Mapping[str, Value],
    treatment: str,
    response: str,
    tell: Tell,
) -> tuple[Effect, ...]:
    """Let an event happen, declared or of the system; return what is to be done.

    Args:
        tell: Told of what happens, and of patterns that are met.
    """
    channel = _session(turn).served.channel

    def step(customer: Customer, visit: Visit) -> tuple[Visit, tuple[Effect, ...]]:
        return post(channel, customer, visit, event, parameters, now, treatment, response, tell)

    return _advance(turn, step)


def pass_time(turn: Turn, now: int, tell: Tell) -> tuple[Effect, ...]:
    """Do what is due in a session; return what is to be done outside of its visit."""
    channel = _session(turn).served.channel
    return _advance(turn, lambda customer, visit: wait(channel, customer, visit, now, tell))


def merge(turn: Turn, other: CustomerState, now: int, tell: Tell) -> tuple[Effect, ...]:
    """Take what is known of a visitor for the customer's; return what is to be done."""
    session = _session(turn)
    named = {
        p.name: other.patterns.get(state_name(session, p)) for p in session.served.channel.patterns
    }
    known = {name: found for name, found in named.items() if found is not None}
    turn.state = with_history_of(turn.state, other)
    channel = session.served.channel
    return _advance(turn, lambda customer, visit: join(channel, customer, visit, known, now, tell))


def posted(event: Event, given: Sequence[NameValue]) -> dict[str, Value]:
    """Return the parameters of an event in machine form.

    Raises:
        DataError: One is missing, null, or of another type than it is declared with.
    """
    named = {parameter.name.lower(): parameter.value for parameter in given}
    found: dict[str, Value] = {}
    for wanted in event.parameters:
        sent = named.get(wanted.name.lower())
        if sent is not None:
            declared = Attribute(wanted.name, wanted.type, wanted.nullable, wanted.name)
            found[wanted.name] = machine_value(declared, sent)
        elif wanted.is_required:
            raise DataError(f"{event.name} needs {wanted.name}: {wanted.type}")
    return found


def _advance(turn: Turn, step: Step) -> tuple[Effect, ...]:
    session, state = _session(turn), turn.state
    served = session.served
    visit, effects = step(
        served.decider.completed(session.values, session.rows), _visit(session, state)
    )
    named = {
        state_name(session, pattern): visit.states[pattern.name]
        for pattern in served.channel.patterns
        if pattern.name in visit.states
    }
    if any(state.patterns.get(name) != found for name, found in named.items()):
        turn.state = replace(state, patterns={**state.patterns, **named})
    session.values = {**session.values, **visit.attributes}
    session.pending = visit.pending
    session.planned = next_time(served.channel, visit)
    return effects


def _session(turn: Turn) -> Session:
    assert turn.session is not None
    return turn.session


def _visit(session: Session, state: CustomerState) -> Visit:
    patterns, said = session.served.channel.patterns, session.values
    known = {p.name: state.patterns.get(state_name(session, p)) for p in patterns}
    found = {name: kept for name, kept in known.items() if kept is not None}
    profile = {p.name: said[p.name] for p in patterns if p.name in said}
    return Visit(states=found, pending=session.pending, said=profile)


def state_name(session: Session, pattern: Pattern) -> str:
    """Return the name of a state: another one when what it holds has another form."""
    form = f"{pattern.kind} {len(pattern.items)}{' rolling' if pattern.rolling else ''}"
    return f"{session.served.name}.{pattern.name} {form}"
