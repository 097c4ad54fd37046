"""Events and patterns of the core as text. Lengths of time are in seconds."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from interact.compiler.core.events import Action, Event, Occurrence, Parameter, Pattern
from interact.compiler.core.nodes import Expr
from interact.stdlib.duration import PER_SECOND

Printed = Callable[[Expr], str]


def print_event(event: Event, show: Printed) -> Iterator[str]:
    """Yield the lines of an event; ``show`` prints expressions."""
    parameters = ", ".join(_parameter(p, show) for p in event.parameters)
    yield f"event {event.name}({parameters})"
    yield from (f"  {_action(a, show)}" for a in event.actions)


def print_pattern(pattern: Pattern, show: Printed) -> Iterator[str]:
    """Yield the lines of a pattern."""
    items = ", ".join(_occurrence(item, show) for item in pattern.items)
    window = _time(" within rolling" if pattern.rolling else " within", pattern.window)
    disabled = " disabled" * (not pattern.enabled)
    least = f"{pattern.kind} at least {pattern.least} of {items}{window}"
    yield f"pattern {pattern.name}{disabled}: {least}{_time(' hold', pattern.hold)}"
    if pattern.idle or pattern.period or pattern.reset:
        on = f" on {_occurrence(pattern.reset, show)}" if pattern.reset else ""
        always = " even when met" * pattern.even_met
        yield f"  reset{_time(' after', pattern.idle)}{_time(' every', pattern.period)}{on}{always}"
    for suspension in pattern.suspensions:
        until = f" until {_occurrence(suspension.until, show)}" if suspension.until else ""
        length = _time(" for", suspension.length)
        yield f"  suspended by {_occurrence(suspension.event, show)}{length}{until}"
    yield from (f"  met: {_action(a, show)}" for a in pattern.on_met)
    patience = _time(" after", pattern.patience)
    yield from (f"  not met{patience}: {_action(a, show)}" for a in pattern.missed)


def _parameter(parameter: Parameter, show: Printed) -> str:
    default = "" if parameter.default is None else f" = {show(parameter.default)}"
    return f"{parameter.name}: {parameter.type}{'?' * parameter.nullable}{default}"


def _action(action: Action, show: Printed) -> str:
    parts = [action.kind, ", ".join(action.names)]
    parts += [f"({', '.join(map(show, action.values))})"] if action.values else []
    parts += [_time("for", action.length), _time("after", action.delay or None)]
    parts += [_time("at", action.at)]
    parts += [] if action.condition is None else [f"when {show(action.condition)}"]
    return " ".join(filter(None, parts))


def _occurrence(occurrence: Occurrence, show: Printed) -> str:
    weight = f"{occurrence.weight} * " if occurrence.weight != 1 else ""
    where = "" if occurrence.condition is None else f" where {show(occurrence.condition)}"
    return f"{weight}{occurrence.event}{where}"


def _time(word: str, length: int | None) -> str:
    return "" if length is None else f"{word} {length / PER_SECOND:g}s"
