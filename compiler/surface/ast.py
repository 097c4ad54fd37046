"""The surface syntax tree: what the author wrote, every node with its span.

Names are unresolved, literals typed only by their spelling, nothing is desugared. The parser
makes it, ``print.py`` prints it, the resolver (``core/from_surface.py``) consumes it.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Literal, TypeAlias

from interact.compiler.source import NOWHERE, Span
from interact.compiler.surface.ast_definition import (
    Cell as Cell,
    CellKind as CellKind,
    Constant as Constant,
    Definition as Definition,
    Enumeration as Enumeration,
    Function as Function,
    Import as Import,
    Member as Member,
    Table as Table,
    TableRow as TableRow,
)
from interact.compiler.surface.ast_event import (
    Action as Action,
    Counting as Counting,
    Event as Event,
    Live as Live,
    Occurrence as Occurrence,
    Outcome as Outcome,
    Parameter as Parameter,
    Pattern as Pattern,
    Reset as Reset,
    Suspension as Suspension,
    Value as Value,
)
from interact.compiler.surface.ast_expression import (
    BetweenExpr as BetweenExpr,
    BinaryExpr as BinaryExpr,
    BinaryOperator as BinaryOperator,
    CallExpr as CallExpr,
    Expr as Expr,
    IfExpr as IfExpr,
    InExpr as InExpr,
    IsNullExpr as IsNullExpr,
    LiteralExpr as LiteralExpr,
    LiteralKind as LiteralKind,
    Name as Name,
    NameExpr as NameExpr,
    RowsExpr as RowsExpr,
    TypeName as TypeName,
    UnaryExpr as UnaryExpr,
)
from interact.stdlib.records import record

if TYPE_CHECKING:
    from interact.compiler.surface.ast_tests import Test


@record
class Field:
    """``balance: decimal(2) = 0 from "acct balance" "current account, USD"``.

    ``default`` is only meaningful for session attributes; ``column`` is the name in the data when
    it differs.
    """

    name: Name
    type: TypeName
    default: Expr | None = None
    column: str | None = None
    doc: str | None = None
    span: Span = field(default=NOWHERE, compare=False)


@record
class Many:
    """``accounts: many { product: text }``."""

    name: Name
    fields: tuple[Field, ...]
    column: str | None = None
    doc: str | None = None
    span: Span = field(default=NOWHERE, compare=False)


@record
class Audience:
    """``audience Customer { key customer_id: int  profile { … }  accounts: many { … } … }``."""

    name: Name
    key: tuple[Field, ...]
    profile: tuple[Field, ...]
    many: tuple[Many, ...]
    session: tuple[Field, ...]
    doc: str | None = None
    span: Span = field(default=NOWHERE, compare=False)


@record
class Attribute:
    """``limit: decimal(2) = min(balance * 0.5, 20_000)``; no value in ``tone: text required``."""

    name: Name
    type: TypeName
    value: Expr | None
    span: Span = field(default=NOWHERE, compare=False)


@record
class Suppress:
    """``suppress for 30 days after reject``; ``also offers with same category`` is ``same``.

    Without a ``length`` it is for good. ``contacts`` is set in ``after 3 contacts``.
    """

    length: LiteralExpr | None
    cause: Literal["accept", "reject", "contacts"]
    contacts: LiteralExpr | None = None
    same: Name | None = None
    span: Span = field(default=NOWHERE, compare=False)


@record
class VisitCap:
    """``at most 3 contacts per visit``; in a channel ``per offer per visit``."""

    most: LiteralExpr
    span: Span = field(default=NOWHERE, compare=False)


@record
class Offer:
    """``offer GoldCard "Gold credit card" { code "CC", "GOLD" … }``; ``audience`` is ``for A``."""

    name: Name
    title: str | None
    audience: Name | None
    code: tuple[LiteralExpr, ...]
    live: Live | None
    attributes: tuple[Attribute, ...]
    suppress: tuple[Suppress, ...] = ()
    visit_cap: VisitCap | None = None
    span: Span = field(default=NOWHERE, compare=False)


@record
class OfferList:
    """``offers Cards = Gold, Platinum``, or by ``condition``: ``offers Dear where fee > 100``."""

    name: Name
    offers: tuple[Name, ...] = ()
    condition: Expr | None = None
    span: Span = field(default=NOWHERE, compare=False)


@record
class Point:
    """``point hero default "welcome"``."""

    name: Name
    default: str | None
    span: Span = field(default=NOWHERE, compare=False)


@record
class Zone:
    """``zone Home { point … }``."""

    name: Name
    points: tuple[Point, ...]
    span: Span = field(default=NOWHERE, compare=False)


@record
class Arbitration:
    """``arbitration { ties by newest  unique by attribute family  at most 3 offers }``.

    ``attribute`` is set when candidates are unique by one, ``seed`` belongs to ties by chance.
    """

    ties: Literal["declaration", "newest", "chance"] | None = None
    unique: Literal["offer", "treatment", "rule", "attribute"] | None = None
    attribute: Name | None = None
    most: LiteralExpr | None = None
    seed: str | None = None
    span: Span = field(default=NOWHERE, compare=False)


@record
class Channel:
    """``channel Website extends Web for Customer { zone …  arbitration { … }  event … }``."""

    name: Name
    audience: Name
    zones: tuple[Zone, ...]
    arbitration: Arbitration | None = None
    parent: Name | None = None
    events: tuple[Event, ...] = ()
    patterns: tuple[Pattern, ...] = ()
    visit_cap: VisitCap | None = None
    span: Span = field(default=NOWHERE, compare=False)


@record
class Branch:
    """``HighValue when condition``; ``condition`` is None for ``otherwise``."""

    name: Name
    condition: Expr | None
    span: Span = field(default=NOWHERE, compare=False)


@record
class Decision:
    """``decision by_value { … }`` (first match) or ``decision by_need independent { … }``."""

    name: Name
    source: Name | None
    independent: bool
    branches: tuple[Branch, ...]
    span: Span = field(default=NOWHERE, compare=False)


@record
class Select:
    """``select Reachable of HighValue when opted_in``."""

    name: Name
    source: Name | None
    condition: Expr
    span: Span = field(default=NOWHERE, compare=False)


@record
class Share:
    """``Control 10%``; ``percent`` is the spelling ``10`` or ``2.5``, None for ``rest``.

    ``constant`` is the name of a constant that stands in its place.
    """

    name: Name
    percent: str | None
    constant: Name | None = None
    span: Span = field(default=NOWHERE, compare=False)


@record
class Redraw:
    """``redraw every 30 days from 2026-01-01``."""

    every: LiteralExpr
    start: LiteralExpr | NameExpr
    span: Span = field(default=NOWHERE, compare=False)


@record
class Sample:
    """``sample holdout of HighValue seed "2026-h1" { Control 10%  Treated rest }``."""

    name: Name
    source: Name | None
    seed: str | None
    shares: tuple[Share, ...]
    redraw: Redraw | None = None
    span: Span = field(default=NOWHERE, compare=False)


@record
class Derived:
    """``let utilisation = balance / limit``."""

    name: Name
    value: Expr
    span: Span = field(default=NOWHERE, compare=False)


@record
class Segment:
    """``segment Premium = HighValue, Established``: the union of cells."""

    name: Name
    sources: tuple[Name, ...]
    span: Span = field(default=NOWHERE, compare=False)


Step: TypeAlias = Decision | Select | Sample | Derived | Segment


@record
class Flowchart:
    """``flowchart Value on Website { … }``."""

    name: Name
    channel: Name
    steps: tuple[Step, ...]
    span: Span = field(default=NOWHERE, compare=False)


@record
class Take:
    """``take 2 by annual_fee desc``; ``by`` is None for the list's order, or with ``chance``."""

    count: LiteralExpr
    by: Name | None = None
    descending: bool = False
    chance: bool = False
    seed: str | None = None
    span: Span = field(default=NOWHERE, compare=False)


@record
class Instance:
    """``(GoldCard, 650, 80) as push``: arguments for a template."""

    args: tuple[Expr, ...]
    alias: Name | None = None
    span: Span = field(default=NOWHERE, compare=False)


@record
class Rule:
    """``GoldCard as push pinned with (tone = "warm") score 80 using marketer_score + affinity``.

    ``offer`` can be a list. ``values`` are those of ``with``, ``most`` is the number of ``at most 2
    offers``, 1 for ``alone``. With ``instances`` it is ``use premium { (GoldCard, 650) … }``, and
    ``offer`` is the template; ``expand.py`` makes rules of it.
    """

    offer: Name
    alias: Name | None = None
    disabled: bool = False
    pinned: bool = False
    values: tuple[Value, ...] = ()
    score: Expr | None = None
    using: Expr | None = None
    condition: Expr | None = None
    live: Live | None = None
    take: Take | None = None
    most: LiteralExpr | None = None
    span: Span = field(default=NOWHERE, compare=False)
    instances: tuple[Instance, ...] | None = None


@record
class Template:
    """``template premium(card: offer, least: int) { card when credit_score >= least }``."""

    name: Name
    parameters: tuple[Parameter, ...]
    rules: tuple[Rule, ...]
    span: Span = field(default=NOWHERE, compare=False)


@record
class SegmentRules:
    """``for Treated, Mass { rules }``; ``segments`` is empty for ``for everyone``."""

    segments: tuple[Name, ...]
    rules: tuple[Rule, ...]
    span: Span = field(default=NOWHERE, compare=False)


@record
class Settings:
    """``disabled score 60 live from 2026-01-01`` before a brace: for all rules in the block."""

    disabled: bool = False
    score: Expr | None = None
    live: Live | None = None
    span: Span = field(default=NOWHERE, compare=False)


@record
class ZoneRules:
    """``zone Home, Checkout { … }``; ``zones`` is empty for ``every zone``."""

    zones: tuple[Name, ...]
    settings: Settings
    groups: tuple[SegmentRules, ...]
    span: Span = field(default=NOWHERE, compare=False)


@record
class Strategy:
    """``strategy Cards on Website { … }``."""

    name: Name
    channel: Name
    settings: Settings
    zones: tuple[ZoneRules, ...]
    span: Span = field(default=NOWHERE, compare=False)


Named: TypeAlias = (
    Definition | Template | Audience | Offer | OfferList | Channel | Flowchart | Strategy
)
Declaration: TypeAlias = "Named | Test"


@record
class Module:
    """One source file."""

    file: str
    declarations: tuple[Declaration, ...]
    imports: tuple[Import, ...] = ()
