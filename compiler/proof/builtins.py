"""Built-in functions as formulas: the functions themselves, run on symbols.

A function of the library is plain Python on numbers. It is run here with numbers that stand for
any; where it compares them, it is run once for each answer. So there is one definition of it.
What it asks of a number that no formula can tell, such as its square root, ends the attempt.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from math import isfinite
from typing import Any, NoReturn

import z3

from interact.compiler.proof.terms import Formula, Symbols, Term, real
from interact.stdlib.types import INT_MAX, INT_MIN, Kind, Value

MOST_COMPARED, MOST_PATHS = 8, 64
"""What is compared on one way, and ways: of more the solver would not see the end."""
EXACT = Fraction(2) ** 1000
"""Floats up to here are far from an overflow."""
_ROUNDING = Fraction(1, 2**52)
_SMALLEST = Fraction(1, 2**1000)
Function = Callable[..., Value]


class TooMuch(Exception):
    """A function that no formula can tell."""


def applied(function: Function, args: Sequence[Any], symbols: Symbols) -> Term | None:
    """Return the result of a function, None where no formula can tell it.

    Args:
        args: Symbols, or plain values; none of them is null.
    """
    try:
        found = list(_results(function, args, symbols))
    except (TooMuch, TypeError, AttributeError, ArithmeticError, LookupError, ValueError):
        return None
    value = found[-1][1].value
    null = z3.Or([z3.And(path, term.null) for path, term in found])
    for path, term in reversed(found[:-1]):
        if term.value is not None:
            value = term.value if value is None else z3.If(path, term.value, value)
    return None if value is None else Term(value, z3.simplify(null))


def _results(
    function: Function, args: Sequence[Any], symbols: Symbols
) -> Iterator[tuple[Formula, Term]]:
    """Yield what comes of each way through a function, with the condition of that way."""
    plans: list[list[bool]] = [[]]
    for count, plan in enumerate(plans):
        if count == MOST_PATHS:
            raise TooMuch
        way = _Way(symbols, plan)
        result = function(*(_number(way, arg) for arg in args))
        yield z3.And(way.conditions), _term(result, symbols)
        for number in range(len(plan), len(way.answers)):
            plans.append([*way.answers[:number], False])


def _number(way: _Way, arg: Any) -> Any:
    if not z3.is_expr(arg):
        return arg
    if z3.is_bool(arg):
        return way.decide(arg)
    return _Real(arg, way) if z3.is_real(arg) else _Int(arg, way)


def _term(result: Any, symbols: Symbols) -> Term:
    match result:
        case None:
            return Term(None, z3.BoolVal(True))
        case bool():
            return Term(z3.BoolVal(result))
        case int():
            return Term(z3.IntVal(result))
        case float():
            return Term(real(result), z3.BoolVal(not isfinite(result)))
        case _Int(formula=formula):
            return Term(formula)
        case _Real(formula=formula):
            return Term(formula, infinite(formula, symbols))
        case _:
            raise TooMuch


def infinite(formula: Formula, symbols: Symbols) -> Formula:
    """Return whether the result of float arithmetic is none: never of an ordinary size."""
    found = symbols.boolean("overflow")
    symbols.facts.append(z3.Implies(within(formula), z3.Not(found)))
    return found


def within(formula: Formula) -> Formula:
    """Return whether a float is far from an overflow."""
    return z3.And(formula <= real(EXACT), formula >= real(-EXACT))


def rounded(exact: Formula, symbols: Symbols, *, guard: Formula | None = None) -> Formula:
    """Return any float that is ``exact`` but for rounding, or any at all without ``guard``."""
    found = symbols.fresh(Kind.FLOAT, "rounded")
    size = z3.If(exact >= 0, exact, -exact)
    error = size * real(_ROUNDING) + real(_SMALLEST)
    is_near = z3.And(found - exact <= error, exact - found <= error)
    symbols.facts.append(z3.Implies(within(exact) if guard is None else guard, is_near))
    return found


@dataclass(slots=True)
class _Way:
    """One way through a function: ``plan`` says how it begins."""

    symbols: Symbols
    plan: list[bool]
    conditions: list[Formula] = field(default_factory=list)
    answers: list[bool] = field(default_factory=list)

    def decide(self, condition: Formula) -> bool:
        """Return an answer, and note that it was given."""
        known = z3.simplify(condition)
        if z3.is_true(known) or z3.is_false(known):
            return bool(z3.is_true(known))
        number = len(self.answers)
        if number == MOST_COMPARED:
            raise TooMuch
        answer = number >= len(self.plan) or self.plan[number]
        self.answers.append(answer)
        self.conditions.append(known if answer else z3.Not(known))
        return answer


class _Number:
    """A number that stands for any."""

    __slots__ = ("formula", "way")
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, formula: Formula, way: _Way) -> None:
        self.formula, self.way = formula, way

    def _compared(self, other: Any, compare: Callable[[Any, Any], Any]) -> bool:
        return self.way.decide(compare(self.formula, self._of(other)))

    def _of(self, other: Any) -> Formula:
        """Return a plain number, or another one of the same kind, as a formula."""
        raise TooMuch

    def __lt__(self, other: Any) -> bool:
        return self._compared(other, operator.lt)

    def __le__(self, other: Any) -> bool:
        return self._compared(other, operator.le)

    def __gt__(self, other: Any) -> bool:
        return self._compared(other, operator.gt)

    def __ge__(self, other: Any) -> bool:
        return self._compared(other, operator.ge)

    def __eq__(self, other: object) -> bool:
        return self._compared(other, operator.eq)

    def __ne__(self, other: object) -> bool:
        return self._compared(other, operator.ne)

    def _refuse(self, *args: object) -> NoReturn:
        raise TooMuch

    __bool__ = __float__ = __int__ = __index__ = __str__ = __format__ = _refuse


class _Int(_Number):
    """An integer without bounds."""

    __slots__ = ()

    def _of(self, other: Any) -> Formula:
        if isinstance(other, _Int):
            return other.formula
        if isinstance(other, int):
            return z3.IntVal(int(other))
        raise TooMuch

    def _made(self, formula: Formula) -> _Int:
        return _Int(z3.simplify(formula), self.way)

    def __add__(self, other: Any) -> _Int:
        return self._made(self.formula + self._of(other))

    def __sub__(self, other: Any) -> _Int:
        return self._made(self.formula - self._of(other))

    def __rsub__(self, other: Any) -> _Int:
        return self._made(self._of(other) - self.formula)

    def __mul__(self, other: Any) -> _Int:
        return self._made(self.formula * self._of(other))

    __radd__, __rmul__ = __add__, __mul__

    def __floordiv__(self, other: Any) -> _Int:
        return self._made(self.formula / self._divisor(other))

    def __mod__(self, other: Any) -> _Int:
        return self._made(self.formula % self._divisor(other))

    def __neg__(self) -> _Int:
        return self._made(-self.formula)

    def __abs__(self) -> _Int:
        return self._made(z3.If(self.formula >= 0, self.formula, -self.formula))

    def _divisor(self, other: Any) -> Formula:
        """Return a positive constant: by others the solver divides in another way."""
        divisor = z3.simplify(self._of(other))
        if not z3.is_int_value(divisor) or divisor.as_long() <= 0:
            raise TooMuch
        return divisor


class _Real(_Number):
    """A float, whose arithmetic rounds."""

    __slots__ = ()

    def _of(self, other: Any) -> Formula:
        if isinstance(other, _Real):
            return other.formula
        if isinstance(other, int | float):
            return real(other)
        raise TooMuch

    def _made(self, other: Any, combine: Callable[[Any, Any], Any]) -> _Real:
        right = self._of(other)
        exact = combine(self.formula, right)
        guard = z3.And(within(self.formula), within(right), within(exact))
        return _Real(rounded(exact, self.way.symbols, guard=guard), self.way)

    def __add__(self, other: Any) -> _Real:
        return self._made(other, operator.add)

    def __sub__(self, other: Any) -> _Real:
        return self._made(other, operator.sub)

    def __mul__(self, other: Any) -> _Real:
        return self._made(other, operator.mul)

    def __truediv__(self, other: Any) -> _Real:
        divisor = z3.simplify(self._of(other))
        if not z3.is_rational_value(divisor):
            raise TooMuch
        return self._made(other, operator.truediv)

    def __rsub__(self, other: Any) -> _Real:
        return _Real(self._of(other), self.way) - self

    __radd__, __rmul__ = __add__, __mul__

    def __neg__(self) -> _Real:
        return _Real(-self.formula, self.way)

    def __abs__(self) -> _Real:
        return _Real(z3.If(self.formula >= 0, self.formula, -self.formula), self.way)


def product(left: Formula, right: Formula) -> Term:
    """Return the product of two integers, which the library guards by an estimate."""
    found = left * right
    return Term(found, z3.Or(found > INT_MAX, found < INT_MIN))
