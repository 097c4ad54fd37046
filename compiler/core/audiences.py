"""Audiences: fields with their types, keys checked, session defaults evaluated."""

from __future__ import annotations

from interact.compiler.core.assignment import assign as assign
from interact.compiler.core.infer import Typing, describe
from interact.compiler.core.nodes import Const, Expr
from interact.compiler.core.program import Attribute, Audience, Rows
from interact.compiler.core.scope import NOTHING, Definitions, Scope
from interact.compiler.diagnostics import names, structure, types as codes
from interact.compiler.diagnostics.diagnostic import Label, Sink
from interact.compiler.diagnostics.suggest import nearest
from interact.compiler.source import Span
from interact.compiler.surface import ast
from interact.stdlib.types import ERROR, MAX_SCALE, Kind, Type, decimal

_NOT_WRITTEN = (Kind.ENUM, Kind.NULL, Kind.FRACTION, Kind.ERROR)
VALUE_TYPES = {k.value: Type(k) for k in Kind if k not in _NOT_WRITTEN}
SYNONYMS = {
    **dict.fromkeys(("integer", "bigint", "smallint", "long"), "int"),
    **dict.fromkeys(("string", "varchar", "char", "str"), "text"),
    **dict.fromkeys(("double", "real", "number"), "float"),
    **{"boolean": "bool", "numeric": "decimal", "money": "decimal", "datetime": "timestamp"},
}
"""What other languages call our types."""
KEY_KINDS = (Kind.INT, Kind.TEXT, Kind.DATE)


def lower_audience(
    declared: ast.Audience, sink: Sink, definitions: Definitions = NOTHING
) -> Audience:
    """Resolve an audience.

    Reports:
        E0204 for a name declared twice, E0205 for an unknown type, E0401 and E0402 for its key.
    """
    key = tuple(lower_field(f, sink, definitions) for f in declared.key)
    profile = tuple(lower_field(f, sink, definitions) for f in declared.profile)
    session = tuple(_session_attribute(f, sink, definitions) for f in declared.session)
    rows = tuple(_rows(m, sink, definitions) for m in declared.many)
    for f in (*declared.key, *declared.profile):
        if f.default is not None:
            sink.report(structure.NEEDLESS_DEFAULT, f.span, name=f.name.text)
    _check_key(declared, key, sink)
    fields = (*declared.key, *declared.profile, *declared.session)
    report_duplicates(
        "attribute",
        [*(f.name for f in fields), *(m.name for m in declared.many)],
        sink,
        where=f" in {declared.name.text}",
    )
    return Audience(
        declared.name.text, key, profile, rows, session, declared.doc or "", declared.span
    )


def report_duplicates(kind: str, declared: list[ast.Name], sink: Sink, where: str = "") -> None:
    """Report each name that stands twice in ``declared`` (E0204)."""
    first: dict[str, Span] = {}
    for name in declared:
        if name.text in first:
            sink.report(
                names.DUPLICATE_NAME,
                name.span,
                kind=kind,
                name=name.text,
                where=where,
                labels=[Label(first[name.text], "first declared here")],
            )
        first.setdefault(name.text, name.span)


def lower_type(written: ast.TypeName, sink: Sink, definitions: Definitions = NOTHING) -> Type:
    """Return the type that is written.

    Reports:
        E0205 for an unknown type, E0310 for decimal places out of range.
    """
    declared = definitions.enumerations()
    found = VALUE_TYPES.get(written.name) or declared.get(written.name)
    if found is None:
        known = [*VALUE_TYPES, *declared]
        near = SYNONYMS.get(written.name.lower()) or nearest(written.name, known)
        sink.missing(written.span, known)
        sink.report(names.UNKNOWN_TYPE, written.span, name=written.name, nearest=near)
        return ERROR
    if (place := definitions.enumeration_place(written.name)) is not None:
        start = written.span.start
        sink.resolved(Span(written.span.file, start, start + len(written.name)), place)
    if found.kind is Kind.DECIMAL:
        scale = written.scale if written.scale is not None else -1
        if not 0 <= scale <= MAX_SCALE:
            sink.report(codes.BAD_SCALE, written.span)
            return ERROR
        return decimal(scale)
    if written.scale is not None:
        sink.report(codes.BAD_SCALE, written.span)
        return ERROR
    return found


def lower_field(declared: ast.Field, sink: Sink, definitions: Definitions) -> Attribute:
    found = lower_type(declared.type, sink, definitions)
    name = declared.name.text
    return Attribute(
        name,
        found,
        declared.type.nullable,
        declared.column or name,
        None,
        declared.doc or "",
        declared.span,
    )


def _session_attribute(declared: ast.Field, sink: Sink, definitions: Definitions) -> Attribute:
    attribute = lower_field(declared, sink, definitions)
    default: Expr = Const(None, attribute.type, declared.span)
    if declared.default is not None:
        default = _default(declared, attribute.type, sink, definitions)
    nullable = attribute.nullable or (isinstance(default, Const) and default.value is None)
    return Attribute(
        attribute.name,
        attribute.type,
        nullable,
        attribute.column,
        default,
        attribute.doc,
        attribute.span,
    )


def _default(declared: ast.Field, target: Type, sink: Sink, definitions: Definitions) -> Expr:
    assert declared.default is not None
    scope = Scope("a default", definitions=definitions)
    value = Typing(scope, sink).expecting(target).infer(declared.default)
    value = assign(declared.name.text, value, target, sink)
    if not isinstance(value, Const):
        sink.report(structure.DEFAULT_NOT_CONSTANT, value.span, name=declared.name.text)
        return Const(None, ERROR, value.span)
    return value


def _rows(declared: ast.Many, sink: Sink, definitions: Definitions) -> Rows:
    report_duplicates(
        "field", [f.name for f in declared.fields], sink, where=f" in {declared.name.text}"
    )
    fields = tuple(lower_field(f, sink, definitions) for f in declared.fields)
    for f in declared.fields:
        if f.default is not None:
            sink.report(structure.NEEDLESS_DEFAULT, f.span, name=f.name.text)
    name = declared.name.text
    return Rows(name, declared.column or name, fields, declared.doc or "", declared.span)


def _check_key(declared: ast.Audience, key: tuple[Attribute, ...], sink: Sink) -> None:
    if not key:
        sink.report(structure.NO_KEY, declared.name.span, name=declared.name.text)
    for attribute in key:
        if attribute.type != ERROR and (attribute.type.kind not in KEY_KINDS or attribute.nullable):
            found = describe(attribute.type) + (" that can be null" if attribute.nullable else "")
            sink.report(structure.KEY_TYPE, attribute.span, found=found)
