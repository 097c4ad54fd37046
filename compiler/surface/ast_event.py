"""Events of a channel, what they do, and patterns of events: nodes of the surface syntax tree."""

from __future__ import annotations

from dataclasses import field
from typing import Literal, TypeAlias

from interact.compiler.source import NOWHERE, Span
from interact.compiler.surface.ast_expression import Expr, LiteralExpr, Name, NameExpr, TypeName
from interact.stdlib.records import record


@record
class Live:
    """``live DATE to DATE``, ``live from DATE``, ``live until DATE``; both ends included.

    A date is a literal or the name of a constant. ``length`` is set in ``live for 30 days``,
    counted from the decision.
    """

    start: LiteralExpr | NameExpr | None
    end: LiteralExpr | NameExpr | None
    length: LiteralExpr | None = None
    span: Span = field(default=NOWHERE, compare=False)


@record
class Value:
    """``limit = balance * 0.2``: what a rule or a posted event gives by name."""

    name: Name
    value: Expr
    span: Span = field(default=NOWHERE, compare=False)


@record
class Parameter:
    """``price: decimal(2) = 0``: what an event is posted with."""

    name: Name
    type: TypeName
    default: Expr | None = None
    span: Span = field(default=NOWHERE, compare=False)


ActionKind: TypeAlias = Literal[
    "log contact", "log accept", "log reject", "resegment", "set", "post", "suppress", "qualify"
]


@record
class Action:
    """``post viewed(product = product) when price > 0 after 5 minutes``.

    ``names`` are flowcharts, the attribute, the event, offers or segments; without a name
    ``resegment`` is for all and ``suppress`` for the treatment. ``values`` are the arguments of
    ``post``, ``value`` is that of ``set``, ``length`` stands in ``suppress … for 30 days``.
    ``start`` is the length of ``after`` or the timestamp of ``at``.
    """

    kind: ActionKind
    names: tuple[Name, ...] = ()
    values: tuple[Value, ...] = ()
    value: Expr | None = None
    length: LiteralExpr | None = None
    condition: Expr | None = None
    start: LiteralExpr | None = None
    span: Span = field(default=NOWHERE, compare=False)


@record
class Event:
    """``event viewed(price: decimal(2)) "A page was seen" category "browsing" { log contact }``."""

    name: Name
    parameters: tuple[Parameter, ...] = ()
    doc: str | None = None
    category: str | None = None
    actions: tuple[Action, ...] = ()
    span: Span = field(default=NOWHERE, compare=False)


@record
class Occurrence:
    """``viewed where price > 100``; ``weight`` stands in ``2 * viewed``."""

    event: Name
    condition: Expr | None = None
    weight: LiteralExpr | None = None
    span: Span = field(default=NOWHERE, compare=False)


@record
class Counting:
    """``count of viewed, bought is at least 3 within rolling 7 days``; ``window`` is the length."""

    kind: Literal["all", "count", "sum", "sequence"]
    items: tuple[Occurrence, ...]
    least: LiteralExpr | None = None
    window: LiteralExpr | None = None
    rolling: bool = False
    span: Span = field(default=NOWHERE, compare=False)


@record
class Reset:
    """``reset after 3 days``, ``reset every 7 days from TIME``, ``reset on logout even when met``.

    ``length`` is set in the first two, ``start`` in the second, ``event`` in the third.
    """

    length: LiteralExpr | None = None
    start: LiteralExpr | None = None
    event: Occurrence | None = None
    even_met: bool = False
    span: Span = field(default=NOWHERE, compare=False)


@record
class Suspension:
    """``suspend on complaint for 7 days``, ``suspend on complaint until resolved``."""

    event: Occurrence
    length: LiteralExpr | None = None
    until: Occurrence | None = None
    span: Span = field(default=NOWHERE, compare=False)


@record
class Outcome:
    """``when met { … }``, ``when not met after 3 days { … }``."""

    met: bool
    after: LiteralExpr | None
    actions: tuple[Action, ...]
    span: Span = field(default=NOWHERE, compare=False)


@record
class Pattern:
    """``pattern Shopper { count of viewed is at least 3  hold 2 days }``."""

    name: Name
    disabled: bool = False
    doc: str | None = None
    category: str | None = None
    counting: Counting | None = None
    hold: LiteralExpr | None = None
    reset: Reset | None = None
    suspensions: tuple[Suspension, ...] = ()
    live: Live | None = None
    met: Outcome | None = None
    missed: Outcome | None = None
    column: str | None = None
    span: Span = field(default=NOWHERE, compare=False)
