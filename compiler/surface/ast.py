"""The surface syntax tree: what the author wrote, every node with its span.

Names are unresolved, literals typed only by their spelling, nothing is desugared. The parser
makes it, ``print.py`` prints it, the resolver (``core/from_surface.py``) consumes it.
"""

from __future__ import annotations

from dataclasses import field
from typing import TYPE_CHECKING, Literal, TypeAlias

from interact.compiler.source import NOWHERE, Span
from interact.compiler.surface.ast_audience import (
    Audience as Audience,
    Field as Field,
    Many as Many,
)
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
from interact.compiler.surface.ast_flowchart import (
    Branch as Branch,
    Decision as Decision,
    Derived as Derived,
    Flowchart as Flowchart,
    Redraw as Redraw,
    Sample as Sample,
    Segment as Segment,
    Select as Select,
    Share as Share,
    Snapshot as Snapshot,
    SnapshotField as SnapshotField,
    Step as Step,
)
from interact.compiler.surface.ast_offer import (
    Attribute as Attribute,
    Impressions as Impressions,
    Offer as Offer,
    OfferList as OfferList,
    Suppress as Suppress,
    VisitCap as VisitCap,
)
from interact.compiler.surface.ast_offer_table import (
    OfferTable as OfferTable,
    TableKind as TableKind,
)
from interact.compiler.surface.ast_strategy import (
    Instance as Instance,
    Rule as Rule,
    SegmentRules as SegmentRules,
    Settings as Settings,
    Strategy as Strategy,
    Take as Take,
    Template as Template,
    ZoneRules as ZoneRules,
)
from interact.stdlib.records import record

if TYPE_CHECKING:
    from interact.compiler.surface.ast_tests import Test


@record
class Point:
    """``point hero default "welcome"``."""

    name: Name
    default: str | None
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
class Zone:
    """``zone Home { point …  arbitration { … } }``."""

    name: Name
    points: tuple[Point, ...]
    arbitration: Arbitration | None = None
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
    impressions: tuple[Impressions, ...] = ()
    span: Span = field(default=NOWHERE, compare=False)


Named: TypeAlias = (
    Definition
    | Template
    | Audience
    | Offer
    | OfferList
    | OfferTable
    | Channel
    | Flowchart
    | Strategy
)
Declaration: TypeAlias = "Named | Test"


@record
class Module:
    """One source file."""

    file: str
    declarations: tuple[Declaration, ...]
    imports: tuple[Import, ...] = ()
