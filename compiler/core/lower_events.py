"""Events with their parameters and actions, names resolved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field

from interact.compiler.core.audiences import assign, lower_type, report_duplicates
from interact.compiler.core.enumerations import read
from interact.compiler.core.events import (
    SYSTEM_EVENTS,
    Action,
    Event,
    Parameter,
    parameter_name,
)
from interact.compiler.core.infer import Typing, infer_condition
from interact.compiler.core.literals import lower_literal
from interact.compiler.core.nodes import Attr, Const, Expr
from interact.compiler.core.scope import Scope
from interact.compiler.diagnostics import happening, names, structure
from interact.compiler.diagnostics.diagnostic import Sink
from interact.compiler.diagnostics.suggest import known_hint, nearest
from interact.compiler.source import NOWHERE, Span
from interact.compiler.surface import ast
from interact.stdlib.records import record
from interact.stdlib.types import ERROR

_ONCE = ("resegment", "log contact", "log accept", "log reject")


@record
class Surroundings:
    """What actions of a channel's events and patterns can refer to.

    ``scope`` has the attributes and patterns, ``events`` those of the channel and its ancestors.
    """

    channel: str
    scope: Scope
    events: Mapping[str, Event]
    flowcharts: Sequence[str]
    segments: Sequence[str]
    offers: Sequence[str]
    sink: Sink
    is_base: bool = False
    """Whether the channel decides nothing itself: what it names is that of those that extend it."""
    places: Mapping[str, Mapping[str, Span]] = field(default_factory=dict, compare=False)
    """Where flowcharts, segments, offers, and ``parameter of E`` of an event are declared."""

    def find(self, kind: str, name: ast.Name, known: Sequence[str], where: str = "") -> str:
        """Return a name, which is reported unless it is known ``where``."""
        is_of_others = self.is_base and kind in ("flowchart", "segment")
        places = self.places.get(f"{kind}{where}", {})
        if name.text in places:
            self.sink.resolved(name.span, places[name.text])
        elif kind == "event" and name.text in self.events:
            self.sink.resolved(name.span, self.events[name.text].span)
        if name.text not in known and not is_of_others:
            self.sink.missing(name.span, known)
            self.sink.report(
                names.UNKNOWN_REFERENCE,
                name.span,
                kind=kind,
                name=name.text,
                where=where or ("" if kind == "offer" else f" on {self.channel}"),
                hint=known_hint(name.text, known),
            )
        return name.text

    def typing(self, event: Event | None = None) -> Typing:
        """Return the typing of what is said of an event, whose parameters are visible."""
        scope = self.scope
        places = self.places.get("" if event is None else f"parameter of {event.name}", {})
        for p in () if event is None else event.parameters:
            posted = Attr(parameter_name(p.name), p.type, p.nullable)
            value = read(posted, NOWHERE if event is None else event.span)
            scope = scope.with_local(p.name, value, places.get(p.name))
        return Typing(scope, self.sink)


def lower_signatures(declared: Sequence[ast.Event], scope: Scope, sink: Sink) -> dict[str, Event]:
    """Return the events of a channel with their parameters, without actions yet, by name.

    Reports:
        E0204 for a parameter declared twice, E0484 for that of a system event, E0205 for an unknown
        type, E0307 and E0414 for a default.
    """
    found = {}
    for event in reversed(declared):
        if event.name.text.lower() in SYSTEM_EVENTS:
            sink.report(happening.SYSTEM_EVENT, event.name.span, name=event.name.text)
        where = f" in {event.name.text}"
        report_duplicates("parameter", [p.name for p in event.parameters], sink, where=where)
        parameters = tuple(_parameter(p, scope, sink) for p in event.parameters)
        name, category, doc = event.name.text, event.category or "", event.doc or ""
        found[name] = Event(name, parameters, (), category, doc, event.span)
    return dict(reversed(found.items()))


def _parameter(declared: ast.Parameter, scope: Scope, sink: Sink) -> Parameter:
    type_ = lower_type(declared.type, sink, scope.definitions)
    name = declared.name.text
    if declared.default is None:
        return Parameter(name, type_, declared.type.nullable)
    plain = Scope("a default", definitions=scope.definitions)
    value = assign(name, Typing(plain, sink).expecting(type_).infer(declared.default), type_, sink)
    if not isinstance(value, Const):
        sink.report(structure.DEFAULT_NOT_CONSTANT, value.span, name=name)
        value = Const(None, ERROR, value.span)
    return Parameter(name, type_, declared.type.nullable or value.value is None, value)


def lower_actions(
    declared: Sequence[ast.Action], owner: str, event: Event | None, around: Surroundings
) -> tuple[Action, ...]:
    """Return what an event does, or with no ``event`` a pattern; ``owner`` is it in messages.

    Reports:
        E0203 for unknown names, E0480 and E0481 for actions that do not go together, E0483 for
        attributes, E0484 and E0493 for what is posted, and whatever the expressions have.
    """
    kinds = [action.kind for action in declared]
    for place, action in enumerate(declared):
        if action.kind in _ONCE and action.kind in kinds[:place]:
            around.sink.report(
                happening.ACTION_REPEATED, action.span, action=action.kind, owner=owner
            )
        if action.kind == "log reject" and "log accept" in kinds:
            around.sink.report(happening.ACCEPT_AND_REJECT, action.span, owner=owner)
    return tuple(_action(action, around.typing(event), around) for action in declared)


def _action(declared: ast.Action, typing: Typing, around: Surroundings) -> Action:
    found, values = _names(declared, around), tuple(_values(declared, typing, around))
    condition = None
    if declared.condition is not None:
        condition = infer_condition(declared.condition, typing)
    start, is_time = declared.start, declared.start and declared.start.kind == "timestamp"
    moment = 0 if start is None else microseconds(start, around.sink)
    return Action(
        declared.kind,
        found,
        values,
        condition,
        0 if is_time else moment,
        moment if is_time else None,
        None if declared.length is None else microseconds(declared.length, around.sink),
        declared.span,
    )


def _names(declared: ast.Action, around: Surroundings) -> tuple[str, ...]:
    match declared.kind:
        case "resegment":
            kind, known = "flowchart", around.flowcharts
        case "suppress":
            kind, known = "offer", around.offers
        case "qualify":
            kind, known = "segment", around.segments
        case "post":
            (name,) = declared.names
            if name.text in SYSTEM_EVENTS:
                around.sink.report(happening.SYSTEM_EVENT, name.span, name=name.text)
                return (name.text,)
            kind, known = "event", list(around.events)
        case _:
            return tuple(name.text for name in declared.names)
    return tuple(around.find(kind, name, known) for name in declared.names)


def _values(declared: ast.Action, typing: Typing, around: Surroundings) -> Iterator[Expr]:
    if declared.kind == "set" and declared.value is not None:
        yield _assigned(declared.names[0], declared.value, typing)
    if declared.kind == "post" and declared.names[0].text in around.events:
        yield from _arguments(declared, around.events[declared.names[0].text], typing, around)


def _assigned(name: ast.Name, value: ast.Expr, typing: Typing) -> Expr:
    scope = typing.scope
    known = scope.attributes.get(name.text)
    if known is not None:
        typing.sink.resolved(name.span, known.span)
    if known is None or name.text not in scope.session:
        typing.sink.missing(name.span, scope.session)
        near = nearest(name.text, scope.session)
        if known is None and near:
            typing.sink.report(
                names.UNKNOWN_REFERENCE,
                name.span,
                kind="session attribute",
                name=name.text,
                where="",
                hint=f"did you mean `{near}`?",
            )
        else:
            typing.sink.report(happening.SETS_PROFILE, name.span, name=name.text)
        return Const(None, ERROR, name.span)
    return assign(name.text, typing.expecting(known.type).infer(value), known.type, typing.sink)


def _arguments(
    declared: ast.Action, event: Event, typing: Typing, around: Surroundings
) -> Iterator[Expr]:
    """Yield the value of each parameter of the event that is posted."""
    report_duplicates("argument", [v.name for v in declared.values], around.sink)
    known = [p.name for p in event.parameters]
    where = f" of {event.name}"
    given = {around.find("parameter", v.name, known, where): v.value for v in declared.values}
    for parameter in event.parameters:
        if parameter.name in given:
            value = typing.expecting(parameter.type).infer(given[parameter.name])
            yield assign(parameter.name, value, parameter.type, around.sink)
        elif parameter.is_required:
            around.sink.report(
                happening.ARGUMENT_MISSING, declared.span, event=event.name, name=parameter.name
            )
        else:
            yield parameter.default or Const(None, parameter.type, declared.span)


def microseconds(literal: ast.LiteralExpr, sink: Sink) -> int:
    """Return a duration or a timestamp; 0 after an error."""
    value = lower_literal(literal, sink).value
    return value if isinstance(value, int) else 0
