"""Patterns of events, names resolved."""

from __future__ import annotations

from interact.compiler.core.events import (
    SYSTEM_EVENTS,
    Event,
    Occurrence,
    Pattern,
    Suspension,
)
from interact.compiler.core.infer import infer_condition
from interact.compiler.core.literals import lower_literal
from interact.compiler.core.lower_events import Surroundings, lower_actions, microseconds
from interact.compiler.core.rules import rule_live
from interact.compiler.diagnostics import happening
from interact.compiler.surface import ast
from interact.stdlib.types import MICROSECONDS_PER_DAY

MOST = 1_000
"""How many events a pattern counts at most: its state is kept for every customer."""


def lower_pattern(declared: ast.Pattern, around: Surroundings) -> Pattern | None:
    """Return a pattern, None when it does not say when it is met.

    Reports:
        E0203 for unknown events, E0485 for no condition, E0486 and E0487 for a reset, E0488 for
        an end that never comes, E0489 and E0495 for numbers, and whatever conditions have.
    """
    counting, reset, sink = declared.counting, declared.reset or ast.Reset(), around.sink
    name = declared.name.text
    if counting is None:
        sink.report(happening.NO_CONDITION, declared.name.span, name=name)
        return None
    _check_reset(declared, counting, around)
    live = rule_live(declared.live, around.typing())
    owner = f"`{name}`"
    met, missed = declared.met, declared.missed
    return Pattern(
        name,
        "count" if counting.kind == "all" else counting.kind,
        tuple(_occurrence(item, around) for item in counting.items),
        1 if counting.least is None else _number(counting.least, "a count", around),
        _length(counting.window, "the time of a pattern", around),
        counting.rolling,
        MICROSECONDS_PER_DAY if declared.hold is None else microseconds(declared.hold, sink),
        _idle(reset, around),
        None if reset.start is None else _reset_length(reset, around),
        0 if reset.start is None else microseconds(reset.start, sink),
        None if reset.event is None else _occurrence(reset.event, around),
        reset.even_met,
        tuple(_suspension(s, around) for s in declared.suspensions),
        live.start,
        live.end,
        not declared.disabled,
        lower_actions(met.actions, owner, None, around) if met else (),
        lower_actions(missed.actions, owner, None, around) if missed else (),
        _length(missed.after, "this time", around) if missed else None,
        declared.column or name,
        declared.category or "",
        declared.doc or "",
        declared.span,
    )


def _check_reset(declared: ast.Pattern, counting: ast.Counting, around: Surroundings) -> None:
    reset, missed, sink = declared.reset, declared.missed, around.sink
    if reset is not None and counting.window is not None:
        sink.report(happening.RESET_WITHIN, reset.span)
    own = [item.event.text for item in counting.items]
    if reset is not None and reset.event is not None and reset.event.event.text in own:
        sink.report(happening.RESET_BY_OWN, reset.span, name=reset.event.event.text)
    if missed is not None and missed.after is None and not (reset or counting.window):
        sink.report(happening.NEVER_MISSED, missed.span)


def _occurrence(declared: ast.Occurrence, around: Surroundings) -> Occurrence:
    name = declared.event.text
    event = Event(name)
    if name not in SYSTEM_EVENTS:
        around.find("event", declared.event, [*around.events, *SYSTEM_EVENTS])
        event = around.events.get(name, event)
    condition = None
    if declared.condition is not None:
        condition = infer_condition(declared.condition, around.typing(event))
    weight = 1 if declared.weight is None else _number(declared.weight, "a weight", around)
    return Occurrence(name, condition, weight)


def _suspension(declared: ast.Suspension, around: Surroundings) -> Suspension:
    length = _length(declared.length, "the time of a suspension", around)
    until = None if declared.until is None else _occurrence(declared.until, around)
    return Suspension(_occurrence(declared.event, around), length, until)


def _idle(reset: ast.Reset, around: Surroundings) -> int | None:
    return None if reset.start is not None else _reset_length(reset, around)


def _reset_length(reset: ast.Reset, around: Surroundings) -> int | None:
    return _length(reset.length, "the time of a reset", around)


def _length(literal: ast.LiteralExpr | None, what: str, around: Surroundings) -> int | None:
    if literal is None:
        return None
    found = microseconds(literal, around.sink)
    if found <= 0:
        around.sink.report(happening.NO_TIME, literal.span, what=what, found=literal.text)
    return max(found, 1)


def _number(literal: ast.LiteralExpr, what: str, around: Surroundings) -> int:
    found = lower_literal(literal, around.sink).value
    if isinstance(found, int) and 1 <= found <= MOST:
        return found
    around.sink.report(
        happening.COUNT_RANGE, literal.span, what=what, most=f"{MOST:,}", found=literal.text
    )
    return 1
