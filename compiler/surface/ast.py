"""The surface syntax tree: what the author wrote, every node with its span.

Names are unresolved, literals are typed only by their spelling, and nothing is desugared. The
parser makes it, ``print.py`` prints it, the resolver (``core/from_surface.py``) consumes it.
"""

from __future__ import annotations

from dataclasses import field
from typing import Literal, TypeAlias

from interact.compiler.source import NOWHERE, Span
from interact.stdlib.records import record

# --------------------------------------------------------------------------------------------
# names, types, literals


@record
class Name:
    """An identifier as written."""

    text: str
    span: Span = field(default=NOWHERE, compare=False)


@record
class TypeName:
    """``int``, ``decimal(2)``, ``date?``; ``scale`` is None unless written."""

    name: str
    scale: int | None = None
    nullable: bool = False
    span: Span = field(default=NOWHERE, compare=False)


LiteralKind: TypeAlias = Literal[
    "null", "bool", "int", "fraction", "text", "date", "timestamp", "duration"
]


@record
class LiteralExpr:
    """A constant.

    ``text`` is the normalised spelling: ``null``, ``true``, ``20000`` (no underscores), ``0.5``,
    the text between the quotes with escapes resolved, ``2026-01-01``, ``2026-01-01T12:30:00Z``,
    ``30 days``.
    """

    kind: LiteralKind
    text: str
    span: Span = field(default=NOWHERE, compare=False)


# --------------------------------------------------------------------------------------------
# expressions


@record
class NameExpr:
    """A reference: ``balance``, or ``profile.balance`` with a qualifier."""

    name: str
    qualifier: str | None = None
    span: Span = field(default=NOWHERE, compare=False)


@record
class CallExpr:
    """``name(args)``: a built-in."""

    function: Name
    args: tuple[Expr, ...]
    span: Span = field(default=NOWHERE, compare=False)


@record
class RowsExpr:
    """A quantifier over many rows: ``sum(balance of accounts where product = "x")``.

    ``value`` is None in ``count(accounts where …)`` and ``any(accounts where …)``. The bare
    ``count(accounts)`` parses as a CallExpr; the resolver knows that ``accounts`` is rows.
    ``distinct`` is set in ``count(distinct product of accounts)``.
    """

    function: Name
    value: Expr | None
    rows: Name
    where: Expr | None
    distinct: bool = False
    span: Span = field(default=NOWHERE, compare=False)


@record
class UnaryExpr:
    """``not x`` or ``-x``."""

    operator: Literal["not", "-"]
    operand: Expr
    span: Span = field(default=NOWHERE, compare=False)


BinaryOperator: TypeAlias = Literal[
    "or", "and", "=", "!=", "<", "<=", ">", ">=", "like", "+", "-", "*", "/", "%"
]


@record
class BinaryExpr:
    """``left operator right``; ``x not like y`` is ``not (x like y)`` with ``negated`` set."""

    operator: BinaryOperator
    left: Expr
    right: Expr
    negated: bool = False
    span: Span = field(default=NOWHERE, compare=False)


@record
class IsNullExpr:
    """``x is null``, ``x is not null``."""

    operand: Expr
    negated: bool = False
    span: Span = field(default=NOWHERE, compare=False)


@record
class InExpr:
    """``x in (a, b)``, ``x not in (a, b)``."""

    operand: Expr
    options: tuple[Expr, ...]
    negated: bool = False
    span: Span = field(default=NOWHERE, compare=False)


@record
class BetweenExpr:
    """``x between low and high`` (both ends included), ``x not between …``."""

    operand: Expr
    low: Expr
    high: Expr
    negated: bool = False
    span: Span = field(default=NOWHERE, compare=False)


@record
class IfExpr:
    """``if condition then yes else no``; without ``else`` the rest is null."""

    condition: Expr
    yes: Expr
    no: Expr | None
    span: Span = field(default=NOWHERE, compare=False)


Expr: TypeAlias = (
    LiteralExpr
    | NameExpr
    | CallExpr
    | RowsExpr
    | UnaryExpr
    | BinaryExpr
    | IsNullExpr
    | InExpr
    | BetweenExpr
    | IfExpr
)

# --------------------------------------------------------------------------------------------
# declarations


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
class Live:
    """``live DATE to DATE``, ``live from DATE``, ``live until DATE``; both ends included."""

    start: LiteralExpr | None
    end: LiteralExpr | None
    span: Span = field(default=NOWHERE, compare=False)


@record
class Attribute:
    """``limit: decimal(2) = min(balance * 0.5, 20_000)`` in an offer."""

    name: Name
    type: TypeName
    value: Expr
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
class Channel:
    """``channel Website for Customer { zone … }``."""

    name: Name
    audience: Name
    zones: tuple[Zone, ...]
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
    """``Control 10%``; ``percent`` is the spelling ``10`` or ``2.5``, None for ``rest``."""

    name: Name
    percent: str | None
    span: Span = field(default=NOWHERE, compare=False)


@record
class Sample:
    """``sample holdout of HighValue seed "2026-h1" { Control 10%  Treated rest }``."""

    name: Name
    source: Name | None
    seed: str | None
    shares: tuple[Share, ...]
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
class Rule:
    """``GoldCard as push pinned score 80 when credit_score >= 650 live from 2026-01-01``."""

    offer: Name
    alias: Name | None
    pinned: bool
    score: Expr | None
    condition: Expr | None
    live: Live | None
    span: Span = field(default=NOWHERE, compare=False)


@record
class SegmentRules:
    """``for Treated, Mass { rules }``; ``segments`` is empty for ``for everyone``."""

    segments: tuple[Name, ...]
    rules: tuple[Rule, ...]
    span: Span = field(default=NOWHERE, compare=False)


@record
class ZoneRules:
    """``zone Home, Checkout { … }``; ``zones`` is empty for ``every zone``."""

    zones: tuple[Name, ...]
    groups: tuple[SegmentRules, ...]
    span: Span = field(default=NOWHERE, compare=False)


@record
class Strategy:
    """``strategy Cards on Website { … }``."""

    name: Name
    channel: Name
    zones: tuple[ZoneRules, ...]
    span: Span = field(default=NOWHERE, compare=False)


Declaration: TypeAlias = Audience | Offer | Channel | Flowchart | Strategy


@record
class Module:
    """One source file."""

    file: str
    declarations: tuple[Declaration, ...]
