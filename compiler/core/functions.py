"""Functions of a project: each is lowered once, over its parameters, and put in at its calls.

The nodes of a body keep their places in it, so what has no result there is counted there; the
outermost one takes the place of the call.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import field, replace
from typing import TYPE_CHECKING

from interact.compiler.core import assignment, infer
from interact.compiler.core.nodes import (
    Aggregate,
    And,
    Attr,
    Call,
    Compare,
    Const,
    Convert,
    Expr,
    InSegment,
    InSet,
    IsNull,
    Not,
    RowField,
    When,
    children,
    map_children,
    type_of,
    walk,
)
from interact.compiler.core.segments import outside_rows
from interact.compiler.core.size import is_too_large
from interact.compiler.diagnostics import names, types
from interact.compiler.diagnostics.diagnostic import Label
from interact.compiler.source import NOWHERE, Span
from interact.compiler.surface import ast
from interact.stdlib.records import record
from interact.stdlib.types import ERROR, Type

if TYPE_CHECKING:
    from interact.compiler.core.infer import Typing


@record
class Parameter:
    """A parameter; in a body it is the attribute ``place`` of its type."""

    name: str
    place: str
    type: Type
    nullable: bool
    default: Expr | None
    is_strict: bool = False
    """Whether the body is null whenever the parameter is."""
    span: Span = field(default=NOWHERE, compare=False)

    @property
    def read(self) -> Attr:
        return Attr(self.place, self.type, self.nullable, self.span)


@record
class Function:
    """A function over its parameters, and over the attributes of ``audience`` if it has one."""

    name: str
    parameters: tuple[Parameter, ...]
    audience: str | None
    body: Expr
    span: Span = field(default=NOWHERE, compare=False)


def apply_function(function: Function, expr: ast.CallExpr, typing: Typing) -> Expr:
    """Return the body of a function with the arguments of a call in it.

    It is null when an argument is null whose parameter is not nullable.

    Reports:
        E0222 for a function of another audience, E0307 for an argument of the wrong type, E0331
        for too few or too many, E0332 for a result that is too large.
    """
    typing.sink.resolved(expr.function.span, function.span)
    if function.audience and typing.scope.owner != f"the audience {function.audience}":
        typing.sink.report(
            names.OTHER_AUDIENCE, expr.span, name=function.name, audience=function.audience
        )
        return infer.poison(expr.span)
    if type_of(function.body) == ERROR:
        return infer.poison(expr.span)
    args = _arguments(function, expr, typing)
    if args is None:
        return infer.poison(expr.span)
    if _puts_rows_in_rows(function, args):
        typing.sink.report(types.NESTED_ROWS, expr.span)
        return infer.poison(expr.span)
    places = {p.place: a for p, a in zip(function.parameters, args, strict=True)}
    made = substitute(_strict(function, args, expr.span), places)
    if is_too_large(made):
        how, hint = f"with `{function.name}` put in", "call fewer functions within functions"
        typing.sink.report(types.TOO_LARGE, expr.span, how=how, hint=hint)
        return infer.poison(expr.span)
    return replace(made, span=expr.span)


def _arguments(function: Function, expr: ast.CallExpr, typing: Typing) -> list[Expr] | None:
    """Return the arguments in the types of the parameters; None after an error."""
    wanted = function.parameters
    for written in expr.args:
        if _names_parameter(written, function, typing):
            typing.sink.report(types.NAMED_ARGUMENT, written.span, usage=_signature(function))
            return None
    least = sum(p.default is None for p in wanted)
    if not least <= len(expr.args) <= len(wanted):
        typing.sink.report(
            types.ARGUMENT_COUNT,
            expr.span,
            name=function.name,
            given=len(expr.args),
            usage=_signature(function),
            labels=[Label(function.span, "declared here")],
        )
        return None
    found: list[Expr] = []
    for number, parameter in enumerate(wanted):
        if number >= len(expr.args):
            assert parameter.default is not None
            found.append(parameter.default)
            continue
        written = expr.args[number]
        value = _argument(function, written, typing.expecting(parameter.type))
        found.append(
            assignment.assign(parameter.name, value, parameter.type, typing.sink, written.span)
        )
    return None if any(type_of(a) == ERROR for a in found) else found


def _argument(function: Function, written: ast.Expr, typing: Typing) -> Expr:
    """Return an argument, that of a template as if it did not stand among the fields of rows.

    Reports:
        E0207 for a segment in a fold of a template.
    """
    if "(" not in function.name or typing.scope.rows is None:
        return typing.infer(written)
    found = replace(typing, scope=replace(typing.scope, rows=None)).infer(written)
    for part in walk(found):
        if isinstance(part, InSegment):
            typing.sink.report(names.SEGMENT_OF_ROWS, part.span, name=part.name)
            return infer.poison(part.span)
    return found


def _names_parameter(written: ast.Expr, function: Function, typing: Typing) -> bool:
    """Return whether an argument is ``price = 3``, where only the parameter is called so."""
    match written:
        case ast.BinaryExpr(operator="=", left=ast.NameExpr(name=name, qualifier=None)):
            is_parameter = any(p.name == name for p in function.parameters)
            return is_parameter and typing.scope.lookup(name, written.span) is None
        case _:
            return False


def _signature(function: Function) -> str:
    return f"{function.name}({', '.join(map(_usage, function.parameters))})"


def _usage(parameter: Parameter) -> str:
    optional = "" if parameter.default is None else " = …"
    return f"{parameter.name}: {parameter.type}{'?' * parameter.nullable}{optional}"


def _strict(function: Function, args: list[Expr], span: Span) -> Expr:
    """Return the body, null where an argument is null that must not be."""
    tests = tuple(
        Not(IsNull(p.read, span), span)
        for p, a in zip(function.parameters, args, strict=True)
        if not (p.nullable or p.is_strict or _is_known(a))
    )
    if not tests:
        return function.body
    kind = type_of(function.body)
    test = tests[0] if len(tests) == 1 else And(tests, span)
    return When(test, function.body, Const(None, kind, span), kind, span)


def _is_known(arg: Expr) -> bool:
    return isinstance(arg, Const) and arg.value is not None


def _puts_rows_in_rows(function: Function, args: list[Expr]) -> bool:
    """Return whether a fold of the body would read the rows of a fold around the call."""
    folds = any(isinstance(part, Aggregate) for part in walk(function.body))
    return folds and any(isinstance(part, RowField) for arg in args for part in walk(arg))


def substitute(expr: Expr, places: Mapping[str, Expr]) -> Expr:
    """Return ``expr`` with arguments in the places of parameters; what is shared stays so."""
    known: dict[int, Expr] = {}

    def put(part: Expr) -> Expr:
        if isinstance(part, Attr):
            return places.get(part.name, part)
        if id(part) not in known:
            made = map_children(part, put)
            known[id(part)] = outside_rows(made) if isinstance(made, Aggregate) else made
        return known[id(part)]

    return put(expr)


def is_strict(expr: Expr, place: str) -> bool:
    """Return whether ``expr`` is null whenever the parameter is; False when that is not plain."""
    match expr:
        case Attr(name=name):
            return name == place
        case Compare() | Call() | Convert() | InSet() | Not():
            return any(is_strict(part, place) for part in children(expr))
        case _:
            return False


def places_in(expr: Expr) -> Iterator[str]:
    """Yield the attributes and parameters that an expression reads."""
    return (part.name for part in walk(expr) if isinstance(part, Attr))
