"""Audiences, as they are written."""

from __future__ import annotations

from dataclasses import field

from interact.compiler.source import NOWHERE, Span
from interact.compiler.surface.ast_expression import Expr, Name, TypeName
from interact.stdlib.records import record


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
