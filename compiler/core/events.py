"""Events of a channel, the actions they carry, and patterns of events, with names resolved.

They are no part of a decision: kernels know of a pattern only its state, as an attribute. Values
and conditions read the parameters of the event as attributes named ``event.price``.
"""

from __future__ import annotations

from dataclasses import field
from typing import Literal, TypeAlias

from interact.compiler.core.nodes import Attr, Compare, Const, Expr
from interact.compiler.source import NOWHERE, Span
from interact.stdlib.records import record
from interact.stdlib.types import INT, Type

SYSTEM_EVENTS = (
    *("session_start", "session_end", "get_offers", "get_profile", "set_audience", "set_debug"),
)
"""Events that happen by themselves; patterns can count them, and they have no parameters."""

ActionKind: TypeAlias = Literal[
    "log contact", "log accept", "log reject", "resegment", "set", "post", "suppress", "qualify"
]
MET, NOT_MET, EXPIRED, DISABLED = 1, 0, -1, -2


@record
class Parameter:
    """What an event is posted with. Without a value it has its default, or is null if it may."""

    name: str
    type: Type
    nullable: bool
    default: Const | None = None

    @property
    def is_required(self) -> bool:
        return self.default is None and not self.nullable


@record
class Action:
    """What an event or a pattern does, where ``condition`` is true (None: always).

    It happens ``delay`` microseconds after the event, and not before the time ``at``. ``names``
    are flowcharts (none: all), the attribute that is set, the event that is posted, offers (none:
    that of the treatment) or segments. ``values`` are the value that is set, or those of all
    parameters of the event that is posted. ``length`` is that of a suppression.
    """

    kind: ActionKind
    names: tuple[str, ...] = ()
    values: tuple[Expr, ...] = ()
    condition: Expr | None = None
    delay: int = 0
    at: int | None = None
    length: int | None = None
    span: Span = field(default=NOWHERE, compare=False)


@record
class Event:
    """Something that a touchpoint reports. Names are compared without regard to case."""

    name: str
    parameters: tuple[Parameter, ...] = ()
    actions: tuple[Action, ...] = ()
    category: str = ""
    doc: str = ""
    span: Span = field(default=NOWHERE, compare=False)


@record
class Occurrence:
    """An event for whose parameters ``condition`` is true; it counts ``weight``."""

    event: str
    condition: Expr | None = None
    weight: int = 1


@record
class Suspension:
    """From ``event`` on nothing counts, for ``length`` microseconds, or until another event."""

    event: Occurrence
    length: int | None = None
    until: Occurrence | None = None


@record
class Pattern:
    """A pattern of events; ``patterns.py`` defines when it is met.

    ``count``: each item at least ``least`` times. ``sum``: the weights of all together at least
    ``least``. ``sequence``: one item after the other. With a ``window`` (microseconds) only events
    within that time of the first, or of each other when it is ``rolling``.

    It is met for ``hold`` microseconds. What was counted is forgotten after ``idle`` without an
    event that counts, at each ``period`` from ``origin`` on, or on the event ``reset``, which with
    ``even_met`` also ends the time for which it is met. It lives from the day ``start`` to ``end``.
    ``missed`` are the actions when it was not met ``patience`` after the first event that counted,
    or when that is None, when what was counted is forgotten.
    """

    name: str
    kind: Literal["count", "sum", "sequence"]
    items: tuple[Occurrence, ...]
    least: int
    window: int | None
    rolling: bool
    hold: int
    idle: int | None = None
    period: int | None = None
    origin: int = 0
    reset: Occurrence | None = None
    even_met: bool = False
    suspensions: tuple[Suspension, ...] = ()
    start: int | None = None
    end: int | None = None
    enabled: bool = True
    on_met: tuple[Action, ...] = ()
    missed: tuple[Action, ...] = ()
    patience: int | None = None
    column: str = ""
    category: str = ""
    doc: str = ""
    span: Span = field(default=NOWHERE, compare=False)


def parameter_name(name: str) -> str:
    """Return the attribute that holds a parameter of the event at hand."""
    return f"event.{name}"


def is_met(pattern: str, span: Span) -> Expr:
    """Return the condition that a pattern is met."""
    return Compare("eq", Attr(pattern, INT, True, span), Const(MET, INT, span), span)
