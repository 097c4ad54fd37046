"""Offers and lists of them, as they are written."""

from __future__ import annotations

from dataclasses import field
from typing import Literal

from interact.compiler.source import NOWHERE, Span
from interact.compiler.surface.ast_event import Live
from interact.compiler.surface.ast_expression import Expr, LiteralExpr, Name, TypeName
from interact.stdlib.records import record


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
class Impressions:
    """``at most 9_000 impressions of Gold, Cards from 2026-01-01 evenly per hour as NewYear``.

    In a channel it is of ``offers`` (none: all), together or ``each`` on its own; in an offer of
    that one. ``live`` are its days. ``most`` is the number of each ``unit``, or ``evenly`` of all.
    """

    most: LiteralExpr
    offers: tuple[Name, ...] = ()
    each: bool = False
    live: Live | None = None
    unit: Literal["minute", "hour", "day", "week"] | None = None
    evenly: bool = False
    name: Name | None = None
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
    impressions: tuple[Impressions, ...] = ()
    span: Span = field(default=NOWHERE, compare=False)


@record
class OfferList:
    """``offers Cards = Gold, Platinum``, or by ``condition``: ``offers Dear where fee > 100``."""

    name: Name
    offers: tuple[Name, ...] = ()
    condition: Expr | None = None
    span: Span = field(default=NOWHERE, compare=False)
