"""Typing of calls: which overload of a built-in fits, and with which conversions."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from interact.compiler.core import folds, functions, infer
from interact.compiler.core.conversion import coerce, conversion_cost, decide_type, settle, unify
from interact.compiler.core.enumerations import name_of, typing_of_alike
from interact.compiler.core.nodes import Call, Compare, Const, Expr, IsNull, Not, type_of
from interact.compiler.core.size import is_too_large
from interact.compiler.diagnostics import names, types as codes
from interact.compiler.diagnostics.diagnostic import Sink
from interact.compiler.diagnostics.suggest import nearest
from interact.compiler.source import Span
from interact.compiler.surface import ast
from interact.stdlib.aggregate import AGGREGATES
from interact.stdlib.builtin import Builtin, Overload
from interact.stdlib.types import ERROR, FLOAT, INT, MAX_SCALE, Kind, Type, decimal
from interact.stdlib.universe import UNIVERSE

if TYPE_CHECKING:
    from interact.compiler.core.infer import Typing

_PLACES = (Kind.DECIMAL, Kind.FRACTION)
_WIDE = 32
"""More arguments than this are halved first, so that a long text is no deep expression."""
FORMS = ("coalesce", "nullif")
SYNONYMS = {
    **dict.fromkeys(("today", "current_date", "getdate", "sysdate"), "today"),
    **dict.fromkeys(("now", "current_timestamp"), "now"),
    **dict.fromkeys(("ifnull", "nvl", "isnull"), "coalesce"),
    **{"len": "length", "char_length": "length", "substr": "substring", "mid": "substring"},
    **{"ucase": "upper", "lcase": "lower", "pow": "power", "ceiling": "ceil"},
    **dict.fromkeys(("iif", "iff", "ifelse", "decode"), "if"),
    **{"exists": "any", "every": "all", "average": "avg", "mean": "avg", "total": "sum"},
    **{"datediff": "days_between", "date_diff": "days_between", "dateadd": "add_days"},
    **{"absolute": "abs", "age": "years_between", "least": "min", "greatest": "max"},
}
"""What other languages call our functions; ``today`` and ``now`` are written without brackets."""
OPERATORS = {"add": "+", "sub": "-", "mul": "*", "div": "/", "mod": "%", "neg": "-", "like": "like"}


def infer_call(expr: ast.CallExpr, typing: Typing) -> Expr:
    """Type ``name(args)``.

    Reports:
        E0202 for an unknown name, E0301 when the arguments fit no overload.
    """
    name = expr.function.text
    if folds.is_bare_fold(expr, typing):
        return folds.infer_bare_fold(expr, typing)
    declared = typing.scope.definitions.function(name)
    if declared is not None:
        return functions.apply_function(declared, expr, typing)
    if folds.is_rows_and_condition(expr, typing):
        return folds.report_comma(expr, typing)
    inner = typing_of_alike(expr.args, typing) if name in FORMS else typing.expecting(None)
    args = [inner.infer(a) for a in expr.args]
    if name in AGGREGATES and name not in UNIVERSE:
        return folds.report_call(expr, args, typing)
    if name in FORMS:
        return _form(name, args, expr.span, typing.sink)
    if name not in UNIVERSE or UNIVERSE[name].is_operator:
        known = [n for n, b in UNIVERSE.items() if not b.is_operator]
        known += typing.scope.definitions.functions()
        typing.sink.missing(expr.function.span, [*known, *AGGREGATES, *FORMS])
        near = SYNONYMS.get(name.lower()) or nearest(name, [*known, *AGGREGATES, *FORMS])
        hint = f"did you mean `{near}`?" if near else "`interact functions` lists all"
        if near in ("today", "now"):
            hint = f"write `{near}`, without brackets"
        elif near == "if":
            hint = "write `if condition then 1 else 2`"
        elif name.lower() in ("rand", "random"):
            hint = "chance is dealt out by a step: `sample ab { Test 10%  Others rest }`"
        typing.sink.report(names.UNKNOWN_FUNCTION, expr.function.span, name=name, hint=hint)
        return infer.poison(expr.span)
    return apply(name, args, expr.span, typing.sink)


def apply(name: str, args: list[Expr], span: Span, sink: Sink) -> Expr:
    """Apply the built-in ``name``; a variadic one is folded over more than two arguments."""
    builtin = UNIVERSE[name]
    if name == "text" and len(args) == 1 and type_of(args[0]).kind is Kind.ENUM:
        return name_of(args[0], span)
    if Kind.ERROR in [type_of(a).kind for a in args]:
        return infer.poison(span)
    if builtin.variadic and len(args) > _WIDE and len({type_of(a) for a in args}) == 1:
        half = len(args) // 2
        args = [apply(name, part, span, sink) for part in (args[:half], args[half:])]
    while builtin.variadic and len(args) > 2:
        args = [apply(name, args[:2], span, sink), *args[2:]]
    overload = _resolve(builtin, args)
    if overload is not None and _common_scale(overload, args) > MAX_SCALE:
        args = [coerce(a, FLOAT) if type_of(a).kind in _PLACES else a for a in args]
        overload = _resolve(builtin, args)
    if overload is None:
        _report_no_overload(builtin, args, span, sink)
        return infer.poison(span)
    return _call(overload, args, span)


def _resolve(builtin: Builtin, args: list[Expr]) -> Overload | None:
    return _overload(builtin.name, tuple([type_of(a).kind for a in args]))


@cache
def _overload(name: str, given: tuple[Kind, ...]) -> Overload | None:
    """Return the overload that needs the least conversion; the first of several equal ones."""
    best, best_cost = None, 1 << 30
    for overload in UNIVERSE[name].overloads:
        kinds = [p.kind for p in overload.arguments]
        if len(kinds) != len(given):
            continue
        costs = [conversion_cost(g, k) for g, k in zip(given, kinds, strict=True)]
        total = sum(1 << 30 if c is None else c for c in costs)
        if total < best_cost:
            best, best_cost = overload, total
    return best


def _call(overload: Overload, args: list[Expr], span: Span) -> Expr:
    scale = _common_scale(overload, args)
    targets = [_in_scale(p.kind, scale) for p in overload.arguments]
    converted = [coerce(a, t) for a, t in zip(args, targets, strict=True)]
    units = [Const(10**scale, INT, span) for _ in overload.units]
    return Call(overload.qualified, (*converted, *units), _result(overload, scale), span)


@cache
def _in_scale(kind: Kind, scale: int) -> Type:
    return decimal(scale) if kind is Kind.DECIMAL else Type(kind)


def _result(overload: Overload, scale: int) -> Type:
    return _in_scale(overload.result, overload.scale if isinstance(overload.scale, int) else scale)


def _common_scale(overload: Overload, args: list[Expr]) -> int:
    """Return the scale in which the decimal arguments of a call meet."""
    pairs = zip(args, overload.arguments, strict=True)
    return max([type_of(a).scale for a, p in pairs if p.kind is Kind.DECIMAL], default=0)


def multiply_decimals(left: Expr, right: Expr, span: Span, sink: Sink) -> Expr:
    """Return the exact product, scales added; as floats when the sum passes the most places."""
    scale = type_of(left).scale + type_of(right).scale
    if scale > MAX_SCALE:
        return apply("mul", [coerce(left, FLOAT), coerce(right, FLOAT)], span, sink)
    args = tuple(coerce(a, decimal(type_of(a).scale)) for a in (left, right))
    return Call(_decimal_product().qualified, args, decimal(scale), span)


def _decimal_product() -> Overload:
    return next(o for o in UNIVERSE["mul"].overloads if o.result is Kind.DECIMAL)


def _form(name: str, args: list[Expr], span: Span, sink: Sink) -> Expr:
    if len(args) < 2 or (name == "nullif" and len(args) != 2):
        usage = "coalesce(x, y, …)" if name == "coalesce" else "nullif(x, y)"
        hint = f"it takes {usage}"
        sink.report(codes.NO_OVERLOAD, span, name=name, given=_given(args), hint=hint)
        return infer.poison(span)
    if any(type_of(a) == ERROR for a in args):
        return infer.poison(span)
    made = _coalesce(args, span, sink) if name == "coalesce" else _nullif(args, span, sink)
    return written_out(made, span, sink)


def written_out(made: Expr, span: Span, sink: Sink) -> Expr:
    """Return an expression in which an operand has come to stand twice.

    Reports:
        E0332 for one that is too large.
    """
    if not is_too_large(made):
        return made
    hint = "put fewer of them into each other"
    sink.report(codes.TOO_LARGE, span, how="written out", hint=hint)
    return infer.poison(span)


def _coalesce(args: list[Expr], span: Span, sink: Sink) -> Expr:
    """Expand to a chain of ``if first is not null then first else …``."""
    result = args[-1]
    for arg in reversed(args[:-1]):
        present = Not(IsNull(decide_type(arg), span), span)
        result = infer.choose(present, arg, result, span, sink)
    return result


def _nullif(args: list[Expr], span: Span, sink: Sink) -> Expr:
    value, unwanted = settle(args[0]), args[1]
    common = unify(type_of(value), type_of(unwanted))
    if common is None:
        sink.report(
            codes.INCOMPARABLE,
            span,
            left=infer.describe(type_of(value)),
            right=infer.describe(type_of(unwanted)),
            hint=None,
        )
        return infer.poison(span)
    same = Compare("eq", coerce(value, common), coerce(unwanted, common), span)
    return infer.choose(same, Const(None, type_of(value), span), value, span, sink)


def _given(args: list[Expr]) -> str:
    return ", ".join(infer.describe(type_of(a)).split(" ", 1)[-1] for a in args)


def _report_no_overload(builtin: Builtin, args: list[Expr], span: Span, sink: Sink) -> None:
    shown = OPERATORS.get(builtin.name, builtin.name)
    accepted = sorted({_signature(builtin.name, o) for o in builtin.overloads})
    hint = _operator_hint(builtin.name, args) or f"it takes {' or '.join(accepted)}"
    sink.report(codes.NO_OVERLOAD, span, name=shown, given=_given(args), hint=hint)


def _operator_hint(name: str, args: list[Expr]) -> str | None:
    """Return what is most likely meant by an operator on these types."""
    kinds = {type_of(a).kind for a in args}
    if Kind.ENUM in kinds:
        return "the name of a member is text(…)"
    if name == "add" and Kind.TEXT in kinds:
        return "join texts with concat(…)"
    if name in ("add", "sub") and kinds & {Kind.DATE, Kind.TIMESTAMP} and Kind.INT in kinds:
        return "give the number a unit, for example 30 days"
    if name == "add" and kinds <= {Kind.DATE, Kind.TIMESTAMP}:
        return "the time between them is their difference"
    return None


def _signature(name: str, overload: Overload) -> str:
    kinds = [p.kind.value for p in overload.arguments]
    if name not in OPERATORS:
        return f"{name}({', '.join(kinds)})"
    return " ".join([*kinds[:-1], OPERATORS[name], kinds[-1]]).strip()
