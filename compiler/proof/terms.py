"""What expressions are in formulas: a value with the condition under which it is null.

===========  =====================================================================
type         value
===========  =====================================================================
bool         a truth value
integral     an integer, in machine form
float        a real number; every float is one, and infinities compare as large ones
text         a real number: known texts are 0, 1, 2 … in their order, others between
===========  =====================================================================
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from fractions import Fraction
from math import isinf
from sys import float_info
from typing import Any, TypeAlias

import z3

from interact.compiler.core.nodes import Const, Expr, InSet, walk
from interact.stdlib.enumeration import SEPARATOR
from interact.stdlib.types import INT_MAX, INT_MIN, Kind, Type, Value

Formula: TypeAlias = Any
"""A term of the solver, which has no types of its own: here of any sort."""
LARGEST, _BEYOND = Fraction(float_info.max), 2**1100
NEVER, ALWAYS = z3.BoolVal(False), z3.BoolVal(True)


@dataclass(frozen=True, slots=True)
class Term:
    """A value; of no meaning where it is ``null``."""

    value: Formula
    null: Formula = NEVER


@dataclass(frozen=True, slots=True)
class Truth:
    """A condition: where it is true and where it is false; elsewhere it is null."""

    yes: Formula
    no: Formula


@dataclass(slots=True)
class Symbols:
    """Makes symbols, and keeps what is known of them.

    Attributes:
        facts: What holds of every customer.
    """

    texts: list[str]
    facts: list[Formula] = field(default_factory=list)
    _count: int = 0

    @staticmethod
    def of(expressions: Iterable[Expr], more: Iterable[str]) -> Symbols:
        """Return symbols where the texts of expressions are known."""
        return Symbols(sorted({*more, *(t for e in expressions for t in _texts(e))}))

    def fresh(self, sort: Kind, name: str) -> Formula:
        """Return a symbol of a kind, of which nothing is known yet."""
        self._count += 1
        label = f"{name}#{self._count}"
        if sort is Kind.BOOL:
            return z3.Bool(label)
        return z3.Real(label) if sort in (Kind.FLOAT, Kind.TEXT) else z3.Int(label)

    def boolean(self, name: str) -> Formula:
        return self.fresh(Kind.BOOL, name)

    def unknown(self, type_: Type, name: str) -> Term:
        """Return any value of a type, or null."""
        value = self.fresh(type_.kind, name)
        if type_.is_integral:
            self.facts += [value >= INT_MIN, value <= INT_MAX]
        return Term(value, self.boolean(f"no {name}"))

    def constant(self, value: Value, type_: Type) -> Term:
        """Return a value that is known; a text has to be a known one."""
        match value:
            case None:
                return Term(self.fresh(type_.kind, "null"), ALWAYS)
            case bool():
                return Term(z3.BoolVal(value))
            case float():
                return Term(real(value))
            case str():
                return Term(z3.RealVal(self.texts.index(value)))
            case _:
                return Term(z3.IntVal(value))

    def is_text(self, value: Formula, text: str) -> Formula:
        """Return the condition that a text is one, or stands between the same known ones."""
        place = bisect_left(self.texts, text)
        if place < len(self.texts) and self.texts[place] == text:
            return value == place
        return z3.And(value > place - 1, value < place)


def real(value: float | Fraction | int) -> Formula:
    """Return a number as it is, an infinity as one larger than all floats."""
    if isinstance(value, float) and isinf(value):
        value = _BEYOND if value > 0 else -_BEYOND
    exact = Fraction(value)
    return z3.RealVal(exact.numerator) / z3.RealVal(exact.denominator)


def is_finite(value: Formula) -> Formula:
    """Return whether a float is no infinity."""
    return z3.And(value <= real(LARGEST), value >= real(-LARGEST))


def _texts(expr: Expr) -> Iterable[str]:
    for part in walk(expr):
        values = part.values if isinstance(part, InSet) else ()
        if isinstance(part, Const):
            values = (part.value,)
        for value in values:
            if isinstance(value, str):
                yield value
                yield from value.split(SEPARATOR)
