"""Tables of offers, whose rows come from files and databases, as they are written."""

from __future__ import annotations

from dataclasses import field
from typing import Literal, TypeAlias

from interact.compiler.source import NOWHERE, Span
from interact.compiler.surface.ast_audience import Field
from interact.compiler.surface.ast_event import Value
from interact.compiler.surface.ast_expression import Expr, Name
from interact.stdlib.records import record

TableKind: TypeAlias = Literal["suppressions", "overrides", "proposals", "defaults"]


@record
class OfferTable:
    """``overrides Personal for Customer { columns { points: int }  score points }``.

    ``kind`` is the word that it begins with; of ``suppressions`` there are no parts. ``channels``
    is empty for all of the audience, ``adds`` where none are named.
    """

    kind: TableKind
    name: Name
    audience: Name
    columns: tuple[Field, ...] = ()
    by_zone: bool = False
    channels: tuple[Name, ...] = ()
    adds: tuple[Name, ...] = ()
    score: Expr | None = None
    condition: Expr | None = None
    values: tuple[Value, ...] = ()
    span: Span = field(default=NOWHERE, compare=False)
