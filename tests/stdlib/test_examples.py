"""The examples of every built-in hold.

They are evaluated by a reader of their own: the text is turned into a Python expression, whose
calls and operators are then looked up in the universe. So the library is tested without compiler.
"""

import ast
import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest

from interact.stdlib.builtin import Overload
from interact.stdlib.types import Kind, Value
from interact.stdlib.universe import UNIVERSE

EXAMPLES = [(b.name, *example) for b in UNIVERSE.values() for example in b.examples]
UNITS = {"second": 10**6, "minute": 60 * 10**6, "hour": 3600 * 10**6, "day": 86_400 * 10**6}
OPERATORS = {
    ast.Add: "add", ast.Sub: "sub", ast.Mult: "mul", ast.Div: "div", ast.Mod: "mod",
    ast.MatMult: "like",
}  # fmt: skip
COSTS = {(Kind.INT, Kind.DECIMAL): 1, (Kind.INT, Kind.FLOAT): 2, (Kind.DECIMAL, Kind.FLOAT): 3}
COSTS |= {(Kind.DATE, Kind.TIMESTAMP): 1}


@dataclass(frozen=True)
class Typed:
    kind: Kind
    value: Value
    scale: int = 0

    def number(self) -> Value | Fraction:
        """Return the value in a form in which numbers of all kinds compare."""
        if self.kind is Kind.FLOAT and isinstance(self.value, float):
            return Fraction(str(self.value))
        if self.kind in (Kind.INT, Kind.DECIMAL) and self.value is not None:
            return Fraction(int(self.value), 10**self.scale)
        return self.value


@pytest.mark.parametrize(("name", "expression", "result"), EXAMPLES)
def test_example(name: str, expression: str, result: str) -> None:
    assert evaluate(expression).number() == evaluate(result).number()


def evaluate(expression: str) -> Typed:
    return reduce(ast.parse(as_python(expression), mode="eval").body)


def as_python(expression: str) -> str:
    """Rewrite the literals that Python does not have, outside quotes."""
    parts = re.split(r'("[^"]*")', expression)
    for i in range(0, len(parts), 2):
        part = re.sub(r"\b(\d{4}-\d\d-\d\d)\b", r"_date('\1')", parts[i])
        part = re.sub(r"(\d+) (day|hour|minute|second)s?\b", r"_duration(\1, '\2')", part)
        part = re.sub(r"\bnull\b", "None", part).replace(" like ", " @ ")
        parts[i] = part.replace("true", "True").replace("false", "False")
    return "".join(parts)


def reduce(node: ast.expr) -> Typed:
    match node:
        case ast.Constant(value=value):
            return literal(value)
        case ast.UnaryOp(operand=operand):
            return call("neg", [reduce(operand)])
        case ast.BinOp(left=left, op=op, right=right):
            return call(OPERATORS[type(op)], [reduce(left), reduce(right)])
        case ast.Call(func=ast.Name(id="_date"), args=[ast.Constant(value=str(text))]):
            return Typed(Kind.DATE, (date.fromisoformat(text) - date(1970, 1, 1)).days)
        case ast.Call(
            func=ast.Name(id="_duration"),
            args=[ast.Constant(value=int(n)), ast.Constant(value=str(unit))],
        ):
            return Typed(Kind.DURATION, n * UNITS[unit])
        case ast.Call(func=ast.Name(id=name), args=args):
            return call(name, [reduce(a) for a in args])
    raise AssertionError(ast.dump(node))


def literal(value: object) -> Typed:
    match value:
        case bool():
            return Typed(Kind.BOOL, value)
        case int():
            return Typed(Kind.INT, value)
        case str():
            return Typed(Kind.TEXT, value)
        case float():
            scale = max(0, -int(Decimal(str(value)).as_tuple().exponent))
            return Typed(Kind.DECIMAL, int(Decimal(str(value)).scaleb(scale)), scale)
    return Typed(Kind.NULL, None)


def call(name: str, args: list[Typed]) -> Typed:
    if len(args) > 2 and UNIVERSE[name].variadic:
        return call(name, [call(name, args[:2]), *args[2:]])
    fitting = [(c, i) for i, o in enumerate(UNIVERSE[name].overloads) if (c := cost(o, args)) >= 0]
    return apply(UNIVERSE[name].overloads[min(fitting)[1]], args)


def cost(overload: Overload, args: list[Typed]) -> int:
    """Return how far the arguments are from the parameters, -1 when they do not fit."""
    if len(overload.arguments) != len(args):
        return -1
    costs = [
        0 if a.kind in (p.kind, Kind.NULL) else COSTS.get((a.kind, p.kind), -1)
        for a, p in zip(args, overload.arguments, strict=True)
    ]
    return -1 if -1 in costs else sum(costs)


def apply(overload: Overload, args: list[Typed]) -> Typed:
    pairs = list(zip(args, overload.arguments, strict=True))
    scales = [a.scale for a, p in pairs if p.kind is Kind.DECIMAL]
    common = max(scales, default=0)
    values = [convert(a, p.kind, a.scale if overload.scale == "sum" else common) for a, p in pairs]
    value = overload.apply(*values, *(10**common for _ in overload.units))
    scale = sum(scales) if overload.scale == "sum" else common
    return Typed(overload.result, value, scale if overload.result is Kind.DECIMAL else 0)


def convert(arg: Typed, kind: Kind, scale: int) -> Value:
    if arg.value is None:
        return None
    if kind is Kind.DECIMAL:
        return int(Decimal(int(arg.value)).scaleb(scale - arg.scale))
    if kind is Kind.FLOAT and arg.kind is not Kind.FLOAT:
        return float(Fraction(int(arg.value), 10**arg.scale))
    return arg.value
