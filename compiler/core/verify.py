"""What holds of every core program; checked after each pass in tests and with ``--verify``."""

from __future__ import annotations

from collections.abc import Iterator

from interact.compiler.core.nodes import (
    And,
    Attr,
    Call,
    Compare,
    Const,
    Convert,
    Expr,
    InSegment,
    InSet,
    Not,
    Or,
    When,
    type_of,
    walk,
)
from interact.compiler.core.program import Channel, Filter, Program, channel_expressions
from interact.stdlib.types import BOOL, FLOAT, MAX_SCALE, Kind, Type
from interact.stdlib.universe import OVERLOADS

_UNDECIDED = (Kind.ERROR, Kind.NULL, Kind.FRACTION)


class CompilerBug(AssertionError):
    """A stage broke its own rules."""


def verify_program(program: Program) -> None:
    """Check a core program.

    Raises:
        CompilerBug: a rule is broken; the message says which, and where.
    """
    for channel in program.channels:
        _verify_channel(program, channel)


def _verify_channel(program: Program, channel: Channel) -> None:
    declared = (*program.audience_of(channel).attributes, *channel.states)
    attributes = {a.name: a for a in declared}
    for expr in channel_expressions(channel):
        for part in walk(expr):
            for broken in problems(part):
                raise CompilerBug(f"{broken}: {part}")
            if isinstance(part, InSegment) and part.index >= len(channel.segments):
                raise CompilerBug(f"segment that is not declared: {part}")
            if isinstance(part, Attr) and part.name not in attributes:
                raise CompilerBug(f"attribute that is not declared: {part}")
    for index, cell in enumerate(channel.cells):
        refers = cell.parents + (cell.test.unless if isinstance(cell.test, Filter) else ())
        if any(other >= index for other in refers):
            raise CompilerBug(f"cell that reads a later one: {cell}")
    for rule in channel.rules:
        if type_of(rule.score) != FLOAT:
            raise CompilerBug(f"score that is not a float: {rule}")


def _form(kind: Kind) -> Kind:
    """Return the kind that stands for all with the same machine form."""
    return Kind.INT if Type(kind).is_integral else kind


def problems(expr: Expr) -> Iterator[str]:
    """Yield what is wrong with one node; its operands are looked at on their own."""
    if type_of(expr).kind in _UNDECIDED:
        yield "type left undecided"
    if type_of(expr).scale > MAX_SCALE:
        yield "too many decimal places"
    match expr:
        case Const(value=value) if isinstance(value, float) and value != value:
            yield "NaN constant"
        case Compare(left=left, right=right) if type_of(left) != type_of(right):
            yield "comparison of different types"
        case InSet(values=values) if None in values:
            yield "null in a set"
        case And(args=args) | Or(args=args) if any(type_of(a) != BOOL for a in args):
            yield "operand that is not a condition"
        case Not(arg=arg) if type_of(arg) != BOOL:
            yield "negation of what is not a condition"
        case When(condition=condition, yes=yes, no=no, type=kind):
            if type_of(condition) != BOOL:
                yield "choice on what is not a condition"
            if {type_of(yes), type_of(no)} != {kind}:
                yield "branches of another type"
        case Convert(arg=arg, type=kind) if type_of(arg) == kind:
            yield "conversion to the same type"
        case Call(function=function) if function not in OVERLOADS:
            yield "unknown function"
        case Call(function=function, args=args, type=kind):
            wanted = [p.kind for p in OVERLOADS[function].params]
            found = [type_of(a).kind for a in args]
            if list(map(_form, found)) != list(map(_form, wanted)):
                yield "arguments of another form"
            if _form(kind.kind) != _form(OVERLOADS[function].result):
                yield "result of another form"
        case _:
            return
