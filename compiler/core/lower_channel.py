"""What a channel has beside zones and rules: events and patterns, its own and inherited ones."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from interact.compiler.core.audiences import report_duplicates
from interact.compiler.core.erase_events import erase_event, erase_pattern
from interact.compiler.core.events import Action, Event, Pattern, is_met
from interact.compiler.core.lower_events import Surroundings, lower_actions, lower_signatures
from interact.compiler.core.lower_patterns import lower_pattern
from interact.compiler.core.scope import Scope
from interact.compiler.diagnostics import happening
from interact.compiler.diagnostics.diagnostic import Sink
from interact.compiler.surface import ast
from interact.stdlib.records import record

Edges = Mapping[str, Sequence[str]]


@record
class Happenings:
    """The events and patterns of a channel."""

    events: tuple[Event, ...] = ()
    patterns: tuple[Pattern, ...] = ()


def with_patterns(scope: Scope, line: Sequence[ast.Channel], sink: Sink) -> Scope:
    """Return a scope in which the patterns of a channel are conditions.

    Reports:
        E0204 for a name declared twice, E0494 for that of an attribute.
    """
    report_duplicates("pattern", [p.name for p in line[-1].patterns], sink)
    for pattern in (p for channel in line for p in channel.patterns):
        name = pattern.name.text
        if name in scope.attributes or name in scope.many:
            sink.report(happening.PATTERN_NAME, pattern.name.span, name=name, what="an attribute")
        scope = scope.with_local(name, is_met(name, pattern.name.span), pattern.name.span)
    return scope


def lower_happenings(line: Sequence[ast.Channel], around: Surroundings) -> Happenings:
    """Return the events and patterns of the last channel of a line of descent.

    Reports:
        E0204 for an event declared twice, E0482 for events that post themselves, E0494 for a
        pattern with the name of a segment, and what events and patterns have.
    """
    declared = [e for channel in line for e in channel.events]
    patterns = [p for channel in line for p in channel.patterns]
    if not declared and not patterns:
        return Happenings()
    own = [replace(e.name, text=e.name.text.lower()) for e in line[-1].events]
    report_duplicates("event", own, around.sink)
    for pattern in (p for p in patterns if p.name.text in around.segments):
        name = pattern.name
        around.sink.report(happening.PATTERN_NAME, name.span, name=name.text, what="a segment")
    signatures = lower_signatures(declared, around.scope, around.sink)
    parameters = {
        f"parameter of {e.name.text}": {p.name.text: p.name.span for p in e.parameters}
        for e in declared
    }
    around = replace(around, events=signatures, places={**around.places, **parameters})
    events = tuple(_event(e, signatures[e.name.text], around) for e in declared)
    lowered = (lower_pattern(p, around) for p in patterns)
    found = Happenings(events, tuple(p for p in lowered if p is not None))
    _check_cycles(found, around.sink)
    if around.scope.definitions.has_enumerations:
        erased = tuple(map(erase_event, found.events))
        return Happenings(erased, tuple(map(erase_pattern, found.patterns)))
    return found


def _event(declared: ast.Event, signature: Event, around: Surroundings) -> Event:
    owner = f"`{declared.name.text}`"
    return replace(signature, actions=lower_actions(declared.actions, owner, signature, around))


def _check_cycles(found: Happenings, sink: Sink) -> None:
    edges = {e.name: _posted(e.actions) for e in found.events}
    for pattern in found.patterns:
        for item in pattern.items:
            actions = pattern.on_met + pattern.missed
            edges.setdefault(item.event, []).extend(_posted(actions))
    reported: set[str] = set()
    for event in found.events:
        path = _cycle(event.name, edges)
        if path and not reported & set(path):
            reported |= set(path)
            sink.report(
                happening.TRIGGERS_ITSELF, event.span, name=event.name, path=" → ".join(path)
            )


def _posted(actions: Sequence[Action]) -> list[str]:
    return [action.names[0] for action in actions if action.kind == "post"]


def _cycle(start: str, edges: Edges) -> list[str]:
    """Return the events from ``start`` back to itself, none when it does not come back."""
    paths = [[start]]
    seen: set[str] = set()
    for path in paths:
        for follower in edges.get(path[-1], ()):
            if follower == start:
                return [*path, start]
            if follower not in seen:
                seen.add(follower)
                paths.append([*path, follower])
    return []
