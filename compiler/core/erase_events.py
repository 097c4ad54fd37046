"""Events and patterns without enumerations: what they compare and set are texts."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from interact.compiler.core.enumerations import erase_expression
from interact.compiler.core.events import Action, Event, Occurrence, Parameter, Pattern
from interact.compiler.core.nodes import Const
from interact.stdlib.types import TEXT, Kind

T = TypeVar("T", Action, Occurrence)


def erase_event(event: Event) -> Event:
    """Return an event whose parameters are texts that were declared enumerations."""
    parameters = tuple(map(_parameter, event.parameters))
    return replace(event, parameters=parameters, actions=tuple(map(_action, event.actions)))


def erase_pattern(pattern: Pattern) -> Pattern:
    """Return a pattern that knows members of enumerations as texts."""
    suspensions = tuple(
        replace(s, event=_condition(s.event), until=s.until and _condition(s.until))
        for s in pattern.suspensions
    )
    return replace(
        pattern,
        items=tuple(map(_condition, pattern.items)),
        reset=pattern.reset and _condition(pattern.reset),
        suspensions=suspensions,
        on_met=tuple(map(_action, pattern.on_met)),
        missed=tuple(map(_action, pattern.missed)),
    )


def _parameter(parameter: Parameter) -> Parameter:
    if parameter.type.kind is not Kind.ENUM:
        return parameter
    default = parameter.default
    return replace(parameter, type=TEXT, default=default and Const(default.value, TEXT))


def _action(action: Action) -> Action:
    return replace(_condition(action), values=tuple(map(erase_expression, action.values)))


def _condition(item: T) -> T:
    if item.condition is None:
        return item
    return replace(item, condition=erase_expression(item.condition))
