"""Enumerations: how their members are read, compared and named, until the types are erased.

The typer knows a member from a text; what is decided and computed later are texts. So an
expression of an enumeration is one on texts whose type says more, and ``erase`` forgets that.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import TYPE_CHECKING

from interact.compiler.core.nodes import (
    Attr,
    Call,
    Const,
    Expr,
    InSegment,
    RowField,
    When,
    map_children,
    type_of,
)
from interact.compiler.core.program import Attribute, Audience, OfferAttribute, Program
from interact.compiler.core.snapshots import Snapshot
from interact.compiler.diagnostics.diagnostic import Sink
from interact.compiler.source import Span
from interact.compiler.surface import ast
from interact.stdlib.enumeration import listed
from interact.stdlib.types import INT, TEXT, EnumType, Kind, Type

if TYPE_CHECKING:
    from interact.compiler.core.infer import Typing


def read(value: Attr | RowField, place: Span) -> Expr:
    """Return an attribute; of one declared an enumeration, what is no member is null.

    That counts as an operation without a result, at the ``place`` of the declaration.
    """
    if not isinstance(value.type, EnumType):
        return value
    texts = Const(listed(value.type.texts), TEXT, place)
    return Call("enumeration:enum_member", (replace(value, type=TEXT), texts), value.type, place)


def member(enumeration: EnumType, name: str, span: Span) -> Const | None:
    """Return the member called ``name``, None when there is none."""
    if name not in enumeration.members:
        return None
    return Const(enumeration.texts[enumeration.members.index(name)], enumeration, span)


def rank(value: Expr) -> Expr:
    """Return the place of a member in its enumeration, which is what orders them."""
    kind = type_of(value)
    if not isinstance(kind, EnumType):
        return value
    if isinstance(value, Const):
        place = None if value.value is None else kind.texts.index(str(value.value))
        return Const(place, INT, value.span)
    texts = Const(listed(kind.texts), TEXT, value.span)
    return Call("enumeration:enum_rank", (value, texts), INT, value.span)


def name_of(value: Expr, span: Span) -> Expr:
    """Return the name of a member, as a text."""
    kind = type_of(value)
    assert isinstance(kind, EnumType)
    lists = (Const(listed(words), TEXT, span) for words in (kind.texts, kind.members))
    return Call("enumeration:enum_name", (value, *lists), TEXT, span)


# ------------------------------------------------------------------------- members without a type


def typing_of_alike(exprs: Iterable[ast.Expr], typing: Typing) -> Typing:
    """Return how to type operands that share a type: a bare name may be a member of the others'."""
    if not typing.scope.definitions.has_enumerations:
        return typing
    known = [e for e in exprs if not _wants_type(e, typing)]
    if len(known) == len(list(exprs)):
        return typing.expecting(None)
    for expr in known:
        found = type_of(replace(typing, sink=Sink(), expects=None).infer(expr))
        if isinstance(found, EnumType):
            return typing.expecting(found)
    return typing


def _wants_type(expr: ast.Expr, typing: Typing) -> bool:
    """Return whether an expression is a name, or a choice of some, that nothing here has."""
    match expr:
        case ast.NameExpr(name=name, qualifier=None):
            found = typing.scope.lookup(name, expr.span)
            is_named = found is not None and not isinstance(found, InSegment)
            return not is_named and name not in ("today", "now")
        case ast.IfExpr(yes=yes, no=no):
            return _wants_type(yes, typing) or (no is not None and _wants_type(no, typing))
        case ast.CallExpr(function=function, args=args) if function.text == "coalesce":
            return any(_wants_type(a, typing) for a in args)
        case _:
            return False


# ------------------------------------------------------------------------------------- erasure


def erase_expression(expr: Expr) -> Expr:
    """Make members texts.

    >>> gold = Const("G", EnumType(Kind.ENUM, 0, "Tier", ("Gold",), ("G",)))
    >>> erase_expression(gold).type is TEXT
    True
    """
    expr = map_children(expr, erase_expression)
    if isinstance(expr, Const | Call | When) and expr.type.kind is Kind.ENUM:
        return replace(expr, type=TEXT)
    return expr


def erase_declarations(program: Program) -> Program:
    """Make the attributes and constants of a program texts that were declared enumerations."""
    offers = tuple(
        replace(o, attributes=tuple(map(_offered, o.attributes))) for o in program.offers
    )
    channels = tuple(
        replace(
            c,
            rules=tuple(replace(r, attributes=tuple(map(_offered, r.attributes))) for r in c.rules),
            states=tuple(map(_attribute, c.states)),
            snapshots=tuple(map(_snapshot, c.snapshots)),
        )
        for c in program.channels
    )
    constants = tuple(
        replace(c, value=replace(c.value, type=_erased(c.value.type))) for c in program.constants
    )
    return replace(
        program,
        audiences=tuple(map(_audience, program.audiences)),
        offers=offers,
        channels=channels,
        constants=constants,
        tables=tuple(replace(t, columns=tuple(map(_attribute, t.columns))) for t in program.tables),
    )


def _audience(audience: Audience) -> Audience:
    return replace(
        audience,
        key=tuple(map(_attribute, audience.key)),
        profile=tuple(map(_attribute, audience.profile)),
        session=tuple(map(_attribute, audience.session)),
        rows=tuple(replace(r, fields=tuple(map(_attribute, r.fields))) for r in audience.rows),
    )


def _attribute(attribute: Attribute) -> Attribute:
    default = None if attribute.default is None else erase_expression(attribute.default)
    return replace(attribute, type=_erased(attribute.type), default=default)


def _snapshot(snapshot: Snapshot) -> Snapshot:
    fields = tuple(replace(f, type=_erased(f.type)) for f in snapshot.fields)
    return replace(snapshot, fields=fields)


def _offered(attribute: OfferAttribute) -> OfferAttribute:
    return replace(attribute, type=_erased(attribute.type))


def _erased(found: Type) -> Type:
    return TEXT if found.kind is Kind.ENUM else found
