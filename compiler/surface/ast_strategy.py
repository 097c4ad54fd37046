"""Strategies, their rules and templates of rules, as they are written."""

from __future__ import annotations

from dataclasses import field

from interact.compiler.source import NOWHERE, Span
from interact.compiler.surface.ast_event import Live, Parameter, Value
from interact.compiler.surface.ast_expression import Expr, LiteralExpr, Name
from interact.stdlib.records import record


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
