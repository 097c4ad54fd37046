"""The core program: what a project means, with every reference resolved.

A flowchart is a list of *cells* (the branches, selections and sample cells of the author), each a
test on an earlier cell; a segment is a union of cells; a strategy is a list of rules. All of it
belongs to one channel, and a channel to one audience.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import field, replace
from typing import Literal, TypeAlias

from interact.compiler.core.events import Event, Pattern
from interact.compiler.core.impressions import ImpressionLimit
from interact.compiler.core.nodes import Aggregate, Const, Expr, children, walk
from interact.compiler.core.snapshots import Snapshot
from interact.compiler.source import NOWHERE, Span
from interact.stdlib.records import record
from interact.stdlib.types import INT, Type

HASH_BITS = 53
"""A sample hash is uniform over ``[0, 2**53)``; shares are bounds in that range."""


@record
class Attribute:
    """One attribute of an audience or of its rows; ``column`` is its name in the data."""

    name: str
    type: Type
    nullable: bool
    column: str
    default: Expr | None = None
    doc: str = ""
    span: Span = field(default=NOWHERE, compare=False)


@record
class Rows:
    """A ``many`` attribute: zero or more rows of fields per customer."""

    name: str
    column: str
    fields: tuple[Attribute, ...]
    doc: str = ""
    span: Span = field(default=NOWHERE, compare=False)


@record
class Audience:
    """A sort of customer: its key, profile, rows and session attributes."""

    name: str
    key: tuple[Attribute, ...]
    profile: tuple[Attribute, ...]
    rows: tuple[Rows, ...]
    session: tuple[Attribute, ...]
    doc: str = ""
    span: Span = field(default=NOWHERE, compare=False)

    @property
    def attributes(self) -> tuple[Attribute, ...]:
        return self.key + self.profile + self.session


@record
class Live:
    """Days on which something applies, both included; None is open."""

    start: int | None = None
    end: int | None = None

    def includes(self, day: int) -> bool:
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)

    def within(self, other: Live) -> Live:
        """Return the days of both."""
        starts = [s for s in (self.start, other.start) if s is not None]
        ends = [e for e in (self.end, other.end) if e is not None]
        return Live(max(starts, default=None), min(ends, default=None))


ALWAYS = Live()


@record
class OfferAttribute:
    """A named value that goes out with an offer, evaluated for the customer.

    A ``required`` one is null unless the rule that proposes the offer gives it.
    """

    name: str
    type: Type
    value: Expr
    required: bool = False
    span: Span = field(default=NOWHERE, compare=False)


@record
class Offer:
    """Something to propose. ``code`` has one to five parts, unique in the project.

    With ``days`` it expires so many days after it is made, and can be made at any time.
    """

    name: str
    title: str
    code: tuple[str, ...]
    live: Live
    attributes: tuple[OfferAttribute, ...]
    days: int | None = None
    span: Span = field(default=NOWHERE, compare=False)

    @property
    def code_text(self) -> str:
        """The code as one text, such as ``CC-GOLD``."""
        return "-".join(self.code)

    @property
    def is_dated(self) -> bool:
        return self.days is not None or self.live != ALWAYS

    def live_at(self, today: int) -> Live:
        """Return the first and last day on which the offer holds when it is made ``today``."""
        return self.live if self.days is None else Live(today, today + self.days)


@record
class Point:
    """A place in a zone, with what to show when there is nothing to offer."""

    name: str
    default: str


@record
class Zone:
    """A group of points for which rules are written.

    No more than ``most`` offers are kept. With ``ties`` as a seed, equal scores are in an order by
    chance, another one for each customer.
    """

    name: str
    points: tuple[Point, ...]
    most: int | None = None
    ties: str | None = None
    span: Span = field(default=NOWHERE, compare=False)


@record
class Filter:
    """True where ``condition`` is true (None: always) and no cell of ``unless`` holds."""

    condition: Expr | None
    unless: tuple[int, ...] = ()


@record
class Draw:
    """What a sample hashes customers with: a seed, or another one each period of days.

    The periods are counted from the day ``start``, and before it there is one.
    """

    seed: str
    every: int = 0
    start: int = 0

    def on(self, day: int) -> str:
        """Return the seed on a day."""
        period = (day - self.start) // self.every + 1 if self.every else 0
        return f"{self.seed}.{period}" if period > 0 else self.seed


@record
class Share:
    """True where the customer's hash under a draw lies in ``[low, high)``."""

    draw: Draw
    low: int
    high: int


Test: TypeAlias = Filter | Share


@record
class Cell:
    """Customers of any of ``parents`` (earlier cells; empty is everyone) that pass ``test``."""

    flowchart: str
    name: str
    parents: tuple[int, ...]
    test: Test
    span: Span = field(default=NOWHERE, compare=False)


@record
class Segment:
    """The customers of any of its cells (indices into the channel's cells).

    ``also`` is true for those whom an event of their visit put into it; None when no event does.
    """

    name: str
    cells: tuple[int, ...]
    also: Expr | None = None
    span: Span = field(default=NOWHERE, compare=False)


@record
class Selection:
    """At most ``count`` of the rules that refer to it go on, those whose turn is first.

    With a ``seed`` the order is by chance: the higher hash of the customer under the seed and the
    offer comes first. Else it is by the rules' ``order``, if they have one.
    """

    count: int
    descending: bool = False
    seed: str | None = None


@record
class Rule:
    """Propose ``offer`` in one zone to customers of any of ``segments`` (empty is everyone).

    ``offer``, ``zone`` and ``segments`` are indices. The rank of a rule is its place among the
    rules of its channel: ties of score go to the lower. ``attributes`` are those of the offer
    where the rule gives any of them itself, else there are none. A rule that is not ``enabled``
    is never a candidate.

    ``selection`` is an index, for a rule of a list of offers. ``order`` is what the customer's
    offers are put in order by, and null where the offer is not to be selected; ``turn`` settles
    what is equal, the lower goes first. Rules of one ``group`` share one place. When a rule with
    ``most`` is the best, no more than so many offers are kept.
    """

    name: str
    offer: int
    zone: int
    segments: tuple[int, ...]
    score: Expr
    condition: Expr | None
    live: Live
    pinned: bool
    enabled: bool = True
    attributes: tuple[OfferAttribute, ...] = ()
    group: int = 0
    most: int | None = None
    selection: int | None = None
    turn: int = 0
    order: Expr | None = None
    span: Span = field(default=NOWHERE, compare=False)


@record
class OfferTable:
    """A table whose rows come from files and databases: what it says of a customer is states.

    A row names an offer, with ``by_zone`` maybe a zone, and a customer, unless the table is one of
    ``defaults``; ``columns`` are what it has beside. See ``core/table_states.py``.
    """

    name: str
    kind: Literal["suppressions", "overrides", "proposals", "defaults"]
    audience: int
    columns: tuple[Attribute, ...] = ()
    by_zone: bool = False
    span: Span = field(default=NOWHERE, compare=False)


@record
class Bar:
    """None of ``offers`` (indices) is proposed where ``condition`` is true.

    ``stage`` says when in the order of arbitration that is looked at, and what it is called.
    ``table`` is the list of suppressions that it comes from, if it does.
    """

    stage: Literal["suppression", "visit cap", "impression limit"]
    offers: tuple[int, ...]
    condition: Expr
    table: str = ""
    span: Span = field(default=NOWHERE, compare=False)


@record
class Channel:
    """One touchpoint with its zones, segmentation and rules.

    ``bars`` stand in the order of their stages.
    ``states`` are the inputs of its decisions that come from history, see ``core/state.py``, and
    from tables of offers. ``limits`` say how that of limits of impressions is worked out: see
    ``core/impressions.py``.
    """

    name: str
    audience: int
    zones: tuple[Zone, ...]
    cells: tuple[Cell, ...]
    segments: tuple[Segment, ...]
    rules: tuple[Rule, ...]
    selections: tuple[Selection, ...] = ()
    events: tuple[Event, ...] = ()
    patterns: tuple[Pattern, ...] = ()
    bars: tuple[Bar, ...] = ()
    states: tuple[Attribute, ...] = ()
    limits: tuple[ImpressionLimit, ...] = ()
    snapshots: tuple[Snapshot, ...] = ()
    span: Span = field(default=NOWHERE, compare=False)


@record
class Constant:
    """A named value of the project. Expressions hold the value itself; filters use the name."""

    name: str
    value: Const
    span: Span = field(default=NOWHERE, compare=False)


@record
class Program:
    """A whole project."""

    audiences: tuple[Audience, ...]
    offers: tuple[Offer, ...]
    channels: tuple[Channel, ...]
    constants: tuple[Constant, ...] = ()
    tables: tuple[OfferTable, ...] = ()

    def audience_of(self, channel: Channel) -> Audience:
        """Return whom a channel is for; the states of its patterns are session attributes."""
        audience = self.audiences[channel.audience]
        if not channel.patterns:
            return audience
        states = tuple(map(_state, channel.patterns))
        return replace(audience, session=audience.session + states)

    def attributes_of(self, rule: Rule) -> tuple[OfferAttribute, ...]:
        """Return what goes out with the offer of a rule."""
        return rule.attributes or self.offers[rule.offer].attributes


def _state(pattern: Pattern) -> Attribute:
    return Attribute(pattern.name, INT, True, pattern.column, Const(0, INT), pattern.doc)


def channel_expressions(channel: Channel) -> Iterator[Expr]:
    """Yield every expression that decides something in a channel."""
    for cell in channel.cells:
        if isinstance(cell.test, Filter) and cell.test.condition is not None:
            yield cell.test.condition
    for segment in channel.segments:
        if segment.also is not None:
            yield segment.also
    for bar in channel.bars:
        yield bar.condition
    for rule in channel.rules:
        if not rule.enabled:
            continue
        if rule.condition is not None:
            yield rule.condition
        if rule.order is not None:
            yield rule.order
        yield rule.score


def channel_folds(channel: Channel) -> tuple[Aggregate, ...]:
    """Return the folds over rows that a channel's decisions read."""
    return folds_of(channel_expressions(channel))


def folds_of(expressions: Iterable[Expr]) -> tuple[Aggregate, ...]:
    """Return the folds in expressions, each once, after those that it reads itself."""
    parts = (part for expr in expressions for part in walk(expr))
    found = dict.fromkeys(part for part in parts if isinstance(part, Aggregate))
    return tuple(sorted(found, key=fold_depth))


def fold_depth(expr: Expr) -> int:
    """Return how many folds read one another in an expression."""
    below = max(map(fold_depth, children(expr)), default=0)
    return below + 1 if isinstance(expr, Aggregate) else below
