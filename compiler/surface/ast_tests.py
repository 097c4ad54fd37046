"""The surface tree of ``test`` blocks."""

from __future__ import annotations

from dataclasses import field
from typing import Literal, TypeAlias

from interact.compiler.source import NOWHERE, Span
from interact.compiler.surface.ast import Expr, LiteralExpr, Name
from interact.stdlib.records import record


@record
class TestTime:
    """``at 2026-05-01T10:00``, or a date: when the decision is made."""

    moment: LiteralExpr
    span: Span = field(default=NOWHERE, compare=False)


@record
class TestTop:
    """``top 5``: how many offers are asked for; ``count`` is the spelling."""

    count: str
    span: Span = field(default=NOWHERE, compare=False)


@record
class FieldValue:
    """``limit = 10_000``: an attribute and a value of it."""

    name: Name
    value: Expr
    span: Span = field(default=NOWHERE, compare=False)


@record
class Column:
    """What is given: an attribute, or the step of a flowchart, which ``flowchart`` may name."""

    flowchart: Name | None
    name: Name
    span: Span = field(default=NOWHERE, compare=False)


@record
class Setting:
    """``balance = 25_000``, ``holdout = Treated``, ``Value.holdout = Treated``."""

    column: Column
    value: Expr
    span: Span = field(default=NOWHERE, compare=False)


@record
class Given:
    """``given balance = 25_000, holdout = Treated``."""

    settings: tuple[Setting, ...]
    span: Span = field(default=NOWHERE, compare=False)


@record
class Record:
    """``{ product = "card", balance = 3 }``: one row."""

    fields: tuple[FieldValue, ...]
    span: Span = field(default=NOWHERE, compare=False)


@record
class GivenRows:
    """``given accounts { product = "card" }, { product = "loan" }``."""

    rows: Name
    records: tuple[Record, ...]
    span: Span = field(default=NOWHERE, compare=False)


@record
class GivenFile:
    """``given customers from "people.parquet"``, or with a key ``given customer 17 from …``.

    ``what`` is the word before the key.
    """

    what: Name
    key: tuple[LiteralExpr, ...]
    file: LiteralExpr
    span: Span = field(default=NOWHERE, compare=False)


@record
class GivenAny:
    """``given any customer when age < 18``: all that there could be."""

    condition: Expr | None = None
    span: Span = field(default=NOWHERE, compare=False)


@record
class OffersAre:
    """``offers at hero: A, B``: these, in this order; without any, ``no offers at hero``."""

    place: Name
    offers: tuple[Name, ...]
    span: Span = field(default=NOWHERE, compare=False)


@record
class SomeOffer:
    """``some offer at hero``: whichever."""

    place: Name
    span: Span = field(default=NOWHERE, compare=False)


@record
class OfferShown:
    """``offer A at hero score 90 with limit = 10_000``."""

    offer: Name
    place: Name
    score: Expr | None = None
    attributes: tuple[FieldValue, ...] = ()
    span: Span = field(default=NOWHERE, compare=False)


@record
class OfferAbsent:
    """``no offer A at hero because rule dates``; ``stage`` is one text, None when left out."""

    offer: Name
    place: Name
    stage: Name | None = None
    span: Span = field(default=NOWHERE, compare=False)


@record
class SegmentsAre:
    """``segments: A, B``: these and no others; without any, ``no segments``."""

    segments: tuple[Name, ...]
    span: Span = field(default=NOWHERE, compare=False)


@record
class Membership:
    """``segment A, B``, the customer is in these; ``no segment A``, in none of these."""

    segments: tuple[Name, ...]
    is_member: bool
    span: Span = field(default=NOWHERE, compare=False)


Claim: TypeAlias = OffersAre | SomeOffer | OfferShown | OfferAbsent | SegmentsAre | Membership


@record
class Expect:
    """``expect`` a claim, ``for 35 customers`` of a file; ``count`` is the spelling."""

    claim: Claim
    count: str | None = None
    span: Span = field(default=NOWHERE, compare=False)


ClaimKind: TypeAlias = Literal["offers", "offer", "no offer", "segments", "segment", "no segment"]


@record
class CaseClaim:
    """The head of a column of outcomes: ``offers at hero``; ``place`` is None for segments."""

    kind: ClaimKind
    place: Name | None = None
    span: Span = field(default=NOWHERE, compare=False)


@record
class Outcome:
    """``A, B``; ``none`` has no names, ``-`` is blank and claims nothing."""

    names: tuple[Name, ...]
    is_blank: bool = False
    span: Span = field(default=NOWHERE, compare=False)


@record
class Case:
    """``25_000, - -> HighValue -> GoldCard``; a value that is None is not given."""

    values: tuple[Expr | None, ...]
    outcomes: tuple[Outcome, ...]
    span: Span = field(default=NOWHERE, compare=False)


@record
class Cases:
    """``cases { balance, credit_score -> segment -> offers at hero  … }``."""

    columns: tuple[Column, ...]
    claims: tuple[CaseClaim, ...]
    cases: tuple[Case, ...]
    span: Span = field(default=NOWHERE, compare=False)


TestPart: TypeAlias = TestTime | TestTop | Given | GivenRows | GivenFile | GivenAny | Expect | Cases


@record
class Test:
    """``test "title" on Website { … }``."""

    title: LiteralExpr
    channel: Name
    parts: tuple[TestPart, ...]
    span: Span = field(default=NOWHERE, compare=False)
