"""Give an expression its types: surface expression in, core expression out.

A subexpression with a mistake becomes a constant of type ERROR, which fits everywhere, so that
one mistake is reported once.
"""

from __future__ import annotations

from dataclasses import replace
from typing import assert_never

from interact.compiler.core import calls, enumerations, folds, operators, templates
from interact.compiler.core.conversion import coerce, decide_type, settle, unify
from interact.compiler.core.literals import lower_literal
from interact.compiler.core.nodes import (
    Clock,
    Const,
    Expr,
    InSegment,
    IsNull,
    Not,
    When,
    type_of,
)
from interact.compiler.core.program import Rows
from interact.compiler.core.scope import Scope
from interact.compiler.diagnostics import names, types
from interact.compiler.diagnostics.diagnostic import Sink
from interact.compiler.diagnostics.suggest import known_hint, longer, nearest
from interact.compiler.source import Span
from interact.compiler.surface import ast
from interact.stdlib.records import record
from interact.stdlib.types import BOOL, ERROR, FLOAT, NULL, EnumType, Kind, Type


@record
class Typing:
    """Where an expression stands, and where its mistakes go."""

    scope: Scope
    sink: Sink
    expects: EnumType | None = None

    def infer(self, expr: ast.Expr) -> Expr:
        """Return the typed core of ``expr``; a fraction literal may still be undecided.

        Reports:
            E02xx for names, E03xx for types.
        """
        return _infer(expr, self)

    def tell(self, declared: Span, value: Expr) -> None:
        """Tell the type of what is declared without one."""
        if self.sink.listener is not None:
            self.sink.listener.typed(declared, describe(type_of(value)).partition(" ")[2])

    def inside(self, scope: Scope) -> Typing:
        return replace(self, scope=scope)

    def expecting(self, wanted: Type | None) -> Typing:
        """Return the same, where bare names may be members of the enumeration ``wanted``."""
        found = wanted if isinstance(wanted, EnumType) else None
        return self if found is self.expects else replace(self, expects=found)


def poison(span: Span) -> Const:
    """Return the stand-in for an expression that has been reported."""
    return Const(None, ERROR, span)


def infer_value(expr: ast.Expr, typing: Typing) -> Expr:
    """Return the typed core of ``expr`` with every literal decided."""
    return settle(typing.infer(expr))


def infer_condition(expr: ast.Expr, typing: Typing) -> Expr:
    """Return ``expr`` as a condition.

    Reports:
        E0303 when it is not a bool.
    """
    condition = typing.infer(expr)
    found = type_of(condition)
    if found.kind in (Kind.BOOL, Kind.ERROR):
        return condition
    if found.kind is Kind.NULL:
        return Const(None, BOOL, expr.span)
    hint = "compare it, for example with `> 0`" if found.is_numeric else "compare it with `=`"
    typing.sink.report(types.NOT_A_CONDITION, expr.span, found=describe(found), hint=hint)
    return poison(expr.span)


def infer_score(expr: ast.Expr, typing: Typing) -> Expr:
    """Return ``expr`` as a float.

    Reports:
        E0304 when it is not a number.
    """
    score = typing.infer(expr)
    found = type_of(score)
    is_null = isinstance(expr, ast.LiteralExpr) and expr.kind == "null"
    if found.is_numeric or (found.kind in (Kind.ERROR, Kind.NULL) and not is_null):
        return coerce(score, FLOAT)
    hint = "write `score if condition then 60 else 40`" if found.kind is Kind.BOOL else None
    if is_null:
        hint = "a rule that is never a candidate is `disabled`"
    typing.sink.report(
        types.NOT_A_NUMBER, expr.span, what="a score", found=describe(found), hint=hint
    )
    return poison(expr.span)


def infer_constant(name: ast.Name, typing: Typing, usage: str) -> Const | None:
    """Return the constant called ``name``; None after an error, whose help is ``usage`` at last.

    Reports:
        E0203 when there is none.
    """
    found = typing.scope.locals.get(name.text)
    found = found or typing.scope.definitions.constant(name.text, name.span)
    if isinstance(found, Const):
        return None if found.type == ERROR else found
    near = nearest(name.text, typing.scope.definitions.names())
    typing.sink.report(
        names.UNKNOWN_REFERENCE,
        name.span,
        kind="constant",
        name=name.text,
        where="",
        hint=f"did you mean `{near}`?" if near else usage,
    )
    return None


def describe(found: Type) -> str:
    """Return a type as messages name it: ``a text``, ``an int``, ``a decimal(2)``."""
    if found.kind is Kind.FRACTION:
        return "a number"
    if found == NULL:
        return "null"
    return f"{'an' if str(found)[0] in 'AEIOUaeiou' else 'a'} {found}"


_UNITS = ("seconds", "minutes", "hours", "days", "weeks")
_TRUTHS = {
    **dict.fromkeys(("y", "yes", "t", "true", "on"), "true"),
    **dict.fromkeys(("n", "no", "f", "false", "off"), "false"),
}
_PASSING = (ast.NameExpr, ast.IfExpr, ast.CallExpr)
"""Expressions that have the type of some of their parts."""


def _infer(expr: ast.Expr, typing: Typing) -> Expr:
    if typing.expects is not None and not isinstance(expr, _PASSING):
        typing = typing.expecting(None)
    match expr:
        case ast.LiteralExpr():
            if typing.scope.templates and templates.is_template(expr):
                return templates.infer_template(expr, typing)
            return lower_literal(expr, typing.sink)
        case ast.NameExpr():
            return _name(expr, typing)
        case ast.CallExpr():
            return calls.infer_call(expr, typing)
        case ast.RowsExpr():
            return folds.infer_fold(expr, typing)
        case ast.UnaryExpr(operator="not"):
            return Not(infer_condition(expr.operand, typing), expr.span)
        case ast.UnaryExpr():
            return operators.infer_negation(expr, typing)
        case ast.BinaryExpr():
            return operators.infer_binary(expr, typing)
        case ast.IsNullExpr():
            test = IsNull(decide_type(typing.infer(expr.operand)), expr.span)
            return Not(test, expr.span) if expr.negated else test
        case ast.InExpr():
            return operators.infer_in(expr, typing)
        case ast.BetweenExpr():
            return operators.infer_between(expr, typing)
        case ast.IfExpr():
            return _if(expr, typing)
        case _:
            assert_never(expr)


def _name(expr: ast.NameExpr, typing: Typing) -> Expr:
    scope = typing.scope
    if expr.qualifier is not None:
        return _qualified(expr, expr.qualifier, typing)
    found = scope.lookup(expr.name, expr.span)
    if found is not None and not (typing.expects and isinstance(found, InSegment)):
        if typing.sink.listener is not None:
            _tell_place(expr, scope.place(expr.name), typing)
        return found
    if typing.expects is not None:
        return (
            _member(typing.expects, expr, typing)
            or found
            or _no_member(typing.expects, expr, typing)
        )
    if expr.name == "today" or expr.name == "now":
        return Clock("today" if expr.name == "today" else "now", expr.span)
    if expr.name in scope.many:
        typing.sink.report(types.ROWS_AS_VALUE, expr.span, name=expr.name)
        return poison(expr.span)
    return _unknown(expr, typing)


def _qualified(expr: ast.NameExpr, qualifier: str, typing: Typing) -> Expr:
    """Resolve ``profile.x``, and ``accounts.x`` inside a fold over accounts."""
    scope = typing.scope
    enumeration = scope.definitions.enumerations().get(qualifier)
    if enumeration is not None:
        return _member(enumeration, expr, typing) or _no_member(enumeration, expr, typing)
    if qualifier in ("profile", "session"):
        wanted = (expr.name in scope.session) == (qualifier == "session")
        found = scope.attribute(expr.name, expr.span) if wanted else None
        if found is not None:
            _tell_place(expr, scope.attributes[expr.name].span, typing)
    elif qualifier == "segment" and "segment" not in scope.many:
        return _segment(expr, typing)
    elif scope.rows is not None and qualifier == scope.rows.name:
        found = scope.lookup(expr.name, expr.span)
        _tell_place(expr, scope.place(expr.name), typing)
    elif qualifier in scope.many:
        typing.sink.report(types.ROWS_AS_VALUE, expr.span, name=qualifier)
        return poison(expr.span)
    else:
        known = ["profile", "session", *scope.many]
        is_owner = scope.owner == f"the audience {qualifier}"
        typing.sink.report(
            names.UNKNOWN_REFERENCE,
            expr.span,
            kind="group of attributes",
            name=qualifier,
            where="",
            hint=f"write `{expr.name}` alone" if is_owner else known_hint(qualifier, known),
        )
        return poison(expr.span)
    return found if found is not None else _unknown(expr, typing)


def _member(enumeration: EnumType, expr: ast.NameExpr, typing: Typing) -> Expr | None:
    definitions = typing.scope.definitions
    if expr.qualifier is not None and (place := definitions.enumeration_place(expr.qualifier)):
        start = expr.span.start
        whole = Span(expr.span.file, start, start + len(expr.qualifier))
        typing.sink.resolved(whole, place)
    found = enumerations.member(enumeration, expr.name, expr.span)
    if found is not None and typing.sink.listener is not None:
        _tell_place(expr, definitions.enumeration_place(enumeration.name, expr.name), typing)
    return found


def _tell_place(expr: ast.NameExpr, place: Span | None, typing: Typing) -> None:
    """Tell where a name leads, which is the last part of one with a qualifier."""
    if place is not None:
        use = Span(expr.span.file, expr.span.end - len(expr.name), expr.span.end)
        typing.sink.resolved(use, place)


def _segment(expr: ast.NameExpr, typing: Typing) -> Expr:
    """Resolve ``segment.x``, which an attribute of that name does not hide."""
    found = typing.scope.segment(expr.name, expr.span)
    if found is not None:
        _tell_place(expr, typing.scope.segment_place(expr.name), typing)
        return found
    typing.sink.missing(expr.span, typing.scope.segments)
    if expr.name in typing.scope.segments:
        typing.sink.report(names.SEGMENT_OF_ROWS, expr.span, name=expr.name)
    else:
        typing.sink.report(
            names.UNKNOWN_REFERENCE,
            expr.span,
            kind="segment",
            name=expr.name,
            where=" that can be read here",
            hint=known_hint(expr.name, typing.scope.segments),
        )
    return poison(expr.span)


def _no_member(enumeration: EnumType, expr: ast.NameExpr, typing: Typing) -> Expr:
    near = nearest(expr.name, enumeration.members)
    others = typing.scope.names() if expr.qualifier is None else ()
    typing.sink.missing(expr.span, [*enumeration.members, *others])
    typing.sink.report(
        names.UNKNOWN_MEMBER,
        expr.span,
        name=expr.name,
        enumeration=enumeration,
        hint=f"did you mean `{near}`?" if near else f"they are {', '.join(enumeration.members)}",
    )
    return poison(expr.span)


def _has_field(rows: Rows, name: str) -> bool:
    return any(field.name == name for field in rows.fields)


def _unknown(expr: ast.NameExpr, typing: Typing) -> Expr:
    if expr.name in typing.scope.segments:
        typing.sink.report(names.SEGMENT_OF_ROWS, expr.span, name=expr.name)
        return poison(expr.span)
    attributes = tuple(typing.scope.names())
    if expr.qualifier is None:
        typing.sink.missing(expr.span, attributes)
    else:
        typing.sink.missing(expr.span, typing.scope.names_of(expr.qualifier))
    near = nearest(expr.name, attributes) or longer(expr.name, attributes)
    known = typing.scope.definitions.enumerations()
    if owners := [e for e in known.values() if expr.name in e.members]:
        hint = f"it is a member of {owners[0]}: write `{owners[0]}.{expr.name}`"
    elif expr.name in typing.scope.hidden:
        hint = typing.scope.hidden[expr.name]
    elif expr.name.lower() in ("current_date", "current_timestamp", "sysdate"):
        hint = "the day of the decision is `today`, its time `now`"
    elif rows := [r.name for r in typing.scope.many.values() if _has_field(r, expr.name)]:
        hint = f"it is a field of {rows[0]}: fold them, such as any({rows[0]} where {expr.name} …)"
    elif typing.scope.definitions.function(expr.name) is not None:
        hint = f"it is a function: write `{expr.name}(…)`"
    elif expr.name in _UNITS:
        hint = f"a length of time begins with a number: `30 {expr.name}`"
    elif expr.name.lower() in _TRUTHS and near is None:
        hint = f'write `{_TRUTHS[expr.name.lower()]}` for a bool, "{expr.name}" for a text'
    elif expr.name == "otherwise":
        hint = "the last branch is written `Name otherwise`, without `when`"
    elif expr.name == "of":
        hint = "a share of something is a product, such as `0.2 * balance`"
    else:
        otherwise = typing.scope.note or f'a text is written in quotes: "{expr.name}"'
        hint = f"did you mean `{near}`?" if near else otherwise
    typing.sink.report(
        names.UNKNOWN_ATTRIBUTE, expr.span, owner=typing.scope.owner, name=expr.name, hint=hint
    )
    return poison(expr.span)


def _if(expr: ast.IfExpr, typing: Typing) -> Expr:
    condition = infer_condition(expr.condition, typing.expecting(None))
    if typing.expects is None and expr.no is not None:
        typing = enumerations.typing_of_alike((expr.yes, expr.no), typing)
    yes = typing.infer(expr.yes)
    no = Const(None, NULL, expr.span) if expr.no is None else typing.infer(expr.no)
    return choose(condition, yes, no, expr.span, typing.sink)


def choose(condition: Expr, yes: Expr, no: Expr, span: Span, sink: Sink) -> Expr:
    """Return ``When`` with both branches in one type.

    Reports:
        E0306 when they have none in common.
    """
    left, right = type_of(yes), type_of(no)
    if ERROR in (left, right):
        return poison(span)
    common = unify(left, right)
    if common is None:
        sink.report(types.BRANCHES_DIFFER, span, left=describe(left), right=describe(right))
        return poison(span)
    if common == NULL:
        return Const(None, NULL, span)
    return When(condition, coerce(yes, common), coerce(no, common), common, span)
