"""Declarations of functions: signature and body in their types."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

from interact.compiler.core.audiences import assign, lower_type, report_duplicates
from interact.compiler.core.calls import FORMS
from interact.compiler.core.conversion import settle
from interact.compiler.core.functions import Function, Parameter, is_strict
from interact.compiler.core.infer import Typing, poison
from interact.compiler.core.nodes import Expr, type_of
from interact.compiler.core.program import Audience
from interact.compiler.core.scope import Scope
from interact.compiler.diagnostics import names, structure, types
from interact.compiler.diagnostics.suggest import known_hint
from interact.compiler.surface import ast
from interact.stdlib.aggregate import AGGREGATES
from interact.stdlib.types import Kind
from interact.stdlib.universe import UNIVERSE

if TYPE_CHECKING:
    from interact.compiler.core.definitions import ProjectDefinitions

_NOTE = "a function sees its parameters and constants; `for AUDIENCE` after them adds attributes"


def lower_function(declared: ast.Function, definitions: ProjectDefinitions) -> Function:
    """Return a function over its parameters.

    Reports:
        E0203 for an unknown audience, E0204 for a parameter that stands twice, E0307 for a result
        of another type, E0454 for the name of a built-in, E0455 for a default behind which there is
        a parameter without, and whatever the body has.
    """
    sink, name = definitions.sink, declared.name
    if name.text in UNIVERSE or name.text in AGGREGATES or name.text in FORMS:
        sink.report(structure.NAME_OF_BUILTIN, name.span, name=name.text)
    where = f" in {name.text}"
    report_duplicates("parameter", [p.name for p in declared.parameters], sink, where=where)
    audience = _audience(declared, definitions)
    parameters = tuple(_parameter(declared, p, definitions) for p in declared.parameters)
    _check_defaults(declared.parameters, definitions)
    scope = Scope(f"the function {name.text}", definitions=definitions, note=_NOTE)
    if audience is not None:
        scope = Scope.of_audience(audience, definitions)
    scope = replace(
        scope,
        locals={p.name: p.read for p in parameters},
        places={p.name: p.span for p in parameters},
    )
    body = _body(declared, Typing(scope, sink), definitions)
    placed = tuple(replace(p, is_strict=is_strict(body, p.place)) for p in parameters)
    owner = None if audience is None else audience.name
    return Function(name.text, placed, owner, body, name.span)


def unknown_function(declared: ast.Function) -> Function:
    """Return what stands for a function that is defined by itself."""
    return Function(declared.name.text, (), None, poison(declared.span), declared.name.span)


def _body(declared: ast.Function, typing: Typing, definitions: ProjectDefinitions) -> Expr:
    if declared.result is None:
        body = settle(typing.infer(declared.body))
        if type_of(body).kind is Kind.NULL:
            typing.sink.report(types.RESULT_UNKNOWN, declared.body.span, name=declared.name.text)
            return poison(declared.body.span)
        typing.tell(declared.name.span, body)
        return body
    target = lower_type(declared.result, typing.sink, definitions)
    body = typing.expecting(target).infer(declared.body)
    name = f"{declared.name.text}(…)"
    return assign(name, body, target, typing.sink, declared.body.span)


def _audience(declared: ast.Function, definitions: ProjectDefinitions) -> Audience | None:
    if declared.audience is None:
        return None
    name = declared.audience
    for audience in definitions.audiences:
        if audience.name == name.text:
            definitions.sink.resolved(name.span, audience.span)
            return audience
    definitions.sink.missing(name.span, [a.name for a in definitions.audiences])
    definitions.sink.report(
        names.UNKNOWN_REFERENCE,
        name.span,
        kind="audience",
        name=name.text,
        where="",
        hint=known_hint(name.text, [a.name for a in definitions.audiences]),
    )
    return None


def _parameter(
    function: ast.Function, declared: ast.Parameter, definitions: ProjectDefinitions
) -> Parameter:
    target = lower_type(declared.type, definitions.sink, definitions)
    name, default = declared.name.text, None
    if declared.default is not None:
        scope = Scope("a default", definitions=definitions, note="a default is a constant")
        typing = Typing(scope, definitions.sink).expecting(target)
        value = typing.infer(declared.default)
        default = assign(name, value, target, definitions.sink, declared.default.span)
    place = f"{function.name.text}({name})"
    return Parameter(name, place, target, declared.type.nullable, default, False, declared.span)


def _check_defaults(parameters: Sequence[ast.Parameter], definitions: ProjectDefinitions) -> None:
    for first, second in pairwise(parameters):
        if first.default is not None and second.default is None:
            definitions.sink.report(
                structure.DEFAULT_BEFORE_OTHERS, second.span, name=second.name.text
            )
