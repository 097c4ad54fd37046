"""Events, actions and patterns as text."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from interact.compiler.surface.ast_event import (
    Action,
    Counting,
    Event,
    Occurrence,
    Outcome,
    Parameter,
    Pattern,
    Reset,
    Suspension,
    Value,
)
from interact.compiler.surface.ast_expression import LiteralExpr, Name
from interact.compiler.surface.layout import Lines, block, optional
from interact.compiler.surface.print_expression import print_expression
from interact.compiler.surface.print_part import print_live, print_type


def print_event(event: Event) -> Lines:
    """Yield the lines of an event."""
    listed = ", ".join(map(_parameter, event.parameters))
    parameters = f"({listed})" if event.parameters else ""
    head = f"event {event.name.text}{parameters}{_notes(event)}"
    return block(head, map(_action, event.actions)) if event.actions else iter((head,))


def print_pattern(pattern: Pattern) -> Lines:
    """Yield the lines of a pattern."""
    clauses = [
        "" if pattern.counting is None else _counting(pattern.counting),
        _length("hold", pattern.hold),
        "" if pattern.reset is None else _reset(pattern.reset),
        *map(_suspension, pattern.suspensions),
        "" if pattern.live is None else print_live(pattern.live),
    ]
    outcomes = [o for o in (pattern.met, pattern.missed) if o is not None]
    actions = [line for outcome in outcomes for line in _outcome(outcome)]
    marks = " disabled" * pattern.disabled + optional(" from ", pattern.column)
    head = f"pattern {pattern.name.text}{marks}{_notes(pattern)}"
    return block(head, [*filter(None, clauses), *actions])


def _notes(noted: Event | Pattern) -> str:
    return optional(" ", noted.doc) + optional(" category ", noted.category)


def _parameter(parameter: Parameter) -> str:
    default = "" if parameter.default is None else f" = {print_expression(parameter.default)}"
    return f"{parameter.name.text}: {print_type(parameter.type)}{default}"


def _action(action: Action) -> str:
    condition = action.condition
    return "".join(
        (
            _what(action),
            "" if condition is None else f" when {print_expression(condition)}",
            _start(action.start),
        )
    )


def _what(action: Action) -> str:
    match action.kind:
        case "set":
            assert action.value is not None
            return f"set {_names(action.names)} = {print_expression(action.value)}"
        case "post":
            return f"post {_names(action.names)}{_arguments(action.values)}"
        case "suppress":
            return f"suppress {_names(action.names) or 'treatment'}{_length(' for', action.length)}"
        case _:
            return f"{action.kind} {_names(action.names)}".rstrip()


def _names(names: Iterable[Name]) -> str:
    return ", ".join(name.text for name in names)


def _arguments(values: Sequence[Value]) -> str:
    listed = ", ".join(f"{v.name.text} = {print_expression(v.value)}" for v in values)
    return f"({listed})" if values else ""


def _start(start: LiteralExpr | None) -> str:
    return _length(" at" if start is not None and start.kind == "timestamp" else " after", start)


def _length(word: str, length: LiteralExpr | None) -> str:
    return "" if length is None else f"{word} {length.text}"


def _counting(counting: Counting) -> str:
    items = ", ".join(map(_occurrence, counting.items))
    least = _length(" is at least", counting.least)
    window = _length(" within rolling" if counting.rolling else " within", counting.window)
    return f"{counting.kind} of {items}{least}{window}"


def _occurrence(occurrence: Occurrence) -> str:
    weight = "" if occurrence.weight is None else f"{occurrence.weight.text} * "
    condition = occurrence.condition
    where = "" if condition is None else f" where {print_expression(condition)}"
    return f"{weight}{occurrence.event.text}{where}"


def _reset(reset: Reset) -> str:
    if reset.event is not None:
        return f"reset on {_occurrence(reset.event)}{' even when met' * reset.even_met}"
    if reset.start is None:
        return _length("reset after", reset.length)
    return _length("reset every", reset.length) + _length(" from", reset.start)


def _suspension(suspension: Suspension) -> str:
    end = _length(" for", suspension.length)
    if suspension.until is not None:
        end = f" until {_occurrence(suspension.until)}"
    return f"suspend on {_occurrence(suspension.event)}{end}"


def _outcome(outcome: Outcome) -> Lines:
    head = "when met" if outcome.met else "when not met" + _length(" after", outcome.after)
    return block(head, map(_action, outcome.actions))
